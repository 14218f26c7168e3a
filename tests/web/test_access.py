"""Who is let in to tickets, and that no door shows anything of another customer's (F61, F62, F63, F64)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import frozen
from litestar import Litestar

from sla_engine.engine.access import LEAST_LENGTH
from sla_engine.engine.tickets.files import attachment
from tests.web.desk import ACME, ACME_OLD, ANA, PNG, POLICIES, UMBRELLA, Desk, text_of

SECRET = "umbrella-only"
OPEN_TO_ALL = {
    "/",
    "/announcements.js",
    "/announcements.json",
    "/api/docs",
    "/api/v1/status",
    "/feed.atom",
    "/healthz",
    "/maintenance.ics",
    "/metrics",
    "/readyz",
    "/static",
    "/support",
    "/support/faq",
    "/support/faq/{article:str}",
    "/tickets/sign-in",
    "/tickets/sign-out",
}
"""What shows nothing of tickets. A route that is neither here nor shown below to keep others out fails the test."""


@frozen
class Door:
    """A route of the application, with a method."""

    path: str
    method: str

    def at(self, number: str, token: str, file: int) -> str:
        filled = (
            self.path.replace("{number:str}", number).replace("{token:str}", token).replace("{file:int}", str(file))
        )
        return filled.replace("{act:str}", "answer")


def doors(app: Litestar) -> Iterator[Door]:
    for route in app.routes:
        for method in sorted(getattr(route, "methods", {"GET"}) - {"OPTIONS"}):
            yield Door(route.path, method)


def guarded(app: Litestar) -> list[Door]:
    return [door for door in doors(app) if door.path.rstrip("/") not in OPEN_TO_ALL and not is_open(door.path)]


def is_open(path: str) -> bool:
    return path == "/" or path.startswith(("/static", "/api/docs"))


def send(client: Any, door: Door, path: str, word: str = "") -> Any:
    if door.method == "GET":
        return client.get(path, follow_redirects=False)
    if path.endswith("/files"):
        return client.post(path, files=[("files", ("a.png", PNG))])
    if path.startswith("/api/"):
        return client.post(path, json=BODIES.get(path.rsplit("/", 1)[-1], {"subject": "x"}))
    return client.post(path, files=[("form", (None, word)), ("text", (None, "x"))], follow_redirects=False)


BODIES: dict[str, dict[str, str]] = {
    "answer": {"text": "x"},
    "write": {"text": "x"},
    "wait": {},
    "resume": {},
    "escalate": {"level": "second"},
    "resolve": {},
    "reopen": {},
    "note": {"text": "x"},
}


@pytest.fixture
def two(desk: Desk) -> Desk:
    """A ticket of ACME, T-1, and one of Umbrella, T-2, with a file of its own and another that only the desk has."""
    desk.open()
    desk.open(f"Subject {SECRET}", customer="umbrella", text=f"Text {SECRET}", files=(attachment("public.png", PNG),))
    ana = desk.front.desk("ana")
    ana.note("T-2", f"Note {SECRET}", facts={"browser": SECRET}, files=(attachment("internal.png", PNG),))
    return desk


def test_every_door_is_known(two: Desk) -> None:
    """A new route stands in the list of those that show nothing of tickets, or the walk below finds it shut."""
    found = {door.path for door in guarded(two.app())}

    assert {
        "/api/v1/tickets",
        "/api/v1/tickets/{number:str}",
        "/api/v1/tickets/{number:str}/files/{file:int}",
        "/reports/support",
        "/tickets",
        "/tickets/{number:str}",
        "/tickets/view/{token:str}",
    } <= found
    assert all(path.startswith(("/api/v1/tickets", "/tickets", "/reports/support")) for path in found)


def walk(desk: Desk, program: str | None, person: str | None, *numbers: str) -> Iterator[tuple[Door, list[Any]]]:
    """Try every door: programs with a token, people with a session; gives what is answered for each of some tickets."""
    token = desk.read("T-1").ticket.token
    with desk.program(program) as client, desk.visitor(person) as visitor:
        word = visitor.word("/support")
        for door in guarded(desk.app()):
            sender = client if door.path.startswith("/api/") else visitor.client
            paths = [door.at(number, token, file) for number in numbers for file in (1, 2)]
            yield door, [send(sender, door, path, word) for path in paths]
            desk.clock.pass_by(600)  # so that no bound is met


@pytest.mark.parametrize(("program", "person"), [(None, None), ("x" * 20, None), (ACME, None), (ACME, ACME)], ids=str)
def test_f61_nothing_of_another_customer_comes_out_of_any_door(
    two: Desk, program: str | None, person: str | None
) -> None:
    for door, answers in walk(two, program, person, "T-2"):
        for answer in answers:
            shown = answer.text + json.dumps(dict(answer.headers))
            assert SECRET not in shown, door
            assert "umbrella" not in shown.lower(), door
            if program != ACME and "{token:str}" not in door.path:
                assert answer.status_code in {401, 403}, door
            if "{number:str}" in door.path:
                assert answer.status_code in {401, 403, 404}, door
    assert [entry.act for entry in two.read("T-2").entries] == ["opened", "found"]


def test_a_ticket_of_another_is_refused_in_the_words_in_which_one_is_that_never_was(two: Desk) -> None:
    for door, (theirs, _, nobodys, _) in walk(two, ACME, ACME, "T-2", "T-99"):
        if "{number:str}" in door.path:
            assert theirs.status_code == nobodys.status_code, door
            assert theirs.text.replace("T-2", "T-99") == nobodys.text, door


def test_a_customer_sees_no_note_and_no_file_of_a_note_of_their_own_ticket(two: Desk) -> None:
    token = two.read("T-2").ticket.token
    with two.program(UMBRELLA) as client:
        told = client.get("/api/v1/tickets/T-2").text
        files = [client.get(f"/api/v1/tickets/T-2/files/{file}").status_code for file in (1, 2)]
    with two.visitor(UMBRELLA) as visitor:
        told += visitor.get("/tickets/T-2").text + visitor.get(f"/tickets/view/{token}").text
        files += [visitor.get(f"/tickets/T-2/files/{file}").status_code for file in (1, 2)]
        files += [visitor.get(f"/tickets/view/{token}/files/{file}").status_code for file in (1, 2)]

    assert f"Text {SECRET}" in told
    hidden = (f"Note {SECRET}", "internal.png", ">ana<", '"ana"', '"facts":', '"by":')
    assert [word for word in hidden if word in told] == []
    assert files == [200, 404] * 3


def test_an_agent_sees_all(two: Desk) -> None:
    with two.program(ANA) as client:
        assert [one["ticket"] for one in client.get("/api/v1/tickets").json()["tickets"]] == ["T-2", "T-1"]
        assert client.get("/api/v1/tickets/T-2/files/2").content == PNG
    with two.program(ACME) as client:
        assert [one["ticket"] for one in client.get("/api/v1/tickets").json()["tickets"]] == ["T-1"]
        assert client.get("/api/v1/tickets?customer=umbrella").json()["tickets"] == []


def test_without_a_token_it_is_said_how_one_gets_in(desk: Desk) -> None:
    with desk.program(None) as client:
        answer = client.get("/api/v1/tickets")
    with desk.visitor() as visitor:
        page = visitor.get("/tickets/T-1")

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="sla_engine"')
    assert "Authorization: Bearer TOKEN" in answer.json()["error"]
    assert page.status_code == 401
    assert "Authorization: Bearer …" in page.text
    assert 'value="/tickets/T-1"' in page.text


def test_a_token_that_is_replaced_lets_in_until_it_leaves_the_policies(desk: Desk) -> None:
    for token in (ACME, ACME_OLD):
        with desk.program(token) as client:
            assert client.get("/api/v1/tickets").status_code == 200

    desk.load(POLICIES.replace('former = [{ env = "TOKEN_ACME_OLD" }]\n', ""))

    with desk.program(ACME_OLD) as client:
        assert client.get("/api/v1/tickets").status_code == 401


def test_a_secret_that_was_replaced_where_it_stands_is_noticed(desk: Desk) -> None:
    with desk.program(ANA) as client:
        assert client.get("/api/v1/tickets").status_code == 200
        desk.environ["TOKEN_ANA"] = "another-token-0123456789"
        desk.clock.pass_by(10)
        assert client.get("/api/v1/tickets").status_code == 401


@pytest.mark.parametrize(("token", "trouble"), [("short", f"fewer than {LEAST_LENGTH}"), (None, "has no TOKEN_ANA")])
def test_a_token_that_is_short_or_not_there_lets_nobody_in_and_is_told_of(
    desk: Desk, token: str | None, trouble: str, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.environ.pop("TOKEN_ANA")
    if token is not None:
        desk.environ["TOKEN_ANA"] = token

    with desk.program(token or "anything") as client:
        assert client.get("/api/v1/tickets").status_code == 401
    with desk.program(None) as client:
        assert client.get("/readyz").text == "ready\ndegraded\n"
    [told] = desk.doors.troubles()
    logged = "".join(capfd.readouterr())
    assert trouble in told
    assert logged.count(trouble) == 1
    assert "short" not in (told + logged).split()


def test_f63_a_session_ends_with_its_token_its_time_and_its_owners_word(desk: Desk) -> None:
    with desk.visitor(ACME_OLD) as visitor:
        assert visitor.get("/tickets").status_code == 200
        desk.load(POLICIES.replace('former = [{ env = "TOKEN_ACME_OLD" }]\n', ""))
        assert visitor.get("/tickets").status_code == 401
    with desk.visitor(ANA) as visitor:
        desk.clock.pass_by(12 * 3600 - 1)
        assert visitor.get("/tickets").status_code == 200
        desk.clock.pass_by(1)
        assert visitor.get("/tickets").status_code == 401
    with desk.visitor(ANA) as visitor:
        stolen = visitor.client.cookies["sla_session"]
        visitor.post("/tickets/sign-out", {})
        assert visitor.get("/tickets").status_code == 401
        assert desk.doors.by_session(stolen) is None


def test_a_role_that_was_taken_away_is_gone_from_every_session(desk: Desk) -> None:
    with desk.visitor(ANA) as visitor:
        desk.load(POLICIES.replace('role = "agent"', 'role = "customer"\ncustomer = "acme"'))
        desk.open(customer="umbrella")
        assert visitor.get("/tickets/T-1").status_code == 404


def test_a_session_tells_no_token_and_cannot_be_made_up(desk: Desk) -> None:
    with desk.visitor(ACME) as visitor:
        session = visitor.client.cookies["sla_session"]
        said, _, signature = session.rpartition(".")
        assert ACME not in session
        for forged in (
            session.replace("acme.", "ana.", 1),
            f"{said[:-1]}9.{signature}",
            f"{said}.{'0' * 64}",
            f"{said}.",
            "ana..99999999999.x",
            "é.é.é",
        ):
            assert desk.doors.by_session(forged) is None


def test_the_cookie_is_for_tickets_alone_and_goes_nowhere_else(desk: Desk) -> None:
    with desk.visitor() as visitor:
        plain = visitor.sign_in(ANA).headers["set-cookie"]
    with desk.visitor(base_url="https://status.provider.example") as visitor:
        by_https = visitor.sign_in(ANA).headers["set-cookie"]
    with desk.visitor(base_url="http://status.provider.example") as visitor:  # behind what takes https off
        behind = visitor.sign_in(ANA).headers["set-cookie"]

    assert all(part in plain for part in ("HttpOnly", "SameSite=strict", "Path=/tickets", "Max-Age=43200"))
    assert "Secure" not in plain
    assert "Secure" in by_https
    assert "Secure" in behind


def test_a_cookie_counts_for_nothing_where_programs_come_in(desk: Desk) -> None:
    desk.open()
    with desk.visitor(ANA) as visitor:
        assert visitor.client.get("/api/v1/tickets").status_code == 401
        assert visitor.client.post("/api/v1/tickets/T-1/answer", json={"text": "x"}).status_code == 401


@pytest.mark.parametrize(
    ("then", "goes_to"),
    [
        ("/tickets/T-1", "/tickets/T-1"),
        ("/tickets?show=all&level=first", "/tickets?show=all&level=first"),
        ("https://evil.example/tickets", "/tickets"),
        ("//evil.example", "/tickets"),
        ("/tickets\\@evil.example", "/tickets"),
        ("/tickets/../../evil", "/tickets"),
        ("/tickets/T-1\r\nX: y", "/tickets"),
    ],
)
def test_f64_signing_in_leads_nowhere_else(desk: Desk, then: str, goes_to: str) -> None:
    with desk.visitor() as visitor:
        assert visitor.sign_in(ANA, then).headers["location"] == goes_to


def test_f62_a_form_of_another_site_is_refused(desk: Desk) -> None:
    desk.open()
    with desk.visitor(ANA) as visitor:
        word = visitor.word()
        foreign = {"origin": "https://evil.example"}
        answers = [
            visitor.post("/tickets/T-1/answer", {"text": "x"}, origin="https://evil.example"),
            visitor.post("/tickets/T-1/answer", {"text": "x"}, sec_fetch_site="cross-site"),
            visitor.post("/tickets/T-1/answer", {"text": "x"}, sec_fetch_site="same-site"),
            visitor.post("/tickets/T-1/answer", {"text": "x", "form": "guessed"}),
            visitor.client.post("/tickets/T-1/answer", data={"text": "x"}, follow_redirects=False),
            visitor.client.post("/tickets/sign-out", data={"form": word}, headers=foreign, follow_redirects=False),
            visitor.client.post("/tickets/sign-in", data={"form": word, "token": ANA}, headers=foreign),
            visitor.client.post("/support", data={"form": word}, headers=foreign),
            visitor.client.post(
                "/tickets/T-1/answer", content='{"text":"x"}', headers={"content-type": "text/plain", "origin": "null"}
            ),
        ]
        own = visitor.post("/tickets/T-1/answer", {"text": "x"}, origin="https://status.provider.example")

    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert "a form of ours" in text_of(answers[0].text)
    assert own.status_code == 303


def test_f68_wrong_tokens_are_bounded_by_address_and_a_session_goes_on(desk: Desk) -> None:
    with desk.visitor(ANA) as visitor:
        for _ in range(10):
            assert visitor.client.get("/api/v1/tickets", headers={"authorization": "Bearer x"}).status_code == 401
        refused = visitor.client.get("/api/v1/tickets", headers={"authorization": f"Bearer {ANA}"})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "61")
        assert visitor.sign_in(ANA).status_code == 429
        assert visitor.get("/tickets").status_code == 200

        desk.clock.pass_by(61)
        assert visitor.client.get("/api/v1/tickets", headers={"authorization": f"Bearer {ANA}"}).status_code == 200


def test_f68_links_cannot_be_guessed_for_long(desk: Desk) -> None:
    token = desk.open().ticket.token
    with desk.visitor() as visitor:
        assert [visitor.get(f"/tickets/view/guess-{i}").status_code for i in range(21)] == [404] * 20 + [429]
        assert visitor.get(f"/tickets/view/{token}").status_code == 429
        desk.clock.pass_by(31)
        assert visitor.get(f"/tickets/view/{token}").status_code == 200


def test_every_answer_has_the_headers_of_a_page_that_runs_nothing(two: Desk) -> None:
    token = two.read("T-1").ticket.token
    with two.visitor(ANA) as visitor:
        for path in ("/tickets", "/tickets/T-1", "/tickets/T-99", "/support", f"/tickets/view/{token}", "/nothing"):
            headers = visitor.get(path).headers
            assert headers["content-security-policy"].startswith("default-src 'none'")
            assert "form-action 'self'" in headers["content-security-policy"]
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"
            assert headers["x-content-type-options"] == "nosniff"
        assert visitor.get(f"/tickets/view/{token}").headers["x-robots-tag"] == "noindex, nofollow"


def test_tokens_are_in_no_log_and_on_no_page(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    token = desk.open().ticket.token
    pages = ""
    with desk.visitor(ANA, raise_server_exceptions=False) as visitor:
        pages += visitor.get("/tickets").text + visitor.get("/tickets/T-1").text + visitor.get("/readyz").text
        with desk.store.changing() as connection:
            connection.execute(sa.text("DROP TABLE attachments"))
        failed = visitor.get(f"/tickets/view/{token}")
        pages += failed.text
    logged = "".join(capfd.readouterr())

    assert failed.status_code == 500
    assert "request-failed" in logged
    assert "/tickets/view/{token" in logged
    assert not any(secret in logged + pages for secret in (ANA, ACME, ACME_OLD, UMBRELLA))
    assert token not in logged
