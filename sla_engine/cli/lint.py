"""``sla lint``: all diagnostics of all policy files."""

import os
from pathlib import Path

import click

from sla_engine.cli.common import FINE, THE_ANSWER_IS_NO, Refusal, format_option


@click.command(name="lint")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--policies", type=click.Path(path_type=Path), default="policies", envvar="SLA_POLICIES", show_envvar=True,
    show_default=True, help="The folder of policy files, where no PATH is given.",
)  # fmt: skip
@click.option(
    "--strict-customers/--no-strict-customers",
    default=True,
    show_default=True,
    help="Refuse anything but customer tables in files under customers/.",
)
@format_option("text", "json")
def command(paths: tuple[Path, ...], policies: Path, strict_customers: bool, output_format: str) -> int:
    """Check policy files and folders: every diagnostic of every file in one run. Asks no network.

    Exit status 1 when there is an error; 2 when a path is not there.
    """
    from sla_engine.policy import Plugins, compile_policies, render_json
    from sla_engine.registry.host import load_plugins

    wanted = paths or (policies,)
    missing = [str(path) for path in wanted if not path.exists()]
    if missing:
        raise Refusal(f"there is no such file or folder: {', '.join(missing)}")
    host = load_plugins()
    for problem in host.problems:
        click.echo(f"warning: {problem}", err=True)
    compilation = compile_policies(
        wanted,
        plugins=Plugins(host.probes, host.notifiers),
        environ=os.environ,
        strict_customers=strict_customers,
    )
    click.echo(render_json(compilation.diagnostics) if output_format == "json" else compilation.text)
    return FINE if compilation.policies is not None else THE_ANSWER_IS_NO
