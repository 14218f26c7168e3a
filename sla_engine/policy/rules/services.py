"""Rules about services and their checks."""

import unicodedata
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from sla_engine.model.duration import Duration
from sla_engine.model.service import AtLeast, with_parts
from sla_engine.policy.codes import Code
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.rules.checked import Checked, objective_place
from sla_engine.policy.rules.promises import interval_of


def unused(checked: Checked, findings: Findings) -> None:
    """What nothing refers to."""
    advice = {
        "calendar": "no objective and no other calendar uses it: take it out, or name it in during",
        "service": "no agreement promises anything of it: take it out, or add it to one",
        "notifier": "nobody is told anything by it: take it out, or name it in the step of an escalation",
        "rotation": "nobody is told anything by it: take it out, or name it in the step of an escalation",
    }
    mentioned = checked.rest.mentioned
    if mentioned is None or not checked.rest.is_readable:
        return
    for kind in ("calendar", "notifier", "rotation"):
        for name, entry in checked.merged.tables(kind).items():
            if name not in checked.used[kind] and name not in mentioned:
                findings.warn(Code.UNUSED, entry.place, f"{kind} {name!r} is not used", advice[kind], at_key=True)
    for name, place in checked.service_places.items():
        if name not in checked.used["service"] and mentioned.isdisjoint((name, name.rpartition("/")[2])):
            findings.warn(Code.UNUSED, place, f"service {name!r} is not used", advice["service"], at_key=True)


def slow_timeouts(checked: Checked, findings: Findings) -> None:
    """Runs that can outlast their interval."""
    for name, service in checked.services.items():
        if not service.checks:
            continue
        interval = interval_of(service.schedule)
        for check in service.checks:
            longest = Duration(check.timeout.microseconds * (1 + check.retries))
            if longest > interval:
                place = checked.service_places[name].at("check", check.name, "timeout")
                tries = f" in {1 + check.retries} tries" if check.retries else ""
                message = f"a run can take {longest}{tries}, longer than the interval of {interval}"
                findings.warn(Code.SLOW_TIMEOUT, place, message, "shorten timeout, lower retries or lengthen every")


def no_check(checked: Checked, findings: Findings) -> None:
    """What is promised and not looked at."""
    for agreement in checked.agreements:
        for name, service in agreement.contract.services.items():
            for each in with_parts(service):
                if each.checks or each.parts:
                    continue
                part = "" if each is service else f"its part {each.id!r}"
                place = objective_place(agreement, name, checked)
                message = f"{name!r} is promised, and no check says how {part or 'it'} is"
                findings.error(Code.NO_CHECK, place, message, f"add [service.{each.id}.check.some-id]", at_key=True)


def no_latency_of_its_own(checked: Checked, findings: Findings) -> None:
    """Latencies that are promised of what is composed of other services."""
    for agreement in checked.agreements:
        for objective in agreement.contract.latency:
            service = checked.services[objective.service]
            if service.parts:
                place = objective_place(agreement, service.id, checked, groups={"latency"})
                message = f"{service.id!r} is composed of other services, and no check says how fast it is"
                names = ", ".join(part.id for part in service.parts)
                findings.error(Code.NO_CHECK, place, message, f"promise the latency of {names}", at_key=True)


def never_up(checked: Checked, findings: Findings) -> None:
    """Services that ask for more checks or parts to be up than they have."""
    for name, service in checked.services.items():
        count = len(service.parts or service.checks)
        if isinstance(service.up_when, AtLeast) and 0 < count < service.up_when.count:
            what = f"{count} part" if service.parts else f"{count} check"
            message = f"{service.up_when.count} must be up, and there {'is' if count == 1 else 'are'} {what}"
            place = checked.service_places[name].at("up_when", "at_least")
            help_ = f"write at most {count}, or add some"
            findings.error(Code.WRONG_VALUE, place, message + ("" if count == 1 else "s"), help_)


def mixed_scripts(checked: Checked, findings: Findings) -> None:
    """Hosts whose names mix the letters of several scripts (Unicode TR 39)."""
    for name, place in checked.service_places.items():
        entry = checked.merged.tables("customer" if "/" in name else "service")[name.partition("/")[0]]
        raw = entry.raw["service"][name.partition("/")[2]] if "/" in name else entry.raw
        _look_at_hosts(raw.get("check", {}), place.at("check"), findings)
    for entry in checked.merged.tables("notifier").values():
        _look_at_hosts(entry.raw, entry.place, findings)


def _look_at_hosts(raw: object, place: Place, findings: Findings) -> None:
    if isinstance(raw, Mapping):
        for key, value in raw.items():
            _look_at_hosts(value, place.at(key), findings)
    elif isinstance(raw, str) and not raw.isascii():
        for label in _labels(raw):
            scripts = sorted({_script(letter) for letter in label if letter.isalpha()})
            if len(scripts) > 1:
                message = f"the name {label!r} mixes letters of {' and '.join(scripts)}"
                help_ = f"DNS knows it as {_ascii(label)}: is it the host that is meant?"
                findings.warn(Code.MIXED_SCRIPTS, place, message, help_)


def _labels(text: str) -> Iterator[str]:
    """The parts of a host's name, where the text is an address or a bare name."""
    host = urlsplit(text).hostname if "://" in text else text
    if host and not any(character.isspace() for character in host):
        yield from host.split(".")


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0].title()


def _ascii(label: str) -> str:
    return "xn--" + label.encode("punycode").decode()
