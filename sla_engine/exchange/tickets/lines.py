"""The lines of a file, each with its number: CSV as spreadsheets write it, JSON lines, or one JSON list."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from attrs import frozen

_DELIMITERS = ",;\t"


class LineError(ValueError):
    """The rest of a file cannot be read.

    Attributes:
        line: from where on.
    """

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


@frozen
class Line:
    """A line, or an entry of a list."""

    number: int
    entry: Any


def csv_lines(content: bytes) -> Iterator[Line]:
    """The lines under the heading, by the heading's names in small letters; what is empty is left out.

    Raises:
        LineError: there is no heading, or a line has more columns than it.
    """
    text = _text(content)
    heading = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        if not any(names):
            raise LineError(1, "the first line names the columns: ticket, event, at, ...")
        if len(set(names)) < len(names):
            raise LineError(1, "two columns have the same name")
        for row in reader:
            if len(row) > len(names):
                raise LineError(reader.line_num, f"it has {len(row)} columns, and the first line names {len(names)}")
            if any(cell.strip() for cell in row):
                cells = zip(names, row, strict=False)
                yield Line(reader.line_num, {name: cell.strip() for name, cell in cells if cell.strip()})
    except csv.Error as error:
        raise LineError(reader.line_num, f"this is no CSV: {error}") from None


def json_lines(content: bytes) -> Iterator[Line]:
    """The objects of JSON lines, or of one list, by their lines; of a list by their position in it.

    Raises:
        LineError: it is no JSON.
    """
    text = _text(content)
    if text.lstrip().startswith("["):
        for number, entry in enumerate(_json(text, 1), start=1):
            yield Line(number, entry)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield Line(number, _json(line, number))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise LineError(line, f"this is not UTF-8 text: {error.reason}") from None


def _json(text: str, line: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise LineError(line + error.lineno - 1, f"this is no JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise LineError(line, "this is nested too deeply") from None
