"""What of several notices is still worth telling, and what of it belongs together.

Of one incident, one maintenance, one budget the newest notice tells how things stand: who is late to hear that
something was down hears at once that it is up again. Of a ticket everything is told.
"""

from collections.abc import Iterable, Sequence

from sla_engine.engine.wording.reading import Thing

ORDER = (
    "opened",
    "flapping",
    "repeated",
    "acknowledged",
    "recovered",
    "engine",
    "engine-over",
    "held",
    "clock-breached",
    "clock-warning",
    "burn",
    "burn-over",
    "certificate",
    "desk-opened",
    "desk-reached",
    "desk-wrote",
    "ticket-opened",
    "ticket-reopened",
    "ticket-answered",
    "ticket-waiting",
    "ticket-escalated",
    "ticket-resolved",
    "maintenance-cancelled",
    "maintenance-changed",
    "maintenance-started",
    "maintenance-ended",
    "maintenance-reminder",
    "maintenance-planned",
)
"""What is told first, of everything that there is to tell; of one instant, what comes later here came later."""

_TOGETHER = frozenset({"opened", "flapping", "repeated", "acknowledged", "recovered", "burn", "burn-over"})
"""What is told of many in one sentence."""


def current(things: Iterable[Thing]) -> list[Thing]:
    """The newest of each thread, the most important first; of an incident, whichever escalation tells of it."""
    newest: dict[tuple[str, ...], Thing] = {}
    for thing in sorted(things, key=lambda one: (one.at, ORDER.index(one.about))):
        newest[_subject_of(thing)] = thing
    return sorted(newest.values(), key=lambda one: (ORDER.index(one.about), one.at, len(one.thread), one.thread))


def together(things: Iterable[Thing]) -> list[Sequence[Thing]]:
    """The things of which one sentence can tell: of one kind, with one cause."""
    groups: dict[tuple[str, ...], list[Thing]] = {}
    for thing in things:
        alike = (thing.about, thing.fact("state"), thing.fact("cause"), thing.fact("closed_as"))
        groups.setdefault(alike if thing.about in _TOGETHER else (thing.about, *_subject_of(thing)), []).append(thing)
    return list(groups.values())


def _subject_of(thing: Thing) -> tuple[str, ...]:
    if thing.about.startswith(("ticket-", "desk-")):
        return thing.thread, thing.about, str(thing.at)
    if thing.about.startswith("clock-"):
        return "clock", thing.fact("ticket"), thing.fact("level")
    return ("incident", incident) if (incident := thing.fact("incident")) else ("thread", thing.thread)
