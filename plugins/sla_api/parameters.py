"""A header's text as the value that an OpenAPI schema describes (style ``simple``)."""

from typing import Any

_LONGEST_NUMBER = 40


def read_header(text: str, schema: Any) -> Any:
    """The value, typed as the schema says; what cannot be read so stays a text, which the schema then refuses."""
    kinds = schema.get("type") if isinstance(schema, dict) else None
    named = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    if "array" in named:
        return [read_header(part.strip(), schema.get("items")) for part in text.split(",")]
    if "boolean" in named and text in {"true", "false"}:
        return text == "true"
    if ("integer" in named or "number" in named) and len(text) <= _LONGEST_NUMBER:
        return _number(text)
    return text


def _number(text: str) -> Any:
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text
