"""What is wrong with a document by its JSON Schema, named by path; the first few faults tell it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from jsonschema.exceptions import ValidationError
from referencing.exceptions import Unresolvable

from sla_api.documents import cut, quote
from sla_api.schemas import Schema
from sla_api.validator import TooMuchWork, errors
from sla_engine.plugin import Finding, State

MOST_TOLD = 5


def schema_findings(schema: Schema, document: Any, unmet: State, what: str = "body") -> Iterator[Finding]:
    """A finding for each of the first few faults of a document, or one that says that it is valid."""
    expected = f"valid ({schema.name})"
    try:
        faults = list(islice(errors(schema.validator, document), MOST_TOLD))
    except (RecursionError, TooMuchWork):
        yield Finding(what, expected, "takes too much work to be held against it", unmet)
        return
    except (Unresolvable, ArithmeticError) as error:
        yield Finding(what, expected, cut(f"cannot be held against it ({error})"), unmet)
        return
    for fault in faults:
        yield _told(fault, schema.name, unmet, "$" if what == "body" else what)
    if not faults:
        yield Finding(what, expected, "valid")


def _told(fault: ValidationError, name: str, unmet: State, root: str) -> Finding:
    path = cut(f"{root}{fault.json_path[1:]}")
    expected = "nothing" if fault.validator is None else f"{fault.validator} {quote(fault.validator_value)}"
    seen = cut(fault.message) if fault.validator in _SPEAKING else quote(fault.instance)
    return Finding(path, f"{expected} ({name})", seen, unmet)


# Their messages say more than the value, which is the whole of an object or list.
_SPEAKING = frozenset(
    {
        "required",
        "additionalProperties",
        "unevaluatedProperties",
        "unevaluatedItems",
        "dependentRequired",
        "contains",
        "items",
    }
)
