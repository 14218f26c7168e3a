"""``sla completion``: the lines that teach a shell the commands."""

import click
from click.shell_completion import get_completion_class


@click.command(name="completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for a shell; evaluate it in the shell's start-up file.

    As in: eval "$(sla completion bash)"
    """
    from sla_engine.cli.main import sla

    completion = get_completion_class(shell)
    assert completion is not None, f"click knows no completion for {shell}"
    click.echo(completion(sla, {}, "sla", "_SLA_COMPLETE").source())
