"""What is wrong with the engine itself: told once when it begins and once when it is over, whatever it hits."""

from collections.abc import Mapping

from attrs import define, field, frozen

from sla_engine.model.instant import Instant
from sla_engine.registry.clock import Clock

TROUBLES: Mapping[str, str] = {
    "cut-off": "back",
    "overload": "overload-over",
    "no-descriptors": "descriptors-again",
    "policies-refused": "policies-mended",
}
"""The kinds of event by which each way of being unwell begins and ends."""


@frozen
class News:
    """Something that began or ended, as the store keeps it."""

    at: Instant
    kind: str
    detail: str


@define(eq=False)
class Alert:
    """One way in which the engine can be unwell.

    Attributes:
        begins, ends: the kinds of event.
        lingers: seconds that it must have been well for it to be over, so that what comes and goes is told once.
        present: what is wrong now, for people, or None.
        since: when it began, or None.
    """

    begins: str
    ends: str
    clock: Clock
    lingers: float = 0.0
    present: str | None = field(default=None, init=False)
    since: Instant | None = field(default=None, init=False)
    _seen: float = field(default=0.0, init=False)
    _news: list[News] = field(factory=list, init=False)

    def wrong(self, what: str) -> None:
        """Something is wrong now."""
        self.present, self._seen = what, self.clock.monotonic()
        if self.since is None:
            self.since = self.clock.now()
            self._news.append(News(self.since, self.begins, what))

    def well(self, why: str) -> None:
        """Nothing is wrong now; ``why`` tells of the end, where this is it."""
        if self.since is not None and self.clock.monotonic() - self._seen >= self.lingers:
            self.present = self.since = None
            self._news.append(News(self.clock.now(), self.ends, why))

    def news(self) -> list[News]:
        """What was not told yet."""
        news, self._news = self._news, []
        return news
