"""Judgement: results and tickets, a contract and a period in; a verdict with its evidence out. No I/O and no clock."""

from sla_engine.evaluation.evaluate import evaluate
from sla_engine.evaluation.evidence import with_evidence
from sla_engine.evaluation.history import History

__all__ = ["History", "evaluate", "with_evidence"]
