"""Rules about contracts beside each other: the standard and the dedicated, and which are one."""

import unicodedata

from sla_engine.calendars.periods import period_at
from sla_engine.calendars.wall import day_start
from sla_engine.model.instant import to_datetime
from sla_engine.model.period import RollingPeriod
from sla_engine.policy.codes import Code
from sla_engine.policy.findings import Findings, Place, related_to
from sla_engine.policy.rules.checked import Checked, own_terms


def weaker(checked: Checked, findings: Findings) -> None:
    """Dedicated terms below those of the SLA."""
    for agreement in checked.agreements:
        if agreement.base is None:
            continue
        for key, leaf in own_terms(agreement):
            base = agreement.base.get(key)
            if base is None or leaf.value == base.value:
                continue
            if (key[-1] == "target" and leaf.value < base.value) or (
                key[-1] in {"within", "under"} and type(leaf.value) is type(base.value) and leaf.value > base.value
            ):
                message = f"{leaf.value} is weaker than the {base.value} of the SLA it extends"
                help_ = (
                    f"the SLA's own stands at {base.place.file.name}:{base.place.file.spot(base.place.path).value.line}"
                )
                findings.warn(Code.WEAKER_THAN_STANDARD, leaf.place, message, help_)


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
