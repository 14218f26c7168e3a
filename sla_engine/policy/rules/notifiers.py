"""Rules about the limits on messages: limits that let something through, in one currency."""

from sla_engine.model.duration import Duration
from sla_engine.policy.codes import Code
from sla_engine.policy.documents import LimitTable, NotifierTable
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.merge import Merged

_NONE = Duration(0)


def limits(merged: Merged, findings: Findings) -> None:
    """Limits that hold everything, and money that cannot be counted; needs nothing linked."""
    if merged.engine is not None and merged.engine.table is not None:
        for key in ("recipient", "customer"):
            _limit(getattr(merged.engine.table.limits, key), merged.engine.place.at("limits", key), findings)
    for entry in merged.tables("notifier").values():
        _limit(entry.table.limit, entry.place.at("limit"), findings)
        _spending(entry.table, entry.place, findings)


def _limit(limit: LimitTable | None, place: Place, findings: Findings) -> None:
    if limit is None:
        return
    if limit.messages < 1:
        message = f"a limit of {limit.messages} messages holds every message for ever"
        findings.error(Code.WRONG_VALUE, place.at("messages"), message, "write at least 1, or take the notifier out")
    _time(limit.every, place, findings)


def _spending(table: NotifierTable, place: Place, findings: Findings) -> None:
    if table.spend is None:
        return
    at_most, here = table.spend.at_most, place.at("spend", "at_most")
    _time(table.spend.every, place.at("spend"), findings)
    if table.price is None:
        message = "what is spent cannot be counted without a price"
        findings.error(Code.CONFLICTING_KEYS, place.at("spend"), message, "add price = ...", at_key=True)
    elif table.price.currency != at_most.currency:
        message = f"the price is in {table.price.currency} and the limit in {at_most.currency}"
        findings.error(Code.CONFLICTING_KEYS, here, message, f"write both in {table.price.currency}")
    elif at_most.amount < table.price.amount or not at_most.amount:
        message = f"{at_most} does not pay for a single message of {table.price}"
        findings.error(Code.WRONG_VALUE, here, message, "write at least the price of a message")


def _time(every: Duration, place: Place, findings: Findings) -> None:
    if every == _NONE:
        findings.error(Code.WRONG_VALUE, place.at("every"), "no time is no limit", 'write a duration such as "1h"')
