"""What is done with a ticket: answer it, wait for the customer and go on, hand it on, and close it.

Each act is entered once and for ever. What moves a response clock does so by the rules of
`sla_engine.evaluation.response`; escalating is no answer.
"""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, frozen

from sla_engine.engine.tickets.changing import Case, Change, change
from sla_engine.engine.tickets.checklist import known_facts, missing
from sla_engine.engine.tickets.levels import TicketError, check_level, team_for
from sla_engine.engine.tickets.words import body, topic_fact
from sla_engine.model.instant import Instant
from sla_engine.model.ticket import TicketAct
from sla_engine.policy import PolicySet
from sla_engine.store import Store
from sla_engine.store.tickets import Attachment, Ticket, TicketEntry, TicketState


class IncompleteError(TicketError):
    """A level wants to know more of a ticket before it takes it.

    Attributes:
        missing: what is not known, by the names of the checklist.
    """

    def __init__(self, number: str, level: str, missing: tuple[str, ...]) -> None:
        super().__init__(
            f"{number} cannot go to {level!r} yet; what is missing: {', '.join(missing)}. "
            f"Say it with `sla ticket note {number} --fact NAME=VALUE`, and attach a screenshot with --attach"
        )
        self.missing = missing


@frozen
class Desk:
    """Somebody at work on tickets.

    Attributes:
        who: does it, as it is entered.
        now: when; where somebody else entered something later meanwhile, it is entered after that.
        key: what makes the act the same when it comes again, or None.
    """

    policies: PolicySet
    store: Store
    who: str | None
    now: Instant
    key: str | None = None

    def answer(
        self,
        number: str,
        text: str,
        *,
        level: str | None = None,
        files: tuple[Attachment, ...] = (),
        article: str | None = None,
    ) -> Case:
        """Answer the customer, which stops the clock of the level that has the ticket, or of the one that is named.

        Args:
            article: of the FAQ, that answered it.
        """

        def decide(case: Case) -> Change:
            ticket = _unresolved(case)
            named = ticket.level if level is None else check_level(self.policies, level)
            return self._change(ticket, TicketAct.ANSWERED, "answered", named, text, files, found=_by(article))

        return self._enter(number, decide)

    def wait(self, number: str, text: str = "") -> Case:
        """Wait for the customer: all clocks of the ticket pause."""

        def decide(case: Case) -> Change:
            ticket = _unresolved(case)
            if ticket.state == "waiting":
                raise TicketError(f"{ticket.number} waits for the customer already")
            return self._change(ticket, TicketAct.WAITING, "waiting", ticket.level, text)

        return self._enter(number, decide)

    def resume(self, number: str, text: str = "") -> Case:
        """Wait no longer: the clocks go on."""

        def decide(case: Case) -> Change:
            ticket = _unresolved(case)
            if ticket.state != "waiting":
                raise TicketError(f"{ticket.number} does not wait for the customer: its state is {ticket.state}")
            return self._change(ticket, TicketAct.RESUMED, "open", ticket.level, text, is_public=False)

        return self._enter(number, decide)

    def escalate(self, number: str, level: str, text: str = "", *, topic: str | None = None) -> Case:
        """Hand a ticket on to a level, whose clock begins; the clock of the level that had it goes on.

        What is written along is for that level, and not for the customer.

        Raises:
            IncompleteError: the level wants to know more of it first.
            TicketError: the level that has it does not hand on to that one.
        """

        def decide(case: Case) -> Change:
            ticket = _unresolved(case)
            target = _next_level(self.policies, ticket, level)
            about = topic or ticket.topic
            facts = known_facts(self.policies, ticket, case.entries, case.files)
            if lacking := missing(self.policies, target, about, facts):
                raise IncompleteError(ticket.number, target, tuple(lacking))
            moved = evolve(ticket, level=target, topic=about, team=team_for(self.policies, target, about))
            # Handing on ends no wait for the customer, whose word has to set the clocks going again.
            state: TicketState = "waiting" if ticket.state == "waiting" else "open"
            said = TicketEntry(self.now, "noted", target, self.who, body(text))
            found = {"from": ticket.level, **facts, **topic_fact(about)}
            reached = self._change(moved, TicketAct.REACHED, state, target, found=found)
            return evolve(reached, further=(said,) if said.text else ())

        return self._enter(number, decide)

    def resolve(self, number: str, text: str = "", *, article: str | None = None) -> Case:
        """Close a ticket: every level has answered.

        Args:
            article: of the FAQ, that answered it.
        """

        def decide(case: Case) -> Change:
            ticket = _unresolved(case)
            return self._change(ticket, TicketAct.RESOLVED, "resolved", None, text, found=_by(article))

        return self._enter(number, decide)

    def reopen(self, number: str, text: str = "", *, level: str | None = None) -> Case:
        """Take a ticket up again, at the level that had it or at another: another clock begins there."""

        def decide(case: Case) -> Change:
            ticket = case.ticket
            # One that the customer wrote to since is open, and no clock runs: it was answered, too.
            if ticket.state not in {"resolved", "answered"} and not ticket.is_settled:
                raise TicketError(f"{ticket.number} is {ticket.state}: only what was answered can be taken up again")
            named = ticket.level if level is None else check_level(self.policies, level)
            taken = evolve(ticket, level=named, team=team_for(self.policies, named, ticket.topic))
            return self._change(taken, TicketAct.REOPENED, "open", named, text)

        return self._enter(number, decide)

    def note(
        self,
        number: str,
        text: str = "",
        *,
        facts: Mapping[str, Any] | None = None,
        files: tuple[Attachment, ...] = (),
        topic: str | None = None,
    ) -> Case:
        """Keep something that the customer does not see, and what was found for the checklist."""

        def decide(case: Case) -> Change:
            ticket = case.ticket
            if topic is not None:
                ticket = evolve(ticket, topic=topic, team=team_for(self.policies, ticket.level, topic))
            act = "found" if facts else "noted"
            found = {**(facts or {}), **topic_fact(topic)}
            entry = TicketEntry(self.now, act, ticket.level, self.who, body(text), facts=found)
            return Change(entry, ticket, files)

        return self._enter(number, decide)

    def assign(self, number: str, *, customer: str | None = None, team: str | None = None, text: str = "") -> Case:
        """Say whose a ticket is, by whose contract its clocks then run, or who has it at its level.

        Raises:
            TicketError: there is no such customer, or neither is said.
        """
        if customer is not None and customer not in self.policies.customers:
            known = ", ".join(self.policies.customers) or "none"
            raise TicketError(f"there is no customer {customer!r}; there is {known}")
        if customer is None and team is None:
            raise TicketError("say whose it is, or which team has it")

        def decide(case: Case) -> Change:
            whose = self.policies.customers.get(customer or case.ticket.customer or "")
            ticket = evolve(
                case.ticket,
                customer=customer or case.ticket.customer,
                name=case.ticket.name if whose is None else whose.name,
                team=team or case.ticket.team,
            )
            facts = {name: value for name, value in (("customer", customer), ("team", team)) if value is not None}
            entry = TicketEntry(self.now, "assigned", ticket.level, self.who, body(text), facts=facts)
            return Change(entry, ticket)

        return self._enter(number, decide)

    def tell(self, number: str, text: str, *, key: str | None = None) -> Case:
        """Tell the customer something, once for each key, that is no answer: it stops no clock."""

        def decide(case: Case) -> Change | None:
            if key is not None and any(entry.key == key for entry in case.entries):
                return None
            told = TicketEntry(self.now, "told", case.ticket.level, self.who, body(text), is_public=True, key=key)
            return Change(told, case.ticket)

        return self._enter(number, decide)

    def hear(
        self,
        number: str,
        text: str,
        *,
        files: tuple[Attachment, ...] = (),
        key: str | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> Case:
        """Keep what the customer wrote, once for each key; where the customer was waited for, the clocks go on.

        Args:
            facts: what is known of how it came.
        """

        def decide(case: Case) -> Change | None:
            if key is not None and any(entry.key == key for entry in case.entries):
                return None
            ticket = case.ticket
            is_awaited = ticket.state == "waiting"
            act = TicketAct.RESUMED.value if is_awaited else "wrote"
            entry = TicketEntry(self.now, act, ticket.level, None, body(text), True, facts or {}, key)
            return Change(entry, evolve(ticket, state="open"), files)

        return self._enter(number, decide)

    def _enter(self, number: str, decide: Callable[[Case], Change | None]) -> Case:
        """Enter what is decided, unless that was done before by the same key."""

        def once(case: Case) -> Change | None:
            if self.key is not None and any(entry.key == self.key for entry in case.entries):
                return None
            decided = decide(case)
            if decided is None:
                return None
            entry = evolve(decided.entry, at=case.now, key=decided.entry.key or self.key)
            return evolve(decided, entry=entry, further=tuple(evolve(one, at=case.now) for one in decided.further))

        return change(self.policies, self.store, number, self.now, once)

    def _change(
        self,
        ticket: Ticket,
        act: TicketAct,
        state: TicketState,
        level: str | None,
        text: str = "",
        files: tuple[Attachment, ...] = (),
        *,
        is_public: bool = True,
        found: Mapping[str, Any] | None = None,
    ) -> Change:
        entry = TicketEntry(self.now, act.value, level, self.who, body(text), is_public, found or {})
        return Change(entry, evolve(ticket, state=state), files)


def _by(article: str | None) -> Mapping[str, Any]:
    return {} if article is None else {"faq": article}


def _unresolved(case: Case) -> Ticket:
    if case.ticket.state == "resolved":
        raise TicketError(f"{case.ticket.number} is resolved: reopen it first")
    return case.ticket


def _next_level(policies: PolicySet, ticket: Ticket, level: str) -> str:
    check_level(policies, level)
    hands_on_to = policies.support[ticket.level].escalates_to if ticket.level in policies.support else ()
    if level not in hands_on_to:
        words = ", ".join(hands_on_to) or "none"
        raise TicketError(f"{ticket.number} is at {ticket.level!r}, which hands on to {words}, not to {level!r}")
    return level
