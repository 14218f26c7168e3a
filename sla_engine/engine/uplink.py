"""Our own way to the world: whether a target that was not heard of is down, or the monitor is cut off.

The rule is one of evidence. A target is down where a control answered during or after its try; where at some time since
the try began none did, nothing is known of the target.
"""

import asyncio
from collections.abc import Mapping

from attrs import define, evolve, field

from sla_engine.engine.alerts import Alert
from sla_engine.engine.controls import KEPT, Answer, Panel, connects, resolves
from sla_engine.model.controls import Controls
from sla_engine.model.instant import SECOND
from sla_engine.model.result import State
from sla_engine.plugin import Doubt, Outcome
from sla_engine.registry.clock import Clock
from sla_engine.registry.guard import NetworkGuard

_BAD = {State.DOWN, State.ERROR}


@define(eq=False)
class Uplink:
    """The controls by what they tell of, the resolver or the network, and whether they say that the monitor is cut off.

    Attributes:
        alert: cut off, or not.
    """

    panels: Mapping[Doubt, Panel]
    clock: Clock
    alert: Alert = field(init=False)
    _waiting: asyncio.Task[None] | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.alert = Alert("cut-off", "back", self.clock)
        for panel in self.panels.values():
            panel.heard = self._update

    async def judge(self, outcome: Outcome, began: float) -> Outcome:
        """The outcome of a try, once it is settled whether the doubt that it names is ours.

        Args:
            began: the moment of the monotonic clock at which the try began.
        """
        if outcome.doubt is None or outcome.state not in _BAD or not self.panels:
            return outcome
        # Names and endpoints both, whatever the doubt: a resolver may answer from its memory while the network is away,
        # and one that hangs uses up a try as a target that hangs does.
        answers = await asyncio.gather(*(panel.answer(began) for panel in self.panels.values()))
        for answer in answers:
            if answer.by is None:
                return evolve(
                    outcome, state=State.ERROR, reason=f"our own network: {_silence(answer)}; {outcome.reason}"
                )
        return _confirmed(outcome, dict(zip(self.panels, answers, strict=True)))

    async def aclose(self) -> None:
        """Ask no more."""
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.wait([self._waiting])
        for panel in self.panels.values():
            await panel.aclose()

    def _update(self) -> None:
        silent = [panel.newest for panel in self.panels.values() if panel.newest is not None and panel.is_silent]
        if silent:
            said = "; ".join(f"{_silence(answer)} ({'; '.join(answer.seen)})" for answer in silent)
            self.alert.wrong(f"our own network: {said}")
            if self._waiting is None or self._waiting.done():
                self._waiting = asyncio.create_task(self._wait_for_return(), name="cut off")
        elif self.alert.since is not None:
            length = (self.clock.now() - self.alert.since) / SECOND
            self.alert.well(f"the controls answer again, after {length:.0f} s")

    async def _wait_for_return(self) -> None:
        """Ask again and again: once the targets answer, nobody else would."""
        while silent := [panel for panel in self.panels.values() if panel.is_silent]:
            await self.clock.sleep(KEPT)
            await asyncio.gather(*(panel.ask() for panel in silent))


def make_uplink(controls: Controls, guard: NetworkGuard, clock: Clock) -> Uplink:
    """The uplink that these controls tell of; it must be closed."""
    asks = {
        Doubt.RESOLVER: {name: resolves(name) for name in controls.resolve},
        Doubt.NETWORK: {str(endpoint): connects(endpoint, guard) for endpoint in controls.connect},
    }
    return Uplink({kind: Panel(named, clock) for kind, named in asks.items() if named}, clock)


def _silence(answer: Answer) -> str:
    count = len(answer.seen)
    return f"none of {count} controls answers" if count > 1 else "the one control does not answer"


def _confirmed(outcome: Outcome, answers: Mapping[Doubt, Answer]) -> Outcome:
    """The outcome where controls answered; a resolver that works for them is not to blame."""
    lines = [outcome.evidence] if outcome.evidence else []
    told = evolve(
        outcome, evidence="\n".join([*lines, *(f"control: {answer.by} answers" for answer in answers.values())])
    )
    if outcome.state is State.ERROR and outcome.doubt is Doubt.RESOLVER and Doubt.RESOLVER in answers:
        reason = f"{outcome.reason}, while {answers[Doubt.RESOLVER].by} does resolve"
        return evolve(told, state=State.DOWN, reason=reason)
    return told
