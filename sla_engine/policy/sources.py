"""Whether what a policy says of a help desk can be done."""

from sla_engine.model.duration import Duration
from sla_engine.model.instant import SECOND
from sla_engine.policy.codes import Code
from sla_engine.policy.findings import Findings
from sla_engine.policy.merge import Entry

RESERVED = ("desk", "import")
"""Where tickets of this engine live, and those that were imported without a source."""
_LEAST = Duration(10 * SECOND)


def check_ticket_source(entry: Entry, findings: Findings) -> None:
    """Report what is wrong with the engine's keys of a ticket source."""
    table, name = entry.table, entry.place.path[-1]
    if table.every < _LEAST:
        findings.error(
            Code.WRONG_VALUE, entry.place.at("every"), f"a help desk is asked every {_LEAST} at most", "write 1m"
        )
    if name in RESERVED:
        findings.error(
            Code.WRONG_VALUE,
            entry.place,
            f"{name!r} is what the engine itself calls tickets",
            "give the ticket source the name of the help desk",
            at_key=True,
        )
