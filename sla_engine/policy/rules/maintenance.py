"""Rules about maintenance: when it begins, how long it lasts, and whether its announcement takes it out at all."""

from sla_engine.model.duration import Duration
from sla_engine.model.instant import DAY, to_instant
from sla_engine.model.text import Text
from sla_engine.policy.codes import Code
from sla_engine.policy.documents import MaintenanceTable
from sla_engine.policy.findings import Findings
from sla_engine.policy.maintenance import IN_APP, announced_ahead, takes_place
from sla_engine.policy.merge import Entry, Merged
from sla_engine.policy.rules.checked import Agreement, Checked
from sla_engine.policy.values import Unlimited

_PERMITTED = {"title": "", "message": "\n\t"}
_A_WEEK, _A_YEAR = Duration(7 * DAY), Duration(366 * DAY)


def maintenance_tables(merged: Merged, findings: Findings) -> None:
    """Each maintenance by itself."""
    for entry in merged.tables("maintenance").values():
        _beginning(entry, findings)
        _length(entry, findings)
        _words(entry, findings)
        _leads(entry, findings)


def long_maintenance(checked: Checked, findings: Findings) -> None:
    """Maintenance beyond what may be excluded."""
    caps = {
        name: entry.table.maintenance_cap
        for name, entry in checked.merged.tables("accounting").items()
        if not isinstance(entry.table.maintenance_cap, Unlimited)
    }
    for entry in checked.merged.tables("maintenance").values():
        for agreement in checked.agreements:
            cap = caps.get(agreement.contract.accounting.name)
            if cap is not None and _touches(entry.table, agreement) and entry.table.lasts > cap:
                message = f"{entry.table.lasts} is longer than the {cap} of maintenance that {agreement.name} excludes"
                help_ = "the rest counts as downtime: shorten it, or raise maintenance_cap"
                findings.warn(Code.LONG_MAINTENANCE, entry.place.at("lasts"), message, help_)


def unheard_maintenance(checked: Checked, findings: Findings) -> None:
    """Maintenance whose announcement, by the profile of an agreement that it touches, is none or comes too late."""
    for entry in checked.merged.tables("maintenance").values():
        table = entry.table
        if not takes_place(table):
            continue
        for agreement in checked.agreements:
            accounting = agreement.contract.accounting
            if accounting.maintenance != "count" and _touches(table, agreement):
                problem = _unheard(table, agreement, checked)
                if problem is not None:
                    message = f"all of it counts as downtime for {agreement.name}: {problem}"
                    help_ = "see announce and announce_ahead, or say in announced when it was announced elsewhere"
                    findings.warn(Code.UNHEARD_MAINTENANCE, entry.place, message, help_, at_key=True)
                    break


def _beginning(entry: Entry, findings: Findings) -> None:
    table = entry.table
    if (table.starts is None) == (table.cron is None):
        message = "maintenance begins once, or by cron: one of starts and cron is needed"
        findings.error(Code.CONFLICTING_KEYS, entry.place, message, "give starts or cron", at_key=True)
    if table.draft and table.cancelled:
        message = "a draft was told to nobody, so there is nothing to cancel"
        findings.error(Code.CONFLICTING_KEYS, entry.place.at("cancelled"), message, "take out one of them", at_key=True)


def _length(entry: Entry, findings: Findings) -> None:
    table = entry.table
    if table.lasts > (_A_YEAR if table.cron is None else _A_WEEK):
        message = f"{table.lasts} of maintenance is no maintenance any more"
        help_ = "write at most 366d for one that begins once, and at most 7d for one that begins by cron"
        findings.error(Code.WRONG_VALUE, entry.place.at("lasts"), message, help_)


def _words(entry: Entry, findings: Findings) -> None:
    """What is written into the subjects of mails and into calendars must not end a line there."""
    for key, permitted in _PERMITTED.items():
        text: Text | None = getattr(entry.table, key)
        for language, words in ({} if text is None else text.translations).items():
            if not words.translate(dict.fromkeys(map(ord, permitted))).isprintable():
                place = entry.place.at(key, language) if language else entry.place.at(key)
                message = f"{words!r} holds a character that cannot be printed"
                findings.error(Code.WRONG_VALUE, place, message, "take it out; only a message may have several lines")


def _leads(entry: Entry, findings: Findings) -> None:
    """How long ahead it is told and reminded of."""
    ahead = announced_ahead(entry.table)
    if ahead is not None and not Duration(0) < ahead <= _A_YEAR:
        message = f"{ahead} is no time to tell of maintenance ahead"
        findings.error(Code.WRONG_VALUE, entry.place.at("announce_ahead"), message, "write up to 366d, such as 14d")
    for index, lead in enumerate(entry.table.reminders):
        if lead <= Duration(0) or (ahead is not None and lead >= ahead):
            message = f"nobody is reminded {lead} before a start that they are told of {ahead or 'at once'} ahead"
            help_ = "reminders come after the announcement and before the start"
            findings.error(Code.WRONG_VALUE, entry.place.at("reminders", index), message, help_)


def _touches(table: MaintenanceTable, agreement: Agreement) -> bool:
    return bool(_touched(table, agreement))


def _touched(table: MaintenanceTable, agreement: Agreement) -> list[str]:
    """The services of an agreement that it touches."""
    return [name for name in agreement.contract.services if table.services is None or name in table.services]


def _announced_late(table: MaintenanceTable, notice: Duration) -> str | None:
    """Whether what was announced elsewhere was announced too late, in words; what recurs is announced once for all."""
    if table.starts is None or table.announced is None:
        return None
    ahead = to_instant(table.starts) - to_instant(table.announced.at)
    if ahead < 0:
        return "it was announced after it began"
    if ahead < notice.microseconds:
        return f"it was announced {Duration(ahead)} ahead, and {notice} were agreed"
    return None


def _unheard(table: MaintenanceTable, agreement: Agreement, checked: Checked) -> str | None:
    """Why an agreement takes no announcement of it, in words, or None."""
    customer, accounting = agreement.contract.customer, agreement.contract.accounting
    if table.announced is not None:
        return _announced_late(table, accounting.maintenance_notice)
    if table.customers is not None and customer is not None and customer.id not in table.customers:
        return "customers does not name it"
    notifiers = checked.merged.tables("notifier")
    channels = {name if name == IN_APP else notifiers[name].table.via for name in table.announce}
    if table.customers is not None or all("/" in name for name in _touched(table, agreement)):
        channels -= {IN_APP}  # what is for some is not shown to all
    if not channels:
        return "it is announced by nothing"
    if accounting.maintenance_channels and channels.isdisjoint(accounting.maintenance_channels):
        return f"it is announced by none of {', '.join(accounting.maintenance_channels)}"
    ahead = announced_ahead(table)
    if ahead is not None and ahead <= accounting.maintenance_notice:  # messages take their time
        return f"it is announced {ahead} ahead, and that has to be more than the {accounting.maintenance_notice} agreed"
    return None
