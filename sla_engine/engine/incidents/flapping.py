"""Whether a service changes its state too often for an incident of its own each time.

As Nagios has it: of the last 21 sights that are known, the 20 changes that there could be are weighed from 0.8 for the
oldest to 1.2 for the newest. Over 30 % of them it flaps, until they fall under 25 %.
"""

from collections import deque

from attrs import define, field

from sla_engine.engine.incidents.sights import Observation

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

    def see(self, seen: Observation) -> None:
        """Take a sight into account."""
        if self._state is not None:
            self._changed.appendleft(seen.state != self._state)
        self._state = seen.state
        weight = sum(_NEWEST - age for age, changed in enumerate(self._changed) if changed)
        self.is_over_limit = 4 * weight >= _ALL if self.is_over_limit else 10 * weight > 3 * _ALL
