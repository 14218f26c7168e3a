"""``sla run``: the engine and the web in one process, until it is told to stop."""

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sla_engine.cli.common import policies_option

if TYPE_CHECKING:
    from sla_engine.app.last_good import Start
    from sla_engine.app.running import Running
    from sla_engine.policy import Compilation, PolicySet
    from sla_engine.registry.host import PluginHost


@click.command(name="run")
@policies_option
@click.option("--store", "store_url", metavar="URL", envvar="SLA_STORE", help="The store, whatever engine.store says.")
@click.option("--strict", is_flag=True, help="Do not start by the last good policies where the files have errors.")
def command(policies: Path, store_url: str | None, strict: bool) -> None:
    """Run the engine: schedule, probe, keep, judge, and serve the web, until SIGTERM or Ctrl-C.

    Changed policy files are taken up by themselves, all at once, when they have no errors; SIGHUP takes them up at
    once. Where they have errors, the last good ones stay in force, also over a restart.
    """
    from sla_engine.app.last_good import start_with
    from sla_engine.policy import Plugins
    from sla_engine.registry.host import load_plugins
    from sla_engine.registry.logs import configure_logs

    configure_logs()
    host = load_plugins()
    for problem in host.problems:
        click.echo(f"warning: {problem}", err=True)
    plugins = Plugins(host.probes, host.notifiers, host.ticket_sources)
    compilation = _compile(policies, host)
    start = start_with(compilation, plugins, os.environ, store_url=store_url, strict=strict)
    if start.refused is not None:
        click.echo(f"{compilation.text}\n\n{start.refused.upper()}", err=True)
    asyncio.run(_keep_running(policies, host, start))


def _compile(policies: Path, host: "PluginHost") -> "Compilation":
    from sla_engine.policy import Plugins, compile_policies

    return compile_policies(
        [policies], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ=dict(os.environ)
    )


async def _keep_running(folder: Path, host: "PluginHost", start: "Start") -> None:
    from sla_engine.app.running import running

    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    listen = start.policies.engine.listen
    async with running(start.policies, host, environ=os.environ, store_url=start.store_url, listen=listen) as up:
        if start.refused is not None:
            up.engine.refuse(start.refused)
        checks = sum(len(service.checks) for service in start.policies.services.values())
        click.echo(f"{checks} checks run; status page at {up.address}", err=True)
        reloading = asyncio.create_task(_reload(folder, host, up, is_refused=start.refused is not None))
        ended = asyncio.create_task(over.wait())
        await asyncio.wait([ended, up.work], return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        reloading.cancel()
    click.echo("stopped", err=True)


async def _reload(folder: Path, host: "PluginHost", up: "Running", *, is_refused: bool) -> None:
    from sla_engine.app.reloading import Reloader
    from sla_engine.app.steady import settle

    def adopt(policies: "PolicySet") -> None:
        up.engine.adopt(policies)
        settle()

    reloader = Reloader(
        folder=folder,
        compile=lambda: _compile(folder, host),
        adopt=adopt,
        refuse=up.engine.refuse,
        in_force=lambda: up.engine.policies,
        monotonic=up.engine.clock.monotonic,
        is_refused=is_refused,
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloader.reload)
    await reloader.run()
