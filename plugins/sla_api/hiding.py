"""Keeps what was learnt in confidence during a run, such as a token, out of what is told of the run."""

from attrs import evolve

from sla_engine.plugin import Finding, Outcome
from sla_engine.plugin.hiding import Hidden


def clean_outcome(outcome: Outcome, hidden: Hidden) -> Outcome:
    """An outcome whose texts are clean."""
    return evolve(
        outcome,
        reason=None if outcome.reason is None else hidden.clean(outcome.reason),
        evidence=hidden.clean(outcome.evidence),
        findings=tuple(_clean_finding(one, hidden) for one in outcome.findings),
    )


def _clean_finding(one: Finding, hidden: Hidden) -> Finding:
    return Finding(hidden.clean(one.what), hidden.clean(one.expected), hidden.clean(one.seen), one.state)
