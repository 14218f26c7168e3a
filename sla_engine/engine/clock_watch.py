"""Notices when time itself goes wrong: the machine slept, the engine stood still, or somebody set the clock.

What a probe found while that happened says nothing of its target, and what was not probed is a gap, never a guess.
"""

from typing import Literal, TypeAlias

from attrs import define, field, frozen

from sla_engine.engine.schedule import Moment
from sla_engine.model.instant import Instant
from sla_engine.registry.clock import Clock

_MICRO = 1_000_000

TimeFault: TypeAlias = Literal["suspended", "stalled", "clock_step"]


@frozen
class Jump:
    """Something that happened to time between two looks at the clocks.

    Attributes:
        fault: ``suspended`` and ``stalled`` are gaps in which nothing was probed; a ``clock_step`` is none.
        start, end: the wall clock before and after.
        length: microseconds slept, stood still, or set forth (negative: set back).
    """

    fault: TimeFault
    start: Instant
    end: Instant
    length: int


@define
class ClockWatch:
    """Compares the clocks each time it is asked, which has to be every ``beat`` seconds at least.

    Attributes:
        beat: the longest time between two looks when all is well.
        patience: seconds beyond the beat that are a stall, or that a suspension lasts at least.
        least_step: seconds by which the wall clock is set for it to be worth telling; a leap second is not.
    """

    clock: Clock
    beat: float = 0.5
    patience: float = 1.0
    least_step: float = 5.0
    _wall: Instant = field(init=False)
    _steady: float = field(init=False)
    _boot: float = field(init=False)
    _unseen: list[Jump] = field(factory=list, init=False)
    _disturbed: float = field(default=float("-inf"), init=False)

    def __attrs_post_init__(self) -> None:
        self._wall, self._steady, self._boot = self._read()

    def look(self) -> list[Jump]:
        """What happened and was not told yet."""
        self._compare()
        jumps, self._unseen = self._unseen, []
        return jumps

    def was_disturbed_since(self, steady: float) -> bool:
        """Whether the machine slept or the engine stood still after that moment of the monotonic clock."""
        self._compare()
        return self._disturbed >= steady

    def moment(self) -> Moment:
        """The present moment."""
        return Moment(self.clock.now(), int(self.clock.monotonic() * _MICRO))

    def _compare(self) -> None:
        wall, steady, boot = self._read()
        passed = steady - self._steady
        slept = boot - self._boot - passed
        stepped = (wall - self._wall) / _MICRO - (boot - self._boot)
        if slept >= self.patience:
            self._tell("suspended", wall, slept)
            self._disturbed = steady
        elif passed >= self.beat + self.patience:
            self._tell("stalled", wall, passed)
            self._disturbed = steady
        if abs(stepped) >= self.least_step:
            self._tell("clock_step", wall, stepped)
        self._wall, self._steady, self._boot = wall, steady, boot

    def _tell(self, fault: TimeFault, wall: Instant, length: float) -> None:
        self._unseen.append(Jump(fault, self._wall, wall, int(length * _MICRO)))

    def _read(self) -> tuple[Instant, float, float]:
        return self.clock.now(), self.clock.monotonic(), self.clock.boot()
