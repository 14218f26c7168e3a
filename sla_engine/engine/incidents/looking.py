"""Looking at services: what the results show of each now, beside what is on record of its incidents.

How far back this goes is bounded: a hundred rounds of checks before the first thing that could still change.
"""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from attrs import define, field

from sla_engine.engine.escalation import ancestors
from sla_engine.engine.incidents.holding import holds
from sla_engine.engine.incidents.rules import rules_on
from sla_engine.engine.incidents.tracks import STALE_AFTER, tracks_of
from sla_engine.engine.incidents.union import Found, union
from sla_engine.evaluation.timeline import Timeline, lay_out
from sla_engine.model.incident import IncidentRecord
from sla_engine.model.instant import DAY, HOUR, Instant
from sla_engine.model.interval import Interval, intersect
from sla_engine.model.maintenance import Maintenance
from sla_engine.model.result import Run, State
from sla_engine.model.schedule import Every
from sla_engine.model.service import Check, Service, all_checks, with_parts
from sla_engine.policy import PolicySet
from sla_engine.store import Store
from sla_engine.store.incidents import incidents_touching

_ROUNDS = 100
"""How many rounds of checks before an instant a look begins at it, so that what was the case by then is known."""
_FAILING = (State.DOWN, State.DEGRADED)


@define(eq=False)
class Look:
    """A look at some services at one instant; what is asked for is read once.

    Attributes:
        now: what is seen from then on is not known yet.
        since: incidents that were closed before are settled.
    """

    policies: PolicySet
    store: Store
    now: Instant
    since: Instant
    _records: dict[str, list[IncidentRecord]] = field(factory=dict, init=False)
    _runs: dict[str, list[Run]] = field(factory=dict, init=False)
    _known_from: dict[str, Instant] = field(factory=dict, init=False)  # by check, as are the runs
    _timelines: dict[str, Timeline] = field(factory=dict, init=False)
    _maintenance: Sequence[Maintenance] | None = field(default=None, init=False)

    def take(self, names: Iterable[str]) -> None:
        """Read what is needed of services, all at once."""
        wanted = list(names)
        with self.store.reading() as connection:
            for record in incidents_touching(connection, self.since, self.now, wanted):
                self._records.setdefault(record.service, []).append(record)
        self._read({name: self._from(name) for name in wanted if name in self.policies.services})

    def take_parents(self, names: Iterable[str]) -> None:
        """Read also how those are that services depend on."""
        since: dict[str, Instant] = {}
        for name in names:
            for parent in ancestors(self.policies.services[name], self.policies.services):
                since[parent] = min(self._from(name), since.get(parent, self.now))
        self._read(since)

    def records(self, name: str) -> Sequence[IncidentRecord]:
        """The incidents of a service that are on record and not settled, the earliest first."""
        return self._records.get(name, ())

    def found(self, name: str) -> list[Found]:
        """The incidents of a service that the results show and that are not settled, the earliest first."""
        service, runs = self.policies.services[name], self._runs_of(self.policies.services[name])
        if not any(run.state in _FAILING for run in runs):
            return []
        works = self.works(name)
        tracks = tracks_of(service, runs, rules_on(name, self.policies), works, self.now)
        return [one for one in union(tracks, works) if one.closed_at is None or one.closed_at >= self.since]

    def works(self, name: str) -> list[Interval]:
        """The maintenance in which a service is worked on."""
        if self._maintenance is None:
            first = min(self._known_from.values(), default=self.since)
            self._maintenance = self.policies.maintenance_windows(first, self.now + DAY)
        return [work.window for work in self._maintenance if name in work.services]

    def held(self, name: str) -> list[Interval]:
        """When messages about a service are held; what lasts ends at the instant of the look."""
        services = self.policies.services
        return holds(services[name], services, self.works(name), self._timeline, self.now)

    def cause(self, name: str, check: str | None, span: Interval) -> str | None:
        """What a service's incident may have in common with others: what it depends on and was down then, or a host.

        Args:
            check: which was seen to fail, or None.
            span: how long the incident has lasted.
        """
        services = self.policies.services
        for parent in sorted(ancestors(services[name], services)):
            if intersect(self._timeline(services[parent]).intervals("down"), [span]):
                return str(services[parent].title)
        return next((host_of(one) for one in all_checks([services[name]]) if one.id == check), None)

    def _from(self, name: str) -> Instant:
        """From when on results matter: in whole hours, so that many services are read together."""
        began = [record.began_at for record in self.records(name)]
        return (min([self.since, *began]) - look_back(self.policies.services[name])) // HOUR * HOUR

    def _read(self, since: Mapping[str, Instant]) -> None:
        """Read the runs of services, each from an instant on, unless that was done."""
        wanted: dict[str, Instant] = {}
        for name, at in since.items():
            for check in all_checks([self.policies.services[name]]):
                wanted[check.id] = min(at, wanted.get(check.id, self.now))
        by_beginning: dict[Instant, list[str]] = {}
        for check_id, at in wanted.items():
            if at < self._known_from.get(check_id, self.now):
                self._known_from[check_id], self._runs[check_id] = at, []
                by_beginning.setdefault(at, []).append(check_id)
        for at, checks in by_beginning.items():
            for run in self.store.runs(at, self.now, checks):
                self._runs[run.check].append(run)

    def _runs_of(self, service: Service) -> list[Run]:
        return [run for check in all_checks([service]) for run in self._runs.get(check.id, ())]

    def _timeline(self, service: Service) -> Timeline:
        if service.id not in self._timelines:
            self._timelines[service.id] = lay_out(service, self._runs_of(service), STALE_AFTER, self.now)
        return self._timelines[service.id]


def look_back(service: Service) -> int:
    """Microseconds before an instant at which a look at a service begins: an hour at least, and a day at most."""
    intervals = [
        each.schedule.interval.microseconds if isinstance(each.schedule, Every) else DAY
        for each in with_parts(service)
        if each.checks
    ]
    return min(DAY, max(HOUR, _ROUNDS * max(intervals, default=0)))


def host_of(check: Check) -> str | None:
    """The host that a check asks, where its settings say so as built-in probes' do; or None."""
    for key in ("url", "host"):
        value = getattr(check.settings, key, None)
        if isinstance(value, str):
            return urlsplit(value).hostname if "://" in value else value
    return None
