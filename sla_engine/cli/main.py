"""``sla``: the command line's front door, which imports a command only when it is called."""

import importlib
import io
import sys
import traceback
from collections.abc import Mapping

import click
from click.shell_completion import CompletionItem

from sla_engine.cli.common import EngineFailure, Refusal
from sla_engine.version import __version__

COMMANDS = {
    "budget": ("sla_engine.cli.budget", "Error budgets: what is left, how fast it burns, and where that leads."),
    "calendar": ("sla_engine.cli.calendar", "Business-time arithmetic on the policies' calendars."),
    "completion": ("sla_engine.cli.completion", "The lines that teach a shell the commands."),
    "demo": ("sla_engine.app.demo", "Run the shipped contract against local servers, break one, show what follows."),
    "evaluate": ("sla_engine.cli.evaluate", "Judge a recorded history; no store needed."),
    "exclude": ("sla_engine.cli.exclude", "Time that a person takes out of the agreed time, with a reason."),
    "explain": ("sla_engine.cli.explain", "What a code is about, or who would be told of an outage."),
    "faq": ("sla_engine.cli.faq", "The FAQ: articles that answer what customers ask."),
    "fmt": ("sla_engine.cli.fmt", "Policy files laid out in one way."),
    "history": ("sla_engine.cli.history", "How an agreement's terms came to be what they are."),
    "import": ("sla_engine.cli.import_", "Take up what other programs keep, such as tickets."),
    "incident": ("sla_engine.cli.incident", "Incidents: what is wrong, who looks after it, and what came of it."),
    "lint": ("sla_engine.cli.lint", "All diagnostics of all policy files."),
    "maintenance": ("sla_engine.cli.maintenance", "Maintenance: what is planned, and who was told of it when."),
    "notifications": ("sla_engine.cli.notifications", "Messages: what waits, what became of each, what to decide."),
    "plan": ("sla_engine.cli.plan", "What loading these policies would change."),
    "plugins": ("sla_engine.cli.plugins", "What is registered, by whom, in which version."),
    "probe": ("sla_engine.cli.probe", "Probe a service or a single check now."),
    "report": ("sla_engine.cli.report", "The report of a period, judged from the store or as it was frozen."),
    "run": ("sla_engine.app.run", "Run the engine: schedule, probe, keep, judge, serve the web."),
    "schema": ("sla_engine.cli.schema", "The JSON Schema of the policy language, plugins included."),
    "show": ("sla_engine.cli.show", "The effective contract, each value with the place it comes from."),
    "status": ("sla_engine.cli.status", "Services, their states, and the budgets left."),
    "store": ("sla_engine.cli.store", "Look after the database."),
    "verify": ("sla_engine.cli.verify", "Judge a period again from its results, and say what differs."),
    "ticket": ("sla_engine.cli.ticket", "Support: tickets, their clocks, and who has them."),
    "test": ("sla_engine.cli.test", "Play the policies' own scenarios, and compare."),
    "why": ("sla_engine.cli.why", "Why one instant of a service counts as it does."),
}
"""Every built-in command: the module whose ``command`` it is, and its line in ``sla --help``."""


class LazyCommands(click.Group):
    """A group that knows its commands' names and imports a module only to run its command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The built-in commands and those of plugins, in alphabetical order."""
        return sorted({*COMMANDS, *_plugin_commands()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A built-in command, else one that a plugin adds."""
        if cmd_name in COMMANDS:
            command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
            return command
        return _plugin_commands().get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing the built-in ones."""
        lines = {name: line for name, (_, line) in COMMANDS.items()}
        lines |= {
            name: command.get_short_help_str() for name, command in _plugin_commands().items() if name not in lines
        }
        with formatter.section("Commands"):
            formatter.write_dl(sorted(lines.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a built-in command's name or an option, importing no command: a key press must not wait."""
        names = [
            CompletionItem(name, help=line)
            for name, (_, line) in sorted(COMMANDS.items())
            if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]


def _plugin_commands() -> Mapping[str, click.Command]:
    from sla_engine.registry.host import load_plugins

    return load_plugins().commands


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sla")
def sla() -> None:
    """Keep service-level agreements: contracts as TOML files, judged on evidence.

    Exit status: 0 fine; 1 the answer is no (lint errors, breached, check down); 2 wrong usage or unreadable policies;
    3 the engine itself failed.
    """


def _is_engine_failure(error: Exception) -> bool:
    """Whether an error has been told in words for people; the store's own are told so too."""
    store = sys.modules.get("sla_engine.store")
    return isinstance(error, EngineFailure) or (store is not None and isinstance(error, store.StoreError))


def _show_what_can_be_shown() -> None:
    """On a terminal that has not every character, print a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def main() -> None:
    """Run the command line, and decide in one place between a friendly line and a traceback."""
    _show_what_can_be_shown()
    try:
        status = sla.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except Refusal as refusal:
        click.echo(refusal.text, err=True)
        sys.exit(2)
    except Exception as failure:
        if _is_engine_failure(failure):
            click.echo(f"sla: {failure}", err=True)
        else:
            traceback.print_exc()
        sys.exit(3)
    sys.exit(status if isinstance(status, int) else 0)
