"""What is known of the past, as judgement wants it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property

from attrs import field, frozen

from sla_engine.evaluation.samples import Samples, samples_of
from sla_engine.evaluation.timeline import Said, by_source
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.result import Result, Run, run_lengths
from sla_engine.model.service import Service, all_checks
from sla_engine.model.ticket import TicketEvent


@frozen
class History:
    """Facts, in any order.

    Attributes:
        runs: run-lengths of results. An outage that began before the period is as long as the runs say, so they should
            reach back to its beginning where short outages do not count.
        results: single results; needed only where single checks are counted, which is where the profile measures checks
            or slots, and where latency is promised and there are no samples.
        tickets: events of the tickets that the contract covers.
        maintenance: windows, with when each was announced.
        exclusions: what people took out.
        samples: latencies of checks in columns, as a store reads them much faster than single results.
    """

    runs: Sequence[Run] = ()
    results: Sequence[Result] = field(default=(), repr=False)
    tickets: Sequence[TicketEvent] = ()
    maintenance: Sequence[Maintenance] = ()
    exclusions: Sequence[Exclusion] = ()
    samples: Sequence[Samples] = field(default=(), eq=False, repr=False)

    def samples_of(self, checks: Set[str]) -> Sequence[Samples]:
        """The latencies of some checks: those in columns, and of checks without these those of single results."""
        found = [samples for check in sorted(checks) for samples in self._sampled.get(check, ())]
        if left := checks - self._sampled.keys():
            found += samples_of(result for result in self.results if result.check in left)
        return found

    def runs_of(self, service: Service) -> Iterator[Run]:
        """The runs of the checks by which a service is judged."""
        for check in all_checks([service]):
            for own in self.said.get(check.id, {}).values():
                yield from own

    @cached_property
    def _sampled(self) -> Mapping[str, Sequence[Samples]]:
        """The samples by check."""
        sampled: dict[str, list[Samples]] = defaultdict(list)
        for samples in self.samples:
            sampled[samples.check].append(samples)
        return sampled

    @cached_property
    def said(self) -> Said:
        """The runs by check and location."""
        return by_source(self.runs)


def history_of(
    results: Sequence[Result],
    tickets: Sequence[TicketEvent] = (),
    maintenance: Sequence[Maintenance] = (),
    exclusions: Sequence[Exclusion] = (),
) -> History:
    """A history of single results, in any order and possibly repeated."""
    return History(run_lengths(results), results, tickets, maintenance, exclusions)
