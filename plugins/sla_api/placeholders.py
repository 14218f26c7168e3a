"""``{name}`` in a check's texts, replaced by values known at the time. It is substitution and nothing else.

Only known names are replaced: any other brace, as in JSON or GraphQL, stays as it is.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

NAME = re.compile(r"[a-z][a-z0-9_]*")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def check_name(name: str) -> None:
    """Refuse what cannot stand between braces.

    Raises:
        ValueError: it cannot.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name: write lower case letters, digits and underscores, as in access_token")


def names_in(value: Any) -> Iterable[str]:
    """The names in all texts of a value."""
    if isinstance(value, str):
        yield from _PLACEHOLDER.findall(value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from names_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from names_in(inner)


def fill(value: Any, values: Mapping[str, str]) -> Any:
    """A value with the placeholders in all its texts replaced."""
    if isinstance(value, str):
        return _fill_text(value, values)
    if isinstance(value, Mapping):
        return {key: fill(inner, values) for key, inner in value.items()}
    return [fill(inner, values) for inner in value] if isinstance(value, list | tuple) else value


def fill_url(base: str, template: str, values: Mapping[str, str]) -> str:
    """An address, joined to a base; what is put into it is encoded, so that it stays within its part.

    A template that begins with a placeholder takes that value as an address, which must not lead to another host: it
    came from a server, and the check's credentials go along.

    Raises:
        ValueError: it does.
    """
    encoded = {name: quote(value, safe="") for name, value in values.items()}
    first = _PLACEHOLDER.match(template)
    if first is None or first[1] not in values:
        return urljoin(base, _fill_text(template, encoded))
    address = urljoin(base, values[first[1]] + _fill_text(template[first.end() :], encoded))
    if _origin(address) != _origin(base):
        raise ValueError(f"the address in {first[0]} leads away from {urlsplit(base).netloc}")
    return address


def _fill_text(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
