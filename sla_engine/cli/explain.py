"""``sla explain``: what a code of the linter is about."""

import click

from sla_engine.cli.common import Refusal, format_option, print_json


@click.command(name="explain")
@click.argument("code", metavar="[CODE]", required=False)
@format_option("text", "json", "markdown")
def command(code: str | None, output_format: str) -> None:
    """Explain a code of the linter: why it is a fault, a wrong and a right example, and the rule it follows.

    Without a code, list them all; as markdown, that is docs/codes.md.
    """
    from sla_engine.policy.catalogue import catalogue, reference

    explanations = {str(one): explanation for one, explanation in catalogue().items()}
    if code is not None and code.upper() not in explanations:
        from sla_engine.policy.faults import suggest

        raise Refusal(f"there is no code {code!r}: {suggest(code.upper(), list(explanations))}")
    shown = list(explanations.values()) if code is None else [explanations[code.upper()]]
    if output_format == "json":
        from attrs import asdict

        print_json([asdict(one) for one in shown] if code is None else asdict(shown[0]))
    elif output_format == "markdown":
        click.echo(reference() if code is None else shown[0].markdown(), nl=code is not None)
    elif code is None:
        click.echo("\n".join(f"{one.code}  {one.title}" for one in shown))
    else:
        click.echo(shown[0].text())
