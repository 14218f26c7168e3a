"""Rules about single tables, which need nothing linked."""

from fractions import Fraction

from sla_engine.policy.codes import Code
from sla_engine.policy.documents import CustomerTable, Terms
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.merge import Merged
from sla_engine.policy.rules.credits import tiers_in_order
from sla_engine.policy.rules.escalations import escalation_tables
from sla_engine.policy.rules.maintenance import maintenance_tables
from sla_engine.policy.rules.notifiers import limits
from sla_engine.policy.rules.quantities import layers
from sla_engine.policy.rules.texts import own_texts
from sla_engine.policy.terms import Leaves

_WHOLE = Fraction(1)


def check_tables(merged: Merged, findings: Findings) -> None:
    """The rules about single tables, which need nothing linked."""
    for kind in ("sla", "customer"):
        for entry in merged.tables(kind).values():
            for terms, place in layers(entry.table, entry.place):
                tiers_in_order(terms, place, findings)
                _impossible_targets(terms, place, findings)
    for entry in merged.tables("customer").values():
        _amendments(entry.table.amendment, entry.table.since, entry.place, findings)
        _names(entry.table, entry.place, findings)
    maintenance_tables(merged, findings)
    escalation_tables(merged, findings)
    own_texts(merged, findings)
    limits(merged, findings)


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


def _names(customer: CustomerTable, place: Place, findings: Findings) -> None:
    """What is written into the heads of letters and the names of files must not end a line there."""
    named = [(place.at("name"), customer.name), (place.at("number"), customer.number)]
    contacts = [(place.at("contacts", index), contact) for index, contact in enumerate(customer.contacts)]
    for here, text in (*named, *contacts):
        if text is not None and not text.isprintable():
            message = f"{text!r} holds a character that cannot be printed on one line"
            findings.error(Code.WRONG_VALUE, here, message, "take it out")


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
