"""From a notifier's keys and a message to the request that is sent."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from attrs import field, frozen

from sla_api.escaping import ESCAPES
from sla_api.templates import fill_template, fill_url, names_in
from sla_engine.plugin import HttpRequest, Message, NotifyRun, Secret
from sla_engine.plugin.abouts import ABOUTS
from sla_engine.plugin.names import fill_places, values_of
from sla_http.asking import check_url, with_body
from sla_http.posting import sound

if TYPE_CHECKING:
    from sla_api.notifier import ApiNotifier

Method = Literal["POST", "PUT", "PATCH", "GET", "DELETE"]

OVER, LATER = "over", "later"
VARIANTS = (*ABOUTS, OVER, LATER)
"""What a variant can be for."""
REFERENCE = "reference"
"""The name of what the remote side called the first message of the thread."""
IDENTIFIERS = ("key", "about", "thread", "importance", "language", "at")
"""Names whose values are no texts: they are written as they are, and may stand in addresses and headers too."""


@frozen
class Variant:
    """What is asked instead; what is left out is as for every message."""

    url: str | None = None  # address, in full
    method: Method | None = None  # what to ask
    json: object | None = None  # value to send as JSON
    form: Mapping[str, str] = field(factory=dict)  # or fields of a form to send

    @property
    def needs_reference(self) -> bool:
        """Whether it can be asked only where the first message of the thread is known by name."""
        return REFERENCE in names_in([self.url, self.json, self.form])


def compose(notifier: "ApiNotifier", message: Message, run: NotifyRun) -> HttpRequest:
    """The request for one message.

    Raises:
        LookupError: a secret is not there.
        ValueError: a value leads to an address that may not be asked.
    """
    asked = _variant_for(notifier, message)
    secrets = {name: run.secrets.reveal(secret) for name, secret in notifier.secrets.items()}
    values = {**_values(notifier, message), **secrets}
    request = HttpRequest(
        url=_address(asked.url or notifier.url, values, run),
        method=asked.method or notifier.method,
        headers=_headers(notifier, message, values, run),
        private_headers=frozenset(notifier.headers),
        private_texts=frozenset(secrets.values()),
        ca_file=notifier.ca_file,
    )
    has_body = asked.json is not None or bool(asked.form)
    return _with_body(request, asked if has_body else Variant(json=notifier.json, form=notifier.form), values)


def _variant_for(notifier: "ApiNotifier", message: Message) -> Variant:
    """The nearest to what the message is about, of those that can be asked."""
    is_known = message.reference is not None
    fitting = {message.about: True, OVER: message.is_over, LATER: is_known}
    for name in (name for name, fits in fitting.items() if fits and name in notifier.when):
        if is_known or not notifier.when[name].needs_reference:
            return notifier.when[name]
    return Variant()


def _values(notifier: "ApiNotifier", message: Message) -> dict[str, str]:
    """The value of each name, the texts among them written as the channel reads texts."""
    escape = ESCAPES[notifier.escape]
    texts = {name: value if name in IDENTIFIERS else escape(sound(value)) for name, value in values_of(message).items()}
    return {
        **texts,
        "thread": message.thread or message.key,
        "importance": notifier.severities.get(message.severity, message.severity),
        REFERENCE: message.reference or "",
    }


def _address(url: str | Secret, values: Mapping[str, str], run: NotifyRun) -> str:
    if isinstance(url, str):
        return fill_url(url, values)
    text = run.secrets.reveal(url)
    try:
        check_url(text)
    except ValueError:
        raise ValueError(f"the {url} holds no address, written in full") from None
    return text


def _headers(notifier: "ApiNotifier", message: Message, values: Mapping[str, str], run: NotifyRun) -> dict[str, str]:
    key = {notifier.idempotency_header: message.key} if notifier.idempotency_header else {}
    return key | {
        name: run.secrets.reveal(value) if isinstance(value, Secret) else fill_places(value, values)
        for name, value in notifier.headers.items()
    }


def _with_body(request: HttpRequest, asked: Variant, values: Mapping[str, Any]) -> HttpRequest:
    if asked.json is not None:
        return with_body(request, json.dumps(fill_template(asked.json, values)).encode(), "application/json")
    if asked.form:
        form = urlencode(fill_template(asked.form, values))
        return with_body(request, form.encode(), "application/x-www-form-urlencoded")
    return request
