"""A verdict in the forms in which a report is given out and frozen."""

from sla_engine.engine.freezing import Document
from sla_engine.model.verdict import Verdict
from sla_engine.reports.verdict_json import canonical_json
from sla_engine.reports.verdict_text import verdict_text


def as_document(verdict: Verdict) -> Document:
    """The verdict as canonical JSON and as text."""
    return Document(canonical_json(verdict), verdict_text(verdict))
