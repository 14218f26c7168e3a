"""Looks up a customer's domain because somebody asks for it, now."""

from collections.abc import Mapping

from sla_engine.engine.equipment import make_prober
from sla_engine.engine.tickets.acting import Desk
from sla_engine.engine.tickets.changing import Case, read_case
from sla_engine.engine.tickets.deliverability import LookedUp, Question, attach, check_for, question_of, read_outcome
from sla_engine.engine.tickets.levels import TicketError
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import PluginHost


async def look_up_now(
    desk: Desk, host: PluginHost, number: str, noted: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[Case, LookedUp]:
    """Look up, attach what was found, and give both.

    Args:
        noted: the facts ``domain`` and ``selector``, as far as they are said; they are noted for later, too.
        environ: what secrets are read from.

    Raises:
        TicketError: there is no such ticket, or no domain is known.
    """
    question = _question(read_case(desk.policies, desk.store, number, desk.now), noted)
    check = check_for(question, desk.policies, host.probes)
    clock = SystemClock()
    prober = make_prober(desk.policies, host, clock, environ)
    try:
        tried = await prober.run(check)
    finally:
        await prober.aclose()
    now = clock.now()
    found = read_outcome(question, tried.outcome, desk.policies, now)
    case = attach(desk.policies, desk.store, number, question, found, now, who=desk.who or "", noted=noted)
    return case, found


def _question(case: Case, noted: Mapping[str, str]) -> Question:
    known = question_of(case)
    domain = noted.get("domain", "").strip().lower() or (known.domain if known is not None else "")
    if not domain:
        raise TicketError(f"it is not known whose mail {case.ticket.number} is about: say it with --domain DOMAIN")
    selectors = noted.get("selector", "").split()
    return Question(domain, tuple(selectors) or (known.selectors if known is not None else ()))
