"""Changing policy files: what would change, and the change itself."""

import difflib
from pathlib import Path

import click


def show_change(path: Path, before: str, after: str, how: str) -> None:
    """Print what would change, as a unified diff."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), str(path), f"{path}, {how}"
    )
    click.echo("".join(lines), nl=False)


def replace(path: Path, text: str) -> None:
    """Put a new file in the place of the old one at once, so that no reader ever sees half of it."""
    path = path.resolve()
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(text.encode("utf-8"))
    beside.chmod(path.stat().st_mode)
    beside.replace(path)
