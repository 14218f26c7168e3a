"""``sla schema``: the JSON Schema of the policy language, plugins included."""

import click

from sla_engine.cli.common import print_json


@click.command(name="schema")
def command() -> None:
    """Print the JSON Schema (2020-12) of a policy file, for editors; what the plugins add is in it."""
    from sla_engine.policy import Plugins
    from sla_engine.policy.schema import json_schema
    from sla_engine.registry.host import load_plugins

    host = load_plugins()
    print_json(json_schema(Plugins(host.probes, host.notifiers)))
