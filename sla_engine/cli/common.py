"""What the commands share: their options, their exit statuses, how they load policies and print facts."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from attrs import frozen

if TYPE_CHECKING:
    from sla_engine.model.verdict import Verdict
    from sla_engine.policy import PolicySet
    from sla_engine.registry.host import PluginHost
    from sla_engine.store import Store

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


def period_option(command: _Command) -> _Command:
    """``--period NAME``, given to the command as ``period``."""
    return click.option(
        "--period", required=True, metavar="NAME", help="As in 2026-10, 2026-Q4, 2026-W41, 2026 or a date in it."
    )(command)


def agreement_options(command: _Command) -> _Command:
    """``--sla ID`` and ``--customer ID``, of which one may be given."""
    by_customer = click.option("--customer", metavar="ID", help="Judge by this customer's dedicated contract.")
    return click.option("--sla", metavar="ID", help="Judge by this SLA.  [default: the only one, or standard]")(
        by_customer(command)
    )


@frozen
class Holder:
    """Whose contract is meant: an SLA's or a customer's."""

    sla: str | None
    customer: str | None


def which_agreement(policies: "PolicySet", sla: str | None, customer: str | None) -> Holder:
    """The agreement that a user means.

    Raises:
        Refusal: both were given, neither is clear, or there is none of that name.
    """
    if sla is not None and customer is not None:
        raise Refusal("give --sla or --customer, not both: a customer's contract says which SLA it extends")
    kind, name, known = ("customer", customer, sorted(policies.customers))
    if customer is None:
        kind, known = "sla", sorted(policies.slas)
        name = sla or ("standard" if "standard" in known else known[0] if len(known) == 1 else None)
        if name is None:
            if policies.customers and not known:
                raise Refusal(f"there is no SLA: name a customer, as in --customer {min(policies.customers)}")
            raise Refusal(
                f"say which agreement is meant: --sla {' or --sla '.join(known)}" if known else "there is no SLA"
            )
    if name not in known:
        raise Refusal(f"there is no {kind} {name!r}; there is {', '.join(known) or 'none'}")
    return Holder(None, name) if kind == "customer" else Holder(name, None)


def past_agreement(policies: "PolicySet", sla: str | None, customer: str | None) -> Holder:
    """The agreement that a user means; a customer who has left the files is still known to the policies of the time.

    Raises:
        Refusal: as `which_agreement`.
    """
    return Holder(None, customer) if customer and not sla else which_agreement(policies, sla, customer)


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
    compilation = compile_policies(
        [policies], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ=dict(os.environ)
    )
    if compilation.policies is None:
        raise Refusal(compilation.text)
    return compilation.policies, host


def tell_plugins(host: "PluginHost", verdict: "Verdict") -> None:
    """Tell the plugins that want to know of a verdict; one that fails at it is named, and harms nobody."""
    for plugin, observer in host.observers("sla_evaluated").items():
        try:
            observer(verdict)
        except Exception as error:
            click.echo(f"warning: plugin {plugin} failed at being told of the verdict: {error!r}", err=True)


def existing_store(policies: "PolicySet") -> "Store":
    """The store that the policies name, for asking.

    Raises:
        Refusal: there is none yet.
    """
    from sla_engine.store import open_store

    url = policies.engine.store
    path = url.removeprefix("sqlite:///")
    if path != url and not Path(path).exists():
        raise Refusal(f"there is no store at {path}: `sla run` makes it, or set engine.store to where it is")
    return open_store(url)


def print_json(value: Any) -> None:
    """Print a fact as JSON, to stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
