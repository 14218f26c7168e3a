"""``sla demo``: the shipped contract at work against real servers on this machine, one of which breaks."""

import asyncio
import signal
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import evolve

from sla_engine.cli.common import EngineFailure, Refusal
from sla_engine.model.duration import parse_duration
from sla_engine.model.schedule import Every

if TYPE_CHECKING:
    from sla_engine.app.running import Running
    from sla_engine.app.stage import Stage
    from sla_engine.model.incident import IncidentRecord
    from sla_engine.policy import PolicySet
    from sla_engine.store import Latest

_LONGEST_WAIT = 110.0
_LOOK_EVERY = 0.2
_LET_IT_LAST = 5.0
_EVERY = parse_duration("10s")
"""How often everything is checked here; a minute, as in the contract, is long for somebody who watches."""


@click.command(name="demo")
@click.option("--once", is_flag=True, help="End after the report instead of waiting for Ctrl-C.")
@click.option("--listen", default="127.0.0.1:0", show_default=True, help="Address of the status page; port 0 is any.")
def command(once: bool, listen: str) -> None:
    """Run the shipped contract against real local servers, break one, and show what follows.

    Nothing is needed and nothing is left behind. Checks run every 10 seconds, so that it takes less than a minute.
    """
    from sla_engine.app.stage import stage
    from sla_engine.registry.logs import configure_logs

    configure_logs()
    _say("Starting real servers on loopback: web, API, SMTP, SMS gateway (SMPP)")
    with stage() as servers, tempfile.TemporaryDirectory(prefix="sla-demo-") as folder:
        try:
            asyncio.run(_play(servers, Path(folder), listen, once=once))
        except TimeoutError as error:
            raise EngineFailure(f"the demonstration did not come to its end: {error}") from error


async def _play(servers: "Stage", folder: Path, listen: str, *, once: bool) -> None:
    from sla_engine.app.running import running
    from sla_engine.registry.host import load_plugins

    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    host = load_plugins()
    policies = _hastened(_policies(servers.environ))
    url = f"sqlite:///{folder / 'sla.db'}"
    async with running(policies, host, environ=servers.environ, store_url=url, listen=listen) as up:
        _say(f"The contract runs, with a check every {_EVERY}. Status page: {up.address}")
        await _first_results(up, policies, over)
        servers.api.break_("/health", status=503)
        _say(f"Broken on purpose: the API answers 503 from now on. Its next check is at most {_EVERY} away.")
        await _until(lambda: _state(up, "api/health") == "down", over, "the broken API was not noticed")
        _say(f"Found: {_line('api/health', up.store.latest()['api/health', ''])}")
        await _show_incident(up, over)
        await _show_mail(servers, over)
        await _show_outage(up, policies)
        servers.api.mend()
        if not once and not over.is_set():
            _say(f"The API is mended; watch it recover at {up.address}. Ctrl-C ends the demonstration.")
            await over.wait()


def _policies(environ: Mapping[str, str]) -> "PolicySet":
    from sla_engine import load_policies
    from sla_engine.app.shipped import shipped_policies
    from sla_engine.policy import PolicyError

    try:
        return load_policies(shipped_policies(), environ=environ)
    except PolicyError as error:
        raise Refusal(str(error)) from error


def _hastened(policies: "PolicySet") -> "PolicySet":
    """The policies with everything checked more often."""
    hastened = {name: evolve(one, schedule=Every(_EVERY)) for name, one in policies.services.items()}
    return evolve(policies, services=hastened)


async def _first_results(up: "Running", policies: "PolicySet", over: asyncio.Event) -> None:
    checks = [check.id for service in policies.services.values() for check in service.checks]
    await _until(lambda: len(up.store.latest()) == len(checks), over, "not every check had a result")
    for (check, _), latest in sorted(up.store.latest().items()):
        _say(f"  {_line(check, latest)}")


async def _show_incident(up: "Running", over: asyncio.Event) -> None:
    from sla_engine.model.instant import format_instant

    await _until(lambda: bool(_incidents(up)), over, "no incident was opened")
    for incident in _incidents(up):
        since = format_instant(incident.began_at)
        _say(f"Incident {incident.number} is open: {incident.service} is {incident.state} since {since}")


async def _show_mail(servers: "Stage", over: asyncio.Event) -> None:
    await _until(lambda: bool(servers.mail.mailbox), over, "nobody was told of the incident")
    for mail in servers.mail.mailbox:
        _say(f"Received by the mail server, for {', '.join(mail.recipients)}: {mail.message['Subject']}")


def _incidents(up: "Running") -> "list[IncidentRecord]":
    from sla_engine.store.incidents import unclosed_incidents

    with up.store.reading() as connection:
        return [incident for incident in unclosed_incidents(connection) if incident.is_open]


async def _show_outage(up: "Running", policies: "PolicySet") -> None:
    from sla_engine.calendars.periods import period_at
    from sla_engine.engine.standing import known_history
    from sla_engine.evaluation import evaluate
    from sla_engine.reports.verdict_text import verdict_text

    await asyncio.sleep(_LET_IT_LAST)
    now = up.engine.clock.now()
    contract = policies.contract(sla="standard", at=now)
    period = period_at(now, contract.period, contract.timezone)
    verdict = evaluate(contract, known_history(policies, up.store, contract, period), period, now)
    _say("The month so far, judged by the contract:\n")
    click.echo(verdict_text(verdict))
    click.echo()


async def _until(holds: Callable[[], bool], over: asyncio.Event, otherwise: str) -> None:
    """Wait until something holds, or the user ends the demonstration."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _LONGEST_WAIT
    while not over.is_set() and not await asyncio.to_thread(holds):
        if loop.time() > deadline:
            raise TimeoutError(otherwise)
        await asyncio.sleep(_LOOK_EVERY)


def _state(up: "Running", check: str) -> str:
    latest = up.store.latest().get((check, ""))
    return "" if latest is None else latest.result.state.value


def _line(check: str, latest: "Latest") -> str:
    result = latest.result
    took = "" if result.latency is None else f", {result.latency / 1000:.1f} ms"
    return f"{check}: {result.state}{took}{'' if result.reason is None else f': {result.reason}'}"


def _say(text: str) -> None:
    click.echo(text)
