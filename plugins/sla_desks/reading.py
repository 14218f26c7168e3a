"""What a help desk answered, which may be anything."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from sla_desks.asking import UnreadableError

State: TypeAlias = Literal["open", "waiting", "resolved"]
"""What a state of a help desk means for clocks: they run, pause while the customer is waited for, or are over."""


def records(value: Any) -> Sequence[Mapping[str, Any]]:
    """A list of records.

    Raises:
        UnreadableError: it is none.
    """
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise UnreadableError(f"a list of records was expected, and not {value!s:.100}")
    return value


def part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A record inside a record; empty where there is none."""
    inner = record.get(name)
    return inner if isinstance(inner, Mapping) else {}


def text_in(record: Mapping[str, Any], name: str) -> str:
    """A text in a record.

    Raises:
        UnreadableError: it is not there.
    """
    value = record.get(name)
    if not isinstance(value, str) or not value:
        raise UnreadableError(f"{name} was expected to be a text, and not {value!s:.100}")
    return value


def number_in(record: Mapping[str, Any], name: str) -> int:
    """A whole number in a record, which may be written as a text.

    Raises:
        UnreadableError: it is not there.
    """
    value = record.get(name)
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnreadableError(f"{name} was expected to be a number, and not {value!s:.100}")
    return value
