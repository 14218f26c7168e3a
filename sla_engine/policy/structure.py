"""From a TOML value to an attrs class, strictly, with every fault found at once and each tied to its key.

cattrs does the structuring. What is ours is what cattrs leaves open: scalars are not coerced, a union is chosen by the
shape of the value, and a fault is told as a path, a sentence and a way out instead of an exception tree.
"""

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

import attrs
from cattrs import Converter, IterableValidationError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from sla_engine.plugin.fields import Port, Secret
from sla_engine.policy.documents import (
    AnnouncementTable,
    AvailabilityTable,
    CheckTable,
    ClauseTable,
    NotifierTable,
    TicketSourceTable,
)
from sla_engine.policy.faults import Fault, faults_of, key_of, meant
from sla_engine.policy.scalars import EXACT, LANGUAGE, SCALARS, Hook, expected, noun, read_text

_MAPPINGS = {dict, Mapping, typing.Mapping}
_LISTS = {list, tuple, Sequence, frozenset, set}


def structure(value: Any, target: Any) -> tuple[Any, list[Fault]]:
    """The object that a TOML value stands for, or None with everything that is wrong with it."""
    try:
        return _CONVERTER.structure(value, target), []
    except Exception as error:  # cattrs passes on whatever a class's own validation raises
        return None, list(faults_of(error))


def _literal(value: Any, target: Any) -> Any:
    choices = get_args(target)
    for choice in choices:
        if value == choice and type(value) is type(choice):
            return value
    written = ", ".join(repr(choice) for choice in choices)
    if isinstance(value, str):
        close = meant(value, [str(choice) for choice in choices])
        raise ValueError(f"{value!r} is none of {written}: write {'one of them' if close is None else repr(close)}")
    raise expected(f"one of {written}")


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
    return attrs.has(member) and member not in SCALARS


def _list_of(target: Any) -> Hook:
    inner = (get_args(target) or (Any,))[0]

    def hook(value: Any, _target: Any) -> Any:
        if not isinstance(value, list):
            raise expected(f"a list, not {noun(value)}")
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


def _mapping_of(target: Any) -> Hook:
    key_type, value_type = get_args(target) or (str, Any)

    def hook(value: Any, _target: Any) -> Any:
        if not isinstance(value, dict):
            raise expected(f"a table, not {noun(value)}")
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


def _class_of(target: Any) -> Hook:
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
            raise expected(f"a table, not {noun(value)}")
        return usual(value, wanted)

    return hook


def _with_settings(target: type, own: Sequence[str]) -> Hook:
    """A class some of whose keys are the engine's, while the rest of the table is a plugin's."""
    usual = _class_of(target)

    def hook(value: Any, wanted: Any) -> Any:
        if not isinstance(value, dict):
            raise expected(f"a table, not {noun(value)}")
        rest = {name: element for name, element in value.items() if name not in {*own, "settings"}}
        engine_keys = {name: element for name, element in value.items() if name in own}
        return usual({**engine_keys, "settings": rest}, wanted)

    return hook


def _own_keys(target: type) -> tuple[str, ...]:
    return tuple(key_of(attribute.name) for attribute in attrs.fields(target) if attribute.name != "settings")


def _shorthand(target: type, key: str) -> Hook:
    """A class that may be written as its most important value alone, ``website = "99%"``."""
    usual = _class_of(target)

    def hook(value: Any, wanted: Any) -> Any:
        if not isinstance(value, dict):
            kind: Any = attrs.fields_dict(target)[key].type
            return target(**{key: _CONVERTER.structure(value, kind)})
        return usual(value, wanted)

    return hook


def _clause(value: Any, wanted: Any) -> Any:
    if isinstance(value, str) or (isinstance(value, dict) and value and all(LANGUAGE.fullmatch(key) for key in value)):
        return ClauseTable(read_text(value))
    return _class_of(ClauseTable)(value, wanted)


_CONVERTER = Converter(detailed_validation=True)


def _register() -> None:
    converter = _CONVERTER
    converter.register_structure_hook_factory(_is_class, _class_of)
    converter.register_structure_hook_factory(_is_list, _list_of)
    converter.register_structure_hook_factory(_is_mapping, _mapping_of)
    converter.register_structure_hook_func(_is_union, _union)
    converter.register_structure_hook_func(_is_literal, _literal)
    for target, hook in SCALARS.items():
        converter.register_structure_hook(target, hook)
    exact: Mapping[Any, Hook] = {
        **EXACT,
        CheckTable: _with_settings(CheckTable, ("probe", "timeout", "retries")),
        NotifierTable: _with_settings(NotifierTable, _own_keys(NotifierTable)),
        TicketSourceTable: _with_settings(TicketSourceTable, _own_keys(TicketSourceTable)),
        AvailabilityTable: _shorthand(AvailabilityTable, "target"),
        AnnouncementTable: _shorthand(AnnouncementTable, "at"),
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


_register()
