"""Counting over many runs of one check."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import define, field

from sla_engine.cli.probing.rounds import Run
from sla_engine.model.instant import SECOND
from sla_engine.model.result import State

_MOST_REASONS = 1000
_QUANTITY = re.compile(r"\b\d+(\.\d+)?(?= (ms|s|days|bytes)\b)")
_QUANTILES = {"median": 50, "p90": 90, "p95": 95, "p99": 99}


@define
class Tally:
    """What the runs of one check came to.

    Times are of the runs that were up or degraded: how long a failure took says nothing of how fast the target is.

    Attributes:
        check: its id.
        states: how many runs ended in each state.
        reasons: how many gave each reason, by state and reason.
        retried: how many needed more than one try.
        latencies: microseconds of each good run, in order.
        phases: the same for each phase.
    """

    check: str
    states: Counter[State] = field(factory=Counter)
    reasons: Counter[tuple[State, str]] = field(factory=Counter)
    retried: int = 0
    latencies: list[float] = field(factory=list)
    phases: dict[str, list[float]] = field(factory=dict)

    def add(self, run: Run) -> None:
        """Count one more run."""
        outcome = run.tried.outcome
        self.states[run.state] += 1
        self.retried += run.tried.tries > 1
        if outcome.reason is not None:
            is_room = len(self.reasons) < _MOST_REASONS
            self.reasons[run.state, outcome.reason if is_room else _without_quantities(outcome.reason)] += 1
        if run.state in {State.UP, State.DEGRADED}:
            self.latencies.append(run.tried.latency)
            for name, length in outcome.phases.items():
                self.phases.setdefault(name, []).append(length * SECOND)

    @property
    def runs(self) -> int:
        """How many there were."""
        return self.states.total()


def grouped(reasons: Mapping[tuple[State, str], int]) -> list[tuple[State, str, int]]:
    """Reasons with how often each was given, the most frequent first.

    Those that differ only in measured quantities (``latency 98 ms``, ``latency 107 ms``) are one, with an ellipsis for
    the quantity.
    """
    alike: dict[tuple[State, str], Counter[str]] = {}
    for (state, reason), count in reasons.items():
        alike.setdefault((state, _without_quantities(reason)), Counter())[reason] += count
    groups = [
        (state, common if len(exact) > 1 else next(iter(exact)), exact.total())
        for (state, common), exact in alike.items()
    ]
    return sorted(groups, key=lambda group: -group[2])


def _without_quantities(reason: str) -> str:
    return _QUANTITY.sub("…", reason)


def distribution(lengths: Sequence[float]) -> Mapping[str, float]:
    """Least, greatest, and between them exact percentiles by nearest rank: the least value that p % do not exceed.

    So each of them is a length that was really measured. Needs at least one.
    """
    ordered = sorted(lengths)
    between = {name: ordered[-(-percent * len(ordered) // 100) - 1] for name, percent in _QUANTILES.items()}
    return {"min": ordered[0], **between, "max": ordered[-1]}
