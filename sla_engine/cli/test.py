"""``sla test``: plays the policies' own scenarios, and drafts one from what really happened."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sla_engine.cli.common import (
    FINE,
    THE_ANSWER_IS_NO,
    Refusal,
    agreement_options,
    existing_store,
    format_option,
    now_option,
    policies_option,
    which_agreement,
)

if TYPE_CHECKING:
    from sla_engine.exchange.scenarios.agreements import Agreement
    from sla_engine.exchange.scenarios.judging import Played
    from sla_engine.exchange.scenarios.recording import Recorded
    from sla_engine.policy import PolicySet

_FROM_THE_STORE = "the store"


@click.command(name="test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@policies_option
@click.option("-k", "wanted", metavar="TEXT", default="", help="Only scenarios with this text in their id or title.")
@format_option("text", "json", "junit")
@click.option(
    "--record",
    metavar="[HISTORY.jsonl]",
    is_flag=False,
    flag_value=_FROM_THE_STORE,
    help="Draft a scenario from a recorded history, or from the store, and print it.",
)
@click.option("--period", metavar="NAME", help="With --record: which period, as in 2026-10.")
@agreement_options
@click.option("--name", metavar="ID", help="With --record: the scenario's id.")
@now_option
def command(
    paths: tuple[Path, ...],
    policies: Path,
    wanted: str,
    output_format: str,
    record: str | None,
    period: str | None,
    sla: str | None,
    customer: str | None,
    name: str | None,
    now: int,
) -> int:
    """Play the policies' own scenarios (*.scenario.toml), and compare what comes with what they expect.

    PATH is a folder of policies with its scenarios, or one scenario file in it. Asks no network and no store. Exit
    status 1 when something came otherwise, 2 when policies or scenarios have errors.
    """
    if record is not None:
        if period is None:
            raise Refusal("--record needs to know which period: give --period, as in --period 2026-10")
        click.echo(_draft(policies, record, period, sla, customer, name, now), nl=False)
        return FINE
    from sla_engine.exchange.scenarios.formats import FORMATS

    played = [one for path in paths or (policies,) for one in _play(path, wanted)]
    if not played:
        what = f"there is no scenario with {wanted!r} in its id or title" if wanted else "there is no scenario"
        raise Refusal(f"{what}: scenarios stand in *.scenario.toml files beside the policies; --record drafts one")
    click.echo(FORMATS[output_format](played))
    return THE_ANSWER_IS_NO if any(one.failures for one in played) else FINE


def _play(path: Path, wanted: str) -> "Iterator[Played]":
    from sla_engine.exchange.scenarios.judging import play
    from sla_engine.exchange.scenarios.suite import load_suite, root_of
    from sla_engine.policy import PolicyError

    if not path.exists():
        raise Refusal(f"there is no such file or folder: {path}")
    try:
        suite = load_suite(root_of(path), [path])
    except PolicyError as error:
        raise Refusal(str(error)) from error
    for scenario in suite.scenarios:
        if wanted in scenario.id or wanted in scenario.title:
            yield play(scenario, suite.policies)


def _draft(
    folder: Path, source: str, period: str, sla: str | None, customer: str | None, name: str | None, now: int
) -> str:
    from sla_engine.exchange.scenarios.agreements import agreement
    from sla_engine.exchange.scenarios.recording import draft
    from sla_engine.exchange.scenarios.suite import policies_for_judging
    from sla_engine.policy import PolicyError

    try:
        policies = policies_for_judging(folder)
        holder = which_agreement(policies, sla, customer)
        judged = agreement(policies, period, sla=holder.sla, customer=holder.customer)
        if judged.contract.latency:
            click.echo("warning: how fast checks answered is not recorded: nothing of latency is expected", err=True)
        recorded = _recorded(source, policies, judged, now)
        return draft(name or f"{holder.customer or holder.sla}-{period.lower()}", period, judged, recorded, policies)
    except (PolicyError, ValueError) as error:  # names that are none: the message says what to write
        raise Refusal(str(error)) from error


def _recorded(source: str, policies: "PolicySet", judged: "Agreement", now: int) -> "Recorded":
    return (
        _from_store(policies, judged, now) if source == _FROM_THE_STORE else _from_file(source, policies, judged, now)
    )


def _from_file(source: str, policies: "PolicySet", judged: "Agreement", now: int) -> "Recorded":
    from sla_engine.cli.evaluate import read_recorded
    from sla_engine.exchange.scenarios.recording import Recorded
    from sla_engine.model.result import run_lengths
    from sla_engine.policy.tickets import covered_tickets

    history = read_recorded(Path(source), policies)
    return Recorded(run_lengths(history.results), covered_tickets(policies, history.tickets, judged.customer), now)


def _from_store(policies: "PolicySet", judged: "Agreement", now: int) -> "Recorded":
    from sla_engine.engine.standing import known_history
    from sla_engine.exchange.scenarios.recording import Recorded

    with existing_store(policies) as store:
        history = known_history(policies, store, judged.contract, judged.period)
    return Recorded(history.runs, history.tickets, now)
