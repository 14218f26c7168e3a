"""The schemas of single values, as `sla_engine.policy.scalars` reads them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sla_engine.model.credit import Cap, Grant
from sla_engine.model.duration import Duration, Within
from sla_engine.model.money import Money
from sla_engine.model.percent import Percent
from sla_engine.model.service import StaleAfter, UpWhen
from sla_engine.model.text import Text
from sla_engine.model.zone import Zone
from sla_engine.plugin.fields import Port, Secret
from sla_engine.policy import values

ID = "^[a-z][a-z0-9-]*$"
VARIABLE = r"\$\{"
_PERCENT = r"[0-9]{1,3}(\.[0-9]{1,12})? ?%"
_MONEY = r"[0-9]+(\.[0-9]+)? [A-Z]{3}"
_DAYS = r"[0-9]{1,4}d"
_DURATION = r"^([0-9]+(ms|d|h|m|s))+$"


def _pattern(pattern: str, description: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern, "description": description}


_WINDOW = _pattern(r"^[0-9]{2}:[0-5][0-9]-[0-9]{2}:[0-5][0-9]$", "as in 08:00-17:00")
_TEXT: dict[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1}]
}
_SECRET = {
    "type": "object",
    "properties": {
        "env": {"type": "string", "description": "variable of the environment that holds it"},
        "file": {"type": "string", "description": "file that holds it, as seen from this one"},
        "plugin": {"type": "string", "description": "what a plugin for secrets knows it by"},
    },
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}
_AT_LEAST = {
    "type": "object",
    "properties": {"at_least": {"type": "integer", "minimum": 1, "description": "how many must be up"}},
    "required": ["at_least"],
    "additionalProperties": False,
}
_PORT = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 65535}, {"type": "string", "pattern": VARIABLE}]}
EXACT: Sequence[tuple[Any, Mapping[str, Any]]] = (
    (str, {"type": "string"}),
    (bool, {"type": "boolean"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (object, {}),
    (Any, {}),
    (Duration, _pattern(_DURATION, "a duration such as 10s or 1h30m")),
    (Within, _pattern(r"^(([0-9]+(ms|d|h|m|s))+|[0-9]+bd)$", "a duration such as 4h, or business days such as 5bd")),
    (Within | None, _pattern(r"^(([0-9]+(ms|d|h|m|s))+|[0-9]+bd)$", "a duration such as 4h, or business days")),
    (Percent, _pattern(rf"^{_PERCENT}$", "a percentage such as 99.9%")),
    (Money, _pattern(rf"^{_MONEY}$", "a sum of money such as 1200 EUR")),
    (Grant, _pattern(rf"^({_PERCENT}|{_DAYS})$", "a share of the fee such as 10%, or days of service such as 3d")),
    (Cap | None, _pattern(rf"^({_PERCENT}|{_MONEY}|{_DAYS})$", "a share of the fee, money, or days such as 15d")),
    (Zone, {"type": "string", "description": "a fixed offset such as GMT+1, or an IANA name"}),
    (Text, _TEXT),
    (Secret, _SECRET),
    (Port, _PORT),
    (date, {"type": "string", "format": "date"}),
    (datetime, {"type": "string", "format": "date-time"}),
    (values.WallTime, {"type": "string", "description": "a date and time such as 2026-01-05T09:00:00"}),
    (StaleAfter, _pattern(r"^[0-9]{1,4}(\.[0-9]{1,6})?x$", "a number of intervals such as 2x")),
    (UpWhen, {"anyOf": [{"enum": ["all", "any"]}, _AT_LEAST]}),
    (values.Windows, {"anyOf": [_WINDOW, {"type": "array", "items": _WINDOW, "minItems": 1}]}),
    (values.DateRange, {"type": "string", "description": "2026-12-24, or 2026-12-28/2026-12-31"}),
    (values.CronText, _pattern(r"^\s*\S+(\s+\S+){4}\s*$", "a cron expression of five fields")),
    (values.ServiceList, {"anyOf": [{"const": "all"}, {"type": "array", "items": {"type": "string"}}]}),
    (values.Unlimited, {"const": "none"}),
)
