"""When the certificates end that probes saw: what each check saw last, from its first run on."""

from collections.abc import Mapping

from attrs import define, field

from sla_engine.model.instant import DAY, Instant

DAYS_LEFT = "certificate_days_left"
"""The value by which probes tell how many days are left until the first certificate of a chain ends."""


@define
class Certificates:
    """What was seen since the start. It is seen again within an interval of each check, so that nothing is kept."""

    _ends: dict[str, Instant] = field(factory=dict, init=False)

    def note(self, check: str, values: Mapping[str, float], now: Instant) -> None:
        """Take in what a run just told; one that saw no certificate says nothing of it."""
        if (left := values.get(DAYS_LEFT)) is not None:
            self._ends[check] = now + round(left * DAY)

    def ends(self) -> Mapping[str, Instant]:
        """When the certificate ends that each check saw last."""
        return dict(self._ends)
