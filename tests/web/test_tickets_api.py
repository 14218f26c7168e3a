"""Tickets as programs see them and work on them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.web.desk import ACME, ANA, PNG, POLICIES, TOKENS, Desk, text_of

Client = TestClient[Litestar]
API = "/api/v1/tickets"
FACTS = {"browser": "Firefox 140", "reproduced": "yes", "faq_searched": "nothing found"}


@pytest.fixture
def agent(desk: Desk) -> Iterator[Client]:
    with desk.program(ANA) as client:
        yield client


@pytest.fixture
def customer(desk: Desk) -> Iterator[Client]:
    with desk.program(ACME) as client:
        yield client


def acts(client: Client, number: str = "T-1") -> list[str]:
    return [entry["act"] for entry in client.get(f"{API}/{number}").json()["entries"]]


def test_an_agent_opens_a_ticket_for_a_customer(agent: Client) -> None:
    sent = {"subject": "No mail arrives", "text": "Since noon.", "customer": "acme", "facts": {"browser": "Firefox"}}

    answer = agent.post(API, json=sent)

    opened = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, "/api/v1/tickets/T-1")
    assert (opened["customer"], opened["sender"], opened["language"]) == ("acme", "ops@acme.example", "fr")
    assert opened["due"] == "2026-01-08T17:00:00Z"
    assert [(one["act"], one["by"], one["facts"]) for one in opened["entries"]] == [
        ("opened", "ana", {}),
        ("found", "ana", {"browser": "Firefox"}),
    ]


def test_a_customer_opens_and_writes_and_it_is_theirs(customer: Client, desk: Desk) -> None:
    opened = customer.post(API, json={"subject": "No mail arrives", "language": "de"}).json()
    customer.post(f"{API}/T-1/write", json={"text": "It arrives again."})

    assert (opened["customer"], opened["language"]) == ("acme", "de")
    assert [(one.act, one.who) for one in desk.read().entries] == [("opened", None), ("wrote", None)]


def test_the_whole_course_of_a_ticket(agent: Client, desk: Desk) -> None:
    agent.post(API, json={"subject": "Mails bounce", "customer": "acme"})

    desk.clock.pass_by(60)
    assert agent.post(f"{API}/T-1/wait", json={"text": "Which browser?"}).json()["due"] is None
    desk.clock.pass_by(600)
    assert agent.post(f"{API}/T-1/resume", json={}).json()["due"] == "2026-01-08T17:10:00Z"
    agent.post(f"{API}/T-1/note", json={"text": "Seen it too.", "facts": FACTS})
    agent.post(f"{API}/T-1/files", files=[("files", ("shot.png", PNG))])
    reached = agent.post(f"{API}/T-1/escalate", json={"level": "second", "text": "Please look."}).json()
    assert (reached["level"], reached["team"]) == ("second", "development")
    assert agent.post(f"{API}/T-1/answer", json={"text": "Try again.", "level": "first"}).json()["state"] == "answered"
    assert agent.post(f"{API}/T-1/resolve", json={"text": "Bye."}).json()["state"] == "resolved"
    assert agent.post(f"{API}/T-1/reopen", json={"level": "first"}).json()["level"] == "first"
    assert acts(agent) == [
        "opened", "waiting", "resumed", "found", "noted", "reached", "noted", "answered", "resolved", "reopened",
    ]  # fmt: skip


def test_an_escalation_that_lacks_something_says_what(agent: Client) -> None:
    agent.post(API, json={"subject": "Mails bounce", "customer": "acme"})

    refused = agent.post(f"{API}/T-1/escalate", json={"level": "second", "topic": "deliverability"})

    lacking = ["browser", "screenshot", "reproduced", "faq_searched", "dns", "spf", "dkim"]
    assert (refused.status_code, refused.json()["missing"]) == (409, lacking)
    assert acts(agent) == ["opened"]


@pytest.mark.parametrize(
    ("path", "sent", "status", "error"),
    [
        ("", {"subject": "x", "costumer": "acme"}, 422, "costumer: unknown key 'costumer', did you mean 'customer'?"),
        ("", {"subject": 7}, 422, "subject: expected text, not a whole number"),
        ("", {}, 422, "body: the key 'subject' is missing"),
        ("", {"subject": " "}, 422, "subject: say what it is about"),
        ("", {"subject": "x", "customer": "acne"}, 422, "customer: there is no customer 'acne'"),
        ("", {"subject": "x", "sender": "a\r\nBcc: b@c"}, 422, "sender: this is no mail address"),
        ("", {"subject": "x", "level": "third"}, 422, "there is no support level 'third'"),
        ("", {"subject": "x", "facts": {"browser": 7}}, 422, "facts.browser: expected text"),
        ("", [], 400, "the body is no JSON object"),
        ("/T-1/answer", {"text": "  "}, 422, "text: say something"),
        ("/T-1/answer", {"text": "x", "level": "third"}, 422, "there is no support level 'third'"),
        ("/T-1/resume", {}, 409, "does not wait for the customer"),
        ("/T-1/escalate", {"level": "first"}, 409, "hands on to second, not to 'first'"),
        ("/T-1/reopen", {}, 409, "only what was answered"),
        ("/T-99/answer", {"text": "x"}, 404, "there is no such ticket"),
        ("/T-1/delete", {}, 404, "Not Found"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    agent: Client, desk: Desk, path: str, sent: Any, status: int, error: str
) -> None:
    desk.open()

    refused = agent.post(f"{API}{path}", json=sent)

    assert (refused.status_code, refused.json()["status"]) == (status, status)
    assert refused.headers["content-type"] == "application/problem+json"
    assert error in refused.json()["detail"]
    assert refused.json()["error"] == refused.json()["detail"]


def test_null_says_what_a_key_that_is_not_there_says(agent: Client) -> None:
    assert agent.post(API, json={"subject": "x", "customer": None, "text": None}).status_code == 201
    assert agent.post(API, json={"subject": "x", "nothing": None}).status_code == 422


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"subject": "\xff"}', "application/json", 400),
        (b'{"subject": "x"}', "text/plain", 400),
        (b"subject=x", "application/x-www-form-urlencoded", 400),
        (b'{"subject": "' + b"x" * 1024 * 1024 + b'"}', "application/json", 413),
        (b"", "application/json", 400),
    ],
)
def test_what_is_no_json_or_too_much_of_it_is_refused(
    agent: Client, content: bytes, media_type: str, status: int
) -> None:
    refused = agent.post(API, content=content, headers={"content-type": media_type})

    assert (refused.status_code, refused.headers["content-type"]) == (status, "application/problem+json")


def test_customers_do_not_do_what_agents_do(customer: Client, desk: Desk) -> None:
    desk.open()
    for act in ("answer", "wait", "resume", "escalate", "resolve", "reopen", "note"):
        assert customer.post(f"{API}/T-1/{act}", json={"text": "x"}).status_code == 403
    assert customer.post(API, json={"subject": "x", "customer": "umbrella"}).status_code == 422
    assert customer.post(API, json={"subject": "x", "level": "second"}).status_code == 422
    assert acts(customer) == ["opened"]


def test_the_same_request_by_the_same_key_is_done_once(agent: Client, customer: Client, desk: Desk) -> None:
    once = {"Idempotency-Key": "order-1"}
    first = agent.post(API, json={"subject": "No mail arrives", "customer": "acme"}, headers=once).json()
    again = agent.post(API, json={"subject": "No mail arrives", "customer": "acme"}, headers=once).json()
    for _ in range(2):
        agent.post(f"{API}/T-1/answer", json={"text": "Try again."}, headers=once)
        agent.post(f"{API}/T-1/files", files=[("files", ("shot.png", PNG))], headers=once)

    assert again == first
    assert acts(agent) == ["opened", "answered", "noted"]
    assert len(desk.read().files) == 1
    # Somebody else's key of that name is another.
    assert customer.post(API, json={"subject": "Mine"}, headers=once).json()["ticket"] == "T-2"


def test_a_list_is_asked_for_by_state_level_and_customer_and_page_by_page(agent: Client, desk: Desk) -> None:
    for number in range(5):
        desk.open(f"Subject {number}", customer="umbrella" if number % 2 else "acme")
    agent.post(f"{API}/T-2/answer", json={"text": "Done."})

    def listed(query: str) -> list[str]:
        return [one["ticket"] for one in agent.get(f"{API}{query}").json()["tickets"]]

    assert listed("?state=answered") == ["T-2"]
    assert listed("?state=answered&state=open&customer=umbrella") == ["T-4", "T-2"]
    assert listed("?level=second") == []
    page = agent.get(f"{API}?limit=2").json()
    assert ([one["ticket"] for one in page["tickets"]], page["next"]) == (["T-5", "T-4"], "T-4")
    assert listed(f"?limit=3&before={page['next']}") == ["T-3", "T-2", "T-1"]
    assert agent.get(f"{API}?limit=3&before=T-4").json()["next"] is None
    assert [agent.get(f"{API}?{query}").status_code for query in ("limit=0", "limit=201", "state=gone")] == [400] * 3


def test_a_customer_pages_through_their_own_alone(customer: Client, desk: Desk) -> None:
    desk.open(customer="umbrella")
    for _ in range(2):
        desk.open()

    page = customer.get(f"{API}?limit=1").json()

    assert ([one["ticket"] for one in page["tickets"]], page["next"]) == (["T-3"], "T-3")
    assert [one["ticket"] for one in customer.get(f"{API}?before=T-3").json()["tickets"]] == ["T-2"]
    # Before a ticket of somebody else is before one that is not there.
    assert customer.get(f"{API}?before=T-1").status_code == customer.get(f"{API}?before=T-9").status_code == 404


def test_what_is_attached_comes_back_as_a_file_to_keep(agent: Client, desk: Desk) -> None:
    desk.open()
    evil = 'a"b\r\nX-Evil: y;é<script>.html'
    agent.post(f"{API}/T-1/files", files=[("files", (evil, b"<script>alert(1)</script>")), ("files", ("b.png", PNG))])

    page, picture = (agent.get(f"{API}/T-1/files/{file}") for file in (1, 2))

    assert page.content == b"<script>alert(1)</script>"
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"].startswith("attachment; filename=")
    assert page.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not {"x-evil"} & set(page.headers)
    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
    assert [agent.get(f"{API}/T-1/files/{number}").status_code for number in (99, 10**20)] == [404, 404]


@pytest.mark.parametrize(
    ("files", "status", "error"),
    [
        ([("text", (None, "x"))], 422, "files: send at least one"),
        ([("files", ("a.txt", b""))], 409, "is empty"),
        ([("files", ("a.bin", bytes(10 * 1024 * 1024 + 1)))], 413, "at most 10,485,760"),
        ([("files", (f"{i}.txt", b"x")) for i in range(21)], 413, "at most 20"),
        ([("files", ("a.bin", bytes(27 * 1024 * 1024)))], 413, ""),
        ([("files", ("a.txt", b"x")), ("fils", ("b.txt", b"x"))], 422, "fils: unknown field"),
    ],
)
def test_attachments_have_limits(agent: Client, desk: Desk, files: Any, status: int, error: str) -> None:
    desk.open()

    refused = agent.post(f"{API}/T-1/files", files=files)

    assert refused.status_code == status
    assert error in refused.json()["error"]
    assert desk.read().files == ()


def test_the_command_line_programs_and_pages_tell_the_same_due_time(agent: Client, desk: Desk, store_url: str) -> None:
    desk.open()
    desk.load(POLICIES.replace("[engine.desk]", f'[engine]\nstore = "{store_url}"\n[engine.desk]'))

    show = [
        Path(sys.executable).with_name("sla"),
        "ticket",
        "show",
        "T-1",
        "--format",
        "json",
        "--policies",
        desk.folder,
    ]
    by_line = json.loads(subprocess.run(show, capture_output=True, text=True, check=True).stdout)
    by_program = agent.get(f"{API}/T-1").json()
    listed = agent.get(API).json()["tickets"][0]
    with desk.visitor(ANA) as visitor:
        page, rows = visitor.get("/tickets/T-1").text, visitor.get("/tickets").text

    assert (
        by_line["due"] == by_program["due"] == by_program["clocks"][0]["due"] == listed["due"] == "2026-01-08T17:00:00Z"
    )
    assert all(
        '<time datetime="2026-01-08T17:00:00Z">8 January 2026, 17:00 (UTC)</time>' in one for one in (page, rows)
    )
    assert "17:00 (UTC)" in text_of(page)


def test_the_interface_describes_itself_and_answers_as_it_says(agent: Client, desk: Desk) -> None:
    desk.open()
    described = agent.get("/api/docs").json()
    paths = {path: set(methods) for path, methods in described["paths"].items() if path.startswith(API)}

    acts_there = {f"{API}/{{number}}/{act}": {"post"} for act in ("answer", "wait", "resume", "escalate", "write")}
    assert acts_there.items() <= paths.items()
    assert paths[API] == {"get", "post"}
    assert paths[f"{API}/{{number}}/files/{{file}}"] == {"get"}
    for path in paths:
        for operation in described["paths"][path].values():
            assert operation["security"] == [{"token": []}]
            assert operation["summary"]
            assert {"401", "404"} <= set(operation["responses"])
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert not any(path.startswith(("/tickets", "/support")) for path in described["paths"])

    for path, sent in ((f"{API}/T-1", None), (API, None), (f"{API}/T-1/note", {"text": "x", "facts": {"a": "b"}})):
        method, named = ("get", path) if sent is None else ("post", path)
        answer = agent.get(path) if sent is None else agent.post(path, json=sent)
        operation = described["paths"][named.replace("T-1", "{number}")][method]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(answer.json(), {**schema, "components": described["components"]})
    body = described["paths"][f"{API}/{{number}}/answer"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    name = body["$ref"].rsplit("/", 1)[-1]
    assert set(described["components"]["schemas"][name]["properties"]) == {"text", "level", "article"}


def test_facts_of_programs_are_made_fit_to_be_shown(agent: Client, desk: Desk) -> None:
    desk.open()

    agent.post(f"{API}/T-1/note", json={"facts": {"brow\r\nser": "Fire\x1b[31mfox\u202e"}, "topic": "a\nb"})

    assert desk.read().entries[-1].facts == {"brow ser": "Fire[31mfox", "topic": "a b"}
    assert desk.read().ticket.topic == "a b"


def test_nothing_of_a_request_reaches_the_log(agent: Client, desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    desk.open()
    agent.get(f"{API}/T-1")
    agent.post(f"{API}/T-1/answer", json={"text": "x"})

    logged = "".join(capfd.readouterr())
    assert not any(token in logged for token in TOKENS.values())
