"""What is wrong with the engine itself: told once when it begins and once when it is over, whatever it hits."""

from attrs import define, field, frozen

from sla_engine.model.instant import Instant
from sla_engine.registry.clock import Clock


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
        present: what is wrong now, for people, or None.
        since: when it began, or None.
    """

    begins: str
    ends: str
    clock: Clock
    present: str | None = field(default=None, init=False)
    since: Instant | None = field(default=None, init=False)
    _news: list[News] = field(factory=list, init=False)

    def update(self, wrong: str | None, over: str) -> None:
        """Say what is wrong now, or None; ``over`` tells of the end, where this is it."""
        now = self.clock.now()
        if wrong is not None and self.since is None:
            self.since = now
            self._news.append(News(now, self.begins, wrong))
        elif wrong is None and self.since is not None:
            self.since = None
            self._news.append(News(now, self.ends, over))
        self.present = wrong

    def news(self) -> list[News]:
        """What was not told yet."""
        news, self._news = self._news, []
        return news
