"""A line a run, as they come: what stayed the same is quiet, what changed stands out."""

from collections.abc import Iterator

import click
from attrs import define, field, frozen

from sla_engine.cli.probing.looks import mark, milliseconds, moment, word
from sla_engine.cli.probing.rounds import Round, Run
from sla_engine.cli.probing.target import Target
from sla_engine.engine.status import Condition
from sla_engine.model.duration import Duration
from sla_engine.model.instant import SECOND, Instant
from sla_engine.model.result import State


@frozen
class _Since:
    """A state, and the instant from which it was seen."""

    state: State | Condition
    at: Instant


@define
class Watch:
    """Shows rounds, and remembers what each check and the target were before.

    Attributes:
        target: what is watched.
        before: the last state of each, by its name.
    """

    target: Target
    before: dict[str, _Since] = field(factory=dict)

    def lines(self, seen: Round) -> Iterator[str]:
        """A line for each run, and one for the service where its checks changed its state."""
        names = max(len(check.id) for check in self.target.checks)
        for run in seen.runs:
            change = self._change(run.check.id, run.state, run.at)
            yield _line(run, names, change)
        change = self._change(f"service {self.target.name}", seen.state, seen.runs[0].at)
        if change and len(seen.runs) > 1:
            yield click.style(f"{moment(seen.runs[0].at)}  {self.target.name} is {seen.state}  {change}", bold=True)

    def _change(self, name: str, state: State | Condition, at: Instant) -> str:
        """What it was before and for how long, where it is something else now."""
        before = self.before.setdefault(name, _Since(state, at))
        if before.state == state:
            return ""
        self.before[name] = _Since(state, at)
        lasted = Duration(max(0, at - before.at) // SECOND * SECOND)
        return f"<- {before.state} for {lasted}"


def _line(run: Run, names: int, change: str) -> str:
    took = f"{milliseconds(run.tried.latency)} ms"
    reason = " ".join((run.tried.outcome.reason or "").split())
    told = "  ".join(part for part in (reason, click.style(change, bold=True) if change else "") if part)
    state = word(run.state) + " " * (len(State.DEGRADED) - len(run.state))
    return f"{moment(run.at)}  {mark(run.state)} {run.check.id.ljust(names)}  {state}  {took:>9}  {told}".rstrip()
