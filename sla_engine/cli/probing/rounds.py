"""Running the checks of a target, once or again and again."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from itertools import count

from attrs import define, field, frozen

from sla_engine.cli.probing.target import Target
from sla_engine.engine.probing import Prober, Tried
from sla_engine.engine.status import Condition
from sla_engine.model.instant import Instant
from sla_engine.model.result import State
from sla_engine.model.service import Check
from sla_engine.plugin.probe import Clock
from sla_engine.registry.guard import Refusal

_LONGEST_LINE = 1000
_MOST_LINES = 5000


@frozen
class Line:
    """A line of the dialogue with a target.

    Attributes:
        after: seconds since the run began.
        text: printable, and cut where it is too long.
    """

    after: float
    text: str


Listener = Callable[[Check, Line], None]


@frozen
class Run:
    """A run of one check: when it began, what it found, and what was said."""

    check: Check
    at: Instant
    tried: Tried
    dialogue: tuple[Line, ...] = ()

    @property
    def state(self) -> State:
        """Of its last try."""
        return self.tried.outcome.state

    @property
    def is_refused(self) -> bool:
        """Whether it failed because the policies do not let it connect, in the words of the guard."""
        reason = self.tried.outcome.reason or ""
        return self.state is State.ERROR and any(rule.value in reason for rule in Refusal)


@frozen
class Round:
    """One run of each check of a target, all at the same time, and what they make of the target."""

    runs: tuple[Run, ...]
    state: Condition


@frozen
class Pace:
    """How often.

    Attributes:
        rounds: None for without end.
        interval: seconds from one start to the next; a round that takes longer delays the next one.
    """

    rounds: int | None = 1
    interval: float = 0.0


@define
class _Dialogue:
    """Takes the lines of one run as they come, from whatever thread; what a server sends is never without end."""

    check: Check
    clock: Clock
    listener: Listener
    began: float
    lines: list[Line] = field(factory=list)

    def __call__(self, text: str) -> None:
        if len(self.lines) > _MOST_LINES:
            return
        if len(self.lines) == _MOST_LINES:
            text = "* the rest of the dialogue is left out"
        line = Line(self.clock.monotonic() - self.began, _printable(text))
        self.lines.append(line)
        self.listener(self.check, line)


async def probe(prober: Prober, target: Target, pace: Pace, listener: Listener | None) -> AsyncGenerator[Round, None]:
    """Run the target's checks, round after round.

    Args:
        listener: is told each line of the dialogues as it comes; without one there are none.
    """
    for number in count(1):
        began = prober.clock.monotonic()
        runs = tuple(await asyncio.gather(*(_run(prober, check, listener) for check in target.checks)))
        yield Round(runs, target.state(run.state for run in runs))
        if number == pace.rounds:
            return
        await prober.clock.sleep(max(0.0, began + pace.interval - prober.clock.monotonic()))


async def _run(prober: Prober, check: Check, listener: Listener | None) -> Run:
    clock = prober.clock
    at = clock.now()
    if listener is None:
        return Run(check, at, await prober.run(check))
    dialogue = _Dialogue(check, clock, listener, clock.monotonic())
    tried = await prober.run(check, dialogue)
    return Run(check, at, tried, tuple(dialogue.lines))


def _printable(text: str) -> str:
    """One line, without what would move the reader's cursor."""
    cut = text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…"
    return "".join(character if character.isprintable() else "\ufffd" for character in cut.expandtabs())
