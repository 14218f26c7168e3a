"""What is known of the past, as judgement wants it."""

from collections.abc import Sequence

from attrs import field, frozen

from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.result import Result, Run, run_lengths
from sla_engine.model.ticket import TicketEvent


@frozen
class History:
    """Facts, in any order.

    Attributes:
        runs: run-lengths of results.
        results: single results; needed only where single checks are counted.
        tickets: events of the tickets that the contract covers.
        maintenance: windows, with when each was announced.
        exclusions: what people took out.
    """

    runs: Sequence[Run] = ()
    results: Sequence[Result] = field(default=(), repr=False)
    tickets: Sequence[TicketEvent] = ()
    maintenance: Sequence[Maintenance] = ()
    exclusions: Sequence[Exclusion] = ()


def history_of(
    results: Sequence[Result],
    tickets: Sequence[TicketEvent] = (),
    maintenance: Sequence[Maintenance] = (),
    exclusions: Sequence[Exclusion] = (),
) -> History:
    """A history of single results, in any order and possibly repeated."""
    return History(run_lengths(results), results, tickets, maintenance, exclusions)
