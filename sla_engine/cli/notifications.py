"""``sla notifications``: what was told to whom, what waits, and what a person has to decide."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sla_engine.cli.acting import who_option
from sla_engine.cli.common import Refusal, existing_store, format_option, load, policies_option, print_json

if TYPE_CHECKING:
    from sla_engine.engine.outbox.by_hand import By
    from sla_engine.engine.outbox.showing import State
    from sla_engine.store.outbox import Entered, Outgoing

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Answer = TypeVar("_Answer")
_STATES = ("waiting", "pending", "sending", "uncertain", "dead", "sent", "superseded", "discarded")


class _ListByDefault(click.Group):
    """A group whose ``list`` need not be said."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_option = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        return super().parse_args(ctx, ["list", *args] if is_option else args)


@click.group(name="notifications", cls=_ListByDefault)
def command() -> None:
    """Messages: what waits, what became of each, and what a person has to decide.

    \b
    As in: sla notifications
           sla notifications --state sent
           sla notifications show 4f2a91
           sla notifications retry 4f2a91

    A message is waiting (not written yet), pending (to be tried, or tried again), sending, sent, uncertain (it may have
    gone out, and waits for somebody to retry or discard it) or dead (given up).
    """


def _acting(command: _Command) -> _Command:
    why = click.option("--reason", metavar="TEXT", default="", help="Why; it is kept.")
    return policies_option(who_option(why(click.argument("key")(command))))


@command.command(name="list")
@policies_option
@click.option("--state", "states", type=click.Choice(_STATES), multiple=True, help="Only these; may be repeated.")
@click.option("--last", default=50, show_default=True, help="How many of those that were sent.")
@format_option("text", "json")
def list_(policies: Path, states: "tuple[State, ...]", last: int, output_format: str) -> None:
    """Everything that was not told yet; with --state sent what was."""
    from sla_engine.engine.outbox.showing import UNSETTLED, as_json, in_outbox

    policy_set, _ = load(policies)
    with existing_store(policy_set) as store, store.reading() as connection:
        found = in_outbox(connection, states or UNSETTLED, last)
    if output_format == "json":
        print_json({"notifications": [as_json(one) for one in found]})
    elif found:
        click.echo(_table(found))
    else:
        click.echo("There is nothing of that." if states else "Nothing waits: everything was told.")


@command.command()
@policies_option
@click.argument("key")
@format_option("text", "json")
def show(policies: Path, key: str, output_format: str) -> None:
    """Message KEY in full: its text, its tries, and what the remote side said."""
    from sla_engine.engine.outbox.by_hand import find
    from sla_engine.engine.outbox.showing import as_json
    from sla_engine.store.outbox import Outgoing, notices_of

    policy_set, _ = load(policies)
    with existing_store(policy_set) as store, store.reading() as connection:
        found = _answer(lambda: find(connection, key))
        told = [one.notice.key for one in notices_of(connection, found.id)] if isinstance(found, Outgoing) else []
    facts = as_json(found)
    text, short = (found.message.text, found.message.short) if isinstance(found, Outgoing) else ("", None)
    is_pruned = isinstance(found, Outgoing) and found.is_pruned
    if output_format == "json":
        print_json({**facts, "text": text, "short": short, "tells": told})
    else:
        shown = {**facts, "short": short, "title": None if text else facts["title"]}
        known = {name: value for name, value in shown.items() if value not in (None, False)}
        width = max(map(len, known))
        click.echo("\n".join(f"{name.replace('_', ' '):{width}}  {value}" for name, value in known.items()))
        gone = "It was settled so long ago that its words are not kept any more." if is_pruned else ""
        click.echo(f"\n{text or gone}" if text or gone else "")


@command.command()
@_acting
def retry(policies: Path, key: str, who: str, reason: str) -> None:
    """Have message KEY sent once more, under the same key; an engine that runs does so within a second or two."""
    from sla_engine.engine.outbox.by_hand import send_again

    policy_set, _ = load(policies)
    with existing_store(policy_set) as store:
        again = _answer(lambda: send_again(store, key, _by(who, reason)))
    click.echo(f"{again.key} is sent again by {again.lane.notifier}: {again.message.subject}")


@command.command()
@_acting
def discard(policies: Path, key: str, who: str, reason: str) -> None:
    """Have message or notice KEY never sent; it stays in the list as dead or discarded."""
    from sla_engine.engine.outbox.by_hand import discard as drop

    policy_set, _ = load(policies)
    with existing_store(policy_set) as store:
        dropped = _answer(lambda: drop(store, key, _by(who, reason)))
    click.echo(f"{dropped} will not be sent")


def _by(who: str, reason: str) -> "By":
    from sla_engine.engine.outbox.by_hand import By
    from sla_engine.model.instant import to_instant

    if not who:
        raise Refusal("say who does this: --who NAME")
    return By(who, reason, to_instant(datetime.now(UTC)))


def _table(found: "Sequence[Outgoing | Entered]") -> str:
    from sla_engine.engine.outbox.showing import as_json
    from sla_engine.reports.verdict_text import table

    heading = ("key", "state", "to", "what", "tries", "next", "answer")
    return table([heading, *(_row(as_json(one)) for one in found)])


def _row(fact: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        fact["key"][:12] if fact["due"] is None else fact["key"],
        "delivery unknown" if fact["state"] == "uncertain" else fact["state"],
        " ".join(filter(None, (fact["notifier"], fact["recipient"]))),
        fact["subject"] or f"{fact['about']}: {fact['title'] or fact['thread']}",
        str(fact["tries"]),
        fact["next_try"] or fact["due"] or "",
        fact["answer"] or "",
    )


def _answer(ask: Callable[[], _Answer]) -> _Answer:
    from sla_engine.engine.outbox.by_hand import ByHandError

    try:
        return ask()
    except ByHandError as error:
        raise Refusal(str(error)) from error
