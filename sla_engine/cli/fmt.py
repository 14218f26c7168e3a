"""``sla fmt``: policy files laid out in one way, by tombi."""

import shutil
import subprocess
import sysconfig
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from sla_engine.cli.common import FINE, THE_ANSWER_IS_NO, EngineFailure, Refusal
from sla_engine.cli.counting import counted
from sla_engine.cli.rewriting import replace, show_change

if TYPE_CHECKING:
    from sla_engine.policy.source import SourceFile

_SETTINGS = """\
toml-version = "v1.0.0"
[format.rules]
line-width = 140
"""
"""Ours and nobody else's, so that a file looks the same whoever lays it out."""


@click.command(name="fmt")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--policies", type=click.Path(path_type=Path), default="policies", envvar="SLA_POLICIES", show_envvar=True,
    show_default=True, help="The folder of policy files, where no PATH is given.",
)  # fmt: skip
@click.option("--check", "is_checking", is_flag=True, help="Change nothing; exit status 1 when something would change.")
@click.option("--diff", "is_diffing", is_flag=True, help="Show what would change, and change nothing.")
def command(paths: tuple[Path, ...], policies: Path, is_checking: bool, is_diffing: bool) -> int:
    """Lay out policy files in one way. What they say and their comments stay as they are.

    Exit status 1 when something would change, with --check or --diff; 2 when a file is not TOML.
    """
    from sla_engine.policy import render
    from sla_engine.policy.source import read_sources

    sources, findings = read_sources(paths or (policies,), counted)
    if findings:
        raise Refusal(render(findings))
    changed = {source: text for source, text in zip(sources, _laid_out(sources), strict=True) if text != source.text}
    for source, text in changed.items():
        path = Path(source.name)
        if is_diffing:
            show_change(path, source.text, text, "laid out")
        elif is_checking:
            click.echo(f"would lay out {path}")
        else:
            replace(path, text)
            click.echo(f"laid out {path}", err=True)
    return THE_ANSWER_IS_NO if changed and (is_checking or is_diffing) else FINE


def _laid_out(sources: "Sequence[SourceFile]") -> list[str]:
    """The texts of files as they should look.

    Raises:
        EngineFailure: a text would not say what it said before.
    """
    with TemporaryDirectory(prefix="sla-fmt-") as folder:
        settings, work = Path(folder, "tombi.toml"), Path(folder, "files")
        settings.write_text(_SETTINGS, encoding="utf-8")
        work.mkdir()
        copies = [work / f"{number:06}.toml" for number in range(len(sources))]
        for source, copy in zip(sources, copies, strict=True):
            copy.write_bytes(source.text.encode())
        _run_tombi(work, {str(copy): source.name for source, copy in zip(sources, copies, strict=True)})
        texts = [copy.read_bytes().decode() for copy in copies]
    for source, text in zip(sources, texts, strict=True):
        if tomllib.loads(text) != source.tables:
            raise EngineFailure(f"{source.name} would say something else once laid out: nothing was changed")
    return texts


def _run_tombi(folder: Path, names: Mapping[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 (our own arguments)
        [_tombi(), "format", "--offline", "--quiet", "."], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        told = done.stderr
        for copy, name in names.items():
            told = told.replace(Path(copy).name, name)
        raise EngineFailure(f"tombi cannot lay this out: {click.unstyle(told).strip()}")


def _tombi() -> str:
    found = shutil.which("tombi", path=sysconfig.get_path("scripts")) or shutil.which("tombi")
    if found is None:
        raise Refusal("`sla fmt` needs tombi, which is not installed: pip install tombi")
    return found
