"""What the commands share: their options, their exit statuses, how they load policies and print facts."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from sla_engine.policy import PolicySet
    from sla_engine.registry.host import PluginHost

FINE = 0
THE_ANSWER_IS_NO = 1

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Refusal(Exception):  # noqa: N818 (it is an answer to the user, not an error of ours)
    """Wrong usage or unreadable policies, exit status 2; its text says what is wrong, where, and what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class EngineFailure(Exception):  # noqa: N818
    """The engine itself failed, exit status 3; the message says what and what to do."""


def policies_option(command: _Command) -> _Command:
    """``--policies DIR``, given to the command as ``policies: Path``."""
    return click.option(
        "--policies",
        type=click.Path(path_type=Path),
        default="policies",
        envvar="SLA_POLICIES",
        show_envvar=True,
        show_default=True,
        help="The folder of policy files.",
    )(command)


def format_option(*formats: str) -> Callable[[_Command], _Command]:
    """``--format``, given to the command as ``output_format``; the first of the formats is the default."""
    return click.option(
        "--format", "output_format", type=click.Choice(formats or ("text", "json")), default=(formats or ("text",))[0],
        show_default=True, help="How facts are printed.",
    )  # fmt: skip


def now_option(command: _Command) -> _Command:
    """``--now INSTANT``, given to the command as ``now: int``, an instant."""
    return click.option(
        "--now",
        callback=_read_now,
        metavar="INSTANT",
        help="Up to when the period has run, as in 2026-10-03T12:00Z.  [default: the clock]",
    )(command)


def _read_now(_context: click.Context, _option: click.Parameter, text: str | None) -> int:
    from sla_engine.model.instant import parse_instant, to_instant

    if text is None:
        return to_instant(datetime.now(UTC))
    try:
        return parse_instant(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}. Write it like 2026-10-03T12:00Z") from error


def load(policies: Path) -> "tuple[PolicySet, PluginHost]":
    """Load plugins and policies for a command that works on them.

    Raises:
        Refusal: the policies have errors; the text holds every diagnostic.
    """
    from sla_engine.policy import Plugins, compile_policies
    from sla_engine.registry.host import load_plugins

    host = load_plugins()
    for problem in host.problems:
        click.echo(f"warning: {problem}", err=True)
    compilation = compile_policies([policies], plugins=Plugins(host.probes, host.notifiers), environ=dict(os.environ))
    if compilation.policies is None:
        raise Refusal(compilation.text)
    return compilation.policies, host


def print_json(value: Any) -> None:
    """Print a fact as JSON, to stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
