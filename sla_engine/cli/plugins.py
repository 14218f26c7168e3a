"""``sla plugins``: what is registered, by whom, in which version, and why something is not."""

import click

from sla_engine.cli.common import format_option, print_json


@click.command(name="plugins")
@format_option("text", "json")
def command(output_format: str) -> None:
    """List the plugins: what each registered, and why one is not there."""
    from sla_engine.registry.host import load_plugins
    from sla_engine.reports.verdict_text import table

    host = load_plugins()
    if output_format == "json":
        print_json(
            {
                "plugins": [
                    {
                        "name": plugin.name,
                        "distribution": plugin.distribution,
                        "version": plugin.version,
                        "probes": list(plugin.probes),
                        "notifiers": list(plugin.notifiers),
                        "ticket_sources": list(plugin.ticket_sources),
                        "commands": list(plugin.commands),
                        "error": plugin.error,
                    }
                    for plugin in host.plugins
                ],
                "problems": host.problems,
            }
        )
        return
    rows = [("plugin", "from", "probes", "notifiers", "ticket sources", "commands")]
    rows += [
        (
            plugin.name,
            f"{plugin.distribution} {plugin.version}",
            ", ".join(plugin.probes) or "-",
            ", ".join(plugin.notifiers) or "-",
            ", ".join(plugin.ticket_sources) or "-",
            ", ".join(plugin.commands) or "-",
        )
        for plugin in host.plugins
        if plugin.error is None
    ]
    click.echo(table(rows))
    for problem in host.problems:
        click.echo(problem, err=True)
