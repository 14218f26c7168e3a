"""Rules about who is told: escalations, the turns of those on call, and outages that nobody would hear of."""

from collections.abc import Iterator, Sequence, Set

from sla_engine.calendars import Calendar
from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, HOUR
from sla_engine.model.interval import intersect
from sla_engine.model.service import Service, all_checks, with_parts
from sla_engine.policy.codes import Code
from sla_engine.policy.documents import EscalationTable, RotationTable, Trigger
from sla_engine.policy.findings import Findings, Place, related_to
from sla_engine.policy.merge import Entry, Merged
from sla_engine.policy.rotations import build_rotation
from sla_engine.policy.rules.checked import Checked
from sla_engine.policy.rules.promises import SAMPLE

_SHORTEST_TURN = Duration(HOUR)
_SAMPLE_OF_DAYS = 366 * DAY


def escalation_tables(merged: Merged, findings: Findings) -> None:
    """What single escalations and rotations cannot mean; needs nothing linked."""
    for entry in merged.tables("escalation").values():
        _subject(entry, findings)
        _shares(entry, findings)
        _counts(entry, findings)
    for name, entry in merged.tables("rotation").items():
        _rotation(entry.table, entry.place, findings)
        if name in merged.kinds["notifier"]:
            first = related_to("the notifier is here", merged.kinds["notifier"][name].place)
            message = f"{name!r} is a notifier and a rotation: a step that names it cannot tell which is meant"
            findings.error(Code.DUPLICATE_ID, entry.place, message, "rename one of them", at_key=True, related=[first])


def nobody_is_told(checked: Checked, findings: Findings) -> None:
    """Outages that nobody hears of."""
    if not checked.has_all("escalation"):
        return
    told = {name for name in checked.services if any(_tells_of(name, one, checked) for one in _escalations(checked))}
    for agreement in checked.agreements:
        services = agreement.contract.services.values()
        # What a dedicated contract has from its SLA is told of there.
        of_sla = {key[1] for key in agreement.base or () if key[0] in {"availability", "latency"}}
        silent = sorted(service.id for service in services if service.id not in of_sla and not _is_told(service, told))
        if silent:
            message = f"nobody is told when {', '.join(silent)} {'is' if len(silent) == 1 else 'are'} down"
            findings.warn(
                Code.NOBODY_IS_TOLD, agreement.place, message, "add an [escalation.some-id] for them", at_key=True
            )


def steps_out_of_order(checked: Checked, findings: Findings) -> None:
    """Steps that come before those that they are written after."""
    for entry in checked.merged.tables("escalation").values():
        steps = entry.table.step
        for index in range(1, len(steps)):
            if steps[index].at == steps[index - 1].at and steps[index].after < steps[index - 1].after:
                place = entry.place.at("step", index)
                message = f"this step comes after {steps[index].after}, and the one before it after "
                message += str(steps[index - 1].after)
                findings.warn(Code.STEP_ORDER, place, message, "write the steps in order of time: the last is repeated")


def mute_steps(checked: Checked, findings: Findings) -> None:
    """Steps that tell nobody, or whose people can never be told."""
    for entry in checked.merged.tables("escalation").values():
        if not entry.table.step:
            findings.warn(Code.MUTE_STEP, entry.place, "it has no step: nobody is told", "add a step", at_key=True)
        for index, step in enumerate(entry.table.step):
            place = entry.place.at("step", index, "notify")
            if not step.notify:
                findings.warn(Code.MUTE_STEP, place, "this step tells nobody", "name a notifier, or take it out")
            for number, name in enumerate(step.notify):
                for shut in _never_reached(name, checked):
                    message = f"{name!r} can never be told, as {shut}"
                    findings.warn(Code.MUTE_STEP, place.at(number), message, "open that calendar, or name another")


def mute_escalations(checked: Checked, findings: Findings) -> None:
    """Escalations about services of which nobody knows how they are."""
    if not checked.has_all("service", "customer"):
        return
    for entry in checked.merged.tables("escalation").values():
        on: Trigger = entry.table.on
        if on.engine or on.levels:
            continue
        for index, customer in enumerate(on.customers):
            if not _are_probed(_concerned(on, checked, _services_of(customer, checked)), checked):
                place = entry.place.at("on", "customers", index)
                message = f"nothing of {customer!r} that this is about is probed: it never tells of it"
                findings.warn(Code.MUTE_ESCALATION, place, message, "add a check to one of its services")
        if not on.customers and not _are_probed(_concerned(on, checked, set(checked.services)), checked):
            message = "no service that this is about is probed: it never tells anybody"
            help_ = "name other services or severities, or add a check to one of them"
            findings.warn(Code.MUTE_ESCALATION, entry.place.at("on"), message, help_, at_key=True)


def _subject(entry: Entry, findings: Findings) -> None:
    """An escalation is about one thing, and only states have results to confirm them and to recover by."""
    on, place = entry.table.on, entry.place
    subjects = [key for key in ("burn", "certificate", "engine", "levels") if getattr(on, key)]
    if not subjects:
        return
    written = ["state", *subjects] if "state" in entry.raw["on"] else subjects
    if len(written) > 1:
        message = f"an escalation is about one thing, and this names {' and '.join(written)}"
        help_ = f"keep one of them, and give {written[1]} an escalation of its own"
        findings.error(Code.CONFLICTING_KEYS, place.at("on", written[0]), message, help_, at_key=True)
    for key in ("confirm", "recover"):
        if key in entry.raw:
            message = f"{key} counts results, and there are none of {_NAMES[subjects[0]]}"
            findings.error(Code.CONFLICTING_KEYS, place.at(key), message, f"take {key} out", at_key=True)
    about_no = {"engine": ("services", "severities", "customers"), "levels": ("services", "severities")}
    for key in about_no.get(subjects[0], ()):
        if key in entry.raw["on"]:
            message = f"{_NAMES[subjects[0]]} is about no {key} in particular"
            findings.error(Code.CONFLICTING_KEYS, place.at("on", key), message, f"take {key} out", at_key=True)


_NAMES = {
    "burn": "a budget that burns",
    "certificate": "a certificate that ends",
    "engine": "the engine's own trouble",
    "levels": "an answer that falls due",
}


def _shares(entry: Entry, findings: Findings) -> None:
    """Only of the time for an answer there are shares."""
    for index, step in enumerate(entry.table.step):
        if step.at is not None and not entry.table.on.levels:
            place = entry.place.at("step", index, "at")
            message = "only of the time for an answer there is a share: this escalation is not about support levels"
            findings.error(Code.CONFLICTING_KEYS, place, message, "write after, or on.levels", at_key=True)


def _counts(entry: Entry, findings: Findings) -> None:
    table: EscalationTable = entry.table
    for key in ("confirm", "recover"):
        if getattr(table, key) < 1:
            message = f"{key} counts results, and {getattr(table, key)} of them confirm nothing"
            findings.error(Code.WRONG_VALUE, entry.place.at(key), message, "write 1 or more")
    if table.repeat is not None and not table.repeat.microseconds:
        message = "what is repeated every 0s never ends"
        findings.error(Code.WRONG_VALUE, entry.place.at("repeat"), message, "write a time such as 4h, or take it out")
    if table.on.certificate is not None and not table.on.certificate.microseconds:
        message = "a certificate that has ended is seen as an outage: nobody is warned"
        findings.error(Code.WRONG_VALUE, entry.place.at("on", "certificate"), message, "write a time such as 14d")


def _rotation(table: RotationTable, place: Place, findings: Findings) -> None:
    if not table.of:
        findings.error(Code.WRONG_VALUE, place.at("of"), "nobody is ever on call", "name at least one notifier")
    if table.every < _SHORTEST_TURN:
        message = f"a turn of {table.every} is shorter than clocks may skip"
        findings.error(Code.WRONG_VALUE, place.at("every"), message, "write 1h or more")
        return
    for index, (window, _) in enumerate(build_rotation("", table).overrides):
        if window.end <= window.start:
            message = "it ends before it begins, so that nobody ever stands in"
            findings.error(Code.WRONG_VALUE, place.at("override", index, "until"), message, "write a later moment")


def _escalations(checked: Checked) -> Iterator[Trigger]:
    return (entry.table.on for entry in checked.merged.tables("escalation").values() if entry.table.step)


def _tells_of(name: str, on: Trigger, checked: Checked) -> bool:
    """Whether an escalation tells of an outage of a service, whosever."""
    if not on.is_about_states or not on.concerns(name, checked.services[name].severity):
        return False
    return not on.customers or any(name in _services_of(customer, checked) for customer in on.customers)


def _is_told(service: Service, told: Set[str]) -> bool:
    """Whether somebody hears of it, or of each of its parts."""
    heard = set(told)
    for each in with_parts(service):
        if each.parts and heard.issuperset(part.id for part in each.parts):
            heard.add(each.id)
    return service.id in heard


def _services_of(customer: str, checked: Checked) -> set[str]:
    """Those that are a customer's own or in its contract."""
    own = {name for name, service in checked.services.items() if service.customer == customer}
    contracts = (agreement.contract for agreement in checked.agreements)
    promised = (one.services for one in contracts if one.customer is not None and one.customer.id == customer)
    return own.union(*promised)


def _concerned(on: Trigger, checked: Checked, services: Set[str]) -> Sequence[Service]:
    return [checked.services[name] for name in services if on.concerns(name, checked.services[name].severity)]


def _are_probed(services: Sequence[Service], checked: Checked) -> bool:
    """Whether there is any check; with no service at all, there is nothing to be wrong about."""
    return bool(all_checks(services)) or not checked.services


def _never_reached(name: str, checked: Checked) -> Iterator[str]:
    """Why nobody can ever be told by a notifier or a rotation."""
    rotation = checked.merged.find("rotation", name)
    if rotation is None:
        calendar = _during(name, checked)
        if calendar is not None and not _is_ever_open([calendar]):
            yield f"its calendar {calendar.id!r} never opens"
        return
    table: RotationTable = rotation.table
    own = [] if table.during is None else [checked.calendars[table.during]]
    members = [_during(member, checked) for member in table.of]
    if not any(_is_ever_open([*own, *([] if theirs is None else [theirs])]) for theirs in members):
        yield "its calendars are never open together"


def _during(notifier: str, checked: Checked) -> Calendar | None:
    entry = checked.merged.find("notifier", notifier)
    return None if entry is None or entry.table.during is None else checked.calendars[entry.table.during]


def _is_ever_open(calendars: Sequence[Calendar]) -> bool:
    """Whether calendars are open together at any time of a year."""
    start, end = SAMPLE.start, SAMPLE.start + _SAMPLE_OF_DAYS
    times = [calendar.open_intervals(start, end) for calendar in calendars]
    while len(times) > 1:
        times = [intersect(times[0], times[1]), *times[2:]]
    return all(times)
