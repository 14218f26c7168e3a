"""Sums of money in currencies that are in use no more."""

from collections.abc import Iterator
from datetime import date

from sla_engine.model.money import Money, withdrawn_currencies
from sla_engine.policy.codes import Code
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.rules.checked import Checked, own_terms


def withdrawn_money(checked: Checked, findings: Findings) -> None:
    """Sums that nobody can pay; a contract that ended while its currency was in use keeps it."""
    sums = [*_of_agreements(checked), *_of_notifiers(checked)]
    withdrawn = withdrawn_currencies() if sums else {}
    for place, money, until in sums:
        last = withdrawn.get(money.currency)
        if last is not None and (until is None or until > last):
            message = f"{money.currency} has been in use nowhere since {last}"
            findings.error(Code.WRONG_VALUE, place, message, "write the sum in a currency that can be paid")


def _of_agreements(checked: Checked) -> Iterator[tuple[Place, Money, date | None]]:
    for agreement in checked.agreements:
        for _, leaf in own_terms(agreement):
            if isinstance(leaf.value, Money):
                yield leaf.place, leaf.value, agreement.contract.until


def _of_notifiers(checked: Checked) -> Iterator[tuple[Place, Money, date | None]]:
    for entry in checked.merged.tables("notifier").values():
        if entry.table.price is not None:
            yield entry.place.at("price"), entry.table.price, None
        if entry.table.spend is not None:
            yield entry.place.at("spend", "at_most"), entry.table.spend.at_most, None
