"""What TOML's shape cannot tell of a scenario: names that must be in the policies, series, instants, lengths."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import define

from sla_engine.exchange.scenarios.agreements import agreements_of, span_of
from sla_engine.exchange.scenarios.moments import NEVER, check_moment, read_length
from sla_engine.exchange.scenarios.series import parse_series
from sla_engine.exchange.scenarios.tables import EventTable, ExpectTable, IncidentTable, ScenarioTable, TicketTable
from sla_engine.exchange.scenarios.written import lengths_in, moments_in
from sla_engine.model.service import Service
from sla_engine.policy import PolicySet
from sla_engine.policy.codes import Code
from sla_engine.policy.contracts import service_id
from sla_engine.policy.faults import meant, suggest
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.values import ServiceList


def known_levels(policies: PolicySet) -> Sequence[str]:
    """The support levels that the policies describe or promise an answer of."""
    terms = [policies.terms("sla", name) for name in policies.slas]
    terms += [policies.terms("customer", name) for name in policies.customers]
    promised = {key[1] for leaves in terms for key in leaves if key[0] == "response"}
    return sorted(promised | set(policies.support))


@define(slots=False)
class Checker:
    """Finds everything that keeps scenarios from being played on some policies."""

    policies: PolicySet
    findings: Findings

    def check(self, table: ScenarioTable, place: Place) -> None:
        """Check one scenario."""
        found_before = len(self.findings.diagnostics)
        self._says(table, place)
        self._facts(table, place)
        for index, expected in enumerate(table.expect):
            self._expected(expected, place.at("expect", index))
        for index, incident in enumerate(table.expect_incident or ()):
            self._incident(incident, place.at("expect_incident", index))
        for path, value, may_be_never in moments_in(table):
            if not (may_be_never and value == NEVER):
                self._reads(check_moment, value, place.at(*path))
        for path, length in lengths_in(table):
            self._reads(read_length, length, place.at(*path))
        if len(self.findings.diagnostics) == found_before:
            self._reads(lambda _: span_of(table, agreements_of(table, self.policies)), table, place.at("period"))

    @cached_property
    def _checks(self) -> Mapping[str, Service]:
        return {check.id: service for service in self.policies.services.values() for check in service.checks}

    @cached_property
    def _levels(self) -> Sequence[str]:
        return known_levels(self.policies)

    def _says(self, table: ScenarioTable, place: Place) -> None:
        for name, series in table.service.items():
            here = place.at("service", name)
            self._exists("service", name, self.policies.services, here, at_key=True)
            self._is_probed(name, here)
            self._reads(parse_series, series, here)
        for name, series in table.check.items():
            here = place.at("check", name)
            check, _, location = name.partition("@")
            self._exists("check", check, self._checks, here, at_key=True)
            if location and check in self._checks:
                self._exists("location", location, self._checks[check].locations, here, at_key=True)
            self._reads(parse_series, series, here)

    def _is_probed(self, name: str, place: Place) -> None:
        service = self.policies.services.get(name)
        if service is not None and service.parts:
            names = ", ".join(part.id for part in service.parts)
            message = f"service {name!r} is composed of others, and says nothing itself"
            self.findings.error(Code.CONFLICTING_KEYS, place, message, f"write what {names} say", at_key=True)

    def _facts(self, table: ScenarioTable, place: Place) -> None:
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

    def _expected(self, table: ExpectTable, place: Place) -> None:
        if (table.sla is None) == (table.customer is None):
            message = "an expectation is of one SLA or of one customer"
            self.findings.error(
                Code.CONFLICTING_KEYS, place, message, 'write sla = "..." or customer = "..."', at_key=True
            )
        self._named("sla", table.sla, self.policies.slas, place.at("sla"))
        self._named("customer", table.customer, self.policies.customers, place.at("customer"))
        for key, names in (("availability", table.availability), ("latency", table.latency)):
            for name in names:
                meant_service = service_id(name, table.customer, self.policies.services)
                self._exists("service", meant_service, self.policies.services, place.at(key, name), at_key=True)
        for name in table.response:
            self._exists("level", name, self._levels, place.at("response", name), at_key=True)

    def _incident(self, table: IncidentTable, place: Place) -> None:
        self._exists("service", table.service, self.policies.services, place.at("service"))
        for index, one in enumerate(table.told or ()):
            self._exists("notifier", one.by, self.policies.notifiers, place.at("told", index, "by"))

    def _reads(self, read: Callable[[Any], object], value: Any, place: Place) -> None:
        try:
            read(value)
        except ValueError as error:
            message, _, help_ = str(error).partition(": write ")
            self.findings.error(Code.WRONG_VALUE, place, message, f"write {help_}" if help_ else "")

    def _holder(self, table: TicketTable | EventTable, place: Place) -> None:
        self._named("level", table.level, self._levels, place.at("level"))
        self._named("customer", table.customer, self.policies.customers, place.at("customer"))

    def _services(self, names: ServiceList, place: Place) -> None:
        for index, name in enumerate(names or ()):
            self._exists("service", name, self.policies.services, place.at(index))

    def _named(self, kind: str, name: str | None, known: Collection[str], place: Place) -> None:
        if name is not None:
            self._exists(kind, name, known, place)

    def _exists(self, kind: str, name: str, known: Collection[str], place: Place, *, at_key: bool = False) -> None:
        if name not in known:
            names = list(known)
            message, help_ = f"there is no {kind} {name!r}", suggest(name, names)
            self.findings.error(Code.UNKNOWN_REFERENCE, place, message, help_, at_key=at_key, meant=meant(name, names))
