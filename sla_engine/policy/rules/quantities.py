"""Rules about what stands in one table: lengths of nothing, dates out of order, and keys that are at odds."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from sla_engine.model.duration import BusinessDays, Duration
from sla_engine.model.percent import Percent, parse_percent
from sla_engine.policy.codes import Code
from sla_engine.policy.documents import ServiceTable, Terms
from sla_engine.policy.faults import key_of
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.maintenance import IN_APP
from sla_engine.policy.merge import Merged
from sla_engine.policy.rules.engine import check_engine

_NOTHING = {Duration(0), BusinessDays(0)}
_ALL = parse_percent("100%")
_MOST_RETRIES = 100
_CONTACT = re.compile(r"[^@<>]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+|\+?[0-9][0-9 ]*")
_NEEDED = {"availability": "target", "latency": "target", "response": "within"}


def check_quantities(merged: Merged, findings: Findings) -> None:
    """The rules about single tables that a policy of old may break: what it judged stays judged."""
    for kind in ("sla", "customer"):
        for entry in merged.tables(kind).values():
            for terms, place in layers(entry.table, entry.place):
                _periods(terms, place, findings)
                _objectives(terms, place, findings)
            _dates(entry.table, entry.place, findings)
    for entry in merged.tables("customer").values():
        _contacts(entry.table.contacts, entry.place.at("contacts"), findings)
    for entry in merged.tables("accounting").values():
        _not_nothing(entry.table.slot, entry.place.at("slot"), findings, "5m")
        _share(entry.table.slot_errors, entry.place.at("slot_errors"), findings)
    for entry in merged.tables("maintenance").values():
        _not_nothing(entry.table.lasts, entry.place.at("lasts"), findings, "2h")
        _timezone_of_nothing(entry.table, entry.place, findings)
        if entry.table.services == ():
            message = "this maintenance touches no service"
            findings.error(
                Code.WRONG_VALUE, entry.place.at("services"), message, 'name them, or write services = "all"'
            )
    for table, place in _services(merged):
        _timezone_of_nothing(table, place, findings)
        _checks(table, place, findings)
    for name, entry in merged.tables("support").items():
        if name in entry.table.escalates_to:
            here = entry.place.at("escalates_to", entry.table.escalates_to.index(name))
            findings.error(Code.REFERENCE_CYCLE, here, f"level {name!r} hands on to itself", "name another level")
    check_engine(merged, findings)
    if IN_APP in merged.tables("notifier"):
        message = f"notifier {IN_APP!r} is built in, as the banner in the online application: this one is never asked"
        place = merged.tables("notifier")[IN_APP].place
        findings.warn(Code.DUPLICATE_ID, place, message, "take it out, or give it another id", at_key=True)


def layers(table: Terms, place: Place) -> Iterator[tuple[Terms, Place]]:
    """An agreement's terms, and those of each of its amendments."""
    yield table, place
    for index, amendment in enumerate(getattr(table, "amendment", ())):
        yield amendment, place.at("amendment", index)


def _periods(terms: Terms, place: Place, findings: Findings) -> None:
    """What is judged over the time that ended just now is not judged by the calendar."""
    if terms.rolling is None:
        return
    _not_nothing(terms.rolling, place.at("rolling"), findings, "30d")
    for key in ("period", "anchor"):
        if getattr(terms, key) is not None:
            message = f"the time that ended just now has no {key}: rolling and {key} cannot both hold"
            findings.error(Code.CONFLICTING_KEYS, place.at(key), message, f"take out {key} or rolling", at_key=True)


def _objectives(terms: Terms, place: Place, findings: Findings) -> None:
    for group, needed in _NEEDED.items():
        for name, objective in getattr(terms, group).items():
            here = place.at(group, name)
            if all(value is None for value in attrs.astuple(objective, recurse=False)):
                message = f"{group}.{name} says nothing"
                findings.error(Code.MISSING_KEY, here, message, f"add {needed} = ...", at_key=True)
            for key in ("under", "within"):
                _not_nothing(getattr(objective, key, None), here.at(key), findings, "800ms" if key == "under" else "4h")


def _dates(table: Any, place: Place, findings: Findings) -> None:
    """An agreement ends after it began, and is amended before it ends."""
    if table.until is None:
        return
    if table.since is not None and table.until <= table.since:
        message = f"it ends on {table.until}, and begins on {table.since}: it never stands"
        findings.error(
            Code.WRONG_VALUE, place.at("until"), message, "write a date after since, the first day without it"
        )
    for index, amendment in enumerate(getattr(table, "amendment", ())):
        if amendment.from_ >= table.until:
            message = f"this amendment begins on {amendment.from_}, and the contract has ended on {table.until}"
            findings.warn(Code.AMENDMENTS, place.at("amendment", index, "from"), message, "take it out, or move until")


def _contacts(contacts: Sequence[str], place: Place, findings: Findings) -> None:
    for index, contact in enumerate(contacts):
        if contact.isprintable() and not _CONTACT.fullmatch(contact):
            message = f"{contact!r} is no address at which a customer is reached"
            help_ = "write a mail address, as in ops@example.com, or a phone number, as in +351912345678"
            findings.warn(Code.WRONG_VALUE, place.at(index), message, help_)


def _services(merged: Merged) -> Iterator[tuple[ServiceTable, Place]]:
    """Every service as it is written, customers' own too."""
    for entry in merged.tables("service").values():
        yield entry.table, entry.place
    for entry in merged.tables("customer").values():
        for name, table in entry.table.service.items():
            yield table, entry.place.at("service", name)


def _checks(table: ServiceTable, place: Place, findings: Findings) -> None:
    for name, check in table.check.items():
        here = place.at("check", name)
        _not_nothing(check.timeout, here.at("timeout"), findings, "10s")
        if not 0 <= check.retries <= _MOST_RETRIES:
            message = f"{check.retries} further tries cannot be made inside one run"
            findings.error(Code.WRONG_VALUE, here.at("retries"), message, f"write 0 to {_MOST_RETRIES}")
    _agreement(table, place, findings)


def _agreement(table: ServiceTable, place: Place, findings: Findings) -> None:
    """Where no locations are named, results may come from any, as those of a recorded history do."""
    if table.agree is None:
        return
    if table.agree < 1:
        message = f"down cannot be said by {table.agree} locations"
        findings.error(Code.WRONG_VALUE, place.at("agree"), message, "write 1 or more")
    elif table.locations and table.agree > (most := len(table.locations)):
        message = f"{table.agree} locations can never say down, where there {'is' if most == 1 else 'are'} {most}"
        findings.error(Code.WRONG_VALUE, place.at("agree"), message, f"write 1 to {most}, or name more locations")


def _timezone_of_nothing(table: Any, place: Place, findings: Findings) -> None:
    if table.timezone is not None and table.cron is None:
        message = "timezone is that of a cron expression, and there is none: it says nothing"
        findings.warn(Code.CONFLICTING_KEYS, place.at("timezone"), message, "take it out, or write cron", at_key=True)


def _not_nothing(length: Any, place: Place, findings: Findings, example: str) -> None:
    if length in _NOTHING:
        key = key_of(str(place.path[-1]))
        findings.error(Code.WRONG_VALUE, place, f"{key} is no time at all", f'write a length such as "{example}"')


def _share(share: Percent | None, place: Place, findings: Findings) -> None:
    if share is not None and share > _ALL:
        findings.error(Code.WRONG_VALUE, place, f"{share} of the checks is more than all of them", "write at most 100%")
