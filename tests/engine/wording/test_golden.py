"""A dozen messages as people read them, in all five languages. What is printed is kept in golden/."""

from collections.abc import Callable

import pytest

from sla_engine.model.instant import HOUR
from sla_engine.model.text import LANGUAGES
from sla_engine.store.outbox import Notice
from tests.engine.wording.noticing import AT, noticed, told

STORM = [noticed("opened", number, title={"": f"Shop {number}"}, cause="db1.example.com") for number in range(1, 3000)]
MESSAGES: dict[str, list[Notice]] = {
    "opened": [noticed("opened")],
    "repeated": [noticed("repeated", at=AT + 4 * HOUR)],
    "acknowledged": [noticed("acknowledged")],
    "flapping": [noticed("flapping")],
    "recovered": [noticed("recovered")],
    "storm": STORM,
    "down-and-up": [noticed("opened", 1), noticed("recovered", 2, title={"": "CRM"}), noticed("recovered", 3)],
    "burn": [noticed("burn")],
    "certificate": [noticed("certificate")],
    "engine": [noticed("engine")],
    "held": [noticed("held")],
    "maintenance-planned": [noticed("maintenance-planned")],
    "maintenance-moved": [noticed("maintenance-changed")],
    "maintenance-cancelled": [noticed("maintenance-cancelled")],
    "ticket-opened": [noticed("ticket-opened")],
    "ticket-answered": [noticed("ticket-answered")],
    "ticket-waiting": [noticed("ticket-waiting", due_at=None)],
    "ticket-escalated": [noticed("ticket-escalated")],
    "ticket-resolved": [noticed("ticket-resolved", due_at=None)],
    "ticket-reopened": [noticed("ticket-reopened")],
    "desk-opened": [noticed("desk-opened")],
    "desk-reopened": [noticed("desk-opened", act="reopened", link=None)],
    "desk-reached": [noticed("desk-reached")],
    "desk-wrote": [noticed("desk-wrote")],
    "clock-warning": [noticed("clock-warning")],
    "clock-breached": [noticed("clock-breached")],
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_reads_as_the_golden_file_says(name: str, golden: Callable[[str, str], None]) -> None:
    shown = []
    for language in LANGUAGES:
        message = told(*MESSAGES[name], language=language)
        shown.append(f"== {language}\n{message.subject}\n-- {message.short}\n\n{message.text}")

    golden(f"{name}.txt", "\n".join(shown))


def test_a_page_is_as_the_golden_file_says(golden: Callable[[str, str], None]) -> None:
    golden("down-and-up.html", told(*MESSAGES["down-and-up"], language="pt").html)
