"""How far it is, on one line of a terminal that is wiped before anything else is said."""

import sys

import click
from attrs import define, field


@define
class Progress:
    """Tells on stderr where that is a terminal, and nothing where it is none."""

    _shown: int = field(default=0, init=False)

    def say(self, text: str) -> None:
        """Tell this instead of what was told before."""
        if sys.stderr.isatty():
            self.wipe()
            click.echo(text, nl=False, err=True)
            self._shown = len(text)

    def wipe(self) -> None:
        """Leave nothing of it; with blanks, which are no colour that could be turned off."""
        if self._shown:
            click.echo(f"\r{' ' * self._shown}\r", nl=False, err=True)
            self._shown = 0
