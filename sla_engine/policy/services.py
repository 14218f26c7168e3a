"""From service tables to services, with each check's table read into its plugin's class."""

from collections.abc import Mapping
from typing import Any

from sla_engine.model.duration import Duration
from sla_engine.model.instant import MINUTE, SECOND
from sla_engine.model.schedule import Cron, Every, Schedule
from sla_engine.model.service import Check, Service
from sla_engine.model.text import plain
from sla_engine.model.zone import parse_zone
from sla_engine.policy.codes import Code
from sla_engine.policy.composing import Written, compose
from sla_engine.policy.documents import CheckTable, ServiceTable
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.merge import Entry, Merged
from sla_engine.policy.plugin_tables import PluginTables, engine_values

_UTC = parse_zone("UTC")
_ONE_SECOND = Duration(SECOND)
_USUAL = Duration(MINUTE)


def build_services(
    merged: Merged, probes: PluginTables, findings: Findings
) -> tuple[Mapping[str, Service], Mapping[str, Place]]:
    """Every service, customers' own included, and the place of each."""
    written: dict[str, Written] = {}
    for name, entry in merged.tables("service").items():
        service = _build(name, None, entry.table, entry.place, _is_trusted(entry), probes, findings)
        written[name] = Written(service, entry.table, entry.place)
    for customer, entry in merged.tables("customer").items():
        for own, table in entry.table.service.items():
            name, place = f"{customer}/{own}", entry.place.at("service", own)
            service = _build(name, customer, table, place, _is_trusted(entry), probes, findings)
            written[name] = Written(service, table, place)
    return compose(written, findings), {name: one.place for name, one in written.items()}


def _is_trusted(entry: Entry) -> bool:
    """What an operator's file names may be any address; what a sales person's names must be public."""
    return not entry.is_customers


def _build(
    name: str,
    customer: str | None,
    table: ServiceTable,
    place: Place,
    trusted: bool,
    probes: PluginTables,
    findings: Findings,
) -> Service:
    checks = []
    for check_name, check in table.check.items():
        here = place.at("check", check_name)
        settings = _settings(check, here, probes)
        if settings is not None:
            checks.append(Check(name, check_name, check.probe, settings, check.timeout, check.retries, trusted))
    return Service(
        id=name,
        title=table.title or plain(name),
        schedule=_schedule(table, place, findings),
        checks=tuple(checks),
        up_when=table.up_when,
        locations=table.locations or ("",),
        agree=table.agree,
        depends_on=table.depends_on,
        customer=customer,
        severity=table.severity,
    )


def _settings(check: CheckTable, place: Place, probes: PluginTables) -> Any:
    engine = engine_values(check.timeout, check.retries)
    own = {key: value for key, value in check.settings.table.items() if key not in engine}
    return probes.read(check.probe, own, place, engine)


def _schedule(table: ServiceTable, place: Place, findings: Findings) -> Schedule:
    if table.every is not None and table.cron is not None:
        message = "a service is probed every so often, or by cron, not both"
        findings.error(Code.CONFLICTING_KEYS, place.at("cron"), message, "take out every or cron", at_key=True)
    if table.cron is not None:
        return Cron(table.cron, table.timezone or _UTC)
    every = _USUAL if table.every is None else table.every
    if every < _ONE_SECOND:
        findings.error(Code.WRONG_VALUE, place.at("every"), "no service is probed more than once a second", "write 1s")
    return Every(every)
