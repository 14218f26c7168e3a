"""Notices of every kind, as whoever enters them writes them, and the message that tells of some."""

from collections.abc import Mapping
from typing import Any

from sla_engine.engine.wording import Wording, compose
from sla_engine.model.instant import DAY, HOUR, MINUTE, Instant, parse_instant
from sla_engine.model.zone import Zone, parse_zone
from sla_engine.policy.documents import TextTable
from sla_engine.store.outbox import Notice

BEGAN = parse_instant("2026-11-26T08:30:00Z")
AT = BEGAN + 2 * MINUTE
LISBON = parse_zone("Europe/Lisbon")
TITLE = {"en": "Orders", "pt": "Encomendas", "es": "Pedidos", "fr": "Commandes", "de": "Auftraege"}
_INCIDENT = {
    "service": "orders",
    "title": TITLE,
    "state": "down",
    "reason": "status 503, expected 2xx",
    "incident": 7,
    "began_at": BEGAN,
    "opened_at": AT,
    "ended_at": None,
    "closed_as": None,
    "escalation": "infrastructure",
    "step": 1,
    "cause": None,
    "acknowledged_by": None,
}
_BURN = {
    "service": "orders",
    "title": TITLE,
    "agreement": "standard",
    "customer": None,
    "share": "2%",
    "long": "1h",
    "short": "5m",
    "rate": "14.4",
    "left": 3 * HOUR + 26 * MINUTE,
    "breach_at": AT + 14 * HOUR,
}
_TROUBLE = {"trouble": "no result was written for 5 minutes", "began_at": BEGAN, "ended_at": None}
_MAINTENANCE = {
    "maintenance": "database-upgrade",
    "title": {"en": "Database", "pt": "Base de dados", "es": "Datos", "fr": "Base", "de": "Datenbank"},
    "message": {},
    "services": [{"id": "orders", "title": TITLE}, {"id": "crm", "title": {"": "CRM"}}],
    "starts": BEGAN + 10 * DAY,
    "ends": BEGAN + 10 * DAY + 2 * HOUR,
    "was": None,
    "sequence": 0,
}
_TICKET = {
    "ticket": "T-104",
    "subject": "Orders are slow",
    "text": "We found the index that was missing.\nIt is fast again.",
    "level": {"en": "First level", "pt": "Primeiro", "es": "Primero", "fr": "Premier", "de": "Erste"},
    "due_at": AT + 4 * HOUR,
    "customer": "acme",
    "name": "Zoé",
    "reply_to": "support+T-104@provider.example",
    "link": "https://status.example/tickets/view/tk",
}
_DESK = {
    **_TICKET,
    "act": "opened",
    "text": "Every order takes a minute.\nSince this morning.",
    "sender": "zoe@acme.example",
    "team": None,
    "link": "https://status.example/tickets/T-104",
}
FACTS: Mapping[str, Mapping[str, Any]] = {
    "opened": _INCIDENT,
    "repeated": _INCIDENT,
    "acknowledged": {**_INCIDENT, "acknowledged_by": "ana"},
    "flapping": _INCIDENT,
    "recovered": {**_INCIDENT, "ended_at": BEGAN + 40 * MINUTE},
    "burn": _BURN,
    "burn-over": _BURN,
    "certificate": {
        "service": "orders",
        "title": TITLE,
        "check": "orders/health",
        "expires_at": AT + 7 * DAY,
        "days": 7,
    },
    "engine": _TROUBLE,
    "engine-over": {**_TROUBLE, "ended_at": BEGAN + 40 * MINUTE},
    "held": {"count": 40, "since": BEGAN, "limit": "oncall-sms, 30 / 1h"},
    "maintenance-planned": _MAINTENANCE,
    "maintenance-changed": {
        **_MAINTENANCE,
        "was": {"starts": BEGAN + 9 * DAY, "ends": BEGAN + 9 * DAY + 2 * HOUR},
        "sequence": 1,
    },
    "maintenance-cancelled": _MAINTENANCE,
    "maintenance-reminder": _MAINTENANCE,
    "maintenance-started": _MAINTENANCE,
    "maintenance-ended": _MAINTENANCE,
    "clock-warning": {**_TICKET, "percent": 75, "team": "development"},
    "clock-breached": {**_TICKET, "percent": None, "team": None},
    "desk-opened": _DESK,
    "desk-reached": {**_DESK, "act": "reached", "text": "It must be the index.", "team": "development"},
    "desk-wrote": {**_DESK, "act": "wrote", "text": "It is slow again.\nSince noon.", "due_at": None},
    "ticket-opened": _TICKET,
    "ticket-answered": _TICKET,
    "ticket-waiting": _TICKET,
    "ticket-escalated": _TICKET,
    "ticket-resolved": _TICKET,
    "ticket-reopened": _TICKET,
}
"""What notices of each kind say, as whoever enters them writes it."""


def noticed(about: str, number: int = 7, at: Instant = AT, **facts: Any) -> Notice:
    """A notice; those with one number are of one thread."""
    known = dict(FACTS[about])
    if "incident" in known:
        known["incident"] = number
    return Notice(
        key=f"{about}/{number}/{at}",
        at=at,
        due_at=at,
        notifier="it-mail",
        thread=f"incident/{number}/infrastructure" if "incident" in known else f"{about.partition('-')[0]}/{number}",
        about=about,
        facts={**known, **facts},
    )


def told(
    *notices: Notice, language: str = "en", zone: Zone = LISBON, texts: Mapping[str, TextTable] | None = None
) -> Wording:
    """The words of one message that tells of notices."""
    return compose(notices, language, zone, texts or {})
