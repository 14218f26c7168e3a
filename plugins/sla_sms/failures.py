"""How a gateway fails: by saying that it is busy, or in any other way; and its words, fit to be shown."""

from sla_engine.plugin import StageFailed

_LONGEST = 200


class Busy(StageFailed):
    """The gateway is there and takes no more for the moment: degraded, not down."""


def printable(text: str | bytes) -> str:
    """What a gateway said, as one line without anything unprintable, cut where it is long."""
    decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    clean = "".join(character if character.isprintable() else "?" for character in decoded.strip())
    return clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST]}..."
