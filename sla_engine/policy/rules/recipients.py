"""Rules about whom messages go to: somebody, and not the desk itself."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.utils import parseaddr

from sla_engine.plugin import Notifier
from sla_engine.policy.codes import Code
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.merge import Entry
from sla_engine.policy.rules.checked import Checked

_SOMEBODY = "somebody@example.com"


def nobody_to_tell(checked: Checked, findings: Findings) -> None:
    """Notifiers that write to each customer at their own address, where it is not a customer who is told."""
    lonely = {name for name, settings in checked.notifiers.items() if _needs_an_address(settings)}
    for name, place in _told(checked):
        if name in lonely:
            message = f"notifier {name!r} has no recipients, and here no customer is written to: nobody is told"
            help_ = f"give [notifier.{name}] its recipients, or name another notifier"
            findings.warn(Code.NO_RECIPIENT, place, message, help_)


def writes_to_the_desk(checked: Checked, findings: Findings) -> None:
    """Messages to the address at which customers' mails are taken in, each of which would open a ticket."""
    engine = checked.merged.engine
    desk = None if engine is None or engine.table is None else engine.table.desk
    if desk is None or desk.address is None:
        return
    for name, settings in checked.notifiers.items():
        for address in _recipients(settings):
            if _is_desk(address, desk.address, desk.delimiter):
                message = f"{address} is the desk's own address: each of these messages would open a ticket there"
                help_ = "write to an address that customers do not write to"
                place = _place_of(address, checked.merged.tables("notifier")[name])
                findings.warn(Code.WRITES_TO_DESK, place, message, help_)
    for entry in checked.merged.tables("customer").values():
        for index, contact in enumerate(entry.table.contacts):
            if _is_desk(contact, desk.address, desk.delimiter):
                message = f"{contact} is the desk's own address: what the customer is written would open a ticket there"
                place = entry.place.at("contacts", index)
                findings.warn(Code.WRITES_TO_DESK, place, message, "name an address of the customer")


def _needs_an_address(settings: object) -> bool:
    """Whether a notifier writes to single people, and names none by itself."""
    if not isinstance(settings, Notifier) or type(settings).recipients is Notifier.recipients:
        return False
    with suppress(Exception):  # what is a plugin's fault is no policy's
        return not settings.recipients() and settings.reaches(_SOMEBODY)
    return False


def _recipients(settings: object) -> Sequence[str]:
    with suppress(Exception):
        return settings.recipients() if isinstance(settings, Notifier) else ()
    return ()


def _told(checked: Checked) -> Iterator[tuple[str, Place]]:
    """Every notifier that is named where a customer is not written to, and where."""
    for entry in checked.merged.tables("escalation").values():
        for index, step in enumerate(entry.table.step):
            yield from _each(step.notify, entry.place.at("step", index, "notify"))
    for entry in checked.merged.tables("support").values():
        yield from _each(entry.table.notify, entry.place.at("notify"))
    for entry in checked.merged.tables("rotation").values():
        yield from _each(entry.table.of, entry.place.at("of"))
        for index, override in enumerate(entry.table.override):
            yield override.notify, entry.place.at("override", index, "notify")


def _each(names: Sequence[str], place: Place) -> Iterator[tuple[str, Place]]:
    return ((name, place.at(index)) for index, name in enumerate(names))


def _is_desk(written: str, desk: str, delimiter: str) -> bool:
    """Whether an address is the desk's, or that of one of its tickets."""
    local, _, domain = parseaddr(written)[1].casefold().rpartition("@")
    own, _, own_domain = desk.casefold().rpartition("@")
    return domain == own_domain and (local == own or (bool(delimiter) and local.startswith(own + delimiter)))


def _place_of(address: str, notifier: Entry) -> Place:
    to = notifier.raw.get("to")
    return notifier.place.at("to", to.index(address)) if isinstance(to, list) and address in to else notifier.place
