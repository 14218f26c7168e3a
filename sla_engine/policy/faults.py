"""What is wrong with a value, as a path, a sentence and a way out, read off cattrs' tree of exceptions."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import attrs
from attrs import frozen
from cattrs import (
    AttributeValidationNote,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)

from sla_engine.policy.codes import Code
from sla_engine.policy.spans import Path

# A slip of one letter, or of two that changed places, in a name of at least five.
_CERTAIN = 0.8
_MOST_COMPARED = 200
_SLIPPED = 3
_LONGEST_COMPARED = 80
_MOST_SHOWN = 40


@frozen
class Fault:
    """What is wrong at a path within a value.

    Attributes:
        path: keys and indexes from the value that was structured.
        at_key: whether the key is meant, and not the value.
        meant: the name that alone can have been meant, or None.
    """

    code: Code
    path: Path
    message: str
    help: str
    at_key: bool = False
    meant: str | None = None


class UnknownKey(ValueError):  # noqa: N818
    """A key of a mapping is not of the form that keys have there."""


class BadId(ValueError):  # noqa: N818
    """A key that should be an id is none."""


class SecretInClear(ValueError):  # noqa: N818
    """A secret's text stands in a policy file."""


_WRONG = (Code.WRONG_VALUE, False)
_KINDS = {
    SecretInClear: (Code.SECRET_IN_CLEAR, False),
    UnknownKey: (Code.WRONG_VALUE, True),
    BadId: (Code.BAD_ID, True),
}
"""The code of an error, and whether it is the key that is wrong and not the value."""

_WAY_OUT = re.compile(r": (?=(?:write|give|take|add|use|name|put|say|keep|leave|choose|set|raise|lower|save|ids are) )")
_EXPECTED = "expected "
_EXAMPLES = {
    "a list": 'a list in brackets, as in ["...", "..."]',
    "a list, not a table": 'brackets around it, as in [{ key = "..." }], or a list of texts, as in ["...", "..."]',
    "a table": 'a table, as in { key = "..." }',
    "text": 'it in quotes, as in "..."',
    "a whole number": "digits without quotes, such as 2",
    "a number": "digits without quotes, such as 2 or 0.5",
    "true or false": "true or false, without quotes",
}


def faults_of(error: BaseException, path: Path = ()) -> Iterator[Fault]:
    """Each fault that a failed structuring holds, with its path below ``path``."""
    if isinstance(error, ClassValidationError | IterableValidationError):
        for inner in error.exceptions:
            yield from faults_of(inner, (*path, *_step(inner)))
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [key_of(attribute.name) for attribute in attrs.fields(error.cl)]
        for name in sorted(error.extra_fields):
            message = f"unknown key {name!r}"
            yield Fault(
                Code.UNKNOWN_KEY, (*path, name), message, suggest(name, known), at_key=True, meant=meant(name, known)
            )
    elif isinstance(error, KeyError):
        name = key_of(str(error.args[0]))
        yield Fault(Code.MISSING_KEY, path[:-1], f"the key {name!r} is missing", f"add {name} = ...", at_key=True)
    else:
        code, at_key = next((found for kind, found in _KINDS.items() if isinstance(error, kind)), _WRONG)
        message, help_ = message_and_help(str(error) or type(error).__name__)
        yield Fault(code, path, message, help_, at_key)


def message_and_help(text: str) -> tuple[str, str]:
    """The sentence of an error and its way out, which follows a colon: ``... is no date: write 2026-12-24``."""
    if found := _WAY_OUT.search(text):
        return text[: found.start()], text[found.end() :]
    if text.startswith(_EXPECTED):
        whole = text.removeprefix(_EXPECTED)
        wanted = whole.partition(", not ")[0]
        return text, f"write {_EXAMPLES.get(whole) or _EXAMPLES.get(wanted, wanted)}"
    return text, "`sla schema` and docs/policy.md say what can stand here"


def _step(error: BaseException) -> Path:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return (key_of(note.name),)
        if isinstance(note, IterableValidationNote):
            return (note.index,)
    return ()


def suggest(name: str, known: Sequence[str]) -> str:
    """A way out of an unknown name: the closest known one, else what there is."""
    close = get_close_matches(name, _likely(name, known), n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    if not known:
        return "there is none"
    more = f" and {len(known) - _MOST_SHOWN} more" if len(known) > _MOST_SHOWN else ""
    return f"known are {', '.join(sorted(set(known[:_MOST_SHOWN])))}{more}"


def meant(name: str, known: Sequence[str]) -> str | None:
    """The one known name that is so close that nothing else can have been meant, or None."""
    close = get_close_matches(name, _likely(name, known), n=2, cutoff=_CERTAIN)
    return close[0] if len(close) == 1 else None


def _likely(name: str, known: Sequence[str]) -> Sequence[str]:
    """The names that are worth comparing; where there are thousands, a slip is sought among the ones it begins like."""
    if len(name) > _LONGEST_COMPARED:
        return ()
    known = [one for one in known if abs(len(one) - len(name)) <= max(_SLIPPED, len(name) // 2)]
    if len(known) <= _MOST_COMPARED:
        return known
    return [one for one in known if one[:2] == name[:2]][:_MOST_COMPARED]


def key_of(attribute: str) -> str:
    """The TOML key of a Python field: ``from_`` is written ``from``."""
    return attribute.rstrip("_")
