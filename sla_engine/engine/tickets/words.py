"""What people write into tickets, made fit to be kept: it is shown later by channels that read more into it."""

from sla_engine.model import visible

_LONGEST_LINE = 200
_LONGEST_TEXT = 100_000


def one_line(text: str) -> str:
    """The text as one line, without characters that cannot be seen, and of a bounded length."""
    return visible.one_line(text, _LONGEST_LINE)


def body(text: str) -> str:
    """The text with its lines, without characters that cannot be seen, and of a bounded length."""
    return visible.visible_lines(text, _LONGEST_TEXT)
