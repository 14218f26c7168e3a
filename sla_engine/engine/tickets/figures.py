"""Figures of support as the store has them: of one contract's tickets, or of the whole desk's."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from attrs import evolve

from sla_engine.calendars.periods import Period
from sla_engine.engine.in_force import Judged, to_judge
from sla_engine.engine.status import TicketsStatus
from sla_engine.engine.tickets.levels import team_for
from sla_engine.engine.tickets.within import covered
from sla_engine.evaluation.support import support_figures
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.model.support import SupportFigures, TicketStory
from sla_engine.policy import PolicySet
from sla_engine.store import Store
from sla_engine.store.ticket_events import ticket_stories


def figures_of(policies: PolicySet, store: Store, period: str, now: Instant) -> SupportFigures:
    """The figures of all tickets over a period, by its name to the general SLA.

    Raises:
        CalendarError: the name names no period.
        StoreError: what the store kept cannot be read.
        UnknownAgreementError: there is no SLA.
    """
    return desk_figures(to_judge(policies, store, period, now, sla=policies.general_sla, customer=None), store, now)


def desk_figures(judged: Judged, store: Store, now: Instant) -> SupportFigures:
    """The figures of all tickets, each by its customer's own contract, over the period of a judgement."""
    policies, period = judged.policies, judged.period
    stories = _stories(store, period)
    return support_figures(stories, policies.answering.terms, partial(team_for, policies), period, now)


def contract_figures(judged: Judged, store: Store, now: Instant) -> SupportFigures:
    """The figures of the tickets that a contract covers; their sums are those of its response verdicts."""
    policies, period = judged.policies, judged.period
    stories = _covered(policies, judged.contract, _stories(store, period))

    def terms_of(_customer: str | None, at: Instant) -> Contract:
        return judged.terms_at(at)

    return support_figures(stories, terms_of, partial(team_for, policies), period, now)


def left_at(policies: PolicySet, store: Store, now: Instant, customer: str | None = None) -> TicketsStatus:
    """What was left at an instant, of one customer's tickets or of all."""
    moment = Period(now + 1, now + 1, policies.public_zone, "")  # what happened at this instant has happened
    stories = [one for one in _stories(store, moment) if customer in {None, one.customer}]
    found = support_figures(stories, policies.answering.terms, partial(team_for, policies), moment, moment.end).total
    return TicketsStatus(
        owed=sum(age.owed for age in found.backlog),
        waiting=sum(age.waiting for age in found.backlog),
        answered=sum(age.answered for age in found.backlog),
        late=found.late,
    )


def _stories(store: Store, period: Period) -> Sequence[TicketStory]:
    with store.reading() as connection:
        return ticket_stories(connection, period.start, period.end)


def _covered(policies: PolicySet, contract: Contract, stories: Sequence[TicketStory]) -> Sequence[TicketStory]:
    """The stories of the tickets that a contract covers, with the events that it does."""
    ours = covered(policies, contract, (event for story in stories for event in story.events))
    events = {ticket: tuple(own) for ticket, own in groupby(ours, key=lambda event: event.ticket)}
    return [evolve(story, events=events[story.ticket]) for story in stories if story.ticket in events]
