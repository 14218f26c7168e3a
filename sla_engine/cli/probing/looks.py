"""What the texts of ``sla probe`` share: marks, colours, widths."""

import shutil
import textwrap

import click

from sla_engine.model.instant import Instant, to_datetime

MARKS = {"up": "●", "degraded": "▲", "down": "■", "error": "◇", "unknown": "◇"}
"""A state is told by shape, word and colour, as on the status page, so that none of them has to be seen."""

_COLOURS = {"up": "green", "degraded": "yellow", "down": "red", "error": "magenta", "unknown": "magenta"}
_WIDEST = 100


def mark(state: str) -> str:
    """The shape of a state."""
    return click.style(MARKS[state], fg=_COLOURS[state])


def word(state: str) -> str:
    """The word for a state; one that needs somebody is written large."""
    return click.style(state.upper(), fg=_COLOURS[state], bold=None if state == "up" else True)


def dim(text: str) -> str:
    """What is there to be looked up, not read."""
    return click.style(text, dim=True)


def width() -> int:
    """Columns to fill: the terminal's, 80 where there is none, and never so many that the eye loses its line."""
    return min(shutil.get_terminal_size().columns, _WIDEST)


def wrapped(text: str, indent: int, hanging: int = 0) -> str:
    """A text in lines that fit; what has no blank to break it at stays whole, so that it can be copied."""
    return "\n".join(
        textwrap.wrap(
            text,
            max(width(), indent + hanging + 20),
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hanging),
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def milliseconds(microseconds: float) -> str:
    """A length of time in milliseconds, to a tenth."""
    return f"{microseconds / 1000:.1f}"


def moment(at: Instant) -> str:
    """An instant to the second, in UTC."""
    return f"{to_datetime(at):%Y-%m-%dT%H:%M:%SZ}"
