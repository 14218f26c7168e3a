"""``sla probe``: a service's checks run now, once or again and again, and shown in full."""

import asyncio
import os
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sla_engine.cli.common import format_option, load, policies_option

if TYPE_CHECKING:
    from sla_engine.cli.probing.display import Display
    from sla_engine.cli.probing.rounds import Pace
    from sla_engine.policy import PolicySet
    from sla_engine.registry.host import PluginHost

_INTERRUPTED = 130
_WATCHED_EVERY = 5.0


def _read_interval(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    from sla_engine.model.duration import parse_duration
    from sla_engine.model.instant import SECOND

    if text is None:
        return None
    try:
        return parse_duration(text).microseconds / SECOND
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command(name="probe")
@policies_option
@click.argument("target", metavar="SERVICE[/CHECK]")
@click.option("--repeat", type=click.IntRange(min=1), metavar="N", help="Run N times; then states and percentiles.")
@click.option("--watch", is_flag=True, help="A line a run until Ctrl-C or, with --repeat, N runs; then the same.")
@click.option(
    "--interval",
    callback=_read_interval,
    metavar="DURATION",
    help="From the start of one run to that of the next, as in 500ms.  [default: --watch 5s, --repeat back to back]",
)
@click.option("--trace", is_flag=True, help="Tell the dialogue with the target, without secrets, to stderr.")
@format_option("text", "json")
def command(
    policies: Path,
    target: str,
    repeat: int | None,
    watch: bool,
    interval: float | None,
    trace: bool,
    output_format: str,
) -> int:
    """Probe a service or a single check now; nothing is stored, nobody is told.

    With JSON, one object for a single check, and a list of them for a service that has several; with --watch a line for
    each run.

    Exit status: 0 up or degraded; 1 down, in any of the runs; 2 there is no such service, or the policies do not let
    it be reached; 3 nothing is known of it, as the monitor itself failed. A service is up by its own rule, up_when.
    """
    if interval is not None and repeat is None and not watch:
        raise click.UsageError("--interval says how often: give --watch or --repeat N with it")
    if os.environ.get("NO_COLOR"):
        click.get_current_context().color = False

    from sla_engine.cli.probing.display import Display, Wish
    from sla_engine.cli.probing.rounds import Pace
    from sla_engine.cli.probing.target import find_target
    from sla_engine.registry.logs import configure_logs

    configure_logs()
    policy_set, host = load(policies)
    display = Display(find_target(policy_set, target), Wish(repeat, watch, trace, output_format == "json"))
    if interval is None:
        interval = _WATCHED_EVERY if watch else 0.0
    pace = Pace(None if watch and repeat is None else repeat or 1, interval)
    display.begin(interval)
    return _run(policy_set, host, display, pace)


def _run(policies: "PolicySet", host: "PluginHost", display: "Display", pace: "Pace") -> int:
    """Ctrl-C is how an endless watch ends, and breaks off anything else; what was seen until then is shown."""
    try:
        asyncio.run(_show_rounds(policies, host, display, pace))
    except KeyboardInterrupt:
        display.finish()
        return display.summary.exit_status if pace.rounds is None else _INTERRUPTED
    display.finish()
    return display.summary.exit_status


async def _show_rounds(policies: "PolicySet", host: "PluginHost", display: "Display", pace: "Pace") -> None:
    from sla_engine.cli.probing.rounds import probe
    from sla_engine.engine.equipment import make_prober
    from sla_engine.registry.clock import SystemClock

    prober = make_prober(policies, host, SystemClock(), os.environ)
    try:
        async with aclosing(probe(prober, display.target, pace, display.listener)) as rounds:
            async for seen in rounds:
                display.take(seen)
    finally:
        await prober.aclose()
