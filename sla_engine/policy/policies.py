"""A policy set: everything that the files of a folder say, linked, checked, and ready to be asked."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from sla_engine.calendars import Calendar
from sla_engine.calendars.wall import day_start
from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import Contract, Customer
from sla_engine.model.controls import Controls
from sla_engine.model.instant import Instant, to_datetime
from sla_engine.model.maintenance import Maintenance
from sla_engine.model.service import Service
from sla_engine.model.zone import Zone, parse_zone
from sla_engine.policy.access import Access
from sla_engine.policy.contracts import Parts, build_contract
from sla_engine.policy.documents import (
    ENGINE,
    EngineTable,
    EscalationTable,
    MaintenanceTable,
    NotifierTable,
    PingTable,
    SupportTable,
    TextTable,
    TicketSourceTable,
)
from sla_engine.policy.maintenance import maintenance_windows
from sla_engine.policy.merge import Entry, Merged
from sla_engine.policy.rotations import Rotation
from sla_engine.policy.source import SourceFile
from sla_engine.policy.terms import Leaves, customer_terms, inherited, shown, sla_terms
from sla_engine.policy.tickets import Answering


class UnknownAgreementError(LookupError):
    """There is no such SLA or customer."""


@frozen
class Origin:
    """Where a term comes from.

    Attributes:
        value: as text.
        how: own, inherited, or amended.
    """

    value: str
    file: str
    line: int
    column: int
    how: str


@frozen
class Notifier:
    """A way to reach people.

    Attributes:
        via: the plugin's notifier.
        settings: the plugin's own object.
        table: the engine's keys.
    """

    id: str
    via: str
    settings: Any
    table: NotifierTable


@frozen
class TicketSource:
    """A help desk that exists already.

    Attributes:
        via: the plugin's ticket source.
        settings: the plugin's own object.
        table: the engine's keys.
    """

    id: str
    via: str
    settings: Any
    table: TicketSourceTable


@frozen
class PolicySet:
    """What the files say.

    Attributes:
        calendars: by id, the built-in ``always`` included.
        services: by id, customers' own as ``customer/service``.
        customers: by id.
        slas: the ids of the SLAs.
        accounting: the profiles by id, the built-in ``default`` included.
        texts: words of one's own for messages, by what these are about.
        engine: the engine's settings.
        controls: what always answers a monitor that is not cut off.
        ping: who notices when the engine is no more, or None.
        access: who may see tickets in the web, by id.
        hash: of everything the files say: the same for the same content, whatever the files are called.
        in_force_at: gives the policies by which an instant goes where those are others, or None where nobody kept what
            was in force. Response clocks keep the terms under which they started.
    """

    calendars: Mapping[str, Calendar]
    services: Mapping[str, Service]
    customers: Mapping[str, Customer]
    slas: tuple[str, ...]
    accounting: Mapping[str, Accounting]
    support: Mapping[str, SupportTable]
    maintenance: Mapping[str, MaintenanceTable]
    notifiers: Mapping[str, Notifier]
    ticket_sources: Mapping[str, TicketSource]
    rotations: Mapping[str, Rotation]
    escalations: Mapping[str, EscalationTable]
    texts: Mapping[str, TextTable]
    engine: EngineTable
    controls: Controls
    ping: PingTable | None
    access: Mapping[str, Access]
    hash: str
    _merged: Merged = attrs.field(repr=False, eq=False, alias="merged")
    in_force_at: "Callable[[Instant], PolicySet | None] | None" = attrs.field(default=None, repr=False, eq=False)

    def contract(self, *, sla: str | None = None, customer: str | None = None, at: Instant | None = None) -> Contract:
        """The contract of an SLA or of a customer as it stands at an instant, or with its latest terms.

        Raises:
            UnknownAgreementError: there is no such SLA or customer.
        """
        return self.contract_of(self._leaves(sla, customer, at), sla=sla, customer=customer)

    def contract_of(self, terms: Leaves, *, sla: str | None = None, customer: str | None = None) -> Contract:
        """The contract that terms make for an SLA or for a customer."""
        parts = Parts(self.calendars, self.services, self.accounting, self.hash)
        if customer is None:
            return build_contract(str(sla), None, terms, parts)
        agreement = self._merged.kinds["customer"][customer].table.sla or customer
        return build_contract(agreement, self.customers[customer], terms, parts)

    def contract_over_time(
        self, *, sla: str | None = None, customer: str | None = None
    ) -> Callable[[Instant], Contract]:
        """The contract as it stood at any instant, each version of it made once.

        Where it is known what was in force then, that is by those policies, if they had the agreement.

        Raises:
            UnknownAgreementError: there is no such SLA or customer.
        """
        if (sla, customer) not in self._over_time:
            self._over_time[sla, customer] = self._made_over_time(sla, customer)
        return self._over_time[sla, customer]

    @cached_property
    def _over_time(self) -> dict[tuple[str | None, str | None], Callable[[Instant], Contract]]:
        return {}

    def _made_over_time(self, sla: str | None, customer: str | None) -> Callable[[Instant], Contract]:
        latest = self.contract(sla=sla, customer=customer)
        days = () if customer is None else self.amendment_dates(customer)
        begins = [day_start(day, latest.timezone) for day in days]
        versions: dict[int, Contract] = {len(begins): latest}

        def at(instant: Instant) -> Contract:
            others = self.in_force_at(instant) if self.in_force_at is not None else None
            if others is not None and others.has(sla=sla, customer=customer):
                return others.contract_over_time(sla=sla, customer=customer)(instant)
            version = bisect_right(begins, instant)
            if version not in versions:
                versions[version] = self.contract(sla=sla, customer=customer, at=instant)
            return versions[version]

        return at

    def has(self, *, sla: str | None = None, customer: str | None = None) -> bool:
        """Whether there is such an SLA, or such a customer."""
        return sla in self.slas if customer is None else customer in self.customers

    def provenance(
        self, *, sla: str | None = None, customer: str | None = None, at: Instant | None = None
    ) -> Mapping[str, Origin]:
        """Each term of a contract by its dotted key, and the place that it comes from.

        Raises:
            UnknownAgreementError: there is no such SLA or customer.
        """
        origins = {}
        for key, leaf in sorted(self._leaves(sla, customer, at).items()):
            span = leaf.place.file.spot(leaf.place.path).value
            origins[".".join(key)] = Origin(shown(leaf.value), leaf.place.file.name, span.line, span.column, leaf.how)
        return origins

    def maintenance_windows(self, start: Instant, end: Instant) -> list[Maintenance]:
        """The maintenance that touches ``[start, end)``."""
        return maintenance_windows(self.maintenance, tuple(self.services), start, end)

    @cached_property
    def routed_services(self) -> Mapping[str, frozenset[str]]:
        """Of each customer whom an escalation names, the services that are its own or in its contract."""
        named = {name for table in self.escalations.values() for name in table.on.customers}
        return {
            name: frozenset(self.contract(customer=name).services)
            | {own for own, service in self.services.items() if service.customer == name}
            for name in named
        }

    @property
    def faq_folder(self) -> Path | None:
        """The folder of the FAQ's articles, as seen from the policy file that names it; None where none does."""
        if self._merged.engine is None or self.engine.desk.faq is None:
            return None
        return Path(self._merged.engine.place.file.name).parent / self.engine.desk.faq

    @property
    def general_sla(self) -> str | None:
        """The SLA of whoever has no contract of their own: ``standard``, else the first by name; None without any."""
        return "standard" if "standard" in self.slas else min(self.slas, default=None)

    @cached_property
    def answering(self) -> Answering:
        """By whose contract customers' tickets are answered."""
        return Answering(self)

    @property
    def public_zone(self) -> Zone:
        """The zone in which everybody is shown times: that of the general SLA."""
        return self.contract(sla=self.general_sla).timezone if self.general_sla else parse_zone("UTC")

    def tables(self, kind: str) -> Mapping[str, Entry]:
        """The tables of a kind, by id, and where each stands."""
        return self._merged.tables(kind)

    def raw(self, kind: str) -> Mapping[str, Any]:
        """The tables of a kind as TOML has them, by id; those of ``engine`` by key."""
        if kind == ENGINE:
            return self._merged.engine.raw if self._merged.engine else {}
        return {name: entry.raw for name, entry in self._merged.tables(kind).items()}

    def terms(self, kind: str, name: str, on: date | None = None) -> Leaves:
        """The terms of an agreement, one by one, on a date or as the latest amendment leaves them."""
        entry = self._merged.tables(kind)[name]
        if kind == "sla":
            return sla_terms(entry)
        return customer_terms(entry, _base_of(self._merged, entry), on)

    def amendment_dates(self, customer: str) -> tuple[date, ...]:
        """The first days of a customer's amendments, in order."""
        entry = self._merged.find("customer", customer)
        return () if entry is None else tuple(sorted(amendment.from_ for amendment in entry.table.amendment))

    @property
    def sources(self) -> tuple[SourceFile, ...]:
        """The files that say anything, by name."""
        entries = [entry for kind in self._merged.kinds.values() for entry in kind.values()]
        if self._merged.engine is not None:
            entries.append(self._merged.engine)
        files = {entry.place.file.name: entry.place.file for entry in entries}
        return tuple(files[name] for name in sorted(files))

    def _leaves(self, sla: str | None, customer: str | None, at: Instant | None) -> Leaves:
        if (sla is None) == (customer is None):
            raise UnknownAgreementError("ask for the contract of one SLA or of one customer")
        kind, name = ("sla", str(sla)) if customer is None else ("customer", customer)
        entry = self._merged.find(kind, name)
        if entry is None:
            known = ", ".join(sorted(self._merged.tables(kind))) or "none"
            raise UnknownAgreementError(f"there is no {kind} {name!r}; there is {known}")
        return _leaves_of(self._merged, kind, entry, at)


def _leaves_of(merged: Merged, kind: str, entry: Entry, at: Instant | None) -> Leaves:
    if kind == "sla":
        return sla_terms(entry)
    base = _base_of(merged, entry)
    latest = customer_terms(entry, base, None)
    if at is None:
        return latest
    zone = latest.get(("timezone",))
    return customer_terms(entry, base, _date_of(at, zone.value if zone else None))


def _base_of(merged: Merged, customer: Entry) -> Leaves:
    sla = merged.find("sla", customer.table.sla)
    return {} if sla is None else inherited(sla_terms(sla))


def _date_of(at: Instant, zone: Zone | None) -> date:
    return (to_datetime(at, zone.tz) if zone else to_datetime(at)).date()
