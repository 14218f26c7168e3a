"""Secrets by reference: revealed at the moment they are used, and kept out of what is logged and stored."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from attrs import define, field, frozen

from sla_engine.plugin.fields import Secret
from sla_engine.plugin.probe import Log

HIDDEN = "***"
_SHORTEST_HIDDEN = 4
_CUT = "…"
_USER_OF_ADDRESS = re.compile(r"(?<=://)[^/?#\s]*@")


@define
class SecretSource:
    """Reveals secrets, and remembers which it revealed so that they can be hidden in texts.

    Attributes:
        environ: what ``{ env = "NAME" }`` is read from.
        ask_plugins: what ``{ plugin = "..." }`` is answered by; None where no plugin knows it.
    """

    environ: Mapping[str, str] = field(repr=False)
    ask_plugins: Callable[[Secret], str | None] = field(repr=False)
    _revealed: dict[str, None] = field(factory=dict, init=False, repr=False)

    def reveal(self, secret: Secret) -> str:
        """The secret's text.

        Raises:
            LookupError: there is nothing at that reference; the message names it.
        """
        text = self._read(secret)
        if len(text) >= _SHORTEST_HIDDEN and text not in self._revealed:
            forms = dict.fromkeys((*self._revealed, *_forms(text)))
            self._revealed = dict.fromkeys(sorted(forms, key=len, reverse=True))
        return text

    def hide(self, text: str) -> str:
        """A text without any secret that was revealed, in whatever usual form, and without the users of addresses."""
        for form in self._revealed:
            if form in text:
                text = text.replace(form, HIDDEN)
        if _CUT in text:
            *cut, rest = text.split(_CUT)
            text = _CUT.join([*map(self._without_beginning, cut), rest])
        return _USER_OF_ADDRESS.sub(f"{HIDDEN}@", text) if "://" in text else text

    def _without_beginning(self, text: str) -> str:
        """A text that was cut off, without the part of a secret with which it ends."""
        for form in self._revealed:
            for length in range(min(len(form), len(text)), _SHORTEST_HIDDEN - 1, -1):
                if text.endswith(form[:length]):
                    return text[:-length] + HIDDEN
        return text

    def hide_in_log(self, _logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        """The same for every value of a log entry, as a processor of structlog."""
        return {key: self._hide_value(value) for key, value in event.items()}

    def _hide_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.hide(value)
        if value is None or isinstance(value, bool | int | float):
            return value
        shown = repr(value)
        hidden = self.hide(shown)
        return value if hidden == shown else hidden

    def _read(self, secret: Secret) -> str:
        if secret.source == "env":
            if (value := self.environ.get(secret.reference)) is not None:
                return value
            raise LookupError(f"the environment has no {secret.reference}")
        if secret.source == "file":
            try:
                return Path(secret.reference).read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                raise LookupError(f"the secret's file {secret.reference} cannot be read: {error}") from error
        if (value := self.ask_plugins(secret)) is not None:
            return value
        raise LookupError(f"no plugin knows the secret {secret.reference!r}")


@frozen
class HidingLog:
    """A logger that no secret gets past, however logging is set up."""

    log: Log
    hide: Callable[[str], str] = field(repr=False)

    def debug(self, event: str, **fields: Any) -> None:
        """Tell a detail."""
        self.log.debug(self.hide(str(event)), **self._hidden(fields))

    def info(self, event: str, **fields: Any) -> None:
        """Tell what happens."""
        self.log.info(self.hide(str(event)), **self._hidden(fields))

    def warning(self, event: str, **fields: Any) -> None:
        """Tell what should not be."""
        self.log.warning(self.hide(str(event)), **self._hidden(fields))

    def _hidden(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self.hide(value if isinstance(value, str) else repr(value)) for key, value in fields.items()}


def _forms(secret: str) -> tuple[str, ...]:
    """How a secret may be written in a text: plain, in an address, in a header, in JSON or Python source."""
    encoded = base64.b64encode(secret.encode()).decode()
    return (secret, quote(secret, safe=""), quote_plus(secret), encoded, json.dumps(secret)[1:-1], repr(secret)[1:-1])
