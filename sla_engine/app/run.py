"""``sla run``: the engine and the web in one process, until it is told to stop."""

import asyncio
import os
import signal
from pathlib import Path

import click

from sla_engine.cli.common import load, policies_option


@click.command(name="run")
@policies_option
def command(policies: Path) -> None:
    """Run the engine: schedule, probe, keep, judge, and serve the web, until SIGTERM or Ctrl-C."""
    from sla_engine.app.running import running
    from sla_engine.registry.logs import configure_logs

    configure_logs()
    policy_set, host = load(policies)
    settings = policy_set.engine

    async def keep_running() -> None:
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, over.set)
        async with running(
            policy_set, host, environ=os.environ, store_url=settings.store, listen=settings.listen
        ) as up:
            checks = sum(len(service.checks) for service in policy_set.services.values())
            click.echo(f"{checks} checks run; status page at {up.address}", err=True)
            ended = asyncio.create_task(over.wait())
            await asyncio.wait([ended, up.work], return_when=asyncio.FIRST_COMPLETED)
            ended.cancel()
        click.echo("stopped", err=True)

    asyncio.run(keep_running())
