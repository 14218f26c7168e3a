"""What all rounds came to, and the exit status that this makes."""

from collections import Counter

from attrs import define, field

from sla_engine.cli.common import FINE, THE_ANSWER_IS_NO
from sla_engine.cli.probing.rounds import Round
from sla_engine.cli.probing.tally import Tally
from sla_engine.cli.probing.target import Target
from sla_engine.engine.status import Condition

_POLICIES_REFUSE = 2
_NOTHING_IS_KNOWN = 3


@define
class Summary:
    """Counts rounds.

    Attributes:
        tallies: of each check, in the target's order.
        states: how many rounds left the target in each state.
        last: the newest round.
    """

    target: Target
    tallies: dict[str, Tally] = field(init=False)
    states: Counter[Condition] = field(factory=Counter, init=False)
    last: Round | None = field(default=None, init=False)
    _was_refused: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.tallies = {check.id: Tally(check.id) for check in self.target.checks}

    def add(self, seen: Round) -> None:
        """Count one more round."""
        self.last = seen
        self.states[seen.state] += 1
        self._was_refused |= any(run.is_refused for run in seen.runs)
        for run in seen.runs:
            self.tallies[run.check.id].add(run)

    @property
    def exit_status(self) -> int:
        """By the worst round; a known fault is worse than not knowing."""
        if self.states["down"]:
            return THE_ANSWER_IS_NO
        if self.states["unknown"]:
            return _POLICIES_REFUSE if self._was_refused else _NOTHING_IS_KNOWN
        return FINE
