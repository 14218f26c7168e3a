"""Attends to incidents: whenever there are new results, somebody did something, or something falls due.

What is on record is held against what the results show, and what follows is entered together with who is to be told of
it. All of that is made from what the store holds, so that it may be broken off anywhere: the next look does the rest.
An engine that starts looks at everything once, by which what changed while it was off is told, and nothing else is.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import structlog
from attrs import define, field, frozen

from sla_engine.engine.escalation.composing import compose
from sla_engine.engine.incidents.entering import Entered, enter
from sla_engine.engine.incidents.looking import Look
from sla_engine.engine.incidents.reconciling import GONE, Change, given_up, reconcile
from sla_engine.engine.steadiness import Steadiness
from sla_engine.model.incident import IncidentRecord
from sla_engine.model.instant import DAY, HOUR, MINUTE, SECOND, Instant
from sla_engine.model.result import Result
from sla_engine.model.service import all_checks
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import Clock
from sla_engine.store import Store
from sla_engine.store.incidents import acts_after, escalations_told, unclosed_incidents

LOOK_EVERY = 1.0
"""Seconds after which what people did in other processes is looked for."""
REMEMBERED = 7 * DAY
"""How long after an incident was closed somebody may still have to be told, as their calendar was closed."""
_SETTLED_AFTER = HOUR
"""How long after an incident was closed it is looked at with whatever comes; what is late is followed further back."""
_MOST_AT_ONCE = 500
_ANYHOW = MINUTE
_STOP_WITHIN = 5.0

_log = structlog.get_logger("sla_engine.incidents")


@frozen
class _Due:
    """When a service is to be looked at, and how far back."""

    at: Instant
    since: Instant


@define(eq=False)
class Attending:
    """Attends to the incidents of one engine's services, in a thread of its own.

    Attributes:
        policies: gives those that are in force.
        tell: told of each incident as it stands after something happened to it.
        trouble: why incidents cannot be attended to just now, for people, or None.
    """

    policies: Callable[[], PolicySet]
    store: Store
    clock: Clock
    tell: Callable[[Sequence[IncidentRecord]], None] = lambda _: None
    trouble: str | None = field(default=None, init=False)
    _steadiness: Steadiness = field(init=False)
    _news: dict[str, Instant] = field(factory=dict, init=False)
    _due: dict[str, _Due] = field(factory=dict, init=False)
    _watchers: Mapping[str, Sequence[str]] = field(factory=dict, init=False)
    _escalations: Collection[str] = field(factory=tuple, init=False)
    _attended_by: str = field(default="", init=False)
    _newest_act: int = field(default=0, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)
    _wake: threading.Event = field(factory=threading.Event, init=False)
    _is_over: threading.Event = field(factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._steadiness = Steadiness(self.clock)

    def start(self) -> None:
        """Attend from now on, at most half of the time; what goes wrong is logged and tried again."""
        self.store.writer.observers.append(self.put)
        self._thread = threading.Thread(target=self._run, name="incidents", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Attend no more; what is left is done at the next start."""
        self._is_over.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_STOP_WITHIN)

    def put(self, batch: Sequence[Result]) -> None:
        """There are new results; never waits for what follows from them."""
        with self._lock:
            for result in batch:
                known = self._news.get(result.check)
                self._news[result.check] = result.at if known is None else min(known, result.at)
        self._wake.set()

    def attend(self) -> bool:
        """Look once at every service of which something may have changed; False where that has to wait.

        It waits for a minute where the wall clock was set: one that is wrong for a moment must wake nobody.
        """
        policies, now = self.policies(), self.clock.now()
        if self._steadiness.was_set_lately(now):
            return False
        recently = now - _SETTLED_AFTER
        self._due |= self._changed(policies, now)  # until it was looked at, whatever happens
        due = {name: one.since for name, one in self._due.items() if one.at <= now}
        near = [name for name, since in due.items() if since >= recently]
        self._look_after(near, recently, policies, now)
        far = [name for name, since in due.items() if since < recently]
        self._look_after(far, min(due.values(), default=now), policies, now)
        return True

    def _run(self) -> None:
        while not self._is_over.is_set():
            self._wake.clear()
            began = self.clock.monotonic()
            try:
                if not self.attend():
                    self._is_over.wait(LOOK_EVERY)
                self.trouble = None
            except Exception as error:
                self._note(error)
                self._is_over.wait(LOOK_EVERY)
            self._is_over.wait(self.clock.monotonic() - began)
            self._wake.wait(self._until_next())

    def _note(self, error: Exception) -> None:
        trouble = f"incidents wait, as they cannot be attended to: {type(error).__name__}: {error}"
        if trouble != self.trouble:
            _log.error("incidents wait; this is tried again", trouble=trouble, exc_info=error)
        self.trouble = trouble

    def _until_next(self) -> float:
        """Seconds until something falls due, or until it is time to look anyhow."""
        due = min((one.at for one in self._due.values()), default=None)
        return LOOK_EVERY if due is None else max(0.0, min(LOOK_EVERY, (due - self.clock.now()) / SECOND))

    def _changed(self, policies: PolicySet, now: Instant) -> dict[str, _Due]:
        """The services of which something may have changed since the last look."""
        changed: dict[str, _Due] = {}
        if policies.hash != self._attended_by:
            changed = dict.fromkeys(self._begin_anew(policies), _Due(now, now - REMEMBERED))
        with self.store.reading() as connection:
            self._newest_act, acted = acts_after(connection, self._newest_act)
        with self._lock:
            news, self._news = self._news, {}
        seen = {
            name: at for check, at in sorted(news.items(), key=_latest_first) for name in self._watchers.get(check, ())
        }
        for name in (*acted, *seen):
            since = [one.since for one in (changed.get(name), self._due.get(name)) if one is not None]
            changed[name] = _Due(now, min([seen.get(name, now), *since]))
        return changed

    def _begin_anew(self, policies: PolicySet) -> list[str]:
        """By these policies nothing was looked at yet; gives the services to look at."""
        watchers: dict[str, list[str]] = {}
        for name, service in policies.services.items():
            for check in all_checks([service]):
                watchers.setdefault(check.id, []).append(name)
        with self.store.reading() as connection:
            standing = {record.service for record in unclosed_incidents(connection)}
            self._escalations = {*policies.escalations, *escalations_told(connection)}
        self._watchers, self._attended_by = watchers, policies.hash
        return [*policies.services, *sorted(standing - policies.services.keys())]

    def _look_after(self, names: Sequence[str], since: Instant, policies: PolicySet, now: Instant) -> None:
        for first in range(0, len(names), _MOST_AT_ONCE):
            some = names[first : first + _MOST_AT_ONCE]
            if self._is_over.is_set():
                return
            look = Look(policies, self.store, now, since)
            look.take(some)
            entered = enter(
                [change for name in some for change in _changes(name, look)], look, compose, self._escalations
            )
            self._plan(some, entered, look)
            self._say(entered)

    def _plan(self, names: Iterable[str], entered: Iterable[Entered], look: Look) -> None:
        """When these services are to be looked at again, whatever happens until then."""
        for name in names:
            self._due.pop(name, None)
        for one in entered:
            moments = [] if one.next_at is None else [one.next_at]
            since = look.now if one.record.closed_at is None else one.record.closed_at
            if one.record.closed_at is None:
                ends = (work.end + 1 for work in look.works(one.record.service))
                moments += [look.now + _ANYHOW, *(end for end in ends if end > look.now)]
            if moments:
                known = self._due.get(one.record.service, _Due(moments[0], since))
                self._due[one.record.service] = _Due(min(*moments, known.at), min(since, known.since))

    def _say(self, entered: Iterable[Entered]) -> None:
        told = [one.record for one in entered if one.news]
        for one in entered:
            for event in one.record.events[len(one.record.events) - one.news :]:
                _log.info(f"incident {event.kind}", incident=one.record.number, service=one.record.service)
        if told:
            self.tell(told)


def _latest_first(news: tuple[str, Instant]) -> Instant:
    return -news[1]


def _changes(name: str, look: Look) -> Sequence[Change]:
    if name in look.policies.services:
        return reconcile(look.records(name), look.found(name), look.now)
    return [given_up(record, look.now, GONE) for record in look.records(name) if record.closed_at is None]
