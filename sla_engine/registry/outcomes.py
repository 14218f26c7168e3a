"""What a probe may answer: anything else is the plugin's fault, and becomes the monitor's own error."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from sla_engine.model.result import State
from sla_engine.plugin import Doubt, Finding, Outcome

LONGEST_REASON = 500
LONGEST_EVIDENCE = 16 * 1024
LONGEST_TEXT = 1024 * 1024
MOST_NUMBERS = 64
MOST_FINDINGS = 256
LONGEST_NAME = 100
_HIGHEST = 1e15


def tidy(outcome: Any, probe: str, hide: Callable[[str], str]) -> Outcome:
    """An outcome that can be kept: texts cut to what is kept, without secrets and control characters.

    Args:
        outcome: whatever the probe gave.
        probe: its name, for the message.
        hide: takes the secrets out of a text.
    """
    if not isinstance(outcome, Outcome):
        return Outcome.error(f"probe {probe!r} gave {type(outcome).__name__} and not an outcome")
    fault = _fault(outcome)
    if fault is not None:
        return Outcome.error(f"probe {probe!r} gave nonsense: {fault}")
    reason = printable(hide(outcome.reason or ""))[:LONGEST_REASON]
    told = None if outcome.state is State.UP else reason or "no reason was given"
    return evolve(
        outcome,
        reason=told,
        evidence=printable(hide(outcome.evidence)[:LONGEST_EVIDENCE]),
        findings=tuple(_tidy_finding(finding, hide) for finding in outcome.findings),
    )


def _tidy_finding(finding: Finding, hide: Callable[[str], str]) -> Finding:
    def short(text: str) -> str:
        return printable(hide(text))[:LONGEST_REASON]

    return Finding(short(finding.what), short(finding.expected), short(finding.seen), finding.state)


def _fault(outcome: Outcome) -> str | None:
    if not isinstance(outcome.state, State):
        return "its state is none"
    if outcome.doubt is not None and not isinstance(outcome.doubt, Doubt):
        return "its doubt is none"
    return _text_faults(outcome) or _numbers_fault(outcome) or _findings_fault(outcome.findings)


def _text_faults(outcome: Outcome) -> str | None:
    for name, text in (("reason", outcome.reason), ("evidence", outcome.evidence)):
        if text is None and name == "reason":
            continue
        if (fault := _text_fault(text)) is not None:
            return f"its {name} {fault}"
    return None


def _numbers_fault(outcome: Outcome) -> str | None:
    for name, numbers in (("phases", outcome.phases), ("values", outcome.values)):
        if not isinstance(numbers, Mapping) or len(numbers) > MOST_NUMBERS:
            return f"its {name} are no table of at most {MOST_NUMBERS} numbers"
        for key, number in numbers.items():
            if _text_fault(key) is not None or len(key) > LONGEST_NAME or not _is_number(number):
                return f"its {name} hold what is no number"
            if not math.isfinite(number) or abs(number) > _HIGHEST or (name == "phases" and number < 0):
                return f"its {name} hold {number}"
    return None


def _findings_fault(findings: Any) -> str | None:
    if not isinstance(findings, tuple) or len(findings) > MOST_FINDINGS:
        return f"its findings are no tuple of at most {MOST_FINDINGS}"
    for finding in findings:
        if not isinstance(finding, Finding) or not isinstance(finding.state, State):
            return "its findings hold what is none"
        for text in (finding.what, finding.expected, finding.seen):
            if (fault := _text_fault(text)) is not None:
                return f"a text of its findings {fault}"
    return None


def _text_fault(text: Any) -> str | None:
    if not isinstance(text, str):
        return "is no text"
    if len(text) > LONGEST_TEXT:
        return f"has {len(text)} characters"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "has halves of characters (lone surrogates)"
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def printable(text: str) -> str:
    """Without what would move the reader's cursor: control characters."""
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(character if character.isprintable() or character in "\n\t" else "\ufffd" for character in text)
