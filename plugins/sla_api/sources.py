"""Schemas and documents that stand in a file or in the policy itself; each is read when the policy is."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from sla_api.documents import parse_json
from sla_api.schemas import Schema, compile_schema


def load_schema(source: str | Mapping[str, object]) -> Schema:
    """The schema of a file, or of an inline table; each is kept until it changes.

    Raises:
        ValueError: as `compile_schema`; or there is no such file, or no JSON in it.
    """
    if isinstance(source, str):
        return _from_file(source, changed_at(source))
    try:
        return _from_text(json.dumps(source))
    except TypeError as error:
        raise ValueError("schema holds what is no JSON, such as a date: write it as a text") from error


def changed_at(path: str) -> int:
    """When a file was changed last.

    Raises:
        ValueError: there is none.
    """
    try:
        return Path(path).stat().st_mtime_ns
    except OSError as error:
        raise ValueError(f"the file {path} cannot be read: {error.strerror}") from error


def read_file(path: str) -> Any:
    """The JSON of a file of the policy's author.

    Raises:
        ValueError: there is none, or no JSON in it.
    """
    try:
        return parse_json(Path(path).read_bytes())
    except OSError as error:
        raise ValueError(f"the file {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"the file {path} is {error}") from error


@lru_cache(maxsize=256)
def _from_file(path: str, _changed: int) -> Schema:
    return compile_schema(read_file(path), Path(path).name)


@lru_cache(maxsize=256)
def _from_text(text: str) -> Schema:
    return compile_schema(parse_json(text.encode()), "schema")
