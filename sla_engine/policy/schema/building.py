"""The JSON Schema of the policy language, for editors: kinds and keys from the documents' classes, plugins included.

Descriptions are the classes' docstrings and the comments beside their fields.
"""

import types
import typing
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, get_args, get_origin

import attrs

from sla_engine.model.percent import Percent
from sla_engine.model.text import Text
from sla_engine.policy import documents, values
from sla_engine.policy.documents import (
    ENGINE,
    KINDS,
    AnnouncementTable,
    AvailabilityTable,
    CheckTable,
    ClauseTable,
    EngineTable,
    NotifierTable,
    TicketSourceTable,
)
from sla_engine.policy.faults import key_of
from sla_engine.policy.plugin_tables import Plugins
from sla_engine.policy.schema.comments import docstring, field_comments
from sla_engine.policy.schema.examples import examples
from sla_engine.policy.schema.scalars import EXACT, ID, VARIABLE


def json_schema(plugins: Plugins) -> dict[str, Any]:
    """The schema (2020-12) of one policy file."""
    builder = _Builder(plugins)
    shown = examples()
    properties = {
        kind: {
            "type": "object",
            "description": docstring(table),
            "patternProperties": {ID: builder.schema(table)},
            "additionalProperties": False,
            "examples": [shown[kind]],
        }
        for kind, table in KINDS.items()
    }
    properties[ENGINE] = {
        **builder.schema(EngineTable),
        "description": docstring(EngineTable),
        "examples": [shown[ENGINE]],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policies of sla_engine",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": builder.definitions,
    }


class _Builder:
    """Makes schemas of types; each class is defined once and referred to."""

    def __init__(self, plugins: Plugins) -> None:
        self.definitions: dict[str, Any] = {}
        self._plugins = plugins

    def schema(self, target: Any) -> dict[str, Any]:
        exact = next((schema for known, schema in EXACT if target == known), None)
        if exact is not None:
            return dict(exact)
        origin = get_origin(target) or target
        if origin in {typing.Union, types.UnionType}:
            members = [self.schema(member) for member in get_args(target) if member is not type(None)]
            return members[0] if len(members) == 1 else {"anyOf": members}
        return self._plain(target, origin)

    def _plain(self, target: Any, origin: Any) -> dict[str, Any]:
        if origin is Literal:
            return {"enum": list(get_args(target))}
        if origin in {dict, Mapping}:
            return self._mapping(*get_args(target))
        if origin in {list, tuple, Sequence, frozenset}:
            return {"type": "array", "items": self.schema(get_args(target)[0])}
        if attrs.has(origin):
            return self._reference(origin)
        return {}

    def _mapping(self, key: Any, value: Any) -> dict[str, Any]:
        if key is values.Id:
            return {"type": "object", "patternProperties": {ID: self.schema(value)}, "additionalProperties": False}
        return {"type": "object", "additionalProperties": self.schema(value)}

    def _reference(self, table: type) -> dict[str, Any]:
        name = _definition_name(table)
        if name not in self.definitions:
            self.definitions[name] = {}  # stands in while a class that holds itself is made
            self.definitions[name] = self._class(table)
        reference = {"$ref": f"#/$defs/{name}"}
        if table is AvailabilityTable:
            return {"anyOf": [self.schema(Percent), reference]}
        if table is AnnouncementTable:
            return {"anyOf": [self.schema(datetime), reference]}
        if table is ClauseTable:
            return {"anyOf": [self.schema(Text), reference]}
        return reference

    def _class(self, table: type) -> dict[str, Any]:
        if table is CheckTable:
            return self._with_plugins(table, "probe", self._plugins.probes)
        if table is NotifierTable:
            return self._with_plugins(table, "via", self._plugins.notifiers)
        if table is TicketSourceTable:
            return self._with_plugins(table, "via", self._plugins.ticket_sources)
        properties, required = self._fields(table)
        return {
            "type": "object",
            "description": docstring(table),
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }

    def _with_plugins(self, table: type, tag: str, classes: Mapping[str, type]) -> dict[str, Any]:
        own, _ = self._fields(table)
        branches = []
        for name, plugin in classes.items():
            properties, required = self._fields(plugin)
            properties = {key: _or_variable(schema) for key, schema in properties.items()}
            branches.append(
                {
                    "type": "object",
                    "description": docstring(plugin),
                    "properties": {**properties, **own, tag: {"const": name}},
                    "required": [tag, *required],
                    "additionalProperties": False,
                }
            )
        return {"oneOf": branches}

    def _fields(self, table: type) -> tuple[dict[str, Any], list[str]]:
        comments = field_comments(table)
        properties, required = {}, []
        for attribute in attrs.fields(attrs.resolve_types(table)):
            if attribute.type is values.Raw:
                continue
            schema = self.schema(attribute.type)
            if description := comments.get(attribute.name):
                schema["description"] = description
            if attribute.default is attrs.NOTHING:
                required.append(key_of(attribute.name))
            properties[key_of(attribute.name)] = schema
        return properties, required


def _definition_name(table: type) -> str:
    """Our own classes by their names; plugins' by their modules too, as two plugins may have a class of one name."""
    is_ours = table.__module__.startswith(f"{documents.__name__}.")
    return table.__name__.removesuffix("Table") if is_ours else f"{table.__module__}.{table.__qualname__}"


def _or_variable(schema: dict[str, Any]) -> dict[str, Any]:
    """A plugin's value, which may come from the environment, where everything is text."""
    if not {"enum", "type"} & set(schema) or schema.get("type") in {"string", "array", "object"}:
        return schema
    description = {"description": schema["description"]} if "description" in schema else {}
    return {"anyOf": [schema, {"type": "string", "pattern": VARIABLE}], **description}
