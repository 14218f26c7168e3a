"""What the commands share by which a person enters something: who it was, and when."""

import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sla_engine.cli.common import Refusal

if TYPE_CHECKING:
    from sla_engine.model.instant import Instant

_Command = TypeVar("_Command", bound=Callable[..., Any])


def who_option(command: _Command) -> _Command:
    """``--who NAME``, given to the command as ``who``."""
    return click.option(
        "--who", "--by", "who", metavar="NAME", default=_login, help="Who does this.  [default: the login name]"
    )(command)


def only_who_option(command: _Command) -> _Command:
    """The same, for a command of which ``--by`` means something else."""
    return click.option("--who", metavar="NAME", default=_login, help="Who enters this.  [default: the login name]")(
        command
    )


def moment(text: str) -> "Instant":
    """The instant that a user gives.

    Raises:
        Refusal: it is none.
    """
    from sla_engine.model.instant import parse_instant

    try:
        return parse_instant(text)
    except ValueError as error:
        raise Refusal(f"{text!r} is no instant: write it like 2026-10-03T12:00Z or 2026-10-03T14:00+02:00") from error


def present() -> "Instant":
    """The present instant."""
    from sla_engine.model.instant import to_instant

    return to_instant(datetime.now(UTC))


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
