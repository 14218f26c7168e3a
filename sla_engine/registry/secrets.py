"""Secrets by reference: revealed at the moment they are used, and kept out of what is logged and stored."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from sla_engine.plugin.fields import Secret
from sla_engine.plugin.hiding import HIDDEN, Hidden
from sla_engine.plugin.probe import Log

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
    _revealed: Hidden = field(factory=Hidden, init=False, repr=False)

    def reveal(self, secret: Secret) -> str:
        """The secret's text.

        Raises:
            LookupError: there is nothing at that reference; the message names it.
        """
        text = self._read(secret)
        self._revealed.add(text)
        return text

    def hide(self, text: str) -> str:
        """A text without any secret that was revealed, in whatever usual form, and without the users of addresses."""
        text = self._revealed.clean(text)
        return _USER_OF_ADDRESS.sub(f"{HIDDEN}@", text) if "://" in text else text

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
