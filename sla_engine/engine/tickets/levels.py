"""Where a ticket begins, and who takes it at a level."""

from sla_engine.policy import PolicySet


class TicketError(ValueError):
    """Something cannot be done with a ticket; the message says why and what to do."""


class NoSuchTicketError(TicketError):
    """There is no such ticket, or none for whoever asks."""


class NoSuchLevelError(TicketError):
    """The policies have no such support level."""


def first_level(policies: PolicySet) -> str:
    """The level at which tickets begin: the desk's own word, else the one that no other hands on to.

    Raises:
        TicketError: the policies have no support level, or several could be the first.
    """
    if policies.engine.desk.level is not None:
        return policies.engine.desk.level
    handed_to = {name for level in policies.support.values() for name in level.escalates_to}
    first = [name for name in policies.support if name not in handed_to]
    if len(first) == 1:
        return first[0]
    if not policies.support:
        raise TicketError("the policies have no support level: write [support.first]")
    raise TicketError(f"any of {', '.join(first or policies.support)} could be the first level: say engine.desk.level")


def check_level(policies: PolicySet, level: str) -> str:
    """The level, which is one of the policies'.

    Raises:
        TicketError: it is none.
    """
    if level not in policies.support:
        raise NoSuchLevelError(f"there is no support level {level!r}; there is {', '.join(policies.support) or 'none'}")
    return level


def team_for(policies: PolicySet, level: str, topic: str | None) -> str | None:
    """Who takes tickets of a topic at a level; ``other`` takes what is of no topic that is named."""
    table = policies.support.get(level)
    return None if table is None else table.teams.get(topic or "other", table.teams.get("other"))
