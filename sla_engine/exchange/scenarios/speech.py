"""What the checks of a scenario say, as the results that judgement takes."""

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from sla_engine.exchange.scenarios.asking import Asking, asking
from sla_engine.exchange.scenarios.series import Stretch
from sla_engine.model.instant import Instant
from sla_engine.model.result import Result, Run, State
from sla_engine.model.service import Service


@frozen
class Saying:
    """One stretch of what one check says from one location.

    Attributes:
        asked: the instants of its results.
        latency: microseconds of each, or None.
    """

    check: str
    location: str
    state: State
    asked: Sequence[Instant]
    asking: Asking
    latency: int | None

    @property
    def run(self) -> Run:
        """The stretch as a run-length."""
        first, last = self.asked[0], self.asked[-1]
        return Run(self.check, self.location, self.state, first, last, self.asking.interval(last), len(self.asked))

    def results(self) -> Iterator[Result]:
        """The stretch result by result."""
        for at in self.asked:
            interval = self.asking.interval(at)
            yield Result(self.check, at, self.state, interval, self.location, self.latency)


def sayings(
    service: Service, check: str, location: str, series: Iterable[Stretch], start: Instant, until: Instant
) -> Iterator[Saying]:
    """The stretches of a check that have results."""
    times = asking(service.schedule)
    for stretch in series:
        if stretch.count is not None:
            end = times.end_of(start, stretch.count, until)
        else:
            end = until if stretch.length is None else start + stretch.length.microseconds
        latency = None if stretch.latency is None else stretch.latency.microseconds
        asked = times.within(start, min(end, until))
        if stretch.state is not None and asked:
            yield Saying(check, location, stretch.state, asked, times, latency)
        start = end
