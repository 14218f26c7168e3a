"""``sla lint``: all diagnostics of all policy files, and the mending of those that leave no doubt."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sla_engine.cli.common import FINE, THE_ANSWER_IS_NO, Refusal, format_option
from sla_engine.cli.counting import counted
from sla_engine.cli.rewriting import replace, show_change

if TYPE_CHECKING:
    from sla_engine.policy import Compilation, Diagnostic, Plugins

_MOST_ROUNDS = 20


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
@click.option("--fix", "is_fixing", is_flag=True, help="Mend what can only have been meant in one way.")
@click.option("--diff", "is_diffing", is_flag=True, help="With --fix: show what would change, and change nothing.")
@format_option("text", "json", "github", "sarif", "junit")
def command(
    paths: tuple[Path, ...],
    policies: Path,
    strict_customers: bool,
    is_fixing: bool,
    is_diffing: bool,
    output_format: str,
) -> int:
    """Check policy files and folders: every diagnostic of every file in one run. Asks no network.

    `sla explain CODE` says what a code is about. Exit status 1 when there is an error, or with --diff when something
    would change; 2 when a path is not there.
    """
    from sla_engine.engine.faq.linting import lint_faq
    from sla_engine.policy import Plugins
    from sla_engine.policy.diagnostics import sort_key
    from sla_engine.policy.formats import FORMATS
    from sla_engine.registry.host import load_plugins

    wanted = paths or (policies,)
    missing = [str(path) for path in wanted if not path.exists()]
    if missing:
        raise Refusal(f"there is no such file or folder: {', '.join(missing)}")
    if is_diffing and not is_fixing:
        raise Refusal("--diff shows what --fix would change: give both")
    host = load_plugins()
    for problem in host.problems:
        click.echo(f"warning: {problem}", err=True)
    plugins = Plugins(host.probes, host.notifiers, host.ticket_sources)
    compilation = _compile(wanted, plugins, strict_customers)
    if is_diffing:
        return _show_changes(compilation.diagnostics)
    if is_fixing:
        compilation = _mend(compilation, wanted, plugins, strict_customers)
    found = sorted([*compilation.diagnostics, *lint_faq(compilation)], key=sort_key)
    click.echo(FORMATS[output_format](found))
    return THE_ANSWER_IS_NO if any(one.level == "error" for one in found) else FINE


def _compile(paths: Sequence[Path], plugins: "Plugins", strict_customers: bool) -> "Compilation":
    from sla_engine.policy import compile_policies

    return compile_policies(
        paths, plugins=plugins, environ=os.environ, strict_customers=strict_customers, along=counted
    )


def _mend(
    compilation: "Compilation", paths: Sequence[Path], plugins: "Plugins", strict_customers: bool
) -> "Compilation":
    """Write the files anew, and look again, until nothing is left that can be mended."""
    for _ in range(_MOST_ROUNDS):
        changed = _changes(compilation.diagnostics)
        if not changed:
            break
        for path, (_, mended) in changed.items():
            replace(path, mended)
            click.echo(f"mended {path}", err=True)
        compilation = _compile(paths, plugins, strict_customers)
    return compilation


def _show_changes(diagnostics: "Sequence[Diagnostic]") -> int:
    changed = _changes(diagnostics)
    for path, (text, mended) in changed.items():
        show_change(path, text, mended, "mended")
    return THE_ANSWER_IS_NO if changed else FINE


def _changes(diagnostics: "Sequence[Diagnostic]") -> Mapping[Path, tuple[str, str]]:
    """The files that the fixes change: as they are, and mended."""
    from sla_engine.policy.fixes import apply_fixes

    changed = {}
    for name in dict.fromkeys(diagnostic.file for diagnostic in diagnostics if diagnostic.fix is not None):
        path = Path(name)
        text = path.read_bytes().decode("utf-8")
        fixes = [one.fix for one in diagnostics if one.file == name and one.fix is not None]
        if (mended := apply_fixes(text, fixes)) != text:
            changed[path] = (text, mended)
    return changed
