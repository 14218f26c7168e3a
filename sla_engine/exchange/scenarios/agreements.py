"""Which agreements judge a scenario, over which period, and from when to when its virtual clock runs."""

from collections.abc import Sequence

from attrs import frozen

from sla_engine.calendars.periods import Period, period_named
from sla_engine.evaluation.response import TermsAt
from sla_engine.exchange.scenarios.moments import LONGEST, check_instant, read_moment, write_length
from sla_engine.exchange.scenarios.tables import ExpectTable, ScenarioTable
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant, to_instant
from sla_engine.policy import PolicySet


@frozen
class Agreement:
    """An agreement that judges.

    Attributes:
        contract: as it stood when the period began.
        terms_at: as it stood at any instant.
    """

    sla: str | None
    customer: str | None
    contract: Contract
    terms_at: TermsAt
    period: Period


@frozen
class Span:
    """The time of a scenario."""

    start: Instant
    now: Instant


def agreement(policies: PolicySet, period: str, *, sla: str | None, customer: str | None) -> Agreement:
    """An agreement and its period of that name.

    Raises:
        CalendarError: the text names no period.
    """
    terms_at = policies.contract_over_time(sla=sla, customer=customer)
    latest = policies.contract(sla=sla, customer=customer)
    judged = period_named(period, latest.period, latest.timezone)
    return Agreement(sla, customer, terms_at(judged.start), terms_at, judged)


def agreements_of(table: ScenarioTable, policies: PolicySet) -> Sequence[Agreement]:
    """Those that a scenario expects something of, in its order; where there are none, every SLA, as it has a period.

    Raises:
        ValueError: its period is none, or nobody's.
    """
    named = table.expect or [ExpectTable(sla=name) for name in policies.slas]
    if not named:
        raise ValueError("this is nobody's period, as there is no SLA: write an expectation of a customer")
    return [agreement(policies, table.period, sla=one.sla, customer=one.customer) for one in named]


def span_of(table: ScenarioTable, agreements: Sequence[Agreement]) -> Span:
    """From when to when its virtual clock runs: the periods, unless it says otherwise.

    Raises:
        ValueError: the clock would not run, or for more than five years, or in times without calendars.
    """
    start = min(one.period.start for one in agreements) if table.starts is None else to_instant(table.starts)
    end = max(one.period.end for one in agreements)
    now = end if table.now is None else read_moment(table.now, start)
    for at in (*(one.period.start for one in agreements), end, start, now):
        check_instant(at)
    if not 0 < now - start <= LONGEST:
        length = write_length(now - start)
        raise ValueError(f"the clock would run for {length}: write starts and now so that it runs for up to five years")
    return Span(start, now)
