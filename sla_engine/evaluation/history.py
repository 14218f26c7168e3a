"""What is known of the past, as judgement wants it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from attrs import field, frozen

from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.result import Result, Run, run_lengths
from sla_engine.model.service import Service
from sla_engine.model.ticket import TicketEvent


@frozen
class History:
    """Facts, in any order.

    Attributes:
        runs: run-lengths of results. An outage that began before the period is as long as the runs say, so they should
            reach back to its beginning where short outages do not count.
        results: single results; needed only where single checks are counted, which is where latency is promised or
            the profile measures checks or slots.
        tickets: events of the tickets that the contract covers.
        maintenance: windows, with when each was announced.
        exclusions: what people took out.
    """

    runs: Sequence[Run] = ()
    results: Sequence[Result] = field(default=(), repr=False)
    tickets: Sequence[TicketEvent] = ()
    maintenance: Sequence[Maintenance] = ()
    exclusions: Sequence[Exclusion] = ()

    def runs_of(self, service: Service) -> Iterator[Run]:
        """The runs of a service's checks."""
        for check in service.checks:
            yield from self._runs_by_check.get(check.id, ())

    @cached_property
    def _runs_by_check(self) -> Mapping[str, Sequence[Run]]:
        by_check: dict[str, list[Run]] = {}
        for run in self.runs:
            by_check.setdefault(run.check, []).append(run)
        return by_check


def history_of(
    results: Sequence[Result],
    tickets: Sequence[TicketEvent] = (),
    maintenance: Sequence[Maintenance] = (),
    exclusions: Sequence[Exclusion] = (),
) -> History:
    """A history of single results, in any order and possibly repeated."""
    return History(run_lengths(results), results, tickets, maintenance, exclusions)
