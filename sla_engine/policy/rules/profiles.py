"""Rules about accounting profiles: choices that contradict each other, or that say nothing."""

from collections.abc import Iterator

from sla_engine.policy.codes import Code
from sla_engine.policy.documents import AccountingTable
from sla_engine.policy.findings import Findings
from sla_engine.policy.merge import Entry
from sla_engine.policy.rules.checked import Checked

_OF_SLOTS = ("slot", "slot_errors", "slot_checks")


def profiles_at_odds(checked: Checked, findings: Findings) -> None:
    """Profiles that count what the monitor missed harder than what it saw, and keys that change nothing."""
    for entry in checked.merged.tables("accounting").values():
        for key, message, help_ in _at_odds(entry):
            findings.warn(Code.PROFILE_AT_ODDS, entry.place.at(key), message, help_, at_key=True)
        if entry.table.slot_checks < 1:
            message = "a slot without checks cannot be bad, so that no fewer than one is asked for"
            findings.error(Code.WRONG_VALUE, entry.place.at("slot_checks"), message, "write 1 or more")


def _at_odds(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """The key, what is wrong with it, and what to do."""
    table: AccountingTable = entry.table
    if table.unknown == "down" and table.min_outage.microseconds:
        message = f"a gap of any length counts as down, and an outage of less than {table.min_outage} does not"
        yield "unknown", message, "leave out what is unknown, or take min_outage out"
    if table.measure != "slots":
        for key in _OF_SLOTS:
            if key in entry.raw:
                yield (
                    key,
                    f"{key} says nothing where measure is {table.measure!r}",
                    'take it out, or write measure = "slots"',
                )
    if table.measure != "time" and table.min_outage.microseconds:
        message = f"min_outage takes nothing out of the share where {table.measure} are counted"
        yield "min_outage", message, 'take it out, or write measure = "time"'
