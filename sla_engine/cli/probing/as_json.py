"""Runs as programs read them; lengths in milliseconds."""

from collections.abc import Mapping
from typing import Any

from sla_engine.cli.probing.rounds import Run
from sla_engine.cli.probing.tally import Tally, distribution, grouped
from sla_engine.model.instant import format_instant


def run_json(run: Run, *, traced: bool) -> dict[str, Any]:
    """One run.

    Args:
        traced: whether the dialogue was asked for.
    """
    outcome = run.tried.outcome
    found: dict[str, Any] = {
        "service": run.check.service,
        "check": run.check.name,
        "at": format_instant(run.at),
        "state": outcome.state.value,
        "ms": run.tried.latency / 1000,
        "phases": {name: round(length * 1000, 3) for name, length in outcome.phases.items()},
        "reason": outcome.reason,
        "doubt": outcome.doubt,
        "tries": run.tried.tries,
        "findings": [
            {"what": finding.what, "expected": finding.expected, "seen": finding.seen, "state": finding.state.value}
            for finding in outcome.findings
        ],
        "values": dict(outcome.values),
        "evidence": outcome.evidence,
    }
    if traced:
        found["trace"] = [{"ms": round(line.after * 1000, 3), "line": line.text} for line in run.dialogue]
    return found


def tally_json(tally: Tally) -> Mapping[str, Any]:
    """Many runs of one check; no latency where none was good."""
    return {
        "runs": tally.runs,
        "states": {state.value: count for state, count in tally.states.items()},
        "retried": tally.retried,
        "latency": _distribution(tally.latencies) if tally.latencies else None,
        "phases": {name: _distribution(lengths) for name, lengths in tally.phases.items()},
        "reasons": [
            {"state": state.value, "reason": reason, "runs": count} for state, reason, count in grouped(tally.reasons)
        ],
    }


def _distribution(lengths: list[float]) -> Mapping[str, float]:
    return {name: round(length / 1000, 3) for name, length in distribution(lengths).items()}
