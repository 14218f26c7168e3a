"""The part of a table that belongs to a plugin: read into the plugin's own class, with the same care as our own."""

import re
import types
import typing
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import attrs
from attrs import frozen

from sla_engine.model.duration import Duration
from sla_engine.policy.codes import Code
from sla_engine.policy.faults import key_of, suggest
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.own_variables import is_own, prefix_of
from sla_engine.policy.plain_sight import look_at
from sla_engine.policy.spans import Path as KeyPath
from sla_engine.policy.structure import structure
from sla_engine.policy.values import Raw
from sla_engine.policy.variables import are_set, is_name, replace_variables, variables_in

_NAME_FILES = {"file", "maildir", "schema"}
"""The keys whose text is the name of a file or folder; besides these, every key that ends in ``_file``."""


@frozen
class Plugins:
    """The classes that plugins registered, by the name that policies give."""

    probes: Mapping[str, type]
    notifiers: Mapping[str, type]
    ticket_sources: Mapping[str, type] = attrs.field(factory=dict)


@frozen
class PluginTables:
    """Reads tables for the classes of one role, ``probe``, ``notifier`` or ``ticket source``.

    Attributes:
        classes: by name, or None where the tables are kept as they stand, because nothing will be probed or sent.
        customers: the ids of all of them, whose variables are their own.
    """

    role: str
    classes: Mapping[str, type] | None
    environ: Mapping[str, str]
    findings: Findings
    customers: Collection[str] = ()

    def read(self, name: str, table: Mapping[str, Any], place: Place, engine: Mapping[str, Any]) -> Any:
        """The plugin's object, or None where the table has faults.

        Args:
            name: which class.
            table: the plugin's part of the table.
            place: where the whole table stands.
            engine: the values of the engine's own keys, for a class that has fields of those names.
        """
        if self.classes is None:
            return Raw(table)
        plugin_class = self.classes.get(name)
        if plugin_class is None:
            key = "probe" if self.role == "probe" else "via"
            self.findings.error(
                Code.UNKNOWN_PLUGIN,
                place.at(key),
                f"no plugin has a {self.role} {name!r}",
                suggest(name, list(self.classes)) + "; `sla plugins` lists what is installed",
            )
            return None
        if place.file.is_customers:
            self._refuse_files(table, place)
        fields = {
            key_of(attribute.name): attribute.type for attribute in attrs.fields(attrs.resolve_types(plugin_class))
        }
        given = {key: value for key, value in engine.items() if key in fields}
        replaced = self._replace(dict(table), plugin_class, place)
        look_at(table, replaced, place, self.findings)
        built, faults = structure({**replaced, **given}, plugin_class)
        for fault in faults:
            path = fault.path or _named_in(fault.message, table)
            if fault.code is Code.SECRET_IN_CLEAR or not self._is_of_unset(table, path):
                self.findings.error(
                    fault.code, place.at(*path), fault.message, fault.help, at_key=fault.at_key, meant=fault.meant
                )
        return built

    def _is_of_unset(self, table: Mapping[str, Any], path: KeyPath) -> bool:
        """Whether a fault is that of a text whose variable has no value, which is told already."""
        value: Any = table
        for step in path:
            inner = dict(enumerate(value)) if isinstance(value, list) else value
            value = inner.get(step) if isinstance(inner, Mapping) else None
        return isinstance(value, str) and not are_set(value, self.environ)

    def _refuse_files(self, table: Mapping[str, Any], place: Place) -> None:
        for path in _named_files(table, ()):
            self.findings.error(
                Code.FILE_FOR_CUSTOMERS,
                place.at(*path),
                f"a file under customers/ may not name a file of this machine, as {path[-1]!r} does",
                "move the service to a file of the operators, outside customers/",
                at_key=True,
            )

    def _replace(self, value: Any, target: Any, place: Place) -> Any:
        """The value with ``${NAME}`` replaced in every text that is not part of a secret's reference, and files found.

        The names of files are taken from the folder of the policy file, wherever the program runs.
        """
        if isinstance(value, str):
            return self._substitute(value, target, place)
        if isinstance(value, list):
            inner = (*get_args(target), Any)[0]
            return [self._replace(element, inner, place.at(index)) for index, element in enumerate(value)]
        if isinstance(value, dict):
            if _may_be_secret(target):
                return self._reference(value, place)
            replaced = {key: self._replace(one, _type_of(target, key), place.at(key)) for key, one in value.items()}
            return {key: _located(key, one, place) for key, one in replaced.items()}
        return value

    def _reference(self, reference: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
        """A reference to a secret, in which nothing is replaced."""
        if isinstance(name := reference.get("env"), str) and not is_name(name):
            message = f"no variable can be called {name!r}, and in a secret nothing is replaced"
            self.findings.warn(Code.WRONG_VALUE, place.at("env"), message, "write the name itself, as in SMTP_PASSWORD")
        if place.file.is_customers:
            if isinstance(variable := reference.get("env"), str):
                self._refuse_foreign([variable], place.at("env"))
            if "plugin" in reference:
                message = "a file under customers/ may not ask a plugin for a secret, as it could name any"
                help_ = f"put it into the environment, as {prefix_of(str(place.path[1]))}..."
                self.findings.error(Code.VARIABLE_FOR_CUSTOMERS, place.at("plugin"), message, help_)
        return {key: _located(key, one, place) for key, one in reference.items()}

    def _refuse_foreign(self, variables: Collection[str], place: Place) -> None:
        """Refuse what is not the customer's own."""
        customer = str(place.path[1])
        for variable in variables:
            if not is_own(variable, customer, self.customers):
                message = f"a file under customers/ may not read {variable}, which is not of customer {customer!r}"
                help_ = f"name it {prefix_of(customer)}..., or move the service to a file of the operators"
                self.findings.error(Code.VARIABLE_FOR_CUSTOMERS, place, message, help_)

    def _substitute(self, text: str, target: Any, place: Place) -> Any:
        if "${" not in text or (target is not str and _may_be_secret(target) and str not in _members(target)):
            return text  # a secret in clear is told as one
        if place.file.is_customers:
            self._refuse_foreign(variables_in(text), place)
        replaced = replace_variables(text, place, self.environ, self.findings)
        # A port or a number can come from the environment too, where everything is text.
        return int(replaced) if _is_number(target) and replaced.isascii() and replaced.isdecimal() else replaced


def _named_in(message: str, table: Mapping[str, Any]) -> KeyPath:
    """The key that a plugin's own sentence begins with, as in ``url 'x' is no address``, so that it is told there."""
    path: list[str] = []
    value: Any = table
    for key in re.split(r"[.]", re.match(r"[a-z0-9_.]*", message)[0]):  # type: ignore[index]
        if not isinstance(value, Mapping) or key not in value:
            break
        path.append(key)
        value = value[key]
    return tuple(path)


def _named_files(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    """The keys whose text is the name of a file."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if isinstance(inner, str) and _names_a_file(key):
            yield (*path, key)
        yield from _named_files(inner, (*path, key))


def _names_a_file(key: str | int) -> bool:
    return key in _NAME_FILES or str(key).endswith("_file")


def _located(key: str, value: Any, place: Place) -> Any:
    """The value; where it is the name of a file, as seen from the folder of the policy file that names it."""
    if not isinstance(value, str) or not _names_a_file(key):
        return value
    return str(Path(place.file.name).parent / value)


def engine_values(timeout: Duration, retries: int) -> Mapping[str, Any]:
    """The engine's keys of a check, as they would be written, for a probe class that has fields of those names."""
    return {"timeout": str(timeout), "retries": retries}


def _type_of(target: Any, key: str) -> Any:
    for member in _members(target):
        origin = get_origin(member) or member
        if attrs.has(origin):
            for attribute in attrs.fields(attrs.resolve_types(origin)):
                if key_of(attribute.name) == key:
                    return attribute.type
        elif get_origin(member) is not None and len(get_args(member)) == 2:
            return get_args(member)[1]
    return Any


def _members(target: Any) -> tuple[Any, ...]:
    if get_origin(target) in {typing.Union, types.UnionType}:
        return get_args(target)
    return (target,)


def _may_be_secret(target: Any) -> bool:
    from sla_engine.plugin.fields import Secret

    return Secret in _members(target)


def _is_number(target: Any) -> bool:
    from sla_engine.plugin.fields import Port

    return any(member in {int, Port} for member in _members(target))
