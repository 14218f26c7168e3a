"""Several steps, one after the other: the first that fails decides, and those that clean up are done nevertheless."""

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from sla_api.asking import Session
from sla_api.exchanging import exchange, filled
from sla_api.steps import ApiStep, names_used
from sla_api.taking import as_take, take_values
from sla_engine.plugin import Finding, HttpError, HttpResponse, Outcome, State
from sla_http.expectations import Expect, findings
from sla_http.probe import from_error, outcome_of

if TYPE_CHECKING:
    from sla_api.probe import ApiProbe

_KEPT_FOR_CLEANING_UP = 0.2
_FAILED = (State.DOWN, State.ERROR)
_MOST_FINDINGS = 250


@define
class Progress:
    """What the steps have come to so far.

    Attributes:
        values: what may be put into the texts of the next step.
        outcomes: of the steps that were done, by name, in order; each phase is the seconds of a whole step.
        left_out: why steps were not done.
        last: the last answer.
    """

    values: dict[str, str]
    outcomes: dict[str, Outcome] = field(factory=dict)
    left_out: list[str] = field(factory=list)
    last: HttpResponse | None = None

    @property
    def has_failed(self) -> bool:
        """Whether a step did."""
        return any(outcome.state in _FAILED for outcome in self.outcomes.values())


async def run_steps(check: "ApiProbe", session: Session, values: dict[str, str]) -> Outcome:
    """Do the steps. Those that clean up have a fifth of the time to the deadline for themselves."""
    progress = Progress(values)
    cleaning = [step for step in check.step if step.always]
    if cleaning:
        session.until = session.run.deadline - session.run.remaining() * _KEPT_FOR_CLEANING_UP
    for step in check.step:
        if not step.always and not progress.has_failed:
            await _do(check, step, session, progress)
    session.until = session.run.deadline
    for step in cleaning:
        await _do(check, step, session, progress)
    return _together(check, session, progress)


async def _do(check: "ApiProbe", step: ApiStep, session: Session, progress: Progress) -> None:
    session.note(f"step {step.name}")
    if missing := _missing(check, step, progress):
        progress.left_out.append(f"{step.name}: left out, as nothing was taken for {missing}")
        return
    progress.outcomes[step.name] = await _try(check, step, session, progress)


async def _try(check: "ApiProbe", step: ApiStep, session: Session, progress: Progress) -> Outcome:
    try:
        single = filled(check, step, progress.values)
    except ValueError as error:
        return Outcome.down(f"request: {error}")
    wants_json = any(as_take(one).json is not None for one in step.take.values())
    try:
        found = await exchange(single, session, check.url, wants_json=wants_json)
    except LookupError as error:
        return Outcome.error(f"secret: {error.args[0]}")
    except HttpError as error:
        return from_error(error)
    taken = list(take_values(step.take, found.answer, found.document, progress.values))
    for name, written in step.take.items():
        if as_take(written).secret and name in progress.values:
            session.hidden.add(progress.values[name])
    progress.last = found.answer
    return outcome_of(chain(found.findings, taken), found.answer, session.run.clock.now())


def _missing(check: "ApiProbe", step: ApiStep, progress: Progress) -> str | None:
    taken = {name for one in check.step for name in one.take}
    return next((name for name in sorted(names_used(step) & taken) if name not in progress.values), None)


def _together(check: "ApiProbe", session: Session, progress: Progress) -> Outcome:
    steps = progress.outcomes
    phases = {name: sum(outcome.phases.values()) for name, outcome in steps.items()}
    whole = _whole(check, phases, session, progress)
    outcomes = [*steps.values(), whole]
    degraded = next((one for one in outcomes if one.state is State.DEGRADED), whole)
    decisive = next((one for one in outcomes if one.state in _FAILED), degraded)
    reasons = [f"{name}: {outcome.reason}" for name, outcome in steps.items() if outcome.state is decisive.state]
    reasons += [str(whole.reason)] if whole.state is decisive.state else []
    told = chain.from_iterable(_named(name, outcome.findings) for name, outcome in steps.items())
    return Outcome(
        decisive.state,
        "; ".join(reasons) if decisive.state is not State.UP else None,
        phases,
        {f"{name}.status": outcome.values["status"] for name, outcome in steps.items() if "status" in outcome.values},
        "\n".join(chain(_evidence(steps), progress.left_out)),
        (*told, *whole.findings)[:_MOST_FINDINGS],
        decisive.doubt,
    )


def _whole(check: "ApiProbe", phases: dict[str, float], session: Session, progress: Progress) -> Outcome:
    """What is expected of all steps together: the time that they take."""
    if progress.last is None or progress.has_failed:
        return Outcome.up()
    together = evolve(progress.last, phases=phases)
    now = session.run.clock.now()
    down = findings(Expect(status=None, latency=check.expect.latency), together, now)
    degraded = findings(Expect(status=None, latency=check.degraded.latency), together, now, State.DEGRADED)
    return Outcome.judged(chain(down, degraded))


def _named(name: str, found: Sequence[Finding]) -> Sequence[Finding]:
    return [evolve(one, what=f"{name}: {one.what}") for one in found]


def _evidence(steps: dict[str, Outcome]) -> Sequence[str]:
    lines = []
    for name, outcome in steps.items():
        times = ", ".join(f"{phase} {seconds * 1000:.0f} ms" for phase, seconds in outcome.phases.items())
        lines += [f"{name}: {line}" for line in (*outcome.evidence.splitlines(), times) if line]
    return lines
