"""Figures of support as JSON: shares as percentages in text, rounded down, lengths of time in seconds."""

from collections.abc import Mapping
from typing import Any

from sla_engine.model.instant import DAY, format_instant, seconds
from sla_engine.model.percent import format_percent
from sla_engine.model.support import AgeClass, Answers, Figures, SupportFigures


def support_json(figures: SupportFigures) -> Mapping[str, Any]:
    """The figures as a JSON object; equal figures give equal objects, key for key."""
    return {
        "period": {
            "start": format_instant(figures.start),
            "end": format_instant(figures.end),
            "timezone": figures.zone.name,
            "ended": figures.has_ended,
        },
        **_figures(figures.total),
        "levels": [{"level": group.name, **_figures(group.figures)} for group in figures.levels],
        "teams": [{"team": group.name, **_figures(group.figures)} for group in figures.teams],
        "customers": [{"customer": group.name, **_figures(group.figures)} for group in figures.customers],
        "topics": [{"topic": group.name, **_figures(group.figures)} for group in figures.topics],
    }


def _figures(figures: Figures) -> Mapping[str, Any]:
    return {
        "opened": figures.opened,
        "resolved": figures.resolved,
        "reopened": figures.reopened,
        "first_answers": _answers(figures.first),
        "answers": _answers(figures.answers),
        "left": figures.left,
        "late": figures.late,
        "backlog": [_age(one) for one in figures.backlog],
    }


def _answers(answers: Answers) -> Mapping[str, Any]:
    return {
        "met": answers.met,
        "breached": answers.breached,
        "open": answers.open,
        "measured": None if answers.compliance is None else format_percent(answers.compliance),
        "given": answers.given,
        "median": None if answers.median is None else seconds(answers.median),
        "p95": None if answers.p95 is None else seconds(answers.p95),
    }


def _age(one: AgeClass) -> Mapping[str, Any]:
    return {
        "days": one.since // DAY,
        "under_days": None if one.under is None else one.under // DAY,
        "owed": one.owed,
        "waiting": one.waiting,
        "answered": one.answered,
        "late": one.late,
    }
