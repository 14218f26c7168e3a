"""The same schema for tools that know no draft after 7."""

from collections.abc import Mapping
from typing import Any


def as_draft_7(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema of draft 2020-12 in the words of draft 7, where nothing stands beside a reference."""
    changed = _changed(dict(schema))
    return {**changed, "$schema": "http://json-schema.org/draft-07/schema#"}


def _changed(value: Any) -> Any:
    if isinstance(value, list):
        return [_changed(element) for element in value]
    if not isinstance(value, dict):
        return value
    changed = {("definitions" if key == "$defs" else key): _changed(inner) for key, inner in value.items()}
    reference = changed.pop("$ref", None)
    if not isinstance(reference, str):
        return changed
    reference = {"$ref": reference.replace("#/$defs/", "#/definitions/", 1)}
    return {"allOf": [reference], **changed} if changed else reference
