"""What the customers' online software is told of maintenance, and what the status page shows of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sla_engine.model.text import LANGUAGES

PATHS = ("/announcements.json", "/feed.atom", "/maintenance.ics", "/")


def told(notices: Any, path: str = "/announcements.json?lang=en") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = notices.get(path).json()["announcements"]
    return found


def test_there_is_nothing_to_tell_at_first(notices: Any) -> None:
    assert told(notices) == []
    assert "No maintenance is planned." in notices.get("/").text


def test_planned_maintenance_is_told_with_its_times_services_and_words(notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")

    [one] = told(notices)

    assert len(one.pop("id")) == 36
    assert one == {
        "maintenance": "upgrade",
        "sequence": 0,
        "state": "planned",
        "label": "Planned maintenance",
        "title": "Database upgrade",
        "message": "Please save your work.",
        "services": [{"id": "api", "title": "API"}],
        "starts": "2026-12-05T22:00:00Z",
        "ends": "2026-12-06T00:00:00Z",
        "was": None,
        "announced": "2026-11-26T09:05:00Z",
        "changed": "2026-11-26T09:05:00Z",
    }


def test_the_format_is_numbered_and_brings_its_labels(notices: Any) -> None:
    assert notices.get("/announcements.json?lang=fr").json() == {
        "version": 1,
        "language": "fr",
        "labels": {
            "region": "Annonces",
            "dismiss": "Fermer",
            "before": "Avant",
            "services": "Services",
            "pair": "{name}\u202f: {value}",
        },
        "announcements": [],
    }


def test_the_document_shows_the_format_as_it_is(notices: Any, upgrade: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "maintenance.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    notices.load(upgrade.replace("12-05T22", "12-06T22"))
    notices.at("2026-11-27T09:00:00Z")

    assert keys_of(json.loads(shown)) == keys_of(notices.get("/announcements.json?lang=en").json())
    assert json.loads(shown)["labels"] == notices.get("/announcements.json?lang=en").json()["labels"]


def keys_of(value: Any) -> Any:
    """The shape of a JSON value."""
    if isinstance(value, dict):
        return {key: keys_of(inner) for key, inner in value.items()}
    return [keys_of(value[0])] if isinstance(value, list) else type(value).__name__


def test_a_move_by_a_day_is_told_with_what_was_before(notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    [before] = told(notices)

    notices.load(upgrade.replace("12-05T22", "12-06T22"))
    notices.at("2026-11-27T09:00:00Z")

    [after] = told(notices)
    assert (after["id"], after["sequence"]) == (before["id"], 1)
    assert (after["starts"], after["ends"]) == ("2026-12-06T22:00:00Z", "2026-12-07T00:00:00Z")
    assert after["was"] == {"starts": "2026-12-05T22:00:00Z", "ends": "2026-12-06T00:00:00Z"}
    page = notices.get("/?lang=en").text
    assert "6 December 2026, 23:00 – 7 December 2026, 01:00 (GMT+1)" in page
    assert "Before: 5 December 2026, 23:00 – 6 December 2026, 01:00 (GMT+1)" in page


@pytest.mark.parametrize(
    ("at", "states"),
    [
        ("2026-12-05T21:59:59Z", ["planned"]),
        ("2026-12-05T22:00:00Z", ["in_progress"]),
        ("2026-12-05T23:59:59Z", ["in_progress"]),
        ("2026-12-06T00:00:00Z", []),
    ],
)
def test_it_is_planned_then_in_progress_then_gone(at: str, states: list[str], notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    notices.at(at)

    assert [one["state"] for one in told(notices)] == states


def test_what_is_cancelled_is_told_until_it_would_have_been_over(notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    notices.load(f"{upgrade}cancelled = true\n")
    notices.at("2026-11-27T09:05:00Z")

    assert [(one["state"], one["sequence"]) for one in told(notices)] == [("cancelled", 1)]
    notices.at("2026-12-06T00:00:00Z")
    assert told(notices) == []


def test_only_what_touches_the_wanted_services_is_told(notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")

    assert len(told(notices, "/announcements.json?services=web,%20api")) == 1
    assert told(notices, "/announcements.json?services=web") == []
    assert told(notices, "/announcements.json?services=acme/relay") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_visitor_reads_it_in_their_language(language: str, notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    labels = {
        "en": "Planned maintenance",
        "pt": "Manutenção planeada",
        "es": "Mantenimiento previsto",
        "fr": "Maintenance prévue",
        "de": "Geplante Wartung",
    }

    asked = notices.get(f"/announcements.json?lang={language}")
    accepted = notices.get("/announcements.json", accept_language=language)

    assert asked.json() == accepted.json()
    assert asked.headers["content-language"] == language
    assert asked.json()["announcements"][0]["label"] == labels[language]
    assert labels[language] in notices.get(f"/?lang={language}").text


@pytest.mark.parametrize("path", ["/announcements.json", "/announcements.js", "/feed.atom", "/maintenance.ics"])
def test_any_page_may_read_it_and_caches_ask_whether_it_changed(path: str, notices: Any, upgrade: str) -> None:
    first = notices.get(path)
    assert first.headers["access-control-allow-origin"] == "*"
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert first.headers["cache-control"].startswith("public, max-age=")

    again = notices.get(path, if_none_match=f'"other", W/{first.headers["etag"]}')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])

    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    changed = notices.get(path, if_none_match=first.headers["etag"])
    assert changed.status_code == (304 if path.endswith(".js") else 200)


def test_the_status_page_leads_to_the_feeds(notices: Any) -> None:
    page = notices.get("/?lang=de").text

    assert '<link rel="alternate" type="application/atom+xml" title="Wartung" href="/feed.atom?lang=de">' in page
    assert '<link rel="alternate" type="text/calendar" title="Wartung" href="/maintenance.ics?lang=de">' in page


SECRET = """
[maintenance.secret]
services = ["api"]
starts = 2026-12-05T22:00:00Z
lasts = "2h"
title = "Secret works"
announce = ["in-app"]
"""
HIDDEN = {
    "a customer's own service": SECRET.replace("api", "acme/relay"),
    "for one customer": f'{SECRET}customers = ["acme"]\n',
    "a draft": f"{SECRET}draft = true\n",
    "not announced in the application": SECRET.replace('"in-app"', ""),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", HIDDEN)
def test_what_is_not_everybodys_is_in_no_format(kind: str, path: str, notices: Any) -> None:
    notices.load(HIDDEN[kind])
    notices.at("2026-11-26T09:05:00Z")

    assert "ecret" not in notices.get(f"{path}?services=acme/relay,api").text
    assert "relay" not in notices.get(path).text.lower()


@pytest.mark.parametrize("path", PATHS)
def test_of_what_touches_several_the_customers_own_services_are_left_out(path: str, notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")

    shown = notices.get(path).text

    assert "Database upgrade" in shown
    assert "relay" not in shown.lower()


def test_what_becomes_one_customers_own_is_gone_from_the_board(notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    notices.load(f'{upgrade}customers = ["acme"]\n')
    notices.at("2026-11-26T09:10:00Z")

    assert ["Database upgrade" in notices.get(path).text for path in PATHS] == [False] * 4
