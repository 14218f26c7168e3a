"""Any help desk that tells its events as JSON lines."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from sla_desks.generic import GenericSource
from sla_engine.plugin import CallRefused, Secret, SourceError, SourceNews, WebhookCall
from tests.plugins.sla_desks.conftest import Ask
from tests.plugins.sla_desks.look_alikes import Answer, LookAlike

Told = Callable[[SourceNews], list[tuple[Any, ...]]]
OPENED = {"ticket": "4711", "event": "opened", "at": "2026-10-01T08:00:00Z", "level": "first", "customer": "acme"}
ANSWERED = {"ticket": 4711, "event": "answered", "at": "2026-10-01T11:00:00+02:00", "key": "mail-9"}


class Lines(LookAlike):
    """A help desk that answers with lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = b""
        self.since: list[str | None] = []
        self.authorization: list[str | None] = []

    def answer(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        self.since.append(query.get("since"))
        self.authorization.append(headers.get("authorization"))
        return 200, {}, self.lines


@pytest.fixture
def desk() -> Iterator[Lines]:
    with Lines() as server:
        yield server


def lines(*entries: Any) -> bytes:
    return b"\n".join(json.dumps(entry).encode() for entry in entries) + b"\n"


def signed(body: bytes) -> WebhookCall:
    digest = hmac.new(b"hook-secret", body, hashlib.sha256).hexdigest()
    return WebhookCall({"x-hub-signature-256": f"sha256={digest}"}, body)


async def test_events_are_asked_for_since_the_last_time(desk: Lines, ask: Ask, told: Told) -> None:
    source = GenericSource(f"{desk.url}/events?format=lines", token=Secret("env", "TOKEN"))
    desk.lines = lines(OPENED, ANSWERED)

    first = await ask(source)
    second = await ask(source, first.position)

    assert told(first) == [
        ("4711", "opened", "2026-10-01T08:00:00Z", "first"),
        ("4711", "answered", "2026-10-01T09:00:00Z", None),
    ]
    assert [one.key for one in first.events] == ["opened/1790841600000000/first", "mail-9"]
    assert first.events == second.events
    assert desk.since == [None, "2026-10-26T11:50:00Z"]
    assert desk.authorization == ["Bearer zammad-token-1"] * 2


@pytest.mark.parametrize("body", [lines(OPENED, ANSWERED), json.dumps([OPENED, ANSWERED]).encode()])
async def test_events_are_posted_as_lines_or_as_a_list(body: bytes, ask: Ask) -> None:
    heard = await ask(GenericSource(secret=Secret("env", "HOOK")), call=signed(body))

    assert [one.act for one in heard.events] == ["opened", "answered"]


async def test_no_ticket_is_refused_for_what_its_customer_typed(ask: Ask) -> None:
    typed = {
        "subject": "No\xa0mail \U0001f468\u200d\U0001f467\r\nBcc: x " + "y" * 2_000,
        "customer": "ACME\xa0S.A.\u202e",
    }
    body = lines({**OPENED, **typed})

    [event] = (await ask(GenericSource(secret=Secret("env", "HOOK")), call=signed(body))).events

    assert event.subject is not None
    assert (event.subject[:26], len(event.subject)) == ("No mail \U0001f468\U0001f467 Bcc: x yyyyyyyy", 1_000)
    assert event.customer == "ACME S.A."


async def test_one_that_only_posts_is_not_asked(ask: Ask) -> None:
    assert (await ask(GenericSource(secret=Secret("env", "HOOK")))).events == ()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "entry 1: this is no JSON"),
        (b"[" * 100_000, "entry 1: this is no JSON"),
        (lines(OPENED, {"ticket": "1"}), "entry 2: at is missing"),
        (lines({**OPENED, "event": "lost"}), "entry 1: event is one of opened, reached"),
        (lines({**OPENED, "at": "noon"}), "entry 1: at: "),
        (lines({**OPENED, "at": "2026-10-01T08:00:00"}), "entry 1: at: "),
        (lines({**OPENED, "colour": "red"}), "entry 1: unknown key 'colour'"),
        (lines({**OPENED, "ticket": "a\nb"}), "entry 1: ticket is one line of at most 200 letters"),
        (lines({**OPENED, "ticket": "x" * 201}), "entry 1: ticket is one line of at most 200 letters"),
        (lines(["opened"]), "entry 1: "),
        (b"\xff", "entry 1: this is no JSON"),
    ],
)
async def test_what_is_no_event_is_refused_whole(body: bytes, why: str, ask: Ask) -> None:
    with pytest.raises(CallRefused, match=why):
        await ask(GenericSource(secret=Secret("env", "HOOK")), call=signed(body))


async def test_what_is_answered_and_is_no_event_is_said(desk: Lines, ask: Ask) -> None:
    desk.lines = lines({**OPENED, "event": "lost"})

    with pytest.raises(SourceError, match="entry 1: event is one of"):
        await ask(GenericSource(desk.url))


async def test_what_nobody_signed_is_refused(ask: Ask) -> None:
    with pytest.raises(CallRefused, match="it has no signature in x-hub-signature-256"):
        await ask(GenericSource(secret=Secret("env", "HOOK")), call=WebhookCall({}, lines(OPENED)))


def test_one_that_is_neither_asked_nor_posts_is_refused() -> None:
    with pytest.raises(ValueError, match="write url, secret, or both"):
        GenericSource()
