"""Secrets by reference: revealed at the moment they are used, and kept out of what is logged."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import define, field

from sla_engine.plugin.fields import Secret

_SHORTEST_HIDDEN = 4
HIDDEN = "***"


@define
class SecretSource:
    """Reveals secrets, and remembers which it revealed so that they can be hidden in texts.

    Attributes:
        environ: what ``{ env = "NAME" }`` is read from.
        ask_plugins: what ``{ plugin = "..." }`` is answered by; None where no plugin knows it.
    """

    environ: Mapping[str, str]
    ask_plugins: Callable[[Secret], str | None]
    _revealed: set[str] = field(factory=set, init=False, repr=False)

    def reveal(self, secret: Secret) -> str:
        """The secret's text.

        Raises:
            LookupError: there is nothing at that reference; the message names it.
        """
        text = self._read(secret)
        if len(text) >= _SHORTEST_HIDDEN:
            self._revealed.add(text)
        return text

    def hide(self, text: str) -> str:
        """A text without any secret that was revealed."""
        for secret in sorted(self._revealed, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text

    def hide_in_log(self, _logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        """The same for each text of a log entry, as a processor of structlog."""
        return {key: self.hide(value) if isinstance(value, str) else value for key, value in event.items()}

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
