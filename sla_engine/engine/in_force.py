"""Which policies judge a period: of one that has ended those that were in force then, whatever they say today."""

from bisect import bisect_right
from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from operator import itemgetter

from attrs import evolve, frozen

from sla_engine.calendars.periods import Period, period_named
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.policy import Compilation, PolicySet, UnknownAgreementError, compile_snapshot
from sla_engine.store import Store, StoreError

_AT_HAND = 64
"""How many sets of the past a process keeps: all that a month's clocks started under are asked for again and again."""


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

    @property
    def holder(self) -> str:
        """Whose agreement it is, ``sla/standard`` or ``customer/acme``."""
        contract = self.contract
        return f"sla/{contract.agreement}" if contract.customer is None else f"customer/{contract.customer.id}"

    @property
    def freezes_at(self) -> Instant:
        """From when on its report may be frozen without anybody's asking: late results have been waited for."""
        return self.period.end + self.policies.engine.freeze_after.microseconds

    def known_until(self, now: Instant) -> Instant:
        """Up to when results take part: an outage that goes on beyond the end is followed for half of the wait.

        The other half is there for results that come late. It is the same whenever an ended period is judged.
        """
        return min(now, self.period.end + self.policies.engine.freeze_after.microseconds // 2)

    def terms_at(self, at: Instant) -> Contract:
        """The contract as it stood at an instant."""
        return self._over_time(at)

    @cached_property
    def _over_time(self) -> Callable[[Instant], Contract]:
        customer = self.contract.customer
        if customer is None:
            return self.policies.contract_over_time(sla=self.contract.agreement)
        return self.policies.contract_over_time(customer=customer.id)


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
    known = policies_that_know(present, store, sla=sla, customer=customer)
    judged = _judged(known, period, None, sla, customer)
    runs_on = known is present and judged.period.end > now
    loaded = None if runs_on else store.policies_in_force(judged.period.end)
    if loaded is not None:
        policies = present if loaded.hash == present.hash else read_policies(loaded.hash, loaded.content)
        judged = _judged(policies, period, loaded.at, sla, customer)
    return evolve(judged, policies=with_past(judged.policies, store))


def with_past(policies: PolicySet, store: Store, since: Instant | None = None) -> PolicySet:
    """The policies, knowing what was in force before them: a response clock keeps the terms under which it started.

    What was in force at an instant is what an engine had taken up by then, or first took up after it. What this version
    of the program can no longer read is not known.

    Args:
        since: when an engine takes them up just now.
    """

    @cache
    def loads() -> list[tuple[Instant, str]]:
        known = store.policy_loads()
        if since is not None and (not known or known[-1][1] != policies.hash):
            known.append((since, policies.hash))
        return known

    @lru_cache(maxsize=_AT_HAND)
    def read(policy_hash: str) -> PolicySet | None:
        content = None if policy_hash == policies.hash else store.policy_text(policy_hash)
        return None if content is None else _compiled(policy_hash, content).policies

    def in_force_at(at: Instant) -> PolicySet | None:
        place = bisect_right(loads(), at, key=itemgetter(0))
        return read(loads()[max(0, place - 1)][1]) if loads() else None

    return evolve(policies, in_force_at=in_force_at)


def policies_that_know(present: PolicySet, store: Store, *, sla: str | None, customer: str | None) -> PolicySet:
    """The policies as they stand, or the newest that the store kept in which there still was an agreement.

    Raises:
        UnknownAgreementError: there never was.
    """
    known = present if _knows(present, sla, customer) else _last_that_knew(store, sla, customer)
    if known is None:
        raise UnknownAgreementError(f"there is and was no {_name(sla, customer)}")
    return known


def _last_that_knew(store: Store, sla: str | None, customer: str | None) -> PolicySet | None:
    """The newest policies that had an agreement which is no longer in the files."""
    for _, policy_hash in reversed(store.policy_loads()):
        content = store.policy_text(policy_hash)
        if content is not None and _knows(policies := read_policies(policy_hash, content), sla, customer):
            return policies
    return None


def read_policies(policy_hash: str, content: bytes) -> PolicySet:
    """The policies of a text that the store kept, for judging.

    Raises:
        StoreError: they cannot be read.
    """
    compilation = _compiled(policy_hash, content)
    if compilation.policies is None:
        raise StoreError(f"the policies {policy_hash[:12]} that the store kept cannot be read:\n{compilation.text}")
    return compilation.policies


@lru_cache(maxsize=_AT_HAND)
def _compiled(_hash: str, content: bytes) -> Compilation:
    return compile_snapshot(content)


def _knows(policies: PolicySet, sla: str | None, customer: str | None) -> bool:
    return sla in policies.slas if customer is None else customer in policies.customers


def _judged(policies: PolicySet, name: str, since: Instant | None, sla: str | None, customer: str | None) -> Judged:
    if not _knows(policies, sla, customer):
        holder = _name(sla, customer)
        raise UnknownAgreementError(f"there was no {holder} in the policies that were in force when {name} ended")
    latest = policies.contract(sla=sla, customer=customer)
    period = period_named(name, latest.period, latest.timezone)
    return Judged(policies, policies.contract(sla=sla, customer=customer, at=period.start), period, since)


def _name(sla: str | None, customer: str | None) -> str:
    return f"sla {sla!r}" if customer is None else f"customer {customer!r}"
