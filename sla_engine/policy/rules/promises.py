"""Rules about what can be kept, and what can be seen."""

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from sla_engine.calendars.cron import CronInstants
from sla_engine.model.composites import series
from sla_engine.model.contract import AvailabilityObjective, Contract
from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, to_instant
from sla_engine.model.interval import Interval, merge, subtract
from sla_engine.model.percent import format_percent
from sla_engine.model.period import CalendarPeriod, RollingPeriod
from sla_engine.model.schedule import Every, Schedule
from sla_engine.model.service import Service, with_parts
from sla_engine.policy.calendars import never_opens
from sla_engine.policy.codes import Code
from sla_engine.policy.contracts import service_id
from sla_engine.policy.documents import MaintenanceTable
from sla_engine.policy.findings import Findings
from sla_engine.policy.maintenance import maintenance_windows
from sla_engine.policy.rules.checked import Checked, objective_place, own_terms

_WHOLE = Fraction(1)
_RUNS = 100
_NOMINAL_DAYS = {"week": 7, "month": 30, "quarter": 91, "year": 365}
# Four weeks without a change of summer time nearly everywhere: recurring maintenance shows its pattern in them.
SAMPLE = Interval(to_instant(datetime(2026, 6, 1, tzinfo=UTC)), to_instant(datetime(2026, 6, 29, tzinfo=UTC)))


def perfection(checked: Checked, findings: Findings) -> None:
    """Promises of 100 %."""
    for agreement in checked.agreements:
        for key, leaf in own_terms(agreement):
            if key[0] in {"availability", "latency"} and key[-1] == "target" and leaf.value.ratio == _WHOLE:
                message = "100% leaves no error budget: the first failed check breaches it"
                findings.warn(Code.TARGET_OUT_OF_REACH, leaf.place, message, "promise what can be kept, such as 99.9%")


def cannot_measure(checked: Checked, findings: Findings) -> None:
    """Budgets that are smaller than what lies between two checks."""
    agreed: dict[tuple[str, int], int] = {}
    for agreement in checked.agreements:
        length = period_length(agreement.contract)
        for objective in agreement.contract.availability:
            if (objective.during, length) not in agreed:
                calendar = checked.calendars[objective.during]
                agreed[objective.during, length] = calendar.open_between(SAMPLE.start, SAMPLE.start + length)
            interval = slowest_interval(checked.services[objective.service])
            allowed = (1 - objective.target.ratio) * agreed[objective.during, length]
            if interval is not None and 0 < allowed < interval.microseconds:
                place = objective_place(agreement, objective.service, checked)
                budget = Duration(int(allowed) // 1_000_000 * 1_000_000)
                findings.warn(
                    Code.CANNOT_MEASURE,
                    place,
                    f"{objective.target} allows {budget} of downtime in a period; "
                    f"a check every {interval} cannot see that",
                    "probe more often, or promise less",
                )


def never_open(checked: Checked, findings: Findings) -> None:
    """Promises on calendars without hours."""
    closed = {name for name in checked.used["calendar"] if never_opens(checked.calendars[name])}
    for agreement in checked.agreements:
        for key, leaf in own_terms(agreement):
            if key[-1] == "during" and leaf.value in closed:
                message = f"calendar {leaf.value!r} never opens, so nothing promised on it can be kept or broken"
                findings.error(Code.NEVER_OPEN, leaf.place, message, "give the calendar hours")


def stronger_than_parts(checked: Checked, findings: Findings) -> None:
    """Promises beyond the product of what they depend on."""
    for agreement in checked.agreements:
        targets = {objective.service: objective.target for objective in agreement.contract.availability}
        for name, target in targets.items():
            parts = [part for part in _in_series(checked.services[name], checked) if part in targets]
            together = series(targets[part].ratio for part in parts)
            if parts and target.ratio > together:
                place = objective_place(agreement, name, checked)
                message = f"{target} is more than {', '.join(parts)} allow together: {format_percent(together)}%"
                findings.warn(
                    Code.STRONGER_THAN_PARTS,
                    place,
                    message,
                    "it is down whenever one of them is: promise less, or more of them",
                )


def _in_series(service: Service, checked: Checked) -> list[str]:
    """The services without any of which this one is down: those that it depends on, and all of which it is made."""
    needs = [service_id(name, service.customer, checked.services) for name in service.depends_on]
    return [*needs, *(part.id for part in service.parts if service.up_when == "all")]


def nothing_left(checked: Checked, findings: Findings) -> None:
    """Recurring maintenance that excludes all the time in which something is promised."""
    tables = {name: entry.table for name, entry in checked.merged.tables("maintenance").items() if entry.table.cron}
    covering: dict[tuple[str, str], list[str]] = {}
    for agreement in checked.agreements:
        accounting = agreement.contract.accounting
        if not tables or accounting.maintenance == "count" or accounting.maintenance_cap is not None:
            continue
        for objective in agreement.contract.availability:
            promised = (objective.during, objective.service)
            if promised not in covering:
                agreed = agreement.contract.calendars[objective.during].open_intervals(*SAMPLE)
                covering[promised] = _that_cover(agreed, objective, tables)
            if names := covering[promised]:
                message = (
                    f"maintenance {', '.join(names)} covers all the time in which {objective.service!r} is promised"
                )
                place = objective_place(agreement, objective.service, checked)
                findings.warn(Code.NOTHING_LEFT, place, message, "move the maintenance, or promise more of the day")


def _that_cover(
    agreed: Sequence[Interval], objective: AvailabilityObjective, tables: dict[str, MaintenanceTable]
) -> list[str]:
    """The maintenance that together leaves nothing of the agreed time, or none."""
    touching = {
        name: table for name, table in tables.items() if table.services is None or objective.service in table.services
    }
    windows = merge(one.window for one in maintenance_windows(touching, (objective.service,), *SAMPLE))
    return sorted(touching) if agreed and windows and not subtract(agreed, windows) else []


def slowest_interval(service: Service) -> Duration | None:
    """The longest time between two runs of a check by which a service is judged; None where there is no check."""
    intervals = [interval_of(each.schedule) for each in with_parts(service) if not each.parts]
    return max(intervals, default=None)


@lru_cache(maxsize=4096)
def interval_of(schedule: Schedule) -> Duration:
    """The time between two runs; by cron the shortest that it knows, as nights and weekends are not meant."""
    if isinstance(schedule, Every):
        return schedule.interval
    instants = CronInstants(schedule.expression, schedule.zone)
    at = [instants.after(SAMPLE.start)]
    for _ in range(_RUNS):
        at.append(instants.after(at[-1]))
    return Duration(min(second - first for first, second in pairwise(at)))


def period_length(contract: Contract) -> int:
    """Microseconds of a contract's period, of a month those of 30 days."""
    if isinstance(contract.period, RollingPeriod):
        return contract.period.length.microseconds
    assert isinstance(contract.period, CalendarPeriod)
    return _NOMINAL_DAYS[contract.period.unit] * DAY
