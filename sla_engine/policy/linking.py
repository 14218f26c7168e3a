"""From tables to a policy set: values are made in the order in which they need each other; then the rules look."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from sla_engine.model.accounting import Accounting
from sla_engine.model.contract import Customer
from sla_engine.policy import rules as linter
from sla_engine.policy.access import build_access
from sla_engine.policy.calendars import build_calendars
from sla_engine.policy.controls import build_controls
from sla_engine.policy.desk import check_desk
from sla_engine.policy.documents import AccountingTable, EngineTable
from sla_engine.policy.findings import Findings
from sla_engine.policy.merge import Entry, Merged
from sla_engine.policy.ping import build_ping
from sla_engine.policy.plugin_tables import Plugins, PluginTables
from sla_engine.policy.policies import Notifier, PolicySet, TicketSource
from sla_engine.policy.references import References
from sla_engine.policy.rotations import build_rotation
from sla_engine.policy.services import build_services
from sla_engine.policy.sources import check_ticket_source
from sla_engine.policy.terms import customer_terms, inherited, sla_terms
from sla_engine.policy.values import Unlimited


@frozen
class Linker:
    """Makes values of tables, in the order in which they need each other.

    Attributes:
        asks_rules: whether the rules look at what came of it.
        rest: what these tables are the rest of, where others have errors.
    """

    merged: Merged
    plugins: Plugins | None
    environ: Mapping[str, str]
    findings: Findings
    asks_rules: bool = True
    rest: linter.Rest = linter.WHOLE

    def link(self) -> PolicySet | None:
        """The policy set, or None where there are errors; what is wrong goes to the findings."""
        linter.check_tables(self.merged, self.findings)
        if self.asks_rules:
            linter.check_quantities(self.merged, self.findings)
        calendars = build_calendars(self.merged, self.findings)
        probes = self._plugin_tables("probe", self.plugins.probes if self.plugins else None)
        services, places = build_services(self.merged, probes, self.findings)
        notifiers = self._notifiers()
        ticket_sources = self._ticket_sources()
        controls = build_controls(self.merged.engine, self.environ, self.findings)
        ping = build_ping(self.merged.engine, self.environ, self.findings)
        check_desk(self.merged.engine, self.findings)
        access = build_access(self.merged.tables("access"), self.findings)
        references = References(self.merged, services, self.findings)
        references.check()
        if self.findings.has_errors:
            return None
        policies = PolicySet(
            calendars=calendars,
            services=services,
            customers={name: _customer(name, entry) for name, entry in self.merged.tables("customer").items()},
            slas=tuple(self.merged.tables("sla")),
            accounting={"default": Accounting()}
            | {name: _accounting(name, entry.table) for name, entry in self.merged.tables("accounting").items()},
            support=self._tables("support"),
            maintenance=self._tables("maintenance"),
            notifiers=notifiers,
            ticket_sources=ticket_sources,
            rotations={name: build_rotation(name, table) for name, table in self._tables("rotation").items()},
            escalations=self._tables("escalation"),
            texts=self._tables("text"),
            engine=self.merged.engine.table if self.merged.engine else EngineTable(),
            controls=controls,
            ping=ping,
            access=access,
            hash=_content_hash(self.merged),
            merged=self.merged,
        )
        agreements = tuple(self._agreements(policies))
        if self.findings.has_errors:
            return None
        if self.asks_rules:
            settings = {name: one.settings for name, one in notifiers.items()}
            checked = linter.Checked(
                self.merged, calendars, services, places, agreements, references.used, settings, self.rest
            )
            linter.lint(checked, self.findings)
        return policies

    def _plugin_tables(self, role: str, classes: Mapping[str, type] | None) -> PluginTables:
        return PluginTables(role, classes, self.environ, self.findings, self.merged.names("customer"))

    def _tables(self, kind: str) -> Mapping[str, Any]:
        return {name: entry.table for name, entry in self.merged.tables(kind).items()}

    def _notifiers(self) -> Mapping[str, Notifier]:
        tables = self._plugin_tables("notifier", self.plugins.notifiers if self.plugins else None)
        return {
            name: Notifier(
                id=name,
                via=entry.table.via,
                settings=tables.read(entry.table.via, entry.table.settings.table, entry.place, {}),
                table=entry.table,
            )
            for name, entry in self.merged.tables("notifier").items()
        }

    def _ticket_sources(self) -> Mapping[str, TicketSource]:
        tables = self._plugin_tables("ticket source", self.plugins.ticket_sources if self.plugins else None)
        for entry in self.merged.tables("ticket-source").values():
            check_ticket_source(entry, self.findings)
        return {
            name: TicketSource(
                id=name,
                via=entry.table.via,
                settings=tables.read(entry.table.via, entry.table.settings.table, entry.place, {}),
                table=entry.table,
            )
            for name, entry in self.merged.tables("ticket-source").items()
        }

    def _agreements(self, policies: PolicySet) -> Sequence[linter.Agreement]:
        found = []
        slas = {name: sla_terms(entry) for name, entry in self.merged.tables("sla").items()}
        bases = {name: inherited(terms) for name, terms in slas.items()}
        for name, entry in self.merged.tables("sla").items():
            if linter.has_whole_objectives(slas[name], self.findings):
                contract = policies.contract_of(slas[name], sla=name)
                found.append(linter.Agreement(f"sla {name}", entry.place, contract, slas[name], None))
        for name, entry in self.merged.tables("customer").items():
            leaves = customer_terms(entry, bases.get(entry.table.sla, {}), None)
            if linter.has_whole_objectives(leaves, self.findings):
                contract = policies.contract_of(leaves, customer=name)
                base = slas.get(entry.table.sla)
                found.append(linter.Agreement(f"customer {name}", entry.place, contract, leaves, base))
        return found


def _customer(name: str, entry: Entry) -> Customer:
    table = entry.table
    return Customer(name, table.name or name, table.number, table.contacts, table.language)


def _accounting(name: str, table: AccountingTable) -> Accounting:
    usual = Accounting()
    return Accounting(
        name=name,
        measure=table.measure,
        slot=table.slot,
        slot_errors=table.slot_errors,
        slot_checks=table.slot_checks,
        min_outage=table.min_outage,
        unknown=table.unknown,
        stale_after=table.stale_after or usual.stale_after,
        maintenance=table.maintenance,
        maintenance_notice=table.maintenance_notice,
        maintenance_cap=None if isinstance(table.maintenance_cap, Unlimited) else table.maintenance_cap,
        maintenance_channels=table.maintenance_channels,
    )


def _content_hash(merged: Merged) -> str:
    content = {kind: {name: entry.raw for name, entry in entries.items()} for kind, entries in merged.kinds.items()}
    content["engine"] = dict(merged.engine.raw) if merged.engine else {}
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
