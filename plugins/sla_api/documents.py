"""JSON from outside (RFC 8259): read strictly, nested only so deep, and quoted in short."""

import json
from typing import Any, NoReturn

from sla_engine.plugin import HttpResponse

DEEPEST = 100
_LONGEST_QUOTE = 80


def read_json(answer: HttpResponse) -> Any:
    """The JSON of an answer.

    Raises:
        ValueError: its body was cut, or is no JSON; the message says what it is instead.
    """
    if answer.truncated:
        raise ValueError(f"longer than the {len(answer.body)} bytes that are read")
    return parse_json(answer.body)


def parse_json(body: bytes) -> Any:
    """The JSON of a body.

    Raises:
        ValueError: it is none, is nested deeper than 100 levels, or holds what is no text in UTF-8 (RFC 7493, 2.1); the
            message says what it is instead.
    """
    if not body.strip():
        raise ValueError("empty")
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except UnicodeDecodeError:
        raise ValueError("no UTF-8 text, so no JSON") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except ValueError:  # Python bounds the digits of a whole number, as their conversion takes quadratic time
        raise ValueError("no JSON that can be read: a number has thousands of digits") from None
    if _is_deeper(document, DEEPEST):
        raise ValueError(_TOO_DEEP)
    if _ESCAPE in body.lower():
        _refuse_halves(document)
    return document


def quote(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    return cut(json.dumps(value, ensure_ascii=False), _LONGEST_QUOTE)


def cut(text: str, longest: int = 160) -> str:
    """A text from outside, cut where it is long."""
    return text if len(text) <= longest else f"{text[:longest]}…"


_TOO_DEEP = f"JSON that is nested deeper than {DEEPEST} levels"


_ESCAPE = rb"\ud"


def _refuse_halves(document: Any) -> None:
    """An escape can spell half of a character (a lone surrogate), which can be neither sent nor searched nor shown."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("JSON with half of a character") from None


def _no_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"{name} is no value", name, 0)


def _is_deeper(document: Any, most: int) -> bool:
    level = [document]
    for _ in range(most + 1):
        level = [inner for value in level for inner in _members(value)]
        if not level:
            return False
    return True


def _members(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
