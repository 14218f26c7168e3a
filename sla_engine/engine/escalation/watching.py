"""Looks after what people are told of besides incidents: budgets that burn, certificates, the engine's own trouble.

How budgets burn is asked of whoever can judge without taking the interpreter from the probes. What is told is made of
what the store holds, and keys of what it is about: whoever breaks off anywhere does the rest at the next look.
"""

from collections.abc import Callable, Mapping, Sequence

from attrs import define, field

from sla_engine.engine.escalation import burns, certificates, troubles
from sla_engine.engine.escalation.burns import Burning, tell_burns
from sla_engine.engine.escalation.certificates import tell_certificates
from sla_engine.engine.escalation.routing import routes_of_the_engine
from sla_engine.engine.escalation.telling import Telling
from sla_engine.engine.escalation.troubles import tell_troubles
from sla_engine.engine.steadiness import Steadiness
from sla_engine.model.instant import DAY, Instant
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import Clock
from sla_engine.store import Store
from sla_engine.store.outbox import Notice, add_notices
from sla_engine.store.outbox.threads import notices_under

_BUDGETS_EVERY = 60.0
_REMEMBERED = 400 * DAY
"""How far back what was told matters; no certificate that lasts longer is trusted any more."""
_TROUBLES_SINCE = 30 * DAY


@define(eq=False)
class Watching:
    """Watches for one engine. Where the wall clock was set, it waits for a minute.

    Attributes:
        policies: gives those that are in force.
        ends: gives when the certificate ends that each check saw last.
        burning: works out how budgets burn by some policies at an instant.
    """

    policies: Callable[[], PolicySet]
    store: Store
    clock: Clock
    ends: Callable[[], Mapping[str, Instant]]
    burning: Callable[[PolicySet, Instant], Sequence[Burning]]
    _steadiness: Steadiness = field(init=False)
    _burning_since: Mapping[str, Instant] = field(factory=dict, init=False)
    _looked_at: float = field(default=float("-inf"), init=False)

    def __attrs_post_init__(self) -> None:
        self._steadiness = Steadiness(self.clock)

    def look(self) -> None:
        """Enter whom there is to tell: of the engine at every look, of budgets and certificates once a minute."""
        policies, now = self.policies(), self.clock.now()
        if self._steadiness.was_set_lately(now):
            return
        if routes_of_the_engine(policies):
            events = self.store.events(now - _TROUBLES_SINCE, now)
            self._enter(tell_troubles(events, self._told(troubles.ROOT, now), now, policies))
        if self.clock.monotonic() - self._looked_at >= _BUDGETS_EVERY:
            self._look_at_certificates(policies, now)
            self._look_at_budgets(policies, now)
            self._looked_at = self.clock.monotonic()

    def _look_at_certificates(self, policies: PolicySet, now: Instant) -> None:
        if any(one.on.certificate is not None for one in policies.escalations.values()):
            told = self._told(certificates.ROOT, now)
            self._enter(tell_certificates(self.ends(), told, now, policies))

    def _look_at_budgets(self, policies: PolicySet, now: Instant) -> None:
        if any(one.on.burn for one in policies.escalations.values()):
            found = self.burning(policies, now)
            told = tell_burns(found, self._burning_since, self._told(burns.ROOT, now), now, policies)
            self._enter(told.telling)
            self._burning_since = told.since

    def _told(self, root: str, now: Instant) -> Sequence[Notice]:
        with self.store.reading() as connection:
            return notices_under(connection, root, now - _REMEMBERED)

    def _enter(self, telling: Telling) -> None:
        if telling.notices:
            with self.store.changing() as connection:
                add_notices(connection, telling.notices)
