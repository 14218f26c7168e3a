"""Tickets as agents and customers see them on pages, without any script."""

from typing import Any

import pytest

from sla_engine.model.text import LANGUAGES
from tests.web.desk import ACME, ANA, PNG, UMBRELLA, Desk, text_of


def test_agents_see_what_falls_due_the_next_first(desk: Desk) -> None:
    desk.open("Due tomorrow", customer="umbrella")
    desk.open("Due today")
    desk.open("Nobody waits")
    desk.front.desk("ana").answer("T-3", "Done.")

    with desk.visitor(ANA) as visitor:
        page = text_of(visitor.get("/tickets").text)
        desk.clock.pass_by(2 * 3600 + 1)
        later = text_of(visitor.get("/tickets").text)
        all_of_them = text_of(visitor.get("/tickets?show=all").text)
        answered = text_of(visitor.get("/tickets?show=answered").text)
        theirs = text_of(visitor.get("/tickets?customer=umbrella").text)

    assert page.index("T-2 Due today") < page.index("T-1 Due tomorrow")
    assert "Nobody waits" not in page
    assert "8 January 2026, 17:00 (UTC) ■ late" in later
    assert all_of_them.index("T-3 Nobody waits") < all_of_them.index("T-1")
    assert "○ answered" in answered
    assert "Due today" not in answered
    assert "Due tomorrow" in theirs
    assert "Due today" not in theirs


def test_a_long_list_has_pages(desk: Desk) -> None:
    for number in range(51):
        desk.open(f"Subject {number}")

    with desk.visitor(ANA) as visitor:
        first = visitor.get("/tickets?show=all").text
        second = visitor.get("/tickets?show=all&before=T-2").text
        due = text_of(visitor.get("/tickets").text)

    assert "?show=all&amp;before=T-2" in first
    assert "Subject 0" in text_of(second)
    assert "Older tickets" not in second
    assert "More fall due after these" in due


def test_an_agent_works_a_ticket_through_forms_alone(desk: Desk) -> None:
    desk.open()
    with desk.visitor(ANA) as visitor:

        def do(act: str, fields: dict[str, Any], files: Any = None) -> str:
            desk.clock.pass_by(60)
            sent = visitor.post(f"/tickets/T-1/{act}", fields, files, page="/tickets/T-1")
            assert (sent.status_code, sent.headers["location"]) == (303, "/tickets/T-1"), text_of(sent.text)
            return text_of(visitor.get("/tickets/T-1").text)

        assert "◇ waiting for the customer" in do("wait", {"text": "Which browser?"})
        assert "● running" in do("resume", {"text": ""})
        page = do(
            "note",
            {"text": "Seen it.", "fact.browser": "Firefox", "fact.reproduced": "yes", "fact.faq_searched": "nothing"},
            [("files", ("shot.png", PNG))],
        )
        assert "✓ known : Browser – Firefox" in page
        assert "shot.png" in page
        assert "second, ana" in do("escalate", {"level": "second", "text": "Please look."})
        assert "Try again." in do("answer", {"text": "Try again.", "level": "first"})
        assert "✓ resolved" in do("resolve", {"text": "Bye."})
        assert "Opened again" in do("reopen", {"level": "first", "text": ""})
    acts = [entry.act for entry in desk.read().entries]
    assert acts == ["opened", "waiting", "resumed", "found", "reached", "noted", "answered", "resolved", "reopened"]
    assert {entry.who for entry in desk.read().entries} == {"ana"}


def test_what_is_missing_is_listed_and_what_was_typed_stays(desk: Desk) -> None:
    desk.open()
    with desk.visitor(ANA) as visitor:
        refused = visitor.post("/tickets/T-1/escalate", {"level": "second", "text": "Please look at it."})

    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    page = text_of(refused.text)
    assert "What is missing: Browser Screenshot Tried to reproduce it Looked into the FAQ" in page
    assert "Please look at it." in page
    assert len(desk.read().entries) == 1


@pytest.mark.parametrize(
    ("act", "fields", "status", "words"),
    [
        ("answer", {"text": " "}, 422, "Nothing was written."),
        ("note", {"text": " "}, 422, "Nothing was written."),
        ("resume", {"text": "x"}, 409, "As the ticket stands now, this cannot be done."),
        ("answer", {"text": "x", "level": "third"}, 422, "this cannot be done"),
        ("delete", {"text": "x"}, 404, "There is no such page"),
        ("write", {"text": "x"}, 404, "There is no such page"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    desk: Desk, act: str, fields: dict[str, str], status: int, words: str
) -> None:
    desk.open()
    with desk.visitor(ANA) as visitor:
        refused = visitor.post(f"/tickets/T-1/{act}", fields)

    assert refused.status_code == status
    assert words in text_of(refused.text)
    assert len(desk.read().entries) == 1


def test_a_customer_sees_their_own_writes_and_attaches(desk: Desk) -> None:
    desk.open()
    desk.open("Not theirs", customer="umbrella")
    desk.front.desk("ana").note("T-1", "Between us.")
    with desk.visitor(ACME) as visitor:
        listed = text_of(visitor.get("/tickets").text)
        sent = visitor.post("/tickets/T-1/write", {"text": "It is back."}, [("files", ("shot.png", PNG))])
        page = text_of(visitor.get("/tickets/T-1").text)
        refused = visitor.post("/tickets/T-1/answer", {"text": "x"})

    assert "T-1 No mail arrives" in listed
    assert "Not theirs" not in listed
    assert sent.status_code == 303
    assert "You wrote" in page
    assert "It is back." in page
    assert "shot.png" in page
    assert "Between us." not in page
    assert refused.status_code == 404
    assert [(one.act, one.who) for one in desk.read().entries][-1] == ("wrote", None)


def test_agents_see_in_list_and_page_that_a_customer_wrote_after_the_answer(desk: Desk) -> None:
    desk.open()
    desk.front.desk("ana").answer("T-1", "It is free again.")
    desk.clock.pass_by(600)
    with desk.visitor(ACME) as customer:
        customer.post("/tickets/T-1/write", {"text": "It is back."})
        theirs = text_of(customer.get("/tickets").text)
    with desk.visitor(ANA) as agent:
        listed, page = text_of(agent.get("/tickets").text), text_of(agent.get("/tickets/T-1").text)
        reopened = agent.post("/tickets/T-1/reopen", {"level": "first"})
        due = text_of(agent.get("/tickets").text)

    assert "T-1 No mail arrives ● to be answered The customer wrote, 8 January 2026, 15:10 (UTC)" in listed
    assert "The customer wrote 8 January 2026, 15:10 (UTC) : after the answer, so that no clock runs" in page
    assert "You wrote, 8 January 2026" in theirs
    assert reopened.status_code == 303
    assert "The customer wrote," not in due


def test_a_ticket_of_another_help_desk_is_answered_there_and_written_to_nobody_from_here(desk: Desk) -> None:
    desk.open(source="zammad", foreign_id="22013")
    with desk.visitor(ANA) as agent:
        page = agent.get("/tickets/zammad:22013").text
        answered = agent.post("/tickets/zammad:22013/answer", {"text": "x"})
        closed = agent.post("/tickets/zammad:22013/resolve", {"text": "It was deleted there."})
    with desk.visitor(ACME) as customer:
        theirs = customer.get("/tickets/zammad:22013").text
        written = customer.post("/tickets/zammad:22013/write", {"text": "x"})

    assert "This ticket lives in zammad: it is answered there" in text_of(page)
    forms = {
        act for act in ("answer", "wait", "escalate", "resolve", "reopen", "note") if f"zammad:22013/{act}" in page
    }
    assert forms == {"resolve", "note"}
    assert (answered.status_code, written.status_code, closed.status_code) == (404, 404, 303)
    assert "<textarea" not in theirs
    assert [entry.act for entry in desk.read("zammad:22013").entries] == ["opened", "resolved"]


def test_times_are_shown_by_the_clocks_that_the_reader_chose(desk: Desk) -> None:
    token = desk.open().ticket.token
    with desk.visitor(ACME) as visitor:
        usual = text_of(visitor.get("/tickets/T-1").text)
        chosen = text_of(visitor.get("/tickets/T-1?zone=America/New_York").text)
        kept = text_of(visitor.get("/tickets").text)
        wrong = text_of(visitor.get("/tickets/T-1?zone=../../etc/passwd").text)
    with desk.visitor() as visitor:
        by_link = text_of(visitor.get(f"/tickets/view/{token}?zone=GMT%2B1").text)

    assert "We answer by 8 January 2026, 18:00 (Europe/Paris)" in usual
    assert "We answer by 8 January 2026, 12:00 (America/New_York)" in chosen
    assert "8 January 2026, 12:00 (America/New_York)" in kept
    assert "12:00 (America/New_York)" in wrong
    assert "18:00 (GMT+1)" in by_link


def test_the_language_that_was_chosen_is_kept_over_forms(desk: Desk) -> None:
    desk.open()
    with desk.visitor(ANA) as visitor:
        visitor.get("/tickets?lang=pt")
        refused = visitor.post("/tickets/T-1/answer", {"text": ""})

    assert refused.headers["content-language"] == "pt"
    assert "Não foi escrito nada." in refused.text


@pytest.mark.parametrize("code", sorted(set(LANGUAGES) - {"en"}))
def test_no_english_is_left_on_pages_of_other_languages(desk: Desk, code: str) -> None:
    token = desk.open().ticket.token
    english = {"Answer", "Customer", "Send", "Attach", "happened", "Nothing", "State", "Level", "language", "Sign"}
    with desk.visitor(ANA) as visitor:
        visitor.get(f"/tickets?lang={code}")
        refused = visitor.post("/tickets/T-1/escalate", {"level": "second"}).text
        pages = [
            refused,
            *(visitor.get(path).text for path in ("/tickets", "/tickets/T-1", "/support", "/tickets/T-9")),
        ]
        pages.append(visitor.get(f"/tickets/view/{token}").text)
    with desk.visitor() as visitor:
        pages.append(visitor.get(f"/tickets?lang={code}").text)

    assert [word for page in pages for word in text_of(page).split() if word in english] == []


def test_a_link_from_elsewhere_says_why_one_has_to_open_the_page_again(desk: Desk) -> None:
    with desk.visitor() as visitor:
        assert "Open the page again" in visitor.get("/tickets/T-1", sec_fetch_site="cross-site").text
        assert "Open the page again" not in visitor.get("/tickets/T-1").text


def test_a_customer_without_tickets_is_told_so(desk: Desk) -> None:
    with desk.visitor(UMBRELLA) as visitor:
        assert "There is no such ticket." in visitor.get("/tickets").text
