"""Rules about services and their checks."""

import unicodedata
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from sla_engine.model.duration import Duration
from sla_engine.model.schedule import Every
from sla_engine.policy.codes import Code
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.rules.checked import Checked, objective_place


def unused(checked: Checked, findings: Findings) -> None:
    """What nothing refers to."""
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


def slow_timeouts(checked: Checked, findings: Findings) -> None:
    """Runs that can outlast their interval."""
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


def no_check(checked: Checked, findings: Findings) -> None:
    """What is promised and not looked at."""
    for agreement in checked.agreements:
        for name, service in agreement.contract.services.items():
            if not service.checks:
                place = objective_place(agreement, name, checked)
                message = f"{name!r} is promised, and no check says how it is"
                findings.error(Code.NO_CHECK, place, message, f"add [service.{name}.check.some-id]", at_key=True)


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
