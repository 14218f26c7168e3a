"""Rules about contracts beside each other: the standard and the dedicated, and which are one."""

import unicodedata

from attrs import evolve

from sla_engine.calendars.periods import period_at
from sla_engine.calendars.wall import day_start
from sla_engine.model.instant import to_datetime
from sla_engine.model.interval import subtract
from sla_engine.model.percent import parse_percent
from sla_engine.model.period import RollingPeriod
from sla_engine.policy.codes import Code
from sla_engine.policy.findings import Findings, Place, related_to
from sla_engine.policy.rules.checked import Agreement, Checked, own_terms
from sla_engine.policy.rules.promises import SAMPLE
from sla_engine.policy.terms import Key, Leaf, Leaves

_UNSAID = {("response", "target"): parse_percent("100%")} | {
    (group, "during"): "always" for group in ("availability", "latency", "response")
}
"""What holds where an agreement does not say it."""


def weaker(checked: Checked, findings: Findings) -> None:
    """Dedicated terms below those of the SLA."""
    for agreement in checked.agreements:
        if agreement.base is None:
            continue
        for key, leaf in own_terms(agreement):
            if (base := _base_of(key, agreement.base)) is None or leaf.value == base.value:
                continue
            if _is_weaker(key, leaf, base) or _is_open_less(key, leaf, base, agreement, checked):
                message = f"{leaf.value} is weaker than the {base.value} of the SLA it extends"
                line = base.place.file.spot(base.place.path).value.line
                help_ = f"the SLA's own stands at {base.place.file.name}:{line}"
                findings.warn(Code.WEAKER_THAN_STANDARD, leaf.place, message, help_)


def _base_of(key: Key, base: Leaves) -> Leaf | None:
    """What the SLA says of a term, or what holds where it says nothing."""
    said = base.get(key)
    if said is not None or (key[0], key[-1]) not in _UNSAID:
        return said
    promised = base.get((*key[:-1], "within" if key[0] == "response" else "target"))
    return None if promised is None else evolve(promised, value=_UNSAID[key[0], key[-1]])


def _is_weaker(key: Key, leaf: Leaf, base: Leaf) -> bool:
    if key[-1] == "target":
        return bool(leaf.value < base.value)
    return key[-1] in {"within", "under"} and type(leaf.value) is type(base.value) and leaf.value > base.value


def _is_open_less(key: Key, leaf: Leaf, base: Leaf, agreement: Agreement, checked: Checked) -> bool:
    """Whether a promise no stronger than the SLA's is made for a part of the SLA's hours only."""
    if key[-1] != "during" or _is_stronger(key, agreement):
        return False
    own, usual = (checked.calendars[one.value].open_intervals(*SAMPLE) for one in (leaf, base))
    return not subtract(own, usual) and bool(subtract(usual, own))


def _is_stronger(key: Key, agreement: Agreement) -> bool:
    """Whether what is promised in these hours is more than what the SLA promises in its own."""
    for name in ("target", "within", "under"):
        beside = (*key[:-1], name)
        own, base = agreement.leaves.get(beside), _base_of(beside, agreement.base or {})
        if own is not None and base is not None and own.value != base.value and not _is_weaker(beside, own, base):
            return True
    return False


def amended_inside(checked: Checked, findings: Findings) -> None:
    """Amendments that do not begin with a period."""
    for agreement in checked.agreements:
        contract = agreement.contract
        if contract.customer is None or isinstance(contract.period, RollingPeriod):
            continue
        entry = checked.merged.tables("customer")[contract.customer.id]
        for index, amendment in enumerate(entry.table.amendment):
            begins = day_start(amendment.from_, contract.timezone)
            period = period_at(begins, contract.period, contract.timezone)
            if period.start != begins:
                following = to_datetime(period.end, contract.timezone.tz).date()
                message = (
                    f"{amendment.from_} lies inside a period: the {contract.period.unit} that has begun keeps its terms"
                )
                help_ = f"let it begin on {following}, when availability is judged by it anyway"
                findings.warn(Code.AMENDED_INSIDE, entry.place.at("amendment", index, "from"), message, help_)


def twins(checked: Checked, findings: Findings) -> None:
    """Customers with one number, or with names that only a machine can tell apart."""
    seen: dict[tuple[str, str], Place] = {}
    for name, entry in checked.merged.tables("customer").items():
        looks = {"number": entry.table.number, "name": entry.table.name}
        for key, text in looks.items():
            if text is None:
                continue
            look = (key, unicodedata.normalize("NFKC", text).casefold().strip())
            if look in seen:
                message = f"customer {name!r} has the {key} of another customer"
                first = related_to("it stands here first", seen[look])
                help_ = "are they one customer? then put both contracts into one table"
                findings.warn(Code.TWINS, entry.place.at(key), message, help_, related=[first])
            else:
                seen[look] = entry.place.at(key)
