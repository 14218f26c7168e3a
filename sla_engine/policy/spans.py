"""Where each key and value of a TOML file stands, found with tree-sitter because tomllib keeps no positions.

The map is made only for a file that has something to be said about it.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import tree_sitter_toml
from attrs import frozen
from tree_sitter import Language, Node, Parser

from sla_engine.policy.diagnostics import Span

Path: TypeAlias = tuple[str | int, ...]
"""Keys, and indexes of arrays, from the top of a document to a value."""

_HEADERS = {"table", "table_array_element"}
# In UTF-8, every byte of a character but the first (RFC 3629, 3).
_FURTHER = re.compile(rb"[\x80-\xbf]")
_KEYS = {"bare_key", "quoted_key", "dotted_key"}


@frozen
class Spot:
    """The places of a key and of its value; a table's value is its header, an array's element has no key of its own."""

    key: Span
    value: Span


def find_spots(text: str) -> Mapping[Path, Spot]:
    """The spot of every key and element of a document; what tomllib would refuse may be missing."""
    return _Finder(text).find(_tree(text))


def comments(text: str) -> Iterator[tuple[Span, str]]:
    """Every comment of a document, with its mark, and where it stands."""
    return _texts(text, "comment")


def numbers(text: str) -> Iterator[tuple[Span, str]]:
    """Every whole number of a document, as it is written, and where it stands."""
    return _texts(text, "integer")


def key_that_ends_at(text: str, line: int, column: int) -> Span | None:
    """The key whose value ends just before a place."""
    finder = _Finder(text)
    for node in _nodes(text):
        if node.type == "pair":
            span = finder.span(node)
            if (span.end_line, span.end_column) == (line, column):
                return finder.span(node.named_children[0])
    return None


def _texts(text: str, kind: str) -> Iterator[tuple[Span, str]]:
    finder = _Finder(text)
    for node in _nodes(text):
        if node.type == kind:
            yield finder.span(node), (node.text or b"").decode()


def _nodes(text: str) -> Iterator[Node]:
    """Every node of a document's tree, in the order of the text, without recursion."""
    todo = [_tree(text)]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(node.children))


def _tree(text: str) -> Node:
    return Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node


class _Finder:
    """One walk over a syntax tree."""

    def __init__(self, text: str) -> None:
        self._lines = [line.encode() for line in text.split("\n")]
        self._spots: dict[Path, Spot] = {}
        self._elements: dict[Path, int] = {}
        self._further: dict[int, Sequence[int]] = {}

    def find(self, root: Node) -> Mapping[Path, Spot]:
        for node in root.named_children:
            if node.type == "pair":
                self._pair(node, ())
            elif node.type in _HEADERS:
                self._table(node)
        return self._spots

    def _table(self, node: Node) -> None:
        header = next((child for child in node.named_children if child.type in _KEYS), None)
        if header is None:
            return
        base: Path = ()
        parts = list(self._key_parts(header))
        for index, (name, span) in enumerate(parts):
            base = (*base, name)
            if node.type == "table_array_element" and index == len(parts) - 1:
                position = self._elements[base] = self._elements.get(base, -1) + 1
                self._spots.setdefault(base, Spot(span, span))
                base = (*base, position)
            elif base in self._elements:
                base = (*base, self._elements[base])
            self._spots.setdefault(base, Spot(span, span))
        for child in node.named_children:
            if child.type == "pair":
                self._pair(child, base)

    def _pair(self, node: Node, base: Path) -> None:
        key = node.named_children[0]
        values = [child for child in node.named_children[1:] if child.type != "comment"]
        if not values:
            return
        value = self.span(values[0])
        for name, span in self._key_parts(key):
            base = (*base, name)
            self._spots.setdefault(base, Spot(span, value))
        self._value(values[0], base)

    def _value(self, node: Node, base: Path) -> None:
        if node.type == "inline_table":
            for child in node.named_children:
                if child.type == "pair":
                    self._pair(child, base)
        elif node.type == "array":
            elements = (child for child in node.named_children if child.type != "comment")
            for index, child in enumerate(elements):
                span = self.span(child)
                self._spots[(*base, index)] = Spot(span, span)
                self._value(child, (*base, index))

    def _key_parts(self, node: Node) -> Iterator[tuple[str, Span]]:
        if node.type == "dotted_key":
            for child in node.named_children:
                yield from self._key_parts(child)
        elif node.type in _KEYS:
            yield self._key_name(node), self.span(node)

    def _key_name(self, node: Node) -> str:
        written = (node.text or b"").decode()
        if node.type == "bare_key":
            return written
        if written.startswith("'"):
            return written[1:-1]
        import tomllib

        return next(iter(tomllib.loads(f"{written} = 0")))

    def span(self, node: Node) -> Span:
        """Where a node stands."""
        (row, column), (end_row, end_column) = node.start_point, node.end_point
        return Span(row + 1, self._character(row, column) + 1, end_row + 1, self._character(end_row, end_column) + 1)

    def _character(self, row: int, column: int) -> int:
        """tree-sitter counts bytes; people count characters, whose further bytes are left out here."""
        return column - bisect_left(self._further_bytes(row), column)

    def _further_bytes(self, row: int) -> Sequence[int]:
        if row not in self._further:
            line = self._lines[row] if row < len(self._lines) else b""
            self._further[row] = () if line.isascii() else [found.start() for found in _FURTHER.finditer(line)]
        return self._further[row]
