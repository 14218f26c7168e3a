"""One run of a check: its tries, and the one result that comes of them."""

from attrs import field, frozen

from sla_engine.engine.certificates import Certificates
from sla_engine.engine.clock_watch import ClockWatch
from sla_engine.engine.heartbeat import Heartbeat
from sla_engine.engine.schedule import Slot
from sla_engine.engine.uplink import Uplink
from sla_engine.model.instant import SECOND
from sla_engine.model.result import Result, State
from sla_engine.model.service import Check
from sla_engine.plugin import Outcome, Trace
from sla_engine.registry.clock import Clock
from sla_engine.registry.runs import Equipment, run_try

_GOOD = {State.UP, State.DEGRADED}


@frozen
class Tried:
    """What a run found.

    Attributes:
        outcome: of the last try.
        latency: microseconds of the last try, by its phases where it gives them.
        tries: how many there were.
    """

    outcome: Outcome
    latency: int
    tries: int


@frozen
class Prober:
    """Runs checks, and makes one result of each run.

    Attributes:
        uplink: tells a target that is down from a monitor that is cut off.
        heartbeat: tells a target that is late from an engine that stood still.
        certificates: keeps when those end that runs see.
    """

    equipment: Equipment
    uplink: Uplink
    heartbeat: Heartbeat
    clock: Clock
    certificates: Certificates = field(factory=Certificates)

    async def run(self, check: Check, trace: Trace | None = None) -> Tried:
        """Try a check until it is good or its tries are used up.

        Args:
            trace: takes the lines of the dialogue.
        """
        tries = 0
        while True:
            tries += 1
            began, stood_still = self.clock.monotonic(), self.heartbeat.stood_still()
            outcome = await run_try(check, self.equipment, trace)
            took = self.clock.monotonic() - began
            if outcome.state in _GOOD or tries > check.retries:
                latency = sum(outcome.phases.values()) if outcome.phases else took
                outcome = _unless_we_stood_still(outcome, self.heartbeat.stood_still() - stood_still, check)
                return Tried(await self.uplink.judge(outcome, began), round(latency * SECOND), tries)

    async def result(self, slot: Slot, watch: ClockWatch) -> Result:
        """The result of a run that is due."""
        began = self.clock.monotonic()
        tried = await self.run(slot.check)
        outcome = tried.outcome
        self.certificates.note(slot.check.id, outcome.values, self.clock.now())
        if outcome.state not in _GOOD and watch.was_disturbed_since(began):
            outcome = Outcome.error("the machine slept or stood still during the run, so that it says nothing")
        return Result(
            check=slot.check.id,
            at=slot.at,
            state=outcome.state,
            interval=slot.interval,
            latency=None if outcome.state is State.ERROR else tried.latency,
            reason=outcome.reason,
            phases={name: round(length * SECOND) for name, length in outcome.phases.items()},
            lateness=max(0, int(began * SECOND) - slot.due),
        )

    async def aclose(self) -> None:
        """End what runs are made with."""
        await self.heartbeat.aclose()
        await self.uplink.aclose()
        await self.equipment.aclose()


def _unless_we_stood_still(outcome: Outcome, length: float, check: Check) -> Outcome:
    """The outcome of a try during which the event loop stood still for so many seconds."""
    if outcome.state is not State.DOWN or 2 * length * SECOND <= check.timeout.microseconds:
        return outcome
    reason = f"overload: the engine stood still for {length:.1f} s of a try of {check.timeout}; {outcome.reason}"
    return Outcome.error(reason, phases=outcome.phases, evidence=outcome.evidence)
