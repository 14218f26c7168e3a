"""Rules about credits: tiers that fit together, in one unit and one currency, upon what is promised."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from sla_engine.model.contract import Contract
from sla_engine.model.credit import Cap, ServiceDays
from sla_engine.model.money import Money
from sla_engine.model.percent import Percent
from sla_engine.policy.codes import Code
from sla_engine.policy.documents import CreditTable, Terms
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.rules.checked import Agreement, Checked
from sla_engine.policy.terms import Key

_WHOLE = Fraction(1)
_LEAVES: tuple[Key, ...] = (("credit",), ("credits", "share"), ("credits", "minimum"), ("credits", "cap"), ("fee",))


def tiers_in_order(terms: Terms, place: Place, findings: Findings) -> None:
    """Tiers that lie out of order, beyond all of the fee, or in two units; needs nothing linked."""
    tiers = terms.credit or ()
    for index, tier in enumerate(tiers):
        here = place.at("credit", index)
        milder = [one for one in tiers[:index] if _share_services(one, tier)]
        if isinstance(tier.credit, ServiceDays) != isinstance(tiers[0].credit, ServiceDays):
            message = f"{tier.credit} beside {tiers[0].credit}: days of service and shares of the fee do not add up"
            findings.error(Code.CREDIT_TIERS, here.at("credit"), message, "write all tiers in one of the two")
        elif milder:
            _follows(tier, min(milder, key=lambda one: one.below), here, findings)
        if not 0 < tier.below.ratio <= _WHOLE:
            message = f"availability is never, or always, below {tier.below}"
            findings.error(Code.CREDIT_TIERS, here.at("below"), message, "write more than 0% and at most 100%")
        if isinstance(tier.credit, Percent) and tier.credit.ratio > _WHOLE:
            message = f"{tier.credit} is more than was paid"
            findings.error(Code.CREDIT_TIERS, here.at("credit"), message, "stay at or below 100%")


def no_gap(checked: Checked, findings: Findings) -> None:
    """Breaches that reach no tier at all, of whatever service the tiers are about."""
    for agreement in checked.agreements:
        leaf = agreement.leaves.get(("credit",))
        if leaf is None or leaf.how == "inherited":
            continue
        tiers = agreement.contract.credits
        targets: dict[int, list[Percent]] = {}
        for objective in agreement.contract.availability:
            about = [index for index, tier in enumerate(tiers) if tier.is_about(objective.service)]
            if about:
                mildest = max(about, key=lambda index: tiers[index].below)
                targets.setdefault(mildest, []).append(objective.target)
        for index, promised in targets.items():
            highest, lowest = tiers[index].below, min(promised)
            if highest < lowest:
                message = f"between {highest} and the target of {lowest} there is a breach and no credit: a gap"
                help_ = f'begin with below = "{lowest}"; credit = "0%" says that nothing is meant to be given there'
                findings.error(Code.CREDIT_TIERS, leaf.place.at(index, "below"), message, help_)


def credits_of_promises(checked: Checked, findings: Findings) -> None:
    """Tiers and shares of services of which no availability is promised, and promises without a share."""
    for agreement in _about_credits(checked):
        promised = {objective.service for objective in agreement.contract.availability}
        for place, service in _named_services(agreement, checked):
            if service not in promised:
                message = f"no availability of {service!r} is promised, so that nothing is ever given for it"
                findings.warn(Code.CREDIT_TERMS, place, message, "promise it, or take it out here", at_key=True)
        share = agreement.contract.credit_terms.share
        if share and (left := sorted(promised - share.keys())):
            message = f"{', '.join(left)} has no share of the fee, so that its breaches give nothing back"
            place = _where(agreement, ("credits", "share"))
            findings.warn(Code.CREDIT_TERMS, place, message, 'give it one; "0%" says that this is meant', at_key=True)


def credit_sums(checked: Checked, findings: Findings) -> None:
    """Sums of a credit that are in other currencies or units than its fee and tiers, or that leave nothing to give."""
    for agreement in _about_credits(checked):
        for name, message, help_ in _contradictions(agreement.contract):
            place = _where(agreement, ("credits", name))
            findings.error(Code.CREDIT_TERMS, place, message, help_)


def _contradictions(contract: Contract) -> Iterator[tuple[str, str, str]]:
    """The key that is wrong, what is wrong with it, and what to do."""
    terms, fee = contract.credit_terms, contract.fee
    in_days = any(isinstance(tier.credit, ServiceDays) for tier in contract.credits)
    for name, sum_ in (("minimum", terms.minimum), ("cap", terms.cap)):
        if sum_ is None:
            continue
        if contract.credits and in_days != isinstance(sum_, ServiceDays):
            unit, written = ("days of service", 'cap = "15d"') if in_days else ("shares of the fee", 'cap = "50%"')
            yield name, f"{sum_} does not bound tiers that are in {unit}", f"take it out, or write {written}"
        elif isinstance(sum_, Money) and fee is not None and sum_.currency != fee.currency:
            yield name, f"{sum_} is in another currency than the fee of {fee}", "write both in one currency"
    if isinstance(terms.cap, Percent) and terms.cap.ratio > _WHOLE:
        yield "cap", f"{terms.cap} is more than was paid", "stay at or below 100%"
    if _is_below(terms.cap, terms.minimum, fee):
        yield (
            "minimum",
            f"no credit reaches {terms.minimum} within the cap of {terms.cap}",
            "lower it, or raise the cap",
        )
    total = sum((part.ratio for part in terms.share.values()), Fraction(0))
    if total > _WHOLE:
        yield "share", f"the shares add up to {Percent(total)} of the fee", "let them add up to 100% at most"
    if terms.share and in_days:
        yield "share", "days of service are no part of the fee, so that shares of it say nothing", "take share out"


def _is_below(cap: Cap | None, minimum: Money | None, fee: Money | None) -> bool:
    """Whether a cap leaves less than the minimum."""
    if minimum is None:
        return False
    if isinstance(cap, Money):
        return cap.currency == minimum.currency and cap.amount < minimum.amount
    if not isinstance(cap, Percent) or fee is None or fee.currency != minimum.currency:
        return False
    return Fraction(fee.amount) * cap.ratio < Fraction(minimum.amount)


def _follows(tier: CreditTable, previous: CreditTable, here: Place, findings: Findings) -> None:
    """A tier is for worse availability than the one before it, and gives no less."""
    if tier.below >= previous.below:
        message = f"this tier is for below {tier.below}, and the one before it for below {previous.below} already"
        findings.error(Code.CREDIT_TIERS, here.at("below"), message, "order the tiers from the mildest to the worst")
    elif _size(tier) < _size(previous):
        message = f"worse availability gives back less: {tier.credit} after {previous.credit}"
        findings.error(Code.CREDIT_TIERS, here.at("credit"), message, "let credits grow")


def _size(tier: CreditTable) -> Fraction:
    return Fraction(tier.credit.count) if isinstance(tier.credit, ServiceDays) else tier.credit.ratio


def _share_services(one: CreditTable, other: CreditTable) -> bool:
    return one.services is None or other.services is None or not set(one.services).isdisjoint(other.services)


def _about_credits(checked: Checked) -> Sequence[Agreement]:
    """The agreements that say something of credits themselves, and do not only inherit it."""
    return [agreement for agreement in checked.agreements if any(_is_own(agreement, key) for key in _LEAVES)]


def _where(agreement: Agreement, key: Key) -> Place:
    """Where a term is written; where it is inherited, the agreement's own that does not go with it."""
    return next(agreement.leaves[one].place for one in (key, *_LEAVES) if _is_own(agreement, one))


def _is_own(agreement: Agreement, key: Key) -> bool:
    leaf = agreement.leaves.get(key)
    return leaf is not None and leaf.how != "inherited"


def _named_services(agreement: Agreement, checked: Checked) -> Iterator[tuple[Place, str]]:
    """The services that tiers and shares name, and where."""
    tiers, share = agreement.leaves.get(("credit",)), agreement.leaves.get(("credits", "share"))
    for index, tier in enumerate(agreement.contract.credits):
        if tiers is not None:
            yield from ((tiers.place.at(index, "services"), service) for service in tier.services or ())
    if share is not None:
        names = zip(share.value, agreement.contract.credit_terms.share, strict=True)
        yield from ((share.place.at(name), service) for name, service in names)
