"""From calendar tables to calendars: compositions are resolved, cycles and impossible hours are told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from sla_engine.calendars import ALWAYS, Calendar, CalendarError, CalendarRule, compile_calendar, compose
from sla_engine.calendars.public_holidays import holidays_of
from sla_engine.model.instant import DAY
from sla_engine.policy.codes import Code
from sla_engine.policy.documents import CalendarTable
from sla_engine.policy.faults import meant, message_and_help, suggest
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.merge import Entry, Merged
from sla_engine.policy.values import DateRange

_MEMBERS = ("any_of", "all_of", "except")
_LONGEST_OVERNIGHT = 16 * 60
_A_DAY = 24 * 60
_DEEPEST = 8
_LARGEST = 200


def build_calendars(merged: Merged, findings: Findings) -> Mapping[str, Calendar]:
    """Every calendar that has no fault, and the built-in ``always``."""
    entries = merged.tables("calendar")
    builder = _Builder(entries, merged.names("calendar"), findings)
    calendars = {"always": ALWAYS}
    for name in entries:
        if name == ALWAYS.id:
            message = f"calendar {name!r} is built in, and open at all times"
            findings.error(Code.DUPLICATE_ID, entries[name].place, message, "give this one another id", at_key=True)
            continue
        rule = builder.rule(name, ())
        if rule is not None:
            calendars[name] = compile_calendar(name, rule)
    return calendars


class _Builder:
    """Resolves the members of compositions, each calendar once."""

    def __init__(self, entries: Mapping[str, Entry], names: Sequence[str], findings: Findings) -> None:
        self._entries = entries
        self._names = dict.fromkeys([*names, "always"])
        self._findings = findings
        self._rules: dict[str, CalendarRule | None] = {"always": ALWAYS.rule}
        self._sizes = {"always": 1}

    def rule(self, name: str, outer: tuple[str, ...]) -> CalendarRule | None:
        """The rule of a calendar, or None where it or a member has a fault."""
        if name not in self._rules:
            entry = self._entries.get(name)
            self._rules[name] = None if entry is None else self._read(entry, (*outer, name))
        return self._rules[name]

    def _read(self, entry: Entry, outer: tuple[str, ...]) -> CalendarRule | None:
        table: CalendarTable = entry.table
        _warn_of_long_nights(table, entry.place, self._findings)
        members = {key: self._members(entry.place, key, getattr(table, key, ()), outer) for key in ("any_of", "all_of")}
        members["except"] = self._members(entry.place, "except", table.except_, outer)
        if not self._has_known_holidays(table, entry.place) or any(members[key] is None for key in members):
            return None
        any_of, all_of, except_ = (members[key] or () for key in _MEMBERS)
        size = 1 + sum(self._sizes[name] for name in (*table.any_of, *table.all_of, *table.except_))
        if size > _LARGEST:
            message = f"this calendar is made of more than {_LARGEST} others, with those that they are made of"
            self._findings.error(Code.TOO_DEEP, entry.place, message, "make it of fewer", at_key=True)
            return None
        self._sizes[outer[-1]] = size
        if not (any_of or all_of or except_):
            return _simple(table, table.timezone, entry.place, self._findings)
        composed = compose(any_of=any_of, all_of=all_of, except_=except_, zone=table.timezone)
        own = _simple(table, composed.zone, entry.place, self._findings)
        if own is None:
            return None
        return CalendarRule(
            own.zone, own.hours, own.holidays, own.closed, own.open, composed.any_of, composed.all_of, composed.except_
        )

    def _has_known_holidays(self, table: CalendarTable, place: Place) -> bool:
        sound = True
        for index, region in enumerate(table.holidays):
            try:
                holidays_of(region, ())
            except CalendarError as error:
                message, help_ = message_and_help(str(error))
                self._findings.error(Code.WRONG_VALUE, place.at("holidays", index), message, help_)
                sound = False
        return sound

    def _members(
        self, place: Place, key: str, names: Sequence[str], outer: tuple[str, ...]
    ) -> tuple[CalendarRule, ...] | None:
        rules: list[CalendarRule] = []
        sound = True
        for index, name in enumerate(names):
            here = place.at(key, index)
            if name not in self._names:
                message = f"there is no calendar {name!r}"
                known = list(self._names)
                help_, name_meant = suggest(name, known), meant(name, known)
                self._findings.error(Code.UNKNOWN_REFERENCE, here, message, help_, meant=name_meant)
            elif name in outer:
                message = f"calendar {name!r} is made of itself: {' -> '.join((*outer[outer.index(name) :], name))}"
                self._findings.error(Code.REFERENCE_CYCLE, here, message, "take one of them out of the circle")
            elif len(outer) == _DEEPEST:
                message = f"calendar {outer[0]!r} is made of calendars in more than {_DEEPEST} steps"
                self._findings.error(Code.TOO_DEEP, here, message, "name the calendars that it is made of in the end")
            elif (rule := self.rule(name, outer)) is not None:
                rules.append(rule)
                continue
            sound = False
        return tuple(rules) if sound else None


def _simple(table: CalendarTable, zone: object, place: Place, findings: Findings) -> CalendarRule | None:
    if table.timezone is None and zone is None:
        message = "this calendar has no timezone, so its hours are nowhere's"
        findings.error(Code.MISSING_KEY, place, message, 'add timezone = "GMT+1", say', at_key=True)
        return None
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for weekdays, hours in table.hours.items():
        for day in weekdays.days:
            week[day].extend(hours.windows)
    return CalendarRule(
        zone=table.timezone or zone,  # type: ignore[arg-type]
        hours=tuple(tuple(windows) for windows in week),
        holidays=table.holidays,
        closed=frozenset(day for span in table.closed for day in _days(span)),
        open=tuple(
            (day, windows.windows) for span, windows in sorted(table.open.items(), key=_first) for day in _days(span)
        ),
    )


def _first(item: tuple[DateRange, object]) -> date:
    return item[0].first


def _days(span: DateRange) -> list[date]:
    return [span.first + timedelta(days=step) for step in range((span.last - span.first).days + 1)]


def _warn_of_long_nights(table: CalendarTable, place: Place, findings: Findings) -> None:
    """A window of more than 16 hours across midnight is more often a misprint than meant."""
    if table.confirmed:
        return
    for here, text in _written_windows(place):
        opens, closes = _minutes(text)
        length = (closes - opens) % _A_DAY
        if closes < opens and length > _LONGEST_OVERNIGHT:
            shown = f"{length // 60} h" + (f" {length % 60} min" if length % 60 else "")
            findings.warn(
                Code.MIDNIGHT_WINDOW,
                here,
                f"{shown} window across midnight: confirm with `confirmed = true`",
                f"if {_turned(text)} is meant, write that; else add confirmed = true to the calendar",
            )


def _written_windows(place: Place) -> Iterator[tuple[Place, str]]:
    """Every window of a calendar as it is written, those of single dates too, and where it stands."""
    raw = place.file.tables["calendar"][place.path[1]]
    for key in ("hours", "open"):
        for when, value in raw.get(key, {}).items():
            if isinstance(value, list):
                yield from ((place.at(key, when, index), text) for index, text in enumerate(value))
            else:
                yield place.at(key, when), value


def _minutes(text: str) -> tuple[int, int]:
    opens, _, closes = text.partition("-")
    return tuple(int(time[:2]) * 60 + int(time[3:]) for time in (opens, closes))  # type: ignore[return-value]


def _turned(text: str) -> str:
    """The likeliest window that was meant by one that looks like a misprint: 21:00 for 9:00."""
    opens, closes = text.split("-")
    return f"{int(opens[:2]) - 12:02d}{opens[2:]}-{closes}" if int(opens[:2]) >= 12 else f"{closes}-{opens}"


def never_opens(calendar: Calendar) -> bool:
    """Whether a calendar has no open time at all."""
    try:
        calendar.next_open_at(-25 * 365 * DAY)
    except CalendarError:
        return True
    return False
