"""Which policies judge a period: of one that has ended those that were in force then, whatever they say today."""

from attrs import frozen

from sla_engine.calendars.periods import Period, period_named
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.policy import PolicySet, UnknownAgreementError, compile_snapshot
from sla_engine.store import Store, StoreError


@frozen
class Judged:
    """A contract, a period, and the policies that they are of.

    Attributes:
        since: from when on these policies were in force, or None where the store does not know.
    """

    policies: PolicySet
    contract: Contract
    period: Period
    since: Instant | None


def to_judge(
    present: PolicySet, store: Store, period: str, now: Instant, *, sla: str | None, customer: str | None
) -> Judged:
    """What a period is judged by.

    Args:
        present: the policies as they stand in the files; they judge what has not ended, and everything where no engine
            ever kept what was in force.
        period: its name, as in ``2026-10``.

    Raises:
        CalendarError: the name names no period.
        StoreError: what the store kept cannot be read.
        UnknownAgreementError: no such agreement was in force.
    """
    if _knows(present, sla, customer):
        judged = _judged(present, period, None, sla, customer)
        if judged.period.end > now:
            return judged
        end = judged.period.end
    else:  # a contract that was taken out of the files is still asked about
        end = now
    loaded = store.policies_in_force(end)
    if loaded is None:
        return _judged(present, period, None, sla, customer)
    if loaded.hash == present.hash:
        return _judged(present, period, loaded.at, sla, customer)
    compilation = compile_snapshot(loaded.content)
    if compilation.policies is None:
        raise StoreError(f"the policies {loaded.hash[:12]} that the store kept cannot be read:\n{compilation.text}")
    return _judged(compilation.policies, period, loaded.at, sla, customer)


def _knows(policies: PolicySet, sla: str | None, customer: str | None) -> bool:
    return sla in policies.slas if customer is None else customer in policies.customers


def _judged(policies: PolicySet, name: str, since: Instant | None, sla: str | None, customer: str | None) -> Judged:
    if not _knows(policies, sla, customer):
        wanted = f"sla {sla!r}" if customer is None else f"customer {customer!r}"
        raise UnknownAgreementError(f"there was no {wanted} in the policies that were in force when {name} ended")
    latest = policies.contract(sla=sla, customer=customer)
    period = period_named(name, latest.period, latest.timezone)
    return Judged(policies, policies.contract(sla=sla, customer=customer, at=period.start), period, since)
