"""How a gateway fails: by saying no, for now or for good, or in any other way; and its words, fit to be shown."""

from sla_engine.plugin import StageFailed

_LONGEST = 200


class Refused(StageFailed):
    """The gateway says that it did not do what it was asked.

    Attributes:
        retry_after: seconds that it asks to wait, or None.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Busy(Refused):
    """The gateway is there and takes no more for the moment: degraded, not down."""


class Undeliverable(Refused):
    """The gateway says that no message can reach that number."""


def printable(text: str | bytes) -> str:
    """What a gateway said, as one line without anything unprintable, cut where it is long."""
    decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    clean = "".join(character if character.isprintable() else "?" for character in decoded.strip())
    return clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST]}..."
