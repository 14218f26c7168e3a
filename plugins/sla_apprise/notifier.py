"""Messages by more than a hundred services, through the library Apprise (https://github.com/caronc/apprise)."""

import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from urllib.parse import unquote

from attrs import frozen

from sla_api.escaping import calls_nobody
from sla_apprise.apart import Order, Sent, send_apart
from sla_engine.plugin import Delivery, Message, Notifier, NotifyRun, Secret, Severity
from sla_engine.plugin.hiding import Hidden
from sla_http.posting import not_sent, sound

_KINDS: Mapping[Severity, str] = {"critical": "failure", "major": "failure", "minor": "warning", "info": "info"}
_BETWEEN_PARTS = re.compile(r"[/:@?&=#,]+")


@frozen
class AppriseNotifier(Notifier):
    """Send each message by services that the library Apprise knows, which connects past the engine's network guard."""

    urls: list[Secret]  # addresses as Apprise has them, such as discord://...; each is tried by itself

    def __attrs_post_init__(self) -> None:
        if find_spec("apprise") is None:
            raise ValueError("the library apprise is not installed: write pip install 'sla-engine[apprise]' in a shell")
        if not self.urls:
            raise ValueError('urls names nobody: write [{ env = "NAME" }]')
        if len(set(self.recipients())) < len(self.urls):
            raise ValueError("two urls have one name, and their deliveries could not be told apart: write another")

    def recipients(self) -> tuple[str, ...]:
        """The names of the addresses' secrets, as the addresses themselves hold what nobody may see."""
        return tuple(url.reference for url in self.urls)

    async def send(self, message: Message, run: NotifyRun) -> Delivery:
        chosen = [url for url in self.urls if url.reference in message.to] or self.urls
        try:
            addresses = [run.secrets.reveal(url).strip() for url in chosen]
        except LookupError as error:
            return not_sent(f"secret: {error.args[0]}")
        order = Order(
            urls=addresses,
            title=calls_nobody(sound(message.subject)),
            body=calls_nobody(sound(message.text)),
            kind="success" if message.is_over else _KINDS[message.severity],
        )
        sent = await send_apart(order, run)
        return _delivery([url.reference for url in chosen], sent, _hidden(addresses))


def _delivery(names: Sequence[str], sent: Sequence[Sent], hidden: Hidden) -> Delivery:
    """What became of all; where some took it and others did not, a further try repeats it."""
    is_split = any(one.sent for one in sent) and not all(one.sent for one in sent)
    detail = "; ".join(f"{name}: {one.detail}" for name, one in zip(names, sent, strict=True))
    return Delivery(
        sent=all(one.sent for one in sent),
        certain=not is_split and all(one.certain for one in sent),
        detail=hidden.clean(detail),
    )


def _hidden(addresses: Sequence[str]) -> Hidden:
    """Any part of an address but its scheme may be a token."""
    hidden = Hidden()
    for address in addresses:
        hidden.add(address)
        for part in _BETWEEN_PARTS.split(address.partition("://")[2]):
            hidden.add(unquote(part))
    return hidden
