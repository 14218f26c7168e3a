"""``sla explain``: what a code of the linter is about, and who would be told of an outage."""

from typing import Any

import click

from sla_engine.cli.common import Refusal, format_option, print_json
from sla_engine.cli.explain_route import route

_FORMATS = ("text", "json", "markdown")


class _Explaining(click.Group):
    """A group whose commands are ``route``, and every code of the linter."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """What explains a code, where it is none of the commands."""
        return super().get_command(ctx, cmd_name) or _of_code(cmd_name)


@click.group(
    name="explain", cls=_Explaining, invoke_without_command=True, subcommand_metavar="[CODE | route SERVICE ...]"
)
@format_option(*_FORMATS)
@click.pass_context
def command(ctx: click.Context, output_format: str) -> None:
    """Explain a code of the linter: why it is a fault, a wrong and a right example, and the rule it follows.

    Without a code, list them all; as markdown, that is docs/codes.md. With route, who would be told of an outage.
    """
    ctx.obj = output_format
    if ctx.invoked_subcommand is None:
        _explain(None, output_format)


command.add_command(route)


def _of_code(code: str) -> click.Command:
    @click.command(name=code)
    @click.option("--format", "output_format", type=click.Choice(_FORMATS), help="How facts are printed.")
    @click.pass_obj
    def explain(given: str, output_format: str | None) -> None:
        """Explain a code of the linter."""
        _explain(code, output_format or given)

    return explain


def _explain(code: str | None, output_format: str) -> None:
    from sla_engine.policy.catalogue import catalogue, reference

    explanations = {str(one): explanation for one, explanation in catalogue().items()}
    if code is not None and code.upper() not in explanations:
        from sla_engine.policy.faults import suggest

        raise Refusal(f"there is no code {code!r}: {suggest(code.upper(), list(explanations))}")
    shown: list[Any] = list(explanations.values()) if code is None else [explanations[code.upper()]]
    if output_format == "json":
        from attrs import asdict

        print_json([asdict(one) for one in shown] if code is None else asdict(shown[0]))
    elif output_format == "markdown":
        click.echo(reference() if code is None else shown[0].markdown(), nl=code is not None)
    elif code is None:
        click.echo("\n".join(f"{one.code}  {one.title}" for one in shown))
    else:
        click.echo(shown[0].text())
