"""Between rows and values."""

from typing import Any

from sla_engine.model.result import Result, Run
from sla_engine.store.columns import STATES


def result_row(result: Result, source: int) -> dict[str, Any]:
    """A result as a row."""
    return {
        "at": result.at,
        "source": source,
        "state": STATES.index(result.state),
        "interval": result.interval,
        "latency": result.latency,
        "lateness": result.lateness,
        "reason": result.reason,
    }


def result_of(row: Any, check: str, location: str) -> Result:
    """The result of a row."""
    return Result(
        check=check,
        at=row.at,
        state=STATES[row.state],
        interval=row.interval,
        location=location,
        latency=row.latency,
        reason=row.reason,
        lateness=row.lateness,
    )


def run_row(run: Run, source: int) -> dict[str, Any]:
    """A run as a row."""
    return {
        "source": source,
        "first_at": run.first_at,
        "last_at": run.last_at,
        "state": STATES.index(run.state),
        "interval": run.interval,
        "count": run.count,
        "reason": run.reason,
    }


def run_of(row: Any, check: str, location: str) -> Run:
    """The run of a row that begins with the columns of the table; by name it would cost five times as much."""
    _, first_at, last_at, state, interval, count, reason, *_ = row
    return Run(check, location, STATES[state], first_at, last_at, interval, count, reason)
