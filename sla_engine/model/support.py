"""Figures of support: how customers were answered in a period, and what was left at its end."""

from fractions import Fraction

from attrs import frozen

from sla_engine.model.instant import Instant
from sla_engine.model.ticket import TicketEvent
from sla_engine.model.zone import Zone


@frozen
class TicketStory:
    """A ticket as figures are made of it.

    Attributes:
        ticket: its number.
        customer: whose it is, or None where that is not known.
        topic: what it is about, or None.
        events: what moved its clocks, in any order.
    """

    ticket: str
    customer: str | None
    topic: str | None
    events: tuple[TicketEvent, ...]


@frozen
class Answers:
    """How a group of response clocks was kept.

    Attributes:
        met: answered in time, of those that were decided in the period, as the response verdicts count them.
        breached: not answered in time, of the same.
        open: clocks that run on.
        given: answers that were given in the period, in time or late.
        median, p95: the open time that half of these answers, and 95 % of them, did not exceed, in microseconds, by the
            nearest rank; None where there was none.
    """

    met: int
    breached: int
    open: int
    given: int
    median: int | None
    p95: int | None

    @property
    def compliance(self) -> Fraction | None:
        """The share that was answered in time, or None where nothing was decided."""
        decided = self.met + self.breached
        return Fraction(self.met, decided) if decided else None


@frozen
class AgeClass:
    """The tickets of an age that were not resolved at the end of a period.

    Attributes:
        since: their age at least, in microseconds since they were opened.
        under: what their age was less than, or None for any.
        owed: an answer was owed.
        waiting: the customer was waited for.
        answered: no clock ran any more.
        late: of all these, upon how many a clock ran that was late.
    """

    since: int
    under: int | None
    owed: int
    waiting: int
    answered: int
    late: int

    @property
    def count(self) -> int:
        """How many there were."""
        return self.owed + self.waiting + self.answered


@frozen
class Figures:
    """The figures of a group of tickets.

    Attributes:
        opened, resolved, reopened: how often that happened in the period.
        first: the first answers, upon the clocks with which tickets began.
        answers: the answers upon all clocks.
        backlog: what was left at the end, by age.
    """

    opened: int
    resolved: int
    reopened: int
    first: Answers
    answers: Answers
    backlog: tuple[AgeClass, ...]

    @property
    def left(self) -> int:
        """The tickets that were not resolved at the end."""
        return sum(age.count for age in self.backlog)

    @property
    def late(self) -> int:
        """Those of them upon which a clock ran that was late."""
        return sum(age.late for age in self.backlog)


@frozen
class Group:
    """The figures of one level, team, customer or topic; ``name`` is None for what is of none."""

    name: str | None
    figures: Figures


@frozen
class SupportFigures:
    """The figures of a period. The same tickets give equal figures, in whatever order they came.

    Attributes:
        start, end, zone, label: the period.
        has_ended: whether it is over; until then the figures are those so far.
        total: of all tickets.
        levels, teams, customers, topics: of each, by name; what is of none stands last.
    """

    start: Instant
    end: Instant
    zone: Zone
    label: str
    has_ended: bool
    total: Figures
    levels: tuple[Group, ...]
    teams: tuple[Group, ...]
    customers: tuple[Group, ...]
    topics: tuple[Group, ...]
