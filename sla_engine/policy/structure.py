"""From a TOML value to an attrs class, strictly, with every fault found at once and each tied to its key.

cattrs does the structuring. What is ours is what cattrs leaves open: scalars are not coerced, a union is chosen by the
shape of the value, and a fault is told as a path, a sentence and a way out instead of an exception tree.
"""

import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, Literal, TypeAlias, get_args, get_origin

import attrs
from attrs import frozen
from cattrs import (
    AttributeValidationNote,
    ClassValidationError,
    Converter,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from sla_engine.model.duration import Duration, Within, parse_duration, parse_within
from sla_engine.model.money import Money, parse_money
from sla_engine.model.percent import Percent, parse_percent
from sla_engine.model.service import StaleAfter, UpWhen
from sla_engine.model.text import Text, plain
from sla_engine.model.zone import Zone, parse_zone
from sla_engine.plugin.fields import Port, Secret
from sla_engine.policy import values
from sla_engine.policy.codes import Code
from sla_engine.policy.documents import AvailabilityTable, CheckTable, ClauseTable, NotifierTable
from sla_engine.policy.spans import Path

_ID = re.compile(r"[a-z][a-z0-9-]*")
_LANGUAGE = re.compile(r"[a-z]{2}")
_MAPPINGS = {dict, Mapping, typing.Mapping}
_LISTS = {list, tuple, Sequence, frozenset, set}
_NOUNS = {str: "text", int: "a whole number", float: "a number", bool: "true or false", list: "a list", dict: "a table"}
SECRET_SOURCES = ("env", "file", "plugin")

UnionChoice: TypeAlias = Callable[[Any, Any], Any]


@frozen
class Fault:
    """What is wrong at a path within a value.

    Attributes:
        path: keys and indexes from the value that was structured.
        at_key: whether the key is meant, and not the value.
    """

    code: Code
    path: Path
    message: str
    help: str
    at_key: bool = False


class UnknownKey(ValueError):  # noqa: N818
    """A key of a mapping is not of the form that keys have there."""


def structure(value: Any, target: Any) -> tuple[Any, list[Fault]]:
    """The object that a TOML value stands for, or None with everything that is wrong with it."""
    try:
        return _CONVERTER.structure(value, target), []
    except Exception as error:  # cattrs passes on whatever a class's own validation raises
        return None, list(_faults(error, (), target))


def suggest(name: str, known: Sequence[str]) -> str:
    """A way out of an unknown name: the closest known one, else what there is."""
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known are {', '.join(sorted(known))}" if known else "there is none"


def key_of(attribute: str) -> str:
    """The TOML key of a Python field: ``from_`` is written ``from``."""
    return attribute.rstrip("_")


def _faults(error: BaseException, path: Path, target: Any) -> Iterator[Fault]:
    if isinstance(error, ClassValidationError):
        for inner in error.exceptions:
            yield from _faults(inner, (*path, *_step(inner)), _target_of(inner, error.cl))
    elif isinstance(error, IterableValidationError):
        for inner in error.exceptions:
            yield from _faults(inner, (*path, *_step(inner)), target)
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [key_of(attribute.name) for attribute in attrs.fields(error.cl)]
        for name in sorted(error.extra_fields):
            message = f"unknown key {name!r}"
            yield Fault(Code.UNKNOWN_KEY, (*path, name), message, suggest(name, known), at_key=True)
    elif isinstance(error, KeyError):
        name = key_of(str(error.args[0]))
        yield Fault(Code.MISSING_KEY, path[:-1], f"the key {name!r} is missing", f"add {name} = ...", at_key=True)
    elif isinstance(error, UnknownKey):
        yield Fault(Code.WRONG_VALUE, path, str(error), "", at_key=True)
    else:
        code = Code.SECRET_IN_CLEAR if isinstance(error, SecretInClear) else Code.WRONG_VALUE
        message, _, help_ = str(error).partition(": write ")
        yield Fault(code, path, message or type(error).__name__, f"write {help_}" if help_ else "")


def _step(error: BaseException) -> Path:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return (key_of(note.name),)
        if isinstance(note, IterableValidationNote):
            return (note.index,)
    return ()


def _target_of(error: BaseException, holder: type) -> Any:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return note.type
    return holder


class SecretInClear(ValueError):  # noqa: N818
    """A secret's text stands in a policy file."""


def _expected(what: str) -> ValueError:
    return ValueError(f"expected {what}")


def _strict(kind: type, *also: type) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _target: Any) -> Any:
        if type(value) is kind or type(value) in also:
            return kind(value) if also else value
        raise _expected(f"{_NOUNS[kind]}, not {_noun(value)}")

    return hook


def _noun(value: Any) -> str:
    return _NOUNS.get(type(value), "a date" if isinstance(value, date) else type(value).__name__)


def _from_text(parse: Callable[[str], Any], what: str) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _target: Any) -> Any:
        if not isinstance(value, str):
            raise _expected(f"{what}, in quotes")
        return parse(value)

    return hook


def _plainly(read: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, _target: read(value)


def _text(value: Any) -> Text:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict) and value and all(isinstance(text, str) for text in value.values()):
        strange = [code for code in value if not _LANGUAGE.fullmatch(code)]
        if strange:
            raise ValueError(
                f'{strange[0]!r} is no language: write two-letter codes, as in {{ en = "...", pt = "..." }}'
            )
        return Text(value)
    raise _expected('text, or a table of texts by language such as { en = "...", pt = "..." }')


def _secret(value: Any) -> Secret:
    if isinstance(value, str):
        raise SecretInClear(
            'a secret must not stand in a policy: write { env = "NAME" }, { file = "path" } or { plugin = "..." }'
        )
    if isinstance(value, dict) and len(value) == 1:
        [(source, reference)] = value.items()
        if source in SECRET_SOURCES and isinstance(reference, str) and reference:
            return Secret(source, reference)
    raise _expected('a reference to a secret: { env = "NAME" }, { file = "path" } or { plugin = "..." }')


def _port(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535:
        return value
    raise _expected("a port from 1 to 65535")


def _moment(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise _expected("a date and time such as 2026-12-05T22:00:00+01:00, without quotes")
    if value.tzinfo is None:
        raise ValueError("this names no instant: write its offset from UTC too, as in 2026-12-05T22:00:00+01:00")
    return value


def _date(value: Any) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise _expected("a date such as 2026-07-01, without quotes")
    return value


def _id(value: Any) -> str:
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise UnknownKey(f"{value!r} is no id: ids are of the form [a-z][a-z0-9-]*")


def _maintenance_cap(value: Any, _target: Any) -> Duration | values.Unlimited:
    if value == "none":
        return values.Unlimited()
    if isinstance(value, str):
        return parse_duration(value)
    raise _expected('a duration such as 8h, or "none"')


def _literal(value: Any, target: Any) -> Any:
    choices = get_args(target)
    for choice in choices:
        if value == choice and type(value) is type(choice):
            return value
    written = ", ".join(repr(choice) for choice in choices)
    if isinstance(value, str):
        raise ValueError(f"{value!r} is none of {written}: write {suggest(value, [str(choice) for choice in choices])}")
    raise _expected(f"one of {written}")


def _union(value: Any, target: Any) -> Any:
    """Choose the member of a union by the shape of the value; the faults are those of the member it was meant for."""
    members = [member for member in get_args(target) if member is not type(None)]
    if len(members) == 1:
        return _CONVERTER.structure(value, members[0])
    meant = [member for member in members if _has_shape(value, member)]
    errors = []
    for member in meant or members:
        try:
            return _CONVERTER.structure(value, member)
        except Exception as error:  # told below, when no member takes the value
            errors.append(error)
    if len(meant) == 1:
        raise errors[0]
    raise ValueError(" or ".join(dict.fromkeys(str(error) for error in errors)))


def _has_shape(value: Any, member: Any) -> bool:
    origin = get_origin(member) or member
    if isinstance(value, dict):
        return origin in _MAPPINGS or attrs.has(origin)
    if isinstance(value, list):
        return origin in _LISTS
    if origin is Literal:
        return value in get_args(member)
    if member is Secret:
        return False
    if isinstance(value, str):
        return origin not in {int, float, bool} | _LISTS | _MAPPINGS and not _is_table_class(member)
    return origin in {type(value), Port} or (origin is float and type(value) is int)


def _is_table_class(member: Any) -> bool:
    return attrs.has(member) and member not in _SCALARS


def _list_of(target: Any) -> Callable[[Any, Any], Any]:
    inner = (get_args(target) or (Any,))[0]

    def hook(value: Any, _target: Any) -> Any:
        if not isinstance(value, list):
            raise _expected(f"a list, not {_noun(value)}")
        members, errors = [], []
        for index, element in enumerate(value):
            try:
                members.append(_CONVERTER.structure(element, inner))
            except Exception as error:  # gathered, so that all faults of a list are told at once
                error.__notes__ = [
                    *getattr(error, "__notes__", []),
                    IterableValidationNote(f"at {index}", index, inner),
                ]
                errors.append(error)
        if errors:
            raise IterableValidationError(f"While structuring {target!r}", errors, target)
        return list(members) if (get_origin(target) or target) is list else tuple(members)

    return hook


def _mapping_of(target: Any) -> Callable[[Any, Any], Any]:
    key_type, value_type = get_args(target) or (str, Any)

    def hook(value: Any, _target: Any) -> Any:
        if not isinstance(value, dict):
            raise _expected(f"a table, not {_noun(value)}")
        members, errors = {}, []
        for name, element in value.items():
            try:
                members[_CONVERTER.structure(name, key_type)] = _CONVERTER.structure(element, value_type)
            except Exception as error:  # gathered, so that all faults of a table are told at once
                error.__notes__ = [
                    *getattr(error, "__notes__", []),
                    IterableValidationNote(f"at {name}", name, value_type),
                ]
                errors.append(error)
        if errors:
            raise IterableValidationError(f"While structuring {target!r}", errors, target)
        return members

    return hook


def _class_of(target: Any) -> Callable[[Any, Any], Any]:
    names: dict[str, Any] = {
        attribute.name: override(rename=key_of(attribute.name))
        for attribute in attrs.fields(get_origin(target) or target)
        if attribute.name.endswith("_")
    }
    usual = make_dict_structure_fn(
        target, _CONVERTER, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True, **names
    )  # fmt: skip

    def hook(value: Any, wanted: Any) -> Any:
        if not isinstance(value, dict):
            raise _expected(f"a table, not {_noun(value)}")
        return usual(value, wanted)

    return hook


def _with_settings(target: type, own: Sequence[str]) -> Callable[[Any, Any], Any]:
    """A class some of whose keys are the engine's, while the rest of the table is a plugin's."""
    usual = _class_of(target)

    def hook(value: Any, wanted: Any) -> Any:
        if not isinstance(value, dict):
            raise _expected(f"a table, not {_noun(value)}")
        rest = {name: element for name, element in value.items() if name not in {own[0], "settings"}}
        engine_keys = {name: element for name, element in value.items() if name in own}
        return usual({**engine_keys, "settings": rest}, wanted)

    return hook


def _shorthand(target: type, key: str) -> Callable[[Any, Any], Any]:
    """A class that may be written as its most important value alone, ``website = "99%"``."""
    usual = _class_of(target)

    def hook(value: Any, wanted: Any) -> Any:
        if not isinstance(value, dict):
            kind: Any = attrs.fields_dict(target)[key].type
            return target(**{key: _CONVERTER.structure(value, kind)})
        return usual(value, wanted)

    return hook


def _clause(value: Any, wanted: Any) -> Any:
    if isinstance(value, str) or (isinstance(value, dict) and value and all(_LANGUAGE.fullmatch(key) for key in value)):
        return ClauseTable(_text(value))
    return _class_of(ClauseTable)(value, wanted)


_SCALARS: Mapping[Any, Callable[[Any, Any], Any]] = {
    str: _strict(str),
    int: _strict(int),
    bool: _strict(bool),
    float: _strict(float, int),
    Duration: _from_text(parse_duration, "a duration such as 10s"),
    Percent: _from_text(parse_percent, "a percentage such as 99.9%"),
    Money: _from_text(parse_money, "a sum of money such as 1200 EUR"),
    Zone: _from_text(parse_zone, "a time zone such as GMT+1 or Europe/Lisbon"),
    Text: _plainly(_text),
    Secret: _plainly(_secret),
    datetime: _plainly(_moment),
    date: _plainly(_date),
    StaleAfter: _plainly(values.read_stale_after),
    values.Windows: _plainly(values.read_windows),
    values.DateRange: _plainly(values.read_date_range),
    values.Raw: lambda value, _target: values.Raw(value),
}


_CONVERTER = Converter(detailed_validation=True)


def _register() -> None:
    converter = _CONVERTER
    converter.register_structure_hook_factory(_is_class, _class_of)
    converter.register_structure_hook_factory(_is_list, _list_of)
    converter.register_structure_hook_factory(_is_mapping, _mapping_of)
    converter.register_structure_hook_func(_is_union, _union)
    converter.register_structure_hook_func(_is_literal, _literal)
    for target, hook in _SCALARS.items():
        converter.register_structure_hook(target, hook)
    exact: Mapping[Any, Callable[[Any, Any], Any]] = {
        object: lambda value, _target: value,
        Port: _plainly(_port),
        values.Id: _plainly(_id),
        values.CronText: _plainly(values.read_cron),
        Within: _from_text(parse_within, "a duration such as 4h, or business days such as 5bd"),
        Within | None: _from_text(parse_within, "a duration such as 4h, or business days such as 5bd"),
        UpWhen: _plainly(values.read_up_when),
        values.ServiceList: _plainly(values.read_service_list),
        Duration | values.Unlimited: _maintenance_cap,
        values.Weekdays: _plainly(_weekdays),
        CheckTable: _with_settings(CheckTable, ("probe", "timeout", "retries")),
        NotifierTable: _with_settings(NotifierTable, ("via",)),
        AvailabilityTable: _shorthand(AvailabilityTable, "target"),
        ClauseTable: _clause,
    }
    for target, hook in exact.items():
        converter.register_structure_hook_func(_is_exactly(target), hook)


def _is_class(target: Any) -> bool:
    return attrs.has(get_origin(target) or target)


def _is_list(target: Any) -> bool:
    return get_origin(target) in _LISTS


def _is_mapping(target: Any) -> bool:
    return (get_origin(target) or target) in _MAPPINGS


def _is_union(target: Any) -> bool:
    return get_origin(target) in {typing.Union, types.UnionType}


def _is_literal(target: Any) -> bool:
    return get_origin(target) is Literal


def _is_exactly(target: Any) -> Callable[[Any], bool]:
    return lambda wanted: bool(wanted == target)


def _weekdays(value: Any) -> values.Weekdays:
    try:
        return values.read_weekdays(value)
    except ValueError as error:
        raise UnknownKey(str(error)) from error


_register()
