"""What is allowed and probably wrong: rules that know what contracts are about, one function each."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import prod

from attrs import frozen

from sla_engine.calendars import Calendar
from sla_engine.model.contract import Contract
from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY
from sla_engine.model.percent import Percent, format_percent
from sla_engine.model.period import CalendarPeriod, RollingPeriod
from sla_engine.model.schedule import Every
from sla_engine.model.service import Service
from sla_engine.policy.calendars import never_opens
from sla_engine.policy.codes import Code
from sla_engine.policy.contracts import service_id
from sla_engine.policy.documents import CreditTable, Terms
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.merge import Merged
from sla_engine.policy.terms import Key, Leaf, Leaves
from sla_engine.policy.values import Unlimited

_WHOLE = Fraction(1)
_NOMINAL_DAYS = {"week": 7, "month": 30, "quarter": 91, "year": 365}


@frozen
class Agreement:
    """A contract with its terms, as the rules look at it.

    Attributes:
        name: ``sla standard`` or ``customer acme``.
        base: the terms of the SLA that it extends, or None.
    """

    name: str
    place: Place
    contract: Contract
    leaves: Leaves
    base: Leaves | None


@frozen
class Checked:
    """A linked policy set without errors, as the rules look at it."""

    merged: Merged
    calendars: Mapping[str, Calendar]
    services: Mapping[str, Service]
    service_places: Mapping[str, Place]
    agreements: tuple[Agreement, ...]
    used: Mapping[str, set[str]]


def lint(checked: Checked, findings: Findings) -> None:
    """Apply every rule."""
    for rule in (
        _unused,
        _slow_timeouts,
        _no_check,
        _targets,
        _cannot_measure,
        _never_open,
        _weaker,
        _stronger_than_parts,
        _tiers_and_targets,
        _long_maintenance,
        _nobody_is_told,
    ):
        rule(checked, findings)


def check_tables(merged: Merged, findings: Findings) -> None:
    """The rules about single tables, which need nothing linked."""
    for kind in ("sla", "customer"):
        for entry in merged.tables(kind).values():
            for terms, place in _layers(entry.table, entry.place):
                _credit_tiers(terms, place, findings)
                _impossible_targets(terms, place, findings)
    for entry in merged.tables("customer").values():
        _amendments(entry.table.amendment, entry.table.since, entry.place, findings)
    for entry in merged.tables("maintenance").values():
        table = entry.table
        if (table.starts is None) == (table.cron is None):
            message = "maintenance begins once, or by cron: one of starts and cron is needed"
            findings.error(Code.CONFLICTING_KEYS, entry.place, message, "give starts or cron", at_key=True)


def has_whole_objectives(leaves: Leaves, findings: Findings) -> bool:
    """Whether every objective says all that it must; a dedicated contract may leave to its SLA what that says."""
    needed = {"availability": ("target",), "latency": ("target", "under"), "response": ("within",), "clause": ("text",)}
    whole = True
    for key, leaf in leaves.items():
        for name in needed.get(key[0], ()):
            if (*key[:2], name) not in leaves:
                place = Place(leaf.place.file, leaf.place.path[:-1])
                message = f"{'.'.join(key[:2])} has no {name}"
                findings.error(Code.MISSING_KEY, place, message, f"add {name} = ...", at_key=True)
                whole = False
    return whole


def _layers(table: Terms, place: Place) -> Iterator[tuple[Terms, Place]]:
    yield table, place
    for index, amendment in enumerate(getattr(table, "amendment", ())):
        yield amendment, place.at("amendment", index)


def _credit_tiers(terms: Terms, place: Place, findings: Findings) -> None:
    previous: CreditTable | None = None
    for index, tier in enumerate(terms.credit or ()):
        here = place.at("credit", index, "below")
        if previous is not None and tier.below >= previous.below:
            message = f"this tier is for below {tier.below}, and the one before it for below {previous.below} already"
            findings.error(Code.CREDIT_TIERS, here, message, "order the tiers from the mildest to the worst")
        elif previous is not None and tier.credit < previous.credit:
            message = f"worse availability gives back less: {tier.credit} after {previous.credit}"
            findings.error(Code.CREDIT_TIERS, place.at("credit", index, "credit"), message, "let credits grow")
        if tier.credit.ratio > _WHOLE:
            message = f"{tier.credit} is more than was paid"
            findings.error(Code.CREDIT_TIERS, place.at("credit", index, "credit"), message, "stay at or below 100%")
        previous = tier


def _impossible_targets(terms: Terms, place: Place, findings: Findings) -> None:
    for group in ("availability", "latency", "response"):
        for name, objective in getattr(terms, group).items():
            if objective.target is not None and objective.target.ratio > _WHOLE:
                here = place.at(group, name, "target")
                message = f"{objective.target} is more than all of the time"
                findings.error(Code.TARGET_OUT_OF_REACH, here, message, "write a percentage below 100%")


def _amendments(amendments: tuple[object, ...], since: object, place: Place, findings: Findings) -> None:
    first_days: dict[object, int] = {}
    for index, amendment in enumerate(amendments):
        first_day = amendment.from_  # type: ignore[attr-defined]
        here = place.at("amendment", index, "from")
        if first_day in first_days:
            message = f"two amendments begin on {first_day}: which of them holds cannot be told"
            findings.error(Code.AMENDMENTS, here, message, "put them into one, or let them begin on different dates")
        first_days[first_day] = index
        if since is not None and first_day < since:
            message = f"this amendment begins on {first_day}, before the contract does on {since}"
            findings.warn(Code.AMENDMENTS, here, message, "put its terms into the contract itself")


def _unused(checked: Checked, findings: Findings) -> None:
    advice = {
        "calendar": "no objective and no other calendar uses it: take it out, or name it in during",
        "service": "no agreement promises anything of it: take it out, or add it to one",
        "notifier": "no escalation and no maintenance tells anybody by it: take it out, or name it in a step",
    }
    for kind in ("calendar", "notifier"):
        for name, entry in checked.merged.tables(kind).items():
            if name not in checked.used[kind]:
                findings.warn(Code.UNUSED, entry.place, f"{kind} {name!r} is not used", advice[kind], at_key=True)
    for name, place in checked.service_places.items():
        if name not in checked.used["service"]:
            findings.warn(Code.UNUSED, place, f"service {name!r} is not used", advice["service"], at_key=True)


def _slow_timeouts(checked: Checked, findings: Findings) -> None:
    for name, service in checked.services.items():
        if not isinstance(service.schedule, Every):
            continue
        interval = service.schedule.interval
        for check in service.checks:
            longest = Duration(check.timeout.microseconds * (1 + check.retries))
            if longest > interval:
                place = checked.service_places[name].at("check", check.name, "timeout")
                tries = f" in {1 + check.retries} tries" if check.retries else ""
                message = f"a run can take {longest}{tries}, longer than the interval of {interval}"
                findings.warn(Code.SLOW_TIMEOUT, place, message, "shorten timeout, lower retries or lengthen every")


def _no_check(checked: Checked, findings: Findings) -> None:
    for agreement in checked.agreements:
        for name, service in agreement.contract.services.items():
            if not service.checks:
                place = _objective_place(agreement, name, checked)
                message = f"{name!r} is promised, and no check says how it is"
                findings.error(Code.NO_CHECK, place, message, f"add [service.{name}.check.some-id]", at_key=True)


def _targets(checked: Checked, findings: Findings) -> None:
    for agreement in checked.agreements:
        for key, leaf in _own(agreement):
            if key[0] in {"availability", "latency"} and key[-1] == "target" and leaf.value.ratio == _WHOLE:
                message = "100% leaves no error budget: the first failed check breaches it"
                findings.warn(Code.TARGET_OUT_OF_REACH, leaf.place, message, "promise what can be kept, such as 99.9%")


def _cannot_measure(checked: Checked, findings: Findings) -> None:
    for agreement in checked.agreements:
        for objective in agreement.contract.availability:
            service = checked.services[objective.service]
            if not isinstance(service.schedule, Every):
                continue
            allowed = (1 - objective.target.ratio) * _period_length(agreement.contract)
            if 0 < allowed < service.schedule.interval.microseconds:
                place = _objective_place(agreement, objective.service, checked)
                budget = Duration(int(allowed) // 1_000_000 * 1_000_000)
                findings.warn(
                    Code.CANNOT_MEASURE,
                    place,
                    f"{objective.target} allows {budget} of downtime in a period; "
                    f"a check every {service.schedule.interval} cannot see that",
                    "probe more often, or promise less",
                )


def _period_length(contract: Contract) -> int:
    if isinstance(contract.period, RollingPeriod):
        return contract.period.length.microseconds
    assert isinstance(contract.period, CalendarPeriod)
    return _NOMINAL_DAYS[contract.period.unit] * DAY


def _never_open(checked: Checked, findings: Findings) -> None:
    closed = {name for name in checked.used["calendar"] if never_opens(checked.calendars[name])}
    for agreement in checked.agreements:
        for key, leaf in _own(agreement):
            if key[-1] == "during" and leaf.value in closed:
                message = f"calendar {leaf.value!r} never opens, so nothing promised on it can be kept or broken"
                findings.error(Code.NEVER_OPEN, leaf.place, message, "give the calendar hours")


def _weaker(checked: Checked, findings: Findings) -> None:
    for agreement in checked.agreements:
        if agreement.base is None:
            continue
        for key, leaf in _own(agreement):
            base = agreement.base.get(key)
            if base is None or leaf.value == base.value:
                continue
            if (key[-1] == "target" and leaf.value < base.value) or (
                key[-1] in {"within", "under"} and type(leaf.value) is type(base.value) and leaf.value > base.value
            ):
                message = f"{leaf.value} is weaker than the {base.value} of the SLA it extends"
                help_ = (
                    f"the SLA's own stands at {base.place.file.name}:{base.place.file.spot(base.place.path).value.line}"
                )
                findings.warn(Code.WEAKER_THAN_STANDARD, leaf.place, message, help_)


def _stronger_than_parts(checked: Checked, findings: Findings) -> None:
    for agreement in checked.agreements:
        targets = {objective.service: objective.target for objective in agreement.contract.availability}
        for name, target in targets.items():
            parts = [part for part in checked.services[name].depends_on if part in targets]
            together = prod((targets[part].ratio for part in parts), start=_WHOLE)
            if parts and target.ratio > together:
                place = _objective_place(agreement, name, checked)
                message = f"{target} is more than {', '.join(parts)} allow together: {format_percent(together)}%"
                findings.warn(
                    Code.STRONGER_THAN_PARTS,
                    place,
                    message,
                    "it is down whenever one of them is: promise less, or more of them",
                )


def _tiers_and_targets(checked: Checked, findings: Findings) -> None:
    for agreement in checked.agreements:
        contract, leaf = agreement.contract, agreement.leaves.get(("credit",))
        if not contract.credits or not contract.availability or leaf is None or leaf.how == "inherited":
            continue
        highest = contract.credits[0].below
        lowest_target: Percent = min(objective.target for objective in contract.availability)
        if highest < lowest_target:
            message = f"between {highest} and the target of {lowest_target} there is a breach and no credit: a gap"
            findings.warn(
                Code.CREDIT_TIERS, leaf.place.at(0, "below"), message, f'begin with below = "{lowest_target}"'
            )


def _long_maintenance(checked: Checked, findings: Findings) -> None:
    caps = {
        name: entry.table.maintenance_cap
        for name, entry in checked.merged.tables("accounting").items()
        if not isinstance(entry.table.maintenance_cap, Unlimited)
    }
    for entry in checked.merged.tables("maintenance").values():
        for agreement in checked.agreements:
            cap = caps.get(agreement.contract.accounting.name)
            touched = entry.table.services is None or set(entry.table.services) & set(agreement.contract.services)
            if cap is not None and touched and entry.table.lasts > cap:
                message = f"{entry.table.lasts} is longer than the {cap} of maintenance that {agreement.name} excludes"
                help_ = "the rest counts as downtime: shorten it, or raise maintenance_cap"
                findings.warn(Code.LONG_MAINTENANCE, entry.place.at("lasts"), message, help_)


def _nobody_is_told(checked: Checked, findings: Findings) -> None:
    told: set[str] = set()
    for entry in checked.merged.tables("escalation").values():
        told.update(checked.services if entry.table.on.services is None else entry.table.on.services)
    for agreement in checked.agreements:
        if agreement.base is not None or agreement.contract.customer is not None:
            continue
        silent = sorted(set(agreement.contract.services) - told)
        if silent:
            message = f"nobody is told when {', '.join(silent)} {'is' if len(silent) == 1 else 'are'} down"
            findings.warn(
                Code.NOBODY_IS_TOLD, agreement.place, message, "add an [escalation.some-id] for them", at_key=True
            )


def _own(agreement: Agreement) -> Iterator[tuple[Key, Leaf]]:
    for key, leaf in agreement.leaves.items():
        if leaf.how != "inherited":
            yield key, leaf


def _objective_place(agreement: Agreement, service: str, checked: Checked) -> Place:
    customer = agreement.contract.customer
    for key, leaf in agreement.leaves.items():
        if key[0] not in {"availability", "latency"}:
            continue
        if service_id(key[1], customer.id if customer else None, checked.services) == service:
            return leaf.place
    return agreement.place
