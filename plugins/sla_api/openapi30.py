"""OpenAPI 3.0 in the words of 3.1, whose schemas are JSON Schema as it is."""

from typing import Any

from sla_api.documents import DEEPEST


def upgraded(value: Any, depth: int = 0) -> Any:
    """Schemas of 3.0 in the words of 3.1: ``nullable``, and limits that are exclusive by a word of their own."""
    if isinstance(value, list):
        return [upgraded(inner, depth + 1) for inner in value]
    if not isinstance(value, dict) or depth > DEEPEST:
        return value
    changed = {key: upgraded(inner, depth + 1) for key, inner in value.items()}
    if changed.get("nullable") is True and isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
        if isinstance(changed.get("enum"), list):
            changed["enum"] = [*changed["enum"], None]
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(changed.get(exclusive), bool) and changed.pop(exclusive) and limit in changed:
            changed[exclusive] = changed.pop(limit)
    return changed
