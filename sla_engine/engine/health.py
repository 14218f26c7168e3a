"""How the engine itself is: what operators watch, and why it would not be ready."""

from collections import deque
from collections.abc import Sequence

from attrs import define, field, frozen

from sla_engine.model.instant import SECOND
from sla_engine.model.result import Result, State

_REMEMBERED = 1_000
_TOO_LATE = 5 * SECOND
_NOT_LATE_ANY_MORE = 60 * SECOND


@frozen
class Measure:
    """A figure of the engine's own, for operators.

    Attributes:
        name: as Prometheus names it, unit included.
        help: what it counts, in one sentence.
        kind: ``counter`` only ever grows; ``gauge`` goes both ways.
        value: the figure.
    """

    name: str
    help: str
    kind: str
    value: float


@define
class Health:
    """Counts since the start.

    Attributes:
        results: runs that gave a result, by state.
        skipped: runs that were left out because the one before was still going on.
        overloaded: runs that were left out because too many were going on until the next was due.
        running: runs going on now.
        gaps: times that the machine slept or the engine stood still.
        clock_steps: times that the wall clock was set.
    """

    results: dict[State, int] = field(factory=lambda: dict.fromkeys(State, 0))
    skipped: int = 0
    overloaded: int = 0
    running: int = 0
    gaps: int = 0
    clock_steps: int = 0
    _lateness: deque[int] = field(factory=lambda: deque(maxlen=_REMEMBERED))
    _was_late: tuple[int, int] | None = None

    def took(self, result: Result, steady: int) -> None:
        """Count a result that came at a moment of the monotonic clock."""
        self.results[result.state] += 1
        self._lateness.append(result.lateness)
        if result.lateness > _TOO_LATE:
            self._was_late = (steady, result.lateness)

    def left_out(self) -> None:
        """Count a run that never began, so that its result is an error."""
        self.results[State.ERROR] += 1
        self.overloaded += 1

    def lateness(self, share: float) -> int:
        """The lateness in microseconds within which that share of the newest runs started; 0 before the first."""
        ordered = sorted(self._lateness)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0

    def scheduler_troubles(self, steady: int, next_due: int | None) -> list[str]:
        """Why runs do not start in time, as of a moment of the monotonic clock."""
        if next_due is not None and steady - next_due > _TOO_LATE:
            return [f"the scheduler is {(steady - next_due) / SECOND:.0f} s late"]
        if self._was_late is not None and steady - self._was_late[0] < _NOT_LATE_ANY_MORE:
            return [f"a run started {self._was_late[1] / SECOND:.0f} s late"]
        return []

    def measures(self) -> Sequence[Measure]:
        """The figures by name."""
        counters = [
            Measure(f"sla_results_{state}", f"Results that said {state}.", "counter", count)
            for state, count in self.results.items()
        ]
        return [
            *counters,
            Measure("sla_runs_skipped", "Runs left out because the one before still ran.", "counter", self.skipped),
            Measure("sla_runs_overloaded", "Runs left out because too many ran.", "counter", self.overloaded),
            Measure("sla_runs_in_flight", "Runs going on now.", "gauge", self.running),
            Measure("sla_gaps", "Times that the machine slept or the engine stood still.", "counter", self.gaps),
            Measure("sla_clock_steps", "Times that the wall clock was set.", "counter", self.clock_steps),
            *(
                Measure(
                    f"sla_lateness_p{percent}_seconds",
                    f"Lateness within which {percent} % of the last {_REMEMBERED} runs started.",
                    "gauge",
                    self.lateness(percent / 100) / SECOND,
                )
                for percent in (50, 99)
            ),
        ]
