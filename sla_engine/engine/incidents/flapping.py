"""Whether a service changes its state too often for an incident of its own each time.

As Nagios has it: of the last 21 sights that are known, the 20 changes that there could be are weighed from 0.8 for the
oldest to 1.2 for the newest. Over 30 % of them it flaps, until they fall under 25 %.
"""

from collections import deque

from attrs import define, field

from sla_engine.engine.incidents.sights import Observation
from sla_engine.model.instant import Instant

REMEMBERED = 21
"""How many sights are looked at."""
_NEWEST = 57
_ALL = sum(range(_NEWEST - REMEMBERED + 2, _NEWEST + 1))
"""The weights are 38..57, which rise as 0.8..1.2 do, and without fractions."""


@define
class Flapping:
    """Follows a service, which must be shown in order of time and only while its state is known.

    Attributes:
        is_over_limit: whether it flaps.
    """

    is_over_limit: bool = False
    _changed: deque[bool] = field(factory=lambda: deque(maxlen=REMEMBERED - 1), init=False)
    _state: str | None = field(default=None, init=False)
    _counts_from: Instant = field(default=0, init=False)

    def see(self, seen: Observation) -> None:
        """Take a sight into account; a further one of the same round that says the same is none."""
        is_change = self._state is not None and seen.state != self._state
        if self._state is not None:
            if not is_change and seen.at < self._counts_from:
                return
            self._changed.appendleft(is_change)
        self._state, self._counts_from = seen.state, seen.at + seen.interval
        weight = sum(_NEWEST - age for age, changed in enumerate(self._changed) if changed)
        self.is_over_limit = 4 * weight >= _ALL if self.is_over_limit else 10 * weight > 3 * _ALL
