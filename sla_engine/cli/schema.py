"""``sla schema``: the JSON Schema of the policy language, plugins included."""

import json
from pathlib import Path

import click

from sla_engine.cli.common import Refusal


@click.command(name="schema")
@click.option(
    "--draft",
    type=click.Choice(["2020-12", "7"]),
    default="2020-12",
    show_default=True,
    help="The draft of JSON Schema; 7 is for tools that know no later one.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write it there.  [default: stdout]")
def command(draft: str, out: Path | None) -> None:
    """Print the JSON Schema of a policy file, for editors; what the plugins add is in it.

    A policy file names it in its first line, as in: #:schema ./sla.schema.json
    """
    from sla_engine.policy import Plugins
    from sla_engine.policy.schema import as_draft_7, json_schema
    from sla_engine.registry.host import load_plugins

    host = load_plugins()
    schema = json_schema(Plugins(host.probes, host.notifiers, host.ticket_sources))
    text = json.dumps(as_draft_7(schema) if draft == "7" else schema, indent=2, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refusal(f"{out} cannot be written: {error.strerror}") from error
