"""A plan for people: contract by contract, in words."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sla_engine.engine.effects import Effect, Standing
    from sla_engine.policy import PolicySet
    from sla_engine.policy.differences import Differences, TermChange

_MOST_NAMES = 5


def plan_text(
    after: "PolicySet",
    differences: "Differences | None",
    effects: "Sequence[Effect]",
    since: int | None,
    *,
    knows_verdicts: bool,
) -> str:
    """What would change.

    Args:
        differences: None where nothing is in force yet.
        since: from when on what is compared with has been in force.
        knows_verdicts: whether there is a store by which the running periods could be judged.
    """
    if differences is None:
        checks = sum(len(service.checks) for service in after.services.values())
        return (
            f"Nothing is in force yet: {len(after.services)} services with {checks} checks, {len(after.slas)} SLAs and "
            f"{len(after.customers)} dedicated contracts would be."
        )
    if not differences:
        return f"No changes{_since(since)}."
    blocks = [f"Changes to what is in force{_since(since)}:", *_blocks(differences)]
    if effects:
        blocks.append("Running periods:\n" + "\n".join(f"  {_effect(one)}" for one in effects))
    elif knows_verdicts:
        blocks.append("No verdict of a running period changes.")
    else:
        blocks.append("There is no store by which to judge the running periods.")
    return "\n\n".join(blocks)


def _since(since: int | None) -> str:
    from sla_engine.model.instant import format_instant

    return "" if since is None else f" since {format_instant(since)}"


def _blocks(differences: "Differences") -> Iterator[str]:
    for holder, nature in sorted(differences.agreements.items()):
        yield f"{holder}: {nature}"
    own = [change for change in differences.terms if change.follows is None]
    for holder, changes in groupby(own, key=lambda change: change.holder):
        yield "\n".join([holder, *(f"  {change}{_followed(change, differences)}" for change in changes)])
    for table in differences.tables:
        if table.parts:
            yield "\n".join([table.name, *(f"  {part}" for part in table.parts)])
        else:
            yield f"{table.name}: {table.nature}"


def _followed(change: "TermChange", differences: "Differences") -> str:
    """Whose contracts only inherit a change, as one line of many."""
    names = sorted(
        other.holder.partition("/")[2]
        for other in differences.terms
        if other.follows is not None and change.holder == f"sla/{other.follows}" and other.key == change.key
    )
    if not names:
        return ""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f" (also for {', '.join(names[:_MOST_NAMES])}{more}, by inheritance)"


def _effect(effect: "Effect") -> str:
    before, after = _standing(effect.before), _standing(effect.after)
    return f"{effect.holder} {effect.period}, {effect.objective}: {before} -> {after}"


def _standing(standing: "Standing | None") -> str:
    from sla_engine.model.percent import format_percent
    from sla_engine.reports.verdict_text import length_text

    if standing is None:
        return "not promised"
    measured = "" if standing.measured is None else f" at {format_percent(standing.measured)}%"
    left = "" if standing.budget_left is None else f", {length_text(standing.budget_left)} left"
    return f"{standing.finding.replace('_', ' ')}{measured}{left}"
