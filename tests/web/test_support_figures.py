"""Figures of support on a page, for agents alone."""

import pytest

from sla_engine.model.text import LANGUAGES
from tests.web.desk import ACME, ANA, Desk, text_of


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """In January one of ACME's tickets was answered in time and one too late, and one of Umbrella's is left."""
    desk.open("First", topic="deliverability")
    desk.open("Second")
    desk.open("Third", customer="umbrella")
    desk.clock.pass_by(3600)
    desk.front.desk("ana").resolve("T-1", "Done.")
    desk.clock.pass_by(18.5 * 3600)  # half an hour after the office opened again
    desk.front.desk("ana").answer("T-2", "Done.")
    desk.clock.pass_by(60)
    return desk


def test_agents_see_how_customers_were_answered_and_what_is_left(busy: Desk) -> None:
    with busy.visitor(ANA) as visitor:
        page = text_of(visitor.get("/reports/support").text)

    assert "Figures of support, 2026-01" in page
    assert "From 1 January 2026 to 31 January 2026, in the zone UTC. The period runs on" in page
    assert "First answers 1 1 1 50 % 2 1:00 3:30" in page
    assert "ACME S.A. 1 1 0 50 % 2 1:00 3:30 2 1 0 1 0" in page
    assert "Umbrella 0 0 1 – 0 – – 1 0 0 1 0" in page
    assert "First level 1 1 1 50 %" in page
    assert "Deliverability of mails 1 0 0 100 %" in page
    assert "less than a day 1 0 1 0" in page


def test_any_period_can_be_asked_for_and_the_ones_beside_it_are_a_click_away(busy: Desk) -> None:
    with busy.visitor(ANA) as visitor:
        december = visitor.get("/reports/support?period=2025-12").text
        year = text_of(visitor.get("/reports/support?period=2026").text)

    assert "There were no tickets." in december
    assert 'href="?period=2025-11-30"' in december
    assert 'href="?period=2026-01-01"' in december
    assert "First answers 1 1 1" in year


def test_what_is_no_period_is_said_beside_the_field(busy: Desk) -> None:
    with busy.visitor(ANA) as visitor:
        answer = visitor.get("/reports/support?period=%3Cb%3Esoon")

    assert (answer.status_code, "This is no period." in answer.text) == (422, True)
    assert 'value="&lt;b&gt;soon"' in answer.text


def test_nobody_but_agents_sees_them(busy: Desk) -> None:
    with busy.visitor() as visitor:
        stranger = visitor.get("/reports/support")
    with busy.visitor(ACME) as visitor:
        customer = visitor.get("/reports/support")
        tickets = visitor.get("/tickets").text

    assert (stranger.status_code, "Umbrella" in stranger.text) == (401, False)
    assert (customer.status_code, "Umbrella" in customer.text) == (404, False)
    assert "/reports/support" not in tickets


def test_whoever_signs_in_to_see_them_comes_back_to_them(busy: Desk) -> None:
    with busy.visitor() as visitor:
        asked = visitor.get("/reports/support")
        signed_in = visitor.sign_in(ANA, "/reports/support")
        seen = visitor.get("/reports/support")

    assert 'name="next" value="/reports/support"' in asked.text
    assert (signed_in.status_code, signed_in.headers["location"], seen.status_code) == (303, "/reports/support", 200)


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_are_told_in_every_language(busy: Desk, language: str) -> None:
    with busy.visitor(ANA) as visitor:
        page = visitor.get(f"/reports/support?lang={language}").text

    words = {"en": "By team", "pt": "Por equipa", "es": "Por equipo", "fr": "Par équipe", "de": "Nach Team"}
    handed_on = {"en": "By level", "pt": "Por nível", "es": "Por nivel", "fr": "Par niveau", "de": "Nach Stufe"}
    assert f'<html lang="{language}">' in page
    assert handed_on[language] in page
    assert words[language] not in page  # nobody's team had any
