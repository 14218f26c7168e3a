"""What TOML's shape cannot tell of a scenario: names that must be in the policies, series, instants, lengths."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

import attrs
from attrs import frozen

from sla_engine.calendars import CalendarError
from sla_engine.exchange.scenarios.agreements import agreements_of
from sla_engine.exchange.scenarios.moments import NEVER, read_length, read_moment
from sla_engine.exchange.scenarios.series import parse_series
from sla_engine.exchange.scenarios.tables import (
    AvailabilityExpected,
    ClockExpected,
    EventTable,
    ExpectTable,
    IncidentTable,
    ScenarioTable,
    TicketTable,
)
from sla_engine.policy import PolicySet
from sla_engine.policy.codes import Code
from sla_engine.policy.faults import key_of, meant, suggest
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.spans import Path
from sla_engine.policy.values import ServiceList


def check_scenario(table: ScenarioTable, place: Place, policies: PolicySet, findings: Findings) -> None:
    """Find everything that keeps a scenario from being played."""
    check = _Check(policies, findings)
    check.says(table, place)
    check.facts(table, place)
    for index, expected in enumerate(table.expect):
        check.expected(expected, place.at("expect", index))
    for index, incident in enumerate(table.expect_incident or ()):
        check.incident(incident, place.at("expect_incident", index))
    for path, value, is_expected in _moments(table):
        if not (is_expected and value == NEVER):
            check.reads(lambda text: read_moment(text, 0), value, place.at(*path))
    for path, value in _lengths(table):
        check.reads(read_length, value, place.at(*path))
    if not findings.has_errors:
        check.period(table, place)


def known_levels(policies: PolicySet) -> Sequence[str]:
    """The support levels that the policies describe or promise an answer of."""
    terms = [policies.terms("sla", name) for name in policies.slas]
    terms += [policies.terms("customer", name) for name in policies.customers]
    promised = {key[1] for leaves in terms for key in leaves if key[0] == "response"}
    return sorted(promised | set(policies.support))


@frozen
class _Check:
    policies: PolicySet
    findings: Findings

    def says(self, table: ScenarioTable, place: Place) -> None:
        for name, series in table.service.items():
            self._exists("service", name, list(self.policies.services), place.at("service", name), at_key=True)
            self.reads(parse_series, series, place.at("service", name))
        checks = {check.id: service for service in self.policies.services.values() for check in service.checks}
        for name, series in table.check.items():
            here = place.at("check", name)
            check, _, location = name.partition("@")
            self._exists("check", check, list(checks), here, at_key=True)
            if location and check in checks:
                self._exists("location", location, checks[check].locations, here, at_key=True)
            self.reads(parse_series, series, here)

    def facts(self, table: ScenarioTable, place: Place) -> None:
        for number, ticket in table.ticket.items():
            here = place.at("ticket", number)
            if isinstance(ticket, TicketTable):
                self._holder(ticket, here)
                continue
            for index, event in enumerate(ticket):
                self._holder(event, here.at(index))
        for index, work in enumerate(table.maintenance):
            self._services(work.services, place.at("maintenance", index, "services"))
        for index, exclusion in enumerate(table.exclusion):
            self._services(exclusion.services, place.at("exclusion", index, "services"))

    def expected(self, table: ExpectTable, place: Place) -> None:
        if (table.sla is None) == (table.customer is None):
            message = "an expectation is of one SLA or of one customer"
            self.findings.error(
                Code.CONFLICTING_KEYS, place, message, 'write sla = "..." or customer = "..."', at_key=True
            )
        self._named("sla", table.sla, self.policies.slas, place.at("sla"))
        self._named("customer", table.customer, list(self.policies.customers), place.at("customer"))
        own = {name.partition("/")[2] for name in self.policies.services if name.startswith(f"{table.customer}/")}
        for key, names in (("availability", table.availability), ("latency", table.latency)):
            for name in names:
                self._exists("service", name, [*self.policies.services, *own], place.at(key, name), at_key=True)
        for name in table.response:
            self._exists("level", name, known_levels(self.policies), place.at("response", name), at_key=True)

    def incident(self, table: IncidentTable, place: Place) -> None:
        self._exists("service", table.service, list(self.policies.services), place.at("service"))
        self._named("escalation", table.escalation, list(self.policies.escalations), place.at("escalation"))
        for index, one in enumerate(table.told or ()):
            self._exists("notifier", one.by, list(self.policies.notifiers), place.at("told", index, "by"))

    def reads(self, read: Callable[[Any], object], value: Any, place: Place) -> None:
        try:
            read(value)
        except ValueError as error:
            message, _, help_ = str(error).partition(": write ")
            self.findings.error(Code.WRONG_VALUE, place, message, f"write {help_}" if help_ else "")

    def period(self, table: ScenarioTable, place: Place) -> None:
        try:
            agreements_of(table, self.policies)
        except CalendarError as error:
            message, _, help_ = str(error).partition(": write ")
            self.findings.error(Code.WRONG_VALUE, place.at("period"), message, f"write {help_}")

    def _holder(self, table: TicketTable | EventTable, place: Place) -> None:
        self._named("level", table.level, known_levels(self.policies), place.at("level"))
        self._named("customer", table.customer, list(self.policies.customers), place.at("customer"))

    def _services(self, names: ServiceList, place: Place) -> None:
        for index, name in enumerate(names or ()):
            self._exists("service", name, list(self.policies.services), place.at(index))

    def _named(self, kind: str, name: str | None, known: Sequence[str], place: Place) -> None:
        if name is not None:
            self._exists(kind, name, known, place)

    def _exists(self, kind: str, name: str, known: Sequence[str], place: Place, *, at_key: bool = False) -> None:
        if name not in known:
            message, help_ = f"there is no {kind} {name!r}", suggest(name, known)
            self.findings.error(Code.UNKNOWN_REFERENCE, place, message, help_, at_key=at_key, meant=meant(name, known))


def _moments(value: Any, path: Path = (), *, is_expected: bool = False) -> Iterator[tuple[Path, Any, bool]]:
    """Every instant that is written as text, its path, and whether it is an expectation."""
    for key, attribute, inner in _parts(value):
        here = is_expected or key in {"expect", "expect_incident"}
        if attribute is not None and datetime in get_args(attribute.type):
            texts = enumerate(inner) if isinstance(inner, tuple) else [(None, inner)]
            for index, text in texts:
                if isinstance(text, str):
                    yield (*path, key) if index is None else (*path, key, index), text, here
        else:
            yield from _moments(inner, (*path, key), is_expected=here)


def _lengths(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every length that is expected, and its path."""
    for key, attribute, inner in _parts(value):
        if attribute is None or inner is None:
            yield from _lengths(inner, (*path, key))
        elif type(value) in {AvailabilityExpected, ClockExpected} and attribute.type == str | None:
            yield (*path, key), inner
        else:
            yield from _lengths(inner, (*path, key))


def _parts(value: Any) -> Iterator[tuple[str | int, "attrs.Attribute[Any] | None", Any]]:
    """What a table, a list or a class holds, by key; with the attribute where it is a class."""
    if attrs.has(type(value)):
        for attribute in attrs.fields(type(value)):
            yield key_of(attribute.name), attribute, getattr(value, attribute.name)
    elif isinstance(value, Mapping):
        yield from ((key, None, inner) for key, inner in value.items())
    elif isinstance(value, tuple):
        yield from ((index, None, inner) for index, inner in enumerate(value))
