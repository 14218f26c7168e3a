"""A header's text as the value that an OpenAPI schema describes (style ``simple``)."""

from typing import Any

_LONGEST_NUMBER = 40


def read_header(text: str, schema: Any) -> Any:
    """The value, typed as the schema says; what cannot be read so stays a text, which the schema then refuses."""
    kind = schema.get("type") if isinstance(schema, dict) else None
    if kind == "array":
        return [read_header(part.strip(), schema.get("items")) for part in text.split(",")]
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind in {"integer", "number"} and len(text) <= _LONGEST_NUMBER:
        return _number(text)
    return text


def _number(text: str) -> Any:
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text
