"""An example of each kind of table: the one that the language is explained by, in ``examples.toml``."""

import tomllib
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any


def examples() -> Mapping[str, Any]:
    """The tables of each kind, by id; those of the engine by key."""
    tables = tomllib.loads(files(__package__).joinpath("examples.toml").read_text(encoding="utf-8"))
    return {kind: _as_json(table) for kind, table in tables.items()}


def _as_json(value: Any) -> Any:
    """JSON has no dates: editors take their texts."""
    if isinstance(value, dict):
        return {key: _as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
