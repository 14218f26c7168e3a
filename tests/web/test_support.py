"""The public form, and the view by the link from the mail."""

from typing import Any

import pytest
import sqlalchemy as sa

from sla_engine.engine.tickets.front import Wanted
from sla_engine.store.pruning import Droppable, drop_files
from sla_engine.store.tables import notices
from tests.web.desk import ANA, PNG, POLICIES, Desk, Visitor, text_of

ASKED = {"subject": "No mail arrives", "text": "Since noon.", "sender": "bob@example.org", "language": "pt"}


def send(visitor: Visitor, files: Any = None, **changed: str) -> Any:
    return visitor.post("/support", {**ASKED, **changed}, files, page="/support")


def told(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.store.reading() as connection:
        rows = connection.execute(sa.select(notices.c.about, notices.c.recipient, notices.c.language))
        return [tuple(row) for row in rows]


def test_anybody_opens_a_ticket_and_is_given_its_number_and_a_link(desk: Desk) -> None:
    with desk.visitor() as visitor:
        assert "python-httpx" in visitor.get("/support", user_agent="Firefox/140 python-httpx").text
        more = {"name": "Bob", "customer_number": "C-7", "browser": "Firefox 140", "topic": "deliverability"}
        sent = send(visitor, [("files", ("shot.png", PNG))], **more)
        page = text_of(sent.text)
        own = text_of(visitor.get(f"/tickets/view/{desk.read().ticket.token}").text)

    case = desk.read()
    assert sent.status_code == 201
    assert "Your ticket is T-1 We answer by 9 January 2026, 11:00 (UTC) ." in page
    assert f'href="/tickets/view/{case.ticket.token}"' in sent.text
    assert (case.ticket.sender, case.ticket.language, case.ticket.topic) == ("bob@example.org", "pt", "deliverability")
    assert case.entries[1].facts == {"customer_number": "C-7", "browser": "Firefox 140"}
    assert [one.name for one in case.files] == ["shot.png"]
    assert told(desk) == [("ticket-opened", "bob@example.org", "pt")]
    assert "Since noon." in own


def test_a_customers_address_opens_a_customers_ticket_whose_link_goes_there_alone(desk: Desk) -> None:
    with desk.visitor() as visitor:
        sent = send(visitor, sender="OPS@acme.example", customer_number="C-9999")

    case = desk.read()
    assert case.ticket.customer == "acme"
    assert case.ticket.token not in sent.text
    assert not any(word in sent.text for word in ("17:00", "ACME S.A.", "C-1042"))
    assert all("customer_number" not in entry.facts for entry in case.entries)
    assert told(desk)[0][1] == "OPS@acme.example"


def test_a_form_that_is_sent_twice_opens_one_ticket(desk: Desk) -> None:
    with desk.visitor() as visitor:
        first, second = (send(visitor, once="a" * 32) for _ in range(2))

    assert text_of(first.text) == text_of(second.text)
    assert len(desk.front.owed(Wanted())) == 1
    assert len(told(desk)) == 1


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"subject": " "}, "subject", "Say in a few words"),
        ({"text": ""}, "text", "Describe what happens."),
        ({"text": "x" * 20_001}, "text", "This is too long"),
        ({"sender": "bob"}, "sender", "Write an e-mail address"),
        ({"sender": "bob@example.org\r\nBcc: x@y.z"}, "sender", "Write an e-mail address"),
        ({"language": "xx"}, "language", "Choose one of the languages."),
        ({"website": "https://spam.example"}, "website", "Leave this field empty"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    desk: Desk, changed: dict[str, str], field: str, words: str
) -> None:
    with desk.visitor() as visitor:
        refused = send(visitor, name="Bob <b>", **changed)

    assert refused.status_code == 422
    assert f'<a href="#{field}">' in refused.text
    assert words in text_of(refused.text)
    assert 'value="Bob &lt;b&gt;"' in refused.text
    assert told(desk) == []


@pytest.mark.parametrize(
    ("files", "status", "words"),
    [
        ([("files", ("a.txt", b""))], 422, "This file is empty."),
        ([("files", ("a.bin", bytes(10 * 1024 * 1024 + 1)))], 422, "at most 10 MB"),
        ([("files", ("a.bin", bytes(27 * 1024 * 1024)))], 413, "at most 10 MB"),
        ([(f"f{i}", (None, "x")) for i in range(60)], 400, "look at what you wrote"),
    ],
)
def test_what_is_attached_has_limits(desk: Desk, files: Any, status: int, words: str) -> None:
    with desk.visitor() as visitor:
        refused = send(visitor, files)

    assert refused.status_code == status
    assert words in text_of(refused.text)
    assert told(desk) == []


def test_a_form_without_a_file_is_one_too(desk: Desk) -> None:
    with desk.visitor() as visitor:
        assert send(visitor, [("files", ("", b""))]).status_code == 201
        word = visitor.word("/support")
        assert visitor.client.post("/support", data={"form": word, **ASKED}).status_code == 201


def test_f68_one_address_opens_a_few_tickets_and_then_waits(desk: Desk) -> None:
    with desk.visitor() as visitor:
        taken = [send(visitor, sender=f"bob{i}@example.org").status_code for i in range(6)]
        word = visitor.word("/support")
        large = visitor.client.post(
            "/support", files=[("form", (None, word)), ("files", ("a", bytes(1024)))], headers={"content-length": "9"}
        )
        desk.clock.pass_by(121)
        again = send(visitor, sender="bob@example.org").status_code

    assert taken == [201] * 5 + [429]
    assert large.status_code == 429
    assert again == 201


def test_f68_one_mail_address_is_written_to_a_few_times_alone(desk: Desk) -> None:
    with desk.visitor() as visitor:
        assert [send(visitor).status_code for _ in range(4)] == [201] * 3 + [429]
    assert len(told(desk)) == 3


def test_f68_all_addresses_together_are_bounded_too(desk: Desk) -> None:
    app = desk.app()
    bounds = app.state.bounds
    for _ in range(60):
        bounds.form.take("")
    with desk.visitor() as visitor:
        visitor.client.app.state.bounds = bounds
        assert send(visitor).status_code == 429


def test_where_no_form_is_offered_there_is_none(desk: Desk) -> None:
    desk.load(POLICIES.replace("[engine.desk]", "[engine.desk]\nform = false"))
    token = desk.open().ticket.token
    with desk.visitor() as visitor:
        assert visitor.get("/support").status_code == 404
        assert visitor.client.post("/support", data=ASKED).status_code == 404
        assert visitor.get(f"/tickets/view/{token}").status_code == 200


def test_of_a_file_that_was_pruned_it_is_said_that_it_was_there(desk: Desk) -> None:
    token = desk.open().ticket.token
    with desk.visitor() as visitor:
        path = f"/tickets/view/{token}"
        visitor.post(path, {"text": "Here."}, [("files", ("shot.png", PNG))], page=path)
        with desk.front.store.changing() as connection:
            drop_files(connection, [Droppable(1, len(PNG))])

        assert "shot.png" in visitor.get(path).text
        assert visitor.get(f"{path}/files/1").status_code == 410


def test_the_customer_follows_writes_and_attaches_by_the_link(desk: Desk) -> None:
    token = desk.open().ticket.token
    desk.front.desk("ana").wait("T-1", "Which browser?")
    path = f"/tickets/view/{token}"
    with desk.visitor() as visitor:
        asked = text_of(visitor.get(path).text)
        sent = visitor.post(path, {"text": "Firefox."}, [("files", ("shot.png", PNG))], page=path)
        page = visitor.get(path)
        file = visitor.get(f"{path}/files/1")
        empty = visitor.post(path, {"text": " "}, page=path)

    assert "◇ we wait for your answer" in asked
    assert "Which browser?" in asked
    assert (sent.status_code, sent.headers["location"]) == (303, path)
    assert "Firefox." in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert (file.content, file.headers["content-disposition"]) == (
        PNG,
        "attachment; filename=\"shot.png\"; filename*=UTF-8''shot.png",
    )
    assert empty.status_code == 422
    assert desk.read().ticket.state == "open"


def test_a_link_takes_a_few_words_at_a_time(desk: Desk) -> None:
    token = desk.open().ticket.token
    path = f"/tickets/view/{token}"
    with desk.visitor() as visitor:
        sent = [visitor.post(path, {"text": "x"}, page=path).status_code for _ in range(11)]

    assert sent == [303] * 10 + [429]


@pytest.fixture
def with_faq(desk: Desk) -> Desk:
    """A desk with an article in English and Portuguese, and one that is hostile."""
    for language, title, text in (
        ("en", "Why does my mail bounce?", "The receiving server refused it.\n\n- See the report."),
        ("pt", "Porque é devolvida a minha mensagem?", "O servidor de destino recusou-a."),
    ):
        (desk.folder / "faq" / language).mkdir(parents=True)
        (desk.folder / "faq" / language / "bounce.md").write_text(f"# {title}\ntags: bounce, mail\n\n{text}\n")
    evil = "<script>alert(1)</script>"
    (desk.folder / "faq" / "en" / "evil.md").write_text(f"# {evil} mail bounce\n\n{evil}\n")
    desk.load(POLICIES.replace("[engine.desk]", '[engine.desk]\nfaq = "faq"'))
    return desk


def test_answers_are_found_and_read_in_the_readers_language(with_faq: Desk) -> None:
    with with_faq.visitor() as visitor:
        offered = visitor.get("/support").text
        found = text_of(visitor.get("/support/faq?q=bounce").text)
        article = visitor.get("/support/faq/bounce?lang=pt").text
        nothing = text_of(visitor.get("/support/faq?q=unheard&lang=en").text)
        evil = visitor.get("/support/faq/evil").text
        gone = [visitor.get(f"/support/faq/{name}").status_code for name in ("missing", "..%2f..%2fetc", "x" * 200)]

    assert 'href="/support/faq"' in offered
    assert "Why does my mail bounce? The receiving server refused it." in found
    assert "O servidor de destino recusou-a." in text_of(article)
    assert '<article lang="pt">' in article
    assert "Nothing was found. Ask us" in nothing
    assert "<script>" not in evil
    assert set(gone) <= {400, 404}


def test_what_may_answer_it_is_suggested_to_customers_and_to_agents(with_faq: Desk) -> None:
    with with_faq.visitor() as visitor:
        sent = send(visitor, subject="My mail has a bounce", text="The mail is refused").text
    with with_faq.visitor(ANA) as visitor:
        page = visitor.get("/tickets/T-1").text
        visitor.post("/tickets/T-1/faq", {"words": "bounce"})
        visitor.post("/tickets/T-1/answer", {"text": "See there.", "level": "first", "article": "bounce"})
        empty = visitor.post("/tickets/T-1/faq", {"words": " "}).status_code

    assert 'href="/support/faq/bounce"' in sent
    assert '<option value="bounce"' in page
    looked, answered = with_faq.read().entries[-2:]
    assert "bounce" in looked.facts["faq_searched"]
    assert (answered.act, answered.facts) == ("answered", {"faq": "bounce"})
    assert empty == 422


def test_where_there_is_no_faq_none_is_offered(desk: Desk) -> None:
    with desk.visitor() as visitor:
        assert "/support/faq" not in visitor.get("/support").text
        assert visitor.get("/support/faq").status_code == 404


def test_f68_nobody_looks_without_end(with_faq: Desk) -> None:
    with with_faq.visitor() as visitor:
        looked = [visitor.get("/support/faq?q=bounce").status_code for _ in range(61)]

    assert looked == [200] * 60 + [429]
