"""The engine: takes what is due, probes it, and hands the results to the store, until it is told to stop."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog
from attrs import define, evolve, field

from sla_engine.engine.alerts import Alert
from sla_engine.engine.certificates import Certificates
from sla_engine.engine.clock_watch import ClockWatch, Jump
from sla_engine.engine.equipment import make_prober
from sla_engine.engine.health import Health, Measure
from sla_engine.engine.in_force import with_past
from sla_engine.engine.limits import most_at_once, want_of_descriptors
from sla_engine.engine.observing import Observing
from sla_engine.engine.probing import Prober
from sla_engine.engine.schedule import Moment, Schedule, Slot, make_schedule
from sla_engine.model.instant import SECOND, format_instant, seconds
from sla_engine.model.result import Result, State
from sla_engine.model.service import Check
from sla_engine.plugin import Outcome
from sla_engine.policy import PolicySet, take_snapshot
from sla_engine.registry.clock import Clock, SystemClock
from sla_engine.registry.host import PluginHost
from sla_engine.store import LoadedPolicies, Store

STOP_WITHIN = 8.0
"""Seconds in which runs under way may end and results be written; systemd and people wait for ten."""
_BREAK_OFF_AFTER = 4.0
_LINGERS = 60.0

_log = structlog.get_logger("sla_engine.engine")


@define(eq=False)
class Engine:
    """One engine upon one store, whose writer must have been started, and one policy set, which may be changed.

    Attributes:
        policies: those in force.
        environ: what secrets are read from.
        health: what operators watch.
    """

    policies: PolicySet
    host: PluginHost
    store: Store
    environ: Mapping[str, str]
    clock: Clock = field(factory=SystemClock)
    health: Health = field(factory=Health, init=False)
    _stop: asyncio.Event = field(factory=asyncio.Event, init=False)
    _running: dict[str, asyncio.Task[None]] = field(factory=dict, init=False)
    _waiting: dict[str, Slot] = field(factory=dict, init=False)
    _room: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(most_at_once()), init=False)
    _watch: ClockWatch = field(init=False)
    _schedule: Schedule = field(init=False)
    _prober: Prober = field(init=False)
    _overload: Alert = field(init=False)
    _descriptors: Alert = field(init=False)
    _refused: Alert = field(init=False)
    _retiring: set[asyncio.Task[None]] = field(factory=set, init=False)
    _wake: asyncio.TimerHandle | None = field(default=None, init=False)
    _fault: Exception | None = field(default=None, init=False)
    _looked_at: float = field(default=float("-inf"), init=False)

    def __attrs_post_init__(self) -> None:
        self._take_up(self.policies)
        self._watch = ClockWatch(self.clock)
        newest = {check: latest.result.at for (check, location), latest in self.store.latest().items() if not location}
        self._schedule = make_schedule(self.policies.services.values(), newest, self._watch.moment())
        self._prober = make_prober(self.policies, self.host, self.clock, self.environ)
        self._overload = Alert("overload", "overload-over", self.clock, _LINGERS)
        self._descriptors = Alert("no-descriptors", "descriptors-again", self.clock, _LINGERS)
        self._refused = Alert("policies-refused", "policies-mended", self.clock)

    async def run(self) -> None:
        """Probe until `stop` is called; then finish what runs, within ten seconds.

        What could not be finished leaves no result, so that its time is unknown and nobody's downtime.
        """
        observing = Observing[Result]("a result", self.host.observers("sla_result"))
        observing.start()
        self.store.writer.observers.append(observing.put)
        self._tell_of_start()
        try:
            self._turn()
            await self._stop.wait()
            if self._fault is not None:
                raise self._fault
        finally:
            if self._wake is not None:
                self._wake.cancel()
            await self._finish()
            self._tell_news()
            self._record("stopped", "the engine was stopped")
            await asyncio.to_thread(self.store.writer.flush, STOP_WITHIN - _BREAK_OFF_AFTER)
            await asyncio.gather(self._prober.aclose(), *self._retiring)
            observing.stop()

    def adopt(self, policies: PolicySet) -> None:
        """Go on by other policies from now on; runs under way end by those that they began with."""
        moment = self._watch.moment()
        self._refused.well("the policies can be used again")
        self._cut_off.well("the controls of other policies are asked from now on")
        self._tell_news()
        retired, under_way = self._prober, list(self._running.values())
        made = make_prober(policies, self.host, self.clock, self.environ)
        self._prober = evolve(made, certificates=retired.certificates)
        self._schedule = self._schedule.adopted(policies.services.values(), moment)
        self._take_up(policies)
        self._record("policies-loaded", f"policies {policies.hash[:12]} are in force")
        task = asyncio.create_task(_retire(retired, under_way))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    def refuse(self, why: str) -> None:
        """Policies were to be loaded that cannot be; those in force stay so, and that is said."""
        self._refused.wrong(why)

    @property
    def refused(self) -> str | None:
        """Why the policies that were loaded last are not in force, for people, or None."""
        return self._refused.present

    @property
    def certificates(self) -> Certificates:
        """When the certificates end that runs saw."""
        return self._prober.certificates

    async def try_now(self, check: Check) -> Outcome:
        """What a check finds that is none of the policies', such as one for a ticket; nothing is stored."""
        return (await self._prober.run(check)).outcome

    def stop(self) -> None:
        """Take no more runs, finish those under way, and return from `run`."""
        self._stop.set()

    def troubles(self) -> Sequence[str]:
        """Why the engine is not ready, for people."""
        found = [*self.scheduler_troubles()]
        unwell = (self._cut_off, self._overload, self._descriptors)
        found += [alert.present for alert in unwell if alert.present is not None]
        if self.store.estranged is not None:
            found.append(f"another engine may be at work, so nothing is judged or sent: {self.store.estranged}")
        if self.store.writer.trouble is not None:
            found.append(f"the store cannot be written: {self.store.writer.trouble}")
        return found

    def scheduler_troubles(self) -> Sequence[str]:
        """Why runs do not start in time, for people."""
        return self.health.scheduler_troubles(int(self.clock.monotonic() * SECOND), self._schedule.next_due)

    def measures(self) -> Sequence[Measure]:
        """The engine's figures, for operators."""
        writer = self.store.writer
        return [
            *self.health.measures(),
            Measure("sla_policies_in_force", "1 while the policies last loaded are.", "gauge", float(not self.refused)),
            Measure("sla_cut_off", "1 while no control answers.", "gauge", float(self._cut_off.present is not None)),
            Measure("sla_store_waiting", "Results that wait to be written.", "gauge", writer.waiting),
            Measure("sla_store_written", "Results written.", "counter", writer.written),
            Measure("sla_store_refused", "Results given up because too many waited.", "counter", writer.refused),
        ]

    def _turn(self) -> None:
        """Begin what is due, and come again for the next run or look at the clocks, whichever is first."""
        try:
            moment = self._watch.moment()
            for jump in self._watch.look():
                self._tell_of_jump(jump)
                self._schedule.realign(moment)
            for slot in self._schedule.pop_due(moment):
                self._begin(slot)
            self._look_after_itself(moment)
        except Exception as fault:  # a callback's would only be logged
            self._fault = fault
            self._stop.set()
            return
        due, now = self._schedule.next_due, self.clock.monotonic()
        wait = self._watch.beat if due is None else min(self._watch.beat, due / SECOND - now)
        self._wake = asyncio.get_running_loop().call_later(max(0.0, wait), self._turn)

    def _look_after_itself(self, moment: Moment) -> None:
        """Once a beat, what need not be seen to at every turn."""
        now = moment.steady / SECOND
        if now - self._looked_at < self._watch.beat:
            return
        self._looked_at = now
        self._look_at_limits()
        self._tell_news()

    def _begin(self, slot: Slot) -> None:
        name = slot.check.id
        if name in self._waiting:
            self._leave_out(self._waiting[name])
            self._waiting[name] = slot  # takes the other's place in the queue
        elif name in self._running:
            self.health.skipped += 1
        else:
            self._waiting[name] = slot
            self._running[name] = asyncio.create_task(self._probe(name), name=name)

    async def _probe(self, name: str) -> None:
        try:
            async with self._room:
                slot = self._waiting.pop(name)
                self.health.running += 1
                try:
                    result = await self._prober.result(slot, self._watch)
                finally:
                    self.health.running -= 1
            self.health.took(result, int(self.clock.monotonic() * SECOND))
            self.store.writer.put(result)
        finally:
            del self._running[name]

    def _leave_out(self, slot: Slot) -> None:
        """Give up a run that waited for room until the next was due: nothing is known of its target."""
        reason = "overload: too many runs went on until the next of this check was due"
        self.health.left_out()
        self._overload.wrong(f"overload: more runs are due than can go on at once; {self.health.overloaded} left out")
        self.store.writer.put(Result(slot.check.id, slot.at, State.ERROR, slot.interval, reason=reason))

    async def _finish(self) -> None:
        under_way = list(self._running.values())
        if not under_way:
            return
        _, left = await asyncio.wait(under_way, timeout=_BREAK_OFF_AFTER)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=1.0)
            self._record("broken-off", f"{len(left)} runs were broken off and have no result")

    @property
    def _cut_off(self) -> Alert:
        return self._prober.uplink.alert

    @property
    def _alerts(self) -> Sequence[Alert]:
        return self._cut_off, self._overload, self._descriptors, self._refused

    def _look_at_limits(self) -> None:
        self._overload.well("for a minute every run that was due began")
        if (want := want_of_descriptors()) is not None:
            self._descriptors.wrong(want)
        else:
            self._descriptors.well("for a minute there were file descriptors")

    def _tell_news(self) -> None:
        for alert in self._alerts:
            for news in alert.news():
                _log.warning(news.kind, detail=news.detail)
                self.store.writer.record_event(news.at, news.kind, news.detail)

    def _tell_of_start(self) -> None:
        """Say from when nobody looked: the time since the newest result is unknown and never guessed."""
        newest = self.store.last_result_at()
        gap = "" if newest is None else f"; nothing is known since {format_instant(newest)}"
        self._record("started", f"the engine was started{gap}")

    def _take_up(self, policies: PolicySet) -> None:
        """Have policies in force from now on; never for a moment without their past, as others look at any time."""
        now = self.clock.now()
        self.store.writer.keep_policies(LoadedPolicies(now, policies.hash, take_snapshot(policies)))
        self.policies = with_past(policies, self.store, since=now)

    def _tell_of_jump(self, jump: Jump) -> None:
        if jump.fault == "clock_step":
            self.health.clock_steps += 1
        else:
            self.health.gaps += 1
        detail = f"{seconds(jump.length)} s, from {format_instant(jump.start)} to {format_instant(jump.end)}"
        _log.warning("time is not what it seemed", fault=jump.fault, detail=detail)
        self._record(jump.fault, detail)

    def _record(self, kind: str, detail: str) -> None:
        self.store.writer.record_event(self.clock.now(), kind, detail)


async def _retire(prober: Prober, under_way: Sequence[asyncio.Task[None]]) -> None:
    """Let a prober's last runs end, and give back what it works with."""
    if under_way:
        await asyncio.wait(under_way)
    await prober.aclose()
