"""A customer's mail does not arrive: its domain's DNS, SPF, DKIM and DMARC are looked up, and the finding is attached.

The plugin ``dns`` does the looking. Each of its findings is of the fact that its first word names: ``SPF``, ``DKIM`` or
``DMARC``, and ``dns`` where it is none of them. A broken record is a finding as good as any, so that the checklist is
satisfied and says what to mend; what nobody could tell satisfies nothing, and is looked up again.
"""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from sla_engine.engine.tickets.changing import Case, Change, change
from sla_engine.engine.tickets.checklist import FOUND_BY_ITSELF, known_facts
from sla_engine.engine.tickets.free_mail import FREE_MAIL
from sla_engine.engine.tickets.levels import TicketError
from sla_engine.engine.tickets.words import body, one_line
from sla_engine.model.duration import Duration
from sla_engine.model.instant import Instant, format_instant
from sla_engine.model.result import State
from sla_engine.model.service import Check
from sla_engine.plugin import Doubt, Finding, Outcome
from sla_engine.policy import PolicySet
from sla_engine.policy.structure import structure
from sla_engine.store import Store
from sla_engine.store.tickets import TicketEntry

TOPIC = "deliverability"
"""The topic of tickets whose domain is looked up."""
PROBE = "dns"
_WITHIN = Duration(25_000_000)
_CHECKED = "checked"
_MOST_TOLD = 3
_FACTS = (*FOUND_BY_ITSELF, "dmarc")
_WORDS = {State.UP: "fine", State.DEGRADED: "weak", State.DOWN: "wrong", State.ERROR: "not known"}
_ORDER = (State.DOWN, State.ERROR, State.DEGRADED, State.UP)


@frozen
class Question:
    """What is looked up.

    Attributes:
        domain: of the customer's mail.
        selectors: under which its DKIM keys stand; without any, usual ones are tried.
    """

    domain: str
    selectors: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.domain, *self.selectors))


@frozen
class LookedUp:
    """What came of it.

    Attributes:
        facts: for the checklist, empty where nobody could tell.
        text: all of it, for whoever works on the ticket.
    """

    outcome: Outcome
    facts: Mapping[str, str]
    text: str

    @property
    def exit_status(self) -> int:
        """0 where nothing is wrong, 1 where something is, 3 where nobody can tell."""
        return {State.DOWN: 1, State.ERROR: 3}.get(self.outcome.state, 0)


def question_of(case: Case) -> Question | None:
    """What to look up for a ticket: the domain that somebody noted, else that of the customer's address; or None.

    The facts ``domain`` and ``selector`` say it; several selectors are parted by spaces or commas.
    """
    facts = known_facts(case.policies, case.ticket, case.entries, case.files)
    selectors = tuple(str(facts.get("selector", "")).replace(",", " ").split())
    if "domain" in facts:
        return Question(str(facts["domain"]).strip().lower(), selectors)
    customer = case.policies.customers.get(case.ticket.customer or "")
    contacts = () if customer is None else customer.contacts
    domains = ((address or "").rpartition("@")[2].strip().lower() for address in (case.ticket.sender, *contacts))
    own = next((domain for domain in domains if domain and domain not in FREE_MAIL), None)
    return None if own is None else Question(own, selectors)


def due_question(case: Case) -> Question | None:
    """What is to be looked up for a ticket and was not yet, or could not be told; or None."""
    if case.ticket.topic != TOPIC or case.ticket.state == "resolved":
        return None
    question = question_of(case)
    if question is None:
        return None
    facts = known_facts(case.policies, case.ticket, case.entries, case.files)
    is_known = all(name in facts for name in FOUND_BY_ITSELF)
    return None if is_known and facts.get(_CHECKED, str(question)) == str(question) else question


def check_for(question: Question, policies: PolicySet, probes: Mapping[str, type]) -> Check:
    """The check that looks it up.

    An operator's resolver may be any address. What is asked of it are names of customers' choosing, and nothing
    connects to the addresses that they have.

    Raises:
        TicketError: the domain or a selector is no name, or no plugin looks names up.
    """
    if PROBE not in probes:
        raise TicketError(f"no plugin has a probe {PROBE!r}, which looks domains up: see `sla plugins`")
    desk = policies.engine.desk
    mail = {"domain": question.domain, "selectors": list(question.selectors), "blocklists": list(desk.blocklists)}
    table: dict[str, Any] = {"mail": mail} | ({} if desk.resolver is None else {"server": desk.resolver})
    settings, faults = structure(table, probes[PROBE])
    if faults:
        raise TicketError(f"{question.domain} cannot be looked up: {faults[0].message}")
    return Check("engine", TOPIC, PROBE, settings, _WITHIN, trusted=desk.resolver is not None)


def read_outcome(question: Question, outcome: Outcome, policies: PolicySet, now: Instant) -> LookedUp:
    """What a run of the check says."""
    # The engine's controls were asked, and the resolver tells of other names: so it is this domain's own trouble.
    is_confirmed = outcome.state is State.DOWN and outcome.doubt is Doubt.RESOLVER and bool(policies.controls.resolve)
    facts = {name: _fact(name, outcome, is_confirmed) for name in _FACTS}
    lines = [f"{_WORDS[one.state]}: {_told(one)}" for one in _worst_first(outcome)]
    if not lines:
        lines = [f"{_WORDS[outcome.state]}: {outcome.reason}"]
    selectors = f", selectors {', '.join(question.selectors)}" if question.selectors else ""
    head = f"Mail of {question.domain}{selectors}, looked up {format_instant(now)}:"
    return LookedUp(outcome, facts, "\n".join([head, *lines]))


def attach(
    policies: PolicySet,
    store: Store,
    number: str,
    question: Question,
    finding: LookedUp,
    now: Instant,
    *,
    who: str | None = None,
    noted: Mapping[str, str] | None = None,
) -> Case:
    """Attach a finding to a ticket; one that says the same as the last, and that nobody asked for, is not repeated.

    Args:
        who: asked for it, or None where it came by itself.
        noted: what that person said for it, the facts ``domain`` and ``selector``.
    """
    facts = {**(noted or {}), **finding.facts, _CHECKED: str(question)}

    def decide(case: Case) -> Change | None:
        last = next((entry for entry in reversed(case.entries) if _CHECKED in entry.facts), None)
        if who is None and last is not None and dict(last.facts) == facts:
            return None
        entry = TicketEntry(now, "found", case.ticket.level, who, body(finding.text), facts=facts)
        return Change(entry, case.ticket)

    return change(policies, store, number, now, decide)


def _fact(name: str, outcome: Outcome, is_confirmed: bool) -> str:
    """One fact in short, or nothing where nobody can tell."""
    own = [one for one in _worst_first(outcome) if _fact_of(one) == name]
    is_unknown = any(one.state is State.ERROR for one in own) and not is_confirmed
    if not own or is_unknown:
        return ""
    worst = own[0].state
    shown = [one for one in own if one.state is worst][:_MOST_TOLD]
    told_as = State.DOWN if worst is State.ERROR else worst
    return one_line(f"{_WORDS[told_as]}: " + "; ".join(f"{one.what} {one.seen}" for one in shown))


def _fact_of(finding: Finding) -> str:
    word = finding.what.partition(" ")[0].lower()
    return word if word in _FACTS else "dns"


def _told(finding: Finding) -> str:
    return f"{finding.what}: {finding.seen}" + ("" if finding.state is State.UP else f" (expected: {finding.expected})")


def _worst_first(outcome: Outcome) -> list[Finding]:
    return sorted(outcome.findings, key=lambda one: _ORDER.index(one.state))
