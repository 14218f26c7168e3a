"""Who would be told of an outage, for programs; instants are in UTC."""

from collections.abc import Mapping, Sequence
from typing import Any

from sla_engine.engine.escalation.explaining import Answer, Explained, Silence, Word
from sla_engine.engine.escalation.reaching import Reached, Wait
from sla_engine.model.instant import format_instant


def route_json(answer: Answer) -> Mapping[str, Any]:
    """An answer as JSON has it."""
    asked = answer.question
    return {
        "service": asked.service.id,
        "severity": asked.service.severity,
        "state": asked.state,
        "customer": asked.customer,
        "at": format_instant(asked.at),
        "opened": None if answer.opened_at is None else format_instant(answer.opened_at),
        "until": None if asked.closed_at is None else format_instant(asked.closed_at),
        "shown_until": format_instant(answer.until),
        "held": [{"from": format_instant(start), "to": format_instant(end)} for start, end in answer.held],
        "depends_on": list(answer.parents),
        "escalations": [_escalation(one) for one in answer.escalations],
        "others": [{"escalation": name, "reason": reason} for name, reason in answer.others.items()],
    }


def _escalation(explained: Explained) -> Mapping[str, Any]:
    table = explained.route.table
    return {
        "escalation": explained.route.escalation,
        "customers": list(explained.route.customers),
        "confirm": table.confirm,
        "repeat": None if table.repeat is None else str(table.repeat),
        "told": [_word(one) for one in explained.words],
        "not_told": [_silence(one) for one in explained.silences],
    }


def _word(word: Word) -> Mapping[str, Any]:
    return {
        "at": format_instant(word.at),
        "about": word.about,
        "step": word.step,
        "name": word.name or word.reached.notifier,
        "notifier": word.reached.notifier,
        "stands_in": word.reached.stands_in,
        "recipients": list(word.recipients),
        "waited": _waits(word.reached.waits),
    }


def _silence(silence: Silence) -> Mapping[str, Any]:
    reached: Reached | None = silence.reached
    return {
        "due": format_instant(silence.due_at),
        "step": silence.step,
        "name": silence.name,
        "notifier": None if reached is None else reached.notifier,
        "reason": silence.reason,
        "waited": [] if reached is None else _waits(reached.waits),
    }


def _waits(waits: Sequence[Wait]) -> Sequence[Mapping[str, Any]]:
    return [
        {"from": format_instant(one.since), "to": format_instant(one.until), "for": one.cause, "name": one.name or None}
        for one in waits
    ]
