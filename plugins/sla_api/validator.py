"""A validator of JSON Schema 2020-12 that no text from outside can make slow: counted, and with RE2."""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import attrs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry

from sla_http.texts import compile_pattern

MOST_KEYWORDS = 400_000
"""Keywords applied to one body: two seconds of work, and more than a mebibyte of JSON usually needs."""
_MOST_NAMED = 5

_left: ContextVar[list[int]] = ContextVar("keywords left")


class TooMuchWork(Exception):  # noqa: N818 (it names what happened)
    """A body takes more work to hold against a schema than is allowed."""


def errors(validator: Any, document: Any) -> Iterator[ValidationError]:
    """What is wrong with a document.

    Raises:
        TooMuchWork: it takes more than is allowed.
        RecursionError: the schema leads back to itself.
    """
    _left.set([MOST_KEYWORDS])
    yield from validator.iter_errors(document)


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and compile_pattern(pattern).search(instance) is None:
        yield ValidationError(f"does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for pattern, schema in patterns.items():
        compiled = compile_pattern(pattern)
        for key, value in instance.items():
            if compiled.search(key) is not None:
                yield from validator.descend(value, schema, path=key, schema_path=pattern)


def _additional_properties(validator: Any, rest: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    patterns = [compile_pattern(pattern) for pattern in schema.get("patternProperties", ())]
    known = schema.get("properties", {})
    others = [key for key in instance if key not in known and all(one.search(key) is None for one in patterns)]
    if rest is False and others:
        yield ValidationError(f"with {_named(others)}")
    elif rest is not False:
        for key in others:
            yield from validator.descend(instance[key], rest, path=key)


def _required(_validator: Any, names: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    missing = [name for name in names if name not in instance] if isinstance(instance, dict) else []
    if missing:
        yield ValidationError(f"without {_named(missing)}")


def _named(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(map(repr, names[:_MOST_NAMED])) + more


def _unique_items(_validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """In one pass, where the library compares every two elements."""
    if wanted and isinstance(instance, list) and len({_identity(value) for value in instance}) < len(instance):
        yield ValidationError("has equal elements")


def _identity(value: Any) -> Any:
    """What is equal for values that are equal as JSON."""
    if isinstance(value, dict):
        return frozenset((key, _identity(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return tuple(_identity(inner) for inner in value)
    return (bool, value) if isinstance(value, bool) else value


def _counted(keyword: Callable[..., Any]) -> Callable[..., Any]:
    def count(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        left = _left.get()
        left[0] -= 1
        if left[0] < 0:
            raise TooMuchWork
        return keyword(validator, value, instance, schema)

    return count


def _evolve(validator: Any, **changes: Any) -> Any:
    """As the library's own, but a ``$schema`` inside a document does not choose another validator."""
    return attrs.evolve(validator, **changes)


_OWN = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "required": _required,
    "uniqueItems": _unique_items,
}
Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {name: _counted(keyword) for name, keyword in {**Draft202012Validator.VALIDATORS, **_OWN}.items()},
)
Validator.evolve = _evolve
META: Any = Validator(Draft202012Validator.META_SCHEMA, registry=Registry())
