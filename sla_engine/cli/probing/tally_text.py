"""Many runs for people: states, percentiles, and what went wrong how often."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sla_engine.cli.probing.looks import dim, mark, milliseconds, wrapped
from sla_engine.cli.probing.tally import Tally, distribution, grouped
from sla_engine.engine.status import Condition
from sla_engine.model.result import State

_MOST_REASONS = 10
_FROM_BAD_TO_GOOD = (State.DOWN, State.ERROR, State.DEGRADED, State.UP)


def tally_text(tally: Tally) -> str:
    """All runs of one check."""
    return "\n".join([_head(tally), *_reasons(tally), *_times(tally)])


def rounds_text(name: str, states: Mapping[Condition, int]) -> str:
    """How often its checks made what of a service."""
    worst: Condition = next((state for state in ("down", "unknown", "degraded") if state in states), "up")
    counts = ", ".join(f"{count} {state}" for state, count in Counter(states).most_common())
    return f"{mark(worst)} {name}  {counts}"


def _head(tally: Tally) -> str:
    seen = [state for state in _FROM_BAD_TO_GOOD if tally.states[state]]
    counts = ", ".join(f"{tally.states[state]} {state}" for state in reversed(seen))
    retried = f"  ({tally.retried} needed more than one try)" if tally.retried else ""
    return f"{mark(seen[0])} {tally.check}  {counts} of {tally.runs} runs{retried}"


def _reasons(tally: Tally) -> Iterator[str]:
    groups = grouped(tally.reasons)
    for state, reason, count in groups[:_MOST_REASONS]:
        times = f"{count} ×"
        yield f"  {mark(state)} {wrapped(f'{times} {reason}', 4, hanging=len(times) + 1).lstrip()}"
    if len(groups) > _MOST_REASONS:
        yield f"  and {len(groups) - _MOST_REASONS} rarer reasons"


def _times(tally: Tally) -> Iterator[str]:
    if not tally.latencies:
        yield f"  {dim('no times, as no run was up or degraded')}"
        return
    lengths = {"latency": tally.latencies, **{f"  {name}": phase for name, phase in tally.phases.items()}}
    figures = {name: distribution(values) for name, values in lengths.items()}
    rows = [("ms", *figures["latency"])]
    rows += [(name, *map(milliseconds, figure.values())) for name, figure in figures.items()]
    heading, _, body = _columns(rows).partition("\n")
    yield f"{dim(heading)}\n{body}"


def _columns(rows: Sequence[tuple[str, ...]]) -> str:
    """The first column to the left, the numbers to the right."""
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "\n".join(
        "  ".join(["", row[0].ljust(first), *(cell.rjust(wide) for cell, wide in zip(row[1:], others, strict=True))])
        for row in rows
    )
