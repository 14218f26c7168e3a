"""Announcements as JSON: what the banner reads, and any other program that shows them.

The format has a number, which is raised when anything is taken out or means something else; what is added is no change.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sla_engine.engine.maintenance.board import Shown
from sla_engine.exchange.announcements.phrases import state_text, title_of
from sla_engine.languages import Language
from sla_engine.model.instant import format_instant
from sla_engine.model.interval import Interval

VERSION = 1


def announcements_json(shown: Iterable[Shown], language: Language) -> Mapping[str, Any]:
    """Announcements in a language, the earliest first."""
    return {
        "version": VERSION,
        "language": language.code,
        "labels": {
            "region": language.text("Announcements"),
            "dismiss": language.text("Dismiss"),
            "before": language.text("Before"),
            "services": language.text("Services"),
            "pair": language.text("{name}: {value}", name="{name}", value="{value}"),
        },
        "announcements": [_json(one, language) for one in shown],
    }


def _json(one: Shown, language: Language) -> Mapping[str, Any]:
    return {
        "id": one.uid,
        "maintenance": one.maintenance,
        "sequence": one.sequence,
        "state": one.state,
        "label": state_text(one.state, language),
        "title": title_of(one, language),
        "message": None if one.message is None else one.message.in_language(language.code),
        "services": [{"id": service.id, "title": service.title.in_language(language.code)} for service in one.services],
        **_span(one.window),
        "was": None if one.was is None else _span(one.was),
        "announced": format_instant(one.announced_at),
        "changed": format_instant(one.changed_at),
    }


def _span(window: Interval) -> Mapping[str, str]:
    return {"starts": format_instant(window.start), "ends": format_instant(window.end)}
