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

    policy_set, host = load(policies)

    async def keep_running() -> None:
        async with running(policy_set, host, environ=os.environ) as engine:
            loop = asyncio.get_running_loop()
            over = asyncio.Event()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, over.set)
            click.echo(f"{len(policy_set.services)} services; status page at {engine.address}", err=True)
            await over.wait()
            click.echo("stopping", err=True)

    asyncio.run(keep_running())
