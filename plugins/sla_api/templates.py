"""Texts with ``{name}`` in them, at any depth of a value: what they may name, and what is put in."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from sla_engine.plugin.names import check_places, fill_places, misplaced


def check_template(key: str, value: Any, known: Collection[str]) -> None:
    """Refuse a template that names what is not known.

    Raises:
        ValueError: it does; the message says where, and what to write instead.
    """
    for path, text in _texts_in(value, key):
        try:
            check_places(text, known)
        except ValueError as error:
            raise ValueError(f"in {path}, {error}") from None


def check_url_template(key: str, url: str, known: Collection[str]) -> None:
    """Refuse an address that names what is not known, and one whose host a message would choose.

    Raises:
        ValueError: one of these.
    """
    check_template(key, url, known)
    if "{" in urlsplit(url).netloc:
        raise ValueError(f"{key} has a name in its host, which no message may choose: write the host in full")


def names_in(value: Any) -> frozenset[str | None]:
    """The names that a template uses."""
    return frozenset(found.name for _, text in _texts_in(value, "") for found in misplaced(text, ()))


def fill_template(value: Any, values: Mapping[str, str]) -> Any:
    """A value with the places in all its texts filled. Its keys stay as they are, and a text stays one text."""
    if isinstance(value, str):
        return fill_places(value, values)
    if isinstance(value, Mapping):
        return {key: fill_template(inner, values) for key, inner in value.items()}
    return [fill_template(inner, values) for inner in value] if isinstance(value, list | tuple) else value


def fill_url(url: str, values: Mapping[str, str]) -> str:
    """An address in which each value stays within its part.

    Raises:
        ValueError: a value would lead elsewhere.
    """
    return fill_places(url, values, _in_address)


def _in_address(value: str) -> str:
    if not value.strip("."):  # no encoding keeps it from being read as this folder, or the one above
        raise ValueError(f"{value!r} cannot stand in an address")
    return quote(value, safe="")


def _texts_in(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text in a value that is no key, and where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts_in(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _texts_in(inner, f"{path}[{index}]")
