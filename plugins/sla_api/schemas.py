"""JSON Schema (2020-12) of a body: nothing is fetched, every expression is RE2's, and the work is bounded.

``format`` is an annotation, as the standard has it by default, and judges nothing.
"""

from collections.abc import Mapping
from typing import Any

import attrs
from attrs import frozen
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from sla_api.documents import cut
from sla_api.validator import META, TooMuchWork, Validator, errors
from sla_http.texts import compile_pattern

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ROOT = "urn:document"


@frozen
class Schema:
    """A schema that was found good, within the document that its references lead into.

    Attributes:
        name: what it is called in findings.
    """

    name: str
    validator: Any = attrs.field(repr=False, eq=False)


def compile_schema(document: Any, name: str, pointer: str = "") -> Schema:
    """The schema at a JSON pointer of a document.

    Raises:
        ValueError: it is no schema of 2020-12, refers to what is not in the document, or holds an expression that is
            not RE2's; the message says where.
    """
    if isinstance(document, dict) and document.get("$schema", DIALECT) != DIALECT:
        raise ValueError(f"{name} is of another dialect than 2020-12: write $schema = {DIALECT!r}, or none")
    root = _name_of(document)
    registry: Any = Registry().with_resource(root, _resource(document))
    schema = {"$ref": f"{root}#{pointer}"}
    validator: Any = Validator(schema, registry=registry)
    try:
        _vet(validator._resolver, schema, name)
    except Unresolvable as error:
        raise ValueError(f"{name} refers to {error.ref!r}, which is not in it; nothing is fetched") from error
    except (RecursionError, TooMuchWork) as error:
        raise ValueError(f"{name} is too large, or nested too deeply") from error
    return Schema(name, validator)


def _vet(resolver: Any, schema: Any, name: str) -> None:
    """Look at every schema that can be reached: it must be one, its references lead somewhere, its expressions work."""
    waiting, seen, keywords = [(resolver, schema, True)], set[int](), set[str]()
    while waiting:
        resolver, schema, is_new = waiting.pop()
        if id(schema) in seen:
            continue
        seen.add(id(schema))
        if is_new:
            _check_form(schema, name)
        if isinstance(schema, bool):
            continue
        keywords.update(schema)
        _check_patterns(schema, name)
        for key in {"$ref", "$dynamicRef"} & schema.keys():
            target = _lookup(resolver, schema[key])
            waiting.append((target.resolver, target.contents, True))
        inner = _resource(schema).subresources()
        waiting += [(resolver.in_subresource(one), one.contents, False) for one in inner]
    # The library would hold these patterns against names by Python's ``re``, which a text can make slow.
    if {"unevaluatedProperties", "patternProperties"} <= keywords:
        raise ValueError(f"{name} has both unevaluatedProperties and patternProperties: write one of them")


def _lookup(resolver: Any, reference: str) -> Any:
    try:
        return resolver.lookup(reference)
    except (TypeError, ValueError, LookupError, AttributeError) as error:  # a pointer into a text, an id that is none
        raise Unresolvable(ref=reference) from error


def _check_form(schema: Any, name: str) -> None:
    for fault in errors(META, schema):
        raise ValueError(f"{name} is no JSON Schema of 2020-12: {cut(fault.json_path)}: {cut(fault.message)}")


def _check_patterns(schema: Mapping[str, Any], name: str) -> None:
    patterns = [schema["pattern"]] if "pattern" in schema else []
    for pattern in [*patterns, *schema.get("patternProperties", {})]:
        try:
            compile_pattern(pattern)
        except ValueError as error:
            raise ValueError(f"{name} has a pattern that cannot be used: {error}") from error


def _name_of(document: Any) -> str:
    """What references within a document are relative to."""
    own = document.get("$id") if isinstance(document, dict) else None
    return own.rstrip("#") if isinstance(own, str) and "#" not in own.rstrip("#") else _ROOT


def _resource(document: Any) -> Any:
    return DRAFT202012.create_resource(document)
