"""Frozen reports: once a period has ended, what is said of it is kept with all that it was said by, and never changes.

A report that turns out wrong is not mended but followed by a further revision, by somebody who says why.
"""

from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen

from sla_engine.calendars.periods import Period
from sla_engine.engine.in_force import Judged, read_policies, with_past
from sla_engine.engine.inputs import Inputs, digest, inputs_of, packed
from sla_engine.engine.standing import known_from, known_history
from sla_engine.evaluation import History, evaluate, with_evidence
from sla_engine.model.instant import Instant, format_instant
from sla_engine.model.service import all_checks
from sla_engine.model.verdict import Verdict
from sla_engine.policy import take_snapshot
from sla_engine.store import FrozenReport, Store, StoreError


class FreezingError(ValueError):
    """A report cannot be frozen or corrected; the message says why."""


@frozen
class Document:
    """A verdict as it is given out.

    Attributes:
        json: canonical, so that equal verdicts give equal bytes.
        text: for people.
    """

    json: bytes
    text: str


Render: TypeAlias = Callable[[Verdict], Document]
Tell: TypeAlias = Callable[[Verdict], None]


def _tell_nobody(_: Verdict) -> None:
    """Where no plugin wants to know."""


@frozen
class Judgement:
    """A period judged, and what by.

    Attributes:
        known_until: up to which scheduled instant results took part.
    """

    judged: Judged
    inputs: Inputs
    verdict: Verdict
    known_until: Instant


def judge(judged: Judged, history: History, known_until: Instant) -> Judgement:
    """Judge by what is known up to an instant."""
    contract, period = judged.contract, judged.period
    verdict = evaluate(contract, history, period, known_until, terms_at=judged.terms_at)
    verdict = with_evidence(verdict, contract, history, period, known_until, terms_at=judged.terms_at)
    return Judgement(judged, inputs_of(history, contract, period), verdict, known_until)


def judge_from(judged: Judged, store: Store, now: Instant) -> Judgement:
    """Judge by what the store knows."""
    until = judged.known_until(now)
    history = known_history(judged.policies, store, judged.contract, judged.period, until=until)
    return judge(judged, history, until)


def freeze(
    judged: Judged, store: Store, render: Render, *, who: str, now: Instant, tell: Tell = _tell_nobody
) -> FrozenReport:
    """Keep the report of a period that has ended; one that is frozen already stays as it is, and is given.

    Args:
        tell: told of the verdict once it is kept.

    Raises:
        FreezingError: the period runs on.
    """
    period = judged.period
    if now < period.end:
        raise FreezingError(f"{period.label} runs until {format_instant(period.end)}, and is frozen when it has ended")
    if not store.frozen(judged.holder, period.label):
        judgement = _settled(judged, store, now)
        if _keep(judgement, store, render, revision=1, who=who, reason=None, now=now):
            tell(judgement.verdict)
    return store.frozen(judged.holder, period.label)[0]


def correct(
    newest: FrozenReport,
    store: Store,
    render: Render,
    *,
    who: str,
    reason: str,
    now: Instant,
    tell: Tell = _tell_nobody,
) -> FrozenReport:
    """Keep a further revision of a report beside it, by the same policies and what is known by now.

    Args:
        tell: told of the verdict once it is kept.

    Raises:
        FreezingError: nothing has changed that the report was made of, a reason or a name is missing, or somebody else
            was quicker.
    """
    if not reason.strip() or not who.strip():
        raise FreezingError("say who corrects the report, and why: both are kept with it")
    judgement = _settled(judged_again(newest, store), store, now)
    if digest(judgement.inputs) == newest.digest:
        raise FreezingError(
            f"nothing has changed that revision {newest.revision} was made of, neither results nor exclusions: "
            "there is nothing to correct"
        )
    revision = newest.revision + 1
    if not _keep(judgement, store, render, revision=revision, who=who, reason=reason.strip(), now=now):
        raise FreezingError(f"somebody else made revision {revision} just now: look at it first")
    tell(judgement.verdict)
    return store.frozen(newest.holder, newest.label)[revision - 1]


def judged_again(report: FrozenReport, store: Store) -> Judged:
    """What a report was judged by, from the policies that are kept with it.

    Raises:
        StoreError: they cannot be read.
    """
    content = store.policy_text(report.policy_hash)
    if content is None:
        raise StoreError(f"the policies {report.policy_hash[:12]} of a frozen report are not in the store")
    policies = read_policies(report.policy_hash, content)
    kind, _, name = report.holder.partition("/")
    sla, customer = (name, None) if kind == "sla" else (None, name)
    zone = policies.contract(sla=sla, customer=customer).timezone
    contract = policies.contract(sla=sla, customer=customer, at=report.start)
    return Judged(with_past(policies, store), contract, Period(report.start, report.end, zone, report.label), None)


def _settled(judged: Judged, store: Store, now: Instant) -> Judgement:
    """Judge by facts of one moment: where a late result or an act came in between the reads, read again."""
    while True:
        before = _moment(judged, store, now)
        judgement = judge_from(judged, store, now)
        if _moment(judged, store, now) == before:
            return judgement


def _moment(judged: Judged, store: Store, now: Instant) -> tuple[object, ...]:
    """What every act changes, and every late result that the runs and what is counted singly could tell otherwise."""
    checks = [check.id for check in all_checks(judged.contract.services.values())]
    return store.runs_before(known_from(judged.contract, judged.period), judged.known_until(now), checks), store.acts()


def _keep(
    judgement: Judgement, store: Store, render: Render, *, revision: int, who: str, reason: str | None, now: Instant
) -> bool:
    judged, document = judgement.judged, render(judgement.verdict)
    report = FrozenReport(
        holder=judged.holder,
        label=judged.period.label,
        revision=revision,
        start=judged.period.start,
        end=judged.period.end,
        known_until=judgement.known_until,
        policy_hash=judged.policies.hash,
        digest=digest(judgement.inputs),
        inputs=packed(judgement.inputs),
        verdict=document.json,
        text=document.text,
        frozen_at=now,
        who=who.strip(),
        reason=reason,
    )
    return store.freeze(report, take_snapshot(judged.policies))
