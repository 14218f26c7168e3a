"""How far it is, on one line of a terminal that is wiped before anything else is said."""

import sys

import click
from attrs import define, field

_WIPE = "\r\033[K"


@define
class Progress:
    """Tells on stderr where that is a terminal, and nothing where it is none.

    Attributes:
        is_shown: whether there is anything to wipe.
    """

    is_shown: bool = field(default=False, init=False)

    def say(self, text: str) -> None:
        """Tell this instead of what was told before."""
        if sys.stderr.isatty():
            click.echo(f"\r  {text} ", nl=False, err=True)
            self.is_shown = True

    def wipe(self) -> None:
        """Leave nothing of it."""
        if self.is_shown:
            click.echo(_WIPE, nl=False, err=True)
            self.is_shown = False
