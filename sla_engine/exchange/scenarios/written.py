"""Where a scenario has instants and lengths, so that each can be checked at its own place."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, get_args

import attrs

from sla_engine.exchange.scenarios.tables import AvailabilityExpected, ClockExpected, IncidentTable, Moment
from sla_engine.policy.faults import key_of
from sla_engine.policy.spans import Path

_MAY_BE_NEVER = {ClockExpected, IncidentTable}
_HAS_LENGTHS = {AvailabilityExpected, ClockExpected}


def moments_in(value: Any, path: Path = ()) -> Iterator[tuple[Path, Moment, bool]]:
    """Every instant, its path, and whether ``never`` may stand there."""
    for key, attribute, inner in _parts(value):
        here = (*path, key)
        if attribute is None or datetime not in get_args(attribute.type):
            yield from moments_in(inner, here)
        elif isinstance(inner, tuple):
            yield from (((*here, index), moment, False) for index, moment in enumerate(inner))
        elif inner is not None:
            yield here, inner, type(value) in _MAY_BE_NEVER


def lengths_in(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every length that is expected, and its path."""
    for key, attribute, inner in _parts(value):
        here = (*path, key)
        if attribute is not None and attribute.type == str | None and type(value) in _HAS_LENGTHS:
            if inner is not None:
                yield here, inner
        else:
            yield from lengths_in(inner, here)


def _parts(value: Any) -> Iterator[tuple[str | int, "attrs.Attribute[Any] | None", Any]]:
    """What a table, a list or a class holds, by key; with the attribute where it is a class."""
    if attrs.has(type(value)):
        for attribute in attrs.fields(type(value)):
            yield key_of(attribute.name), attribute, getattr(value, attribute.name)
    elif isinstance(value, Mapping):
        yield from ((key, None, inner) for key, inner in value.items())
    elif isinstance(value, tuple):
        yield from ((index, None, inner) for index, inner in enumerate(value))
