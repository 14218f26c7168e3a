"""How single values are read, strictly: nothing is coerced, and what is refused is told with what was expected."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any, TypeAlias, TypeVar

from sla_engine.calendars.years import FIRST_YEAR, LAST_YEAR
from sla_engine.model.credit import Cap, Grant, parse_cap, parse_grant
from sla_engine.model.duration import Duration, Within, parse_duration, parse_within
from sla_engine.model.money import Money, parse_money
from sla_engine.model.percent import Percent, parse_percent
from sla_engine.model.service import StaleAfter, UpWhen
from sla_engine.model.text import Text, plain
from sla_engine.model.zone import Zone, parse_zone
from sla_engine.plugin.fields import Port, Secret
from sla_engine.policy import values
from sla_engine.policy.faults import BadId, SecretInClear, UnknownKey

Hook: TypeAlias = Callable[[Any, Any], Any]
"""Reads a value for a type; raises ValueError with a sentence."""

_Date = TypeVar("_Date", bound=date)
SECRET_SOURCES = ("env", "file", "plugin")
ID = re.compile(r"[a-z][a-z0-9-]*")
ID_FORM = "ids are of the form [a-z][a-z0-9-]*: small letters, digits and hyphens"
LANGUAGE = re.compile(r"[a-z]{2}")
_NOUNS = {
    str: "text",
    int: "a whole number",
    float: "a number with decimals",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def expected(what: str) -> ValueError:
    """An error that says what was expected."""
    return ValueError(f"expected {what}")


def _strict(kind: type) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _target: Any) -> Any:
        if type(value) is kind:
            return value
        raise expected(f"{_NOUNS[kind]}, not {noun(value)}")

    return hook


def noun(value: Any) -> str:
    """What a value is, in words."""
    return _NOUNS.get(type(value), "a date" if isinstance(value, date) else "a time of day")


def _number(value: Any) -> float:
    if type(value) not in {int, float}:
        raise expected(f"a number, not {noun(value)}")
    if not isfinite(value):
        raise expected("a number that is finite")
    return float(value)


def _from_text(parse: Callable[[str], Any], what: str) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _target: Any) -> Any:
        if not isinstance(value, str):
            raise expected(f"{what}, in quotes")
        return parse(value)

    return hook


def _plainly(read: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, _target: read(value)


def read_text(value: Any) -> Text:
    """Read one string, or a table of texts by language."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict) and value and all(isinstance(text, str) for text in value.values()):
        strange = [code for code in value if not LANGUAGE.fullmatch(code)]
        if strange:
            raise ValueError(
                f'{strange[0]!r} is no language: write two-letter codes, as in {{ en = "...", pt = "..." }}'
            )
        return Text(value)
    raise expected('text, or a table of texts by language such as { en = "...", pt = "..." }')


def _secret(value: Any) -> Secret:
    if isinstance(value, str):
        raise SecretInClear(
            'a secret must not stand in a policy: write { env = "NAME" }, { file = "path" } or { plugin = "..." }'
        )
    if isinstance(value, dict) and len(value) == 1:
        [(source, reference)] = value.items()
        if source in SECRET_SOURCES and isinstance(reference, str) and reference:
            return Secret(source, reference)
    raise ValueError(
        'expected a reference to a secret: write { env = "NAME" }, { file = "path" } or { plugin = "..." }'
    )


def _port(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535:
        return value
    raise expected("a port from 1 to 65535")


def _moment(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise expected("a date and time such as 2026-12-05T22:00:00+01:00, without quotes")
    if value.tzinfo is None:
        raise ValueError("this names no instant: write its offset from UTC too, as in 2026-12-05T22:00:00+01:00")
    return _within_reach(value)


def _wall_time(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise expected("a date and time such as 2026-01-05T09:00:00, without quotes")
    return _within_reach(value)


def _date(value: Any) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise expected("a date such as 2026-07-01, without quotes")
    return _within_reach(value)


def _within_reach(value: _Date) -> _Date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise expected(f"a year from {FIRST_YEAR} to {LAST_YEAR}, as calendars know no other")
    return value


def _id(value: Any) -> str:
    if isinstance(value, str) and ID.fullmatch(value):
        return value
    raise BadId(f"{value!r} is no id: {ID_FORM}")


def _maintenance_cap(value: Any, _target: Any) -> Duration | values.Unlimited:
    if value == "none":
        return values.Unlimited()
    if isinstance(value, str):
        return parse_duration(value)
    raise expected('a duration such as 8h, or "none"')


def _weekdays(value: Any) -> values.Weekdays:
    try:
        return values.read_weekdays(value)
    except ValueError as error:
        raise UnknownKey(str(error)) from error


SCALARS: Mapping[Any, Hook] = {
    str: _strict(str),
    int: _strict(int),
    bool: _strict(bool),
    float: _plainly(_number),
    Duration: _from_text(parse_duration, "a duration such as 10s"),
    Percent: _from_text(parse_percent, "a percentage such as 99.9%"),
    Money: _from_text(parse_money, "a sum of money such as 1200 EUR"),
    Zone: _from_text(parse_zone, "a time zone such as GMT+1 or Europe/Lisbon"),
    Text: _plainly(read_text),
    Secret: _plainly(_secret),
    datetime: _plainly(_moment),
    date: _plainly(_date),
    StaleAfter: _plainly(values.read_stale_after),
    values.Windows: _plainly(values.read_windows),
    values.DateRange: _plainly(values.read_date_range),
    values.Raw: lambda value, _target: values.Raw(value),
}


EXACT: Mapping[Any, Hook] = {
    object: lambda value, _target: value,
    Port: _plainly(_port),
    values.Id: _plainly(_id),
    values.CronText: _plainly(values.read_cron),
    values.WallTime: _plainly(_wall_time),
    Grant: _from_text(parse_grant, "a share of the fee such as 10%, or days of service such as 3d"),
    Cap | None: _from_text(parse_cap, "a share of the fee such as 50%, money such as 500 EUR, or days such as 15d"),
    Within: _from_text(parse_within, "a duration such as 4h, or business days such as 5bd"),
    Within | None: _from_text(parse_within, "a duration such as 4h, or business days such as 5bd"),
    UpWhen: _plainly(values.read_up_when),
    values.ServiceList: _plainly(values.read_service_list),
    Duration | values.Unlimited: _maintenance_cap,
    values.Weekdays: _plainly(_weekdays),
}
"""For types that are no classes, and so are compared and not looked up by their class."""
