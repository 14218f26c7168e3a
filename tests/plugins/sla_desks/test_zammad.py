"""Zammad, by its REST interface and its webhooks."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sla_desks.zammad import ZammadSource
from sla_engine.plugin import CallRefused, Secret, SourceError, SourceNews, WebhookCall
from tests.plugins.sla_desks.conftest import Ask
from tests.plugins.sla_desks.look_alikes import Zammad

Told = Callable[[SourceNews], list[tuple[Any, ...]]]


def source(zammad: Zammad, **keys: Any) -> ZammadSource:
    return ZammadSource(zammad.url, Secret("env", "TOKEN"), secret=Secret("env", "HOOK"), **keys)


async def test_a_ticket_is_opened_answered_and_closed(zammad: Zammad, ask: Ask, told: Told) -> None:
    ticket = zammad.open("2026-10-01T08:00:00.123Z")
    zammad.write(ticket, "2026-10-01T09:30:00.500Z")
    zammad.put(ticket, "state", "closed", "2026-10-01T09:30:00.512Z")

    news = await ask(source(zammad))

    assert told(news) == [
        ("22001", "opened", "2026-10-01T08:00:00.123000Z", "1st Level"),
        ("22001", "answered", "2026-10-01T09:30:00.500000Z", None),
        ("22001", "resolved", "2026-10-01T09:30:00.512000Z", None),
    ]
    [described] = [one for one in news.events if one.act == "described"]
    assert (described.customer, described.sender, described.subject) == (
        "ACME S.A.",
        "ops@acme.example",
        "No mail arrives",
    )


@pytest.mark.parametrize(
    ("article", "is_answer"),
    [
        ({"sender": "Agent", "kind": "email"}, True),
        ({"sender": "Agent", "kind": "phone"}, True),
        ({"sender": "Agent", "kind": "web"}, True),
        ({"sender": "Agent", "kind": "note"}, False),
        ({"sender": "Agent", "kind": "email", "internal": True}, False),
        ({"sender": "Customer", "kind": "email"}, False),
        ({"sender": "System", "kind": "email"}, False),
    ],
)
async def test_only_what_an_agent_sends_to_the_customer_is_an_answer(
    article: dict[str, Any], is_answer: bool, zammad: Zammad, ask: Ask, told: Told
) -> None:
    zammad.write(zammad.open("2026-10-01T08:00:00Z"), "2026-10-01T09:00:00Z", **article)

    assert ("answered" in [act for _, act, *_ in told(await ask(source(zammad)))]) is is_answer


@pytest.mark.parametrize(
    ("states", "acts"),
    [
        (["open"], []),
        (["pending reminder", "open"], ["waiting", "resumed"]),
        (["pending close", "closed"], ["waiting", "resolved"]),
        (["closed", "open"], ["resolved", "reopened"]),
        (["closed", "pending reminder", "open"], ["resolved", "reopened"]),
        (["merged"], ["resolved"]),
        (["ask the customer", "open"], ["waiting", "resumed"]),
        (["unheard of"], []),
    ],
)
async def test_states_move_clocks_as_zammads_own(
    states: list[str], acts: list[str], zammad: Zammad, ask: Ask, told: Told
) -> None:
    ticket = zammad.open("2026-10-01T08:00:00Z")
    for minute, state in enumerate(states):
        zammad.put(ticket, "state", state, f"2026-10-01T09:0{minute}:00Z")

    news = await ask(source(zammad, states={"ask the customer": "waiting"}))

    assert [act for _, act, *_ in told(news)] == ["opened", *acts]


async def test_groups_are_levels_and_a_ticket_is_taken_up_again_where_it_was(
    zammad: Zammad, ask: Ask, told: Told
) -> None:
    ticket = zammad.open("2026-10-01T08:00:00Z", group="Users")
    zammad.put(ticket, "group", "2nd Level", "2026-10-01T09:00:00Z")
    zammad.put(ticket, "state", "closed", "2026-10-01T10:00:00Z")
    zammad.put(ticket, "state", "open", "2026-10-01T11:00:00Z")

    assert [(act, level) for _, act, _, level in told(await ask(source(zammad)))] == [
        ("opened", "Users"),
        ("reached", "2nd Level"),
        ("resolved", None),
        ("reopened", "2nd Level"),
    ]


async def test_the_next_look_reads_only_what_changed(zammad: Zammad, ask: Ask, told: Told) -> None:
    for hour in range(3):
        zammad.open(f"2026-10-01T0{hour}:00:00Z")
    first = await ask(source(zammad))
    zammad.asked.clear()

    second = await ask(source(zammad), first.position)
    zammad.write(2, "2026-10-01T02:00:00Z")  # at the very instant at which another was opened
    third = await ask(source(zammad), second.position)

    assert (len(first.events), len(second.events), len(third.events)) == (6, 0, 3)
    assert {one.ticket for one in third.events} == {"22002"}
    assert zammad.asked.count("/api/v1/tickets/search") == 2
    assert len(zammad.asked) == 2 + 3


async def test_many_changes_are_read_page_by_page(zammad: Zammad, ask: Ask) -> None:
    for number in range(230):
        zammad.open(f"2026-10-01T08:{number // 60:02}:{number % 60:02}Z")

    news = await ask(source(zammad))

    assert len({one.ticket for one in news.events}) == 230
    assert zammad.asked.count("/api/v1/tickets/search") == 3


async def test_what_does_not_fit_into_a_look_is_told_by_the_next(zammad: Zammad, ask: Ask) -> None:
    for second in range(3):
        zammad.open(f"2026-10-01T08:00:0{second}Z")

    looks = [await ask(source(zammad), seconds=19.0)]  # no time is left from the beginning on
    looks.append(await ask(source(zammad), looks[-1].position))

    assert [(len(one.events), one.is_more) for one in looks] == [(0, True), (6, False)]


async def test_nothing_is_read_that_changed_long_ago(zammad: Zammad, ask: Ask) -> None:
    zammad.open("2026-08-01T08:00:00Z")

    assert (await ask(source(zammad))).events == ()


async def test_a_webhook_says_which_ticket_to_look_at_and_tells_the_same_as_the_look(zammad: Zammad, ask: Ask) -> None:
    ticket = zammad.open("2026-10-01T08:00:00Z")
    zammad.write(ticket, "2026-10-01T09:00:00Z")

    heard = [await ask(source(zammad), call=zammad.call(ticket, "hook-secret", how)) for how in ("sha1", "sha256")]
    looked = await ask(source(zammad))

    assert heard[0].events == heard[1].events == looked.events
    assert heard[0].position is None


@pytest.mark.parametrize(
    ("headers", "body", "why"),
    [
        ({}, b"{}", "it has no signature in x-hub-signature"),
        ({"x-hub-signature": "sha1=00"}, b"{}", "its signature does not fit"),
        ({"x-hub-signature": "md5=00"}, b"{}", "it has no signature in x-hub-signature"),
        ({"x-hub-signature": "sha1="}, b"{}", "its signature does not fit"),
        ({"x-hub-signature": "sha1=é"}, b"{}", "its signature does not fit"),
    ],
)
async def test_a_call_that_zammad_did_not_sign_is_refused(
    headers: dict[str, str], body: bytes, why: str, zammad: Zammad, ask: Ask
) -> None:
    with pytest.raises(CallRefused, match=why):
        await ask(source(zammad), call=WebhookCall(headers, body))
    assert zammad.asked == []


async def test_a_changed_body_and_a_source_without_a_secret_are_refused(zammad: Zammad, ask: Ask) -> None:
    call = zammad.call(zammad.open("2026-10-01T08:00:00Z"), "hook-secret")
    bare = ZammadSource(zammad.url, Secret("env", "TOKEN"))

    with pytest.raises(CallRefused, match="its signature does not fit"):
        await ask(source(zammad), call=WebhookCall(call.headers, call.body + b" "))
    with pytest.raises(CallRefused, match="the policy has no secret for webhooks"):
        await ask(bare, call=call)


@pytest.mark.parametrize(
    ("path", "answer", "reason", "wait"),
    [
        ("/api/v1/tickets/search", (429, {"Retry-After": "120"}, {}), "/tickets/search answered 429", 120.0),
        ("/api/v1/tickets/search", (503, {}, b"<html>"), "/tickets/search answered 503: '<html>'", None),
        (
            "/api/v1/tickets/search",
            (200, {}, b"<html>"),
            "its search does not answer: /tickets/search answered what",
            None,
        ),
        ("/api/v1/tickets/search", (200, {}, {"a": 1}), None, None),
        ("/api/v1/tickets/search", (200, {}, [1]), "a list of records was expected", None),
        ("/api/v1/tickets/search", (200, {}, [{"id": 1}]), "updated_at was expected to be a text, and not None", None),
        ("/api/v1/tickets/search", (302, {"Location": "http://127.0.0.1:1/"}, {}), "which is not followed", None),
        ("/api/v1/ticket_history", (500, {}, {"error": "boom"}), "/ticket_history/1 answered 500", None),
        (
            "/api/v1/ticket_history",
            (200, {}, {"history": [{"object": "Ticket"}]}),
            "id was expected to be a number",
            None,
        ),
        ("/api/v1/ticket_articles", (200, {}, {}), "a list of records was expected", None),
    ],
)
async def test_what_cannot_be_read_is_said(
    path: str, answer: Any, reason: str | None, wait: float | None, zammad: Zammad, ask: Ask
) -> None:
    zammad.open("2026-10-01T08:00:00Z")
    zammad.fails[path] = answer

    if reason is None:
        assert (await ask(source(zammad))).events == ()
        return
    with pytest.raises(SourceError) as caught:
        await ask(source(zammad))
    assert reason in caught.value.reason
    assert caught.value.retry_after == wait
    assert Zammad.token not in caught.value.reason


async def test_a_wrong_token_and_a_missing_one_are_said_and_never_told(zammad: Zammad, ask: Ask) -> None:
    with pytest.raises(SourceError, match="/tickets/search answered 401"):
        await ask(source(zammad), secrets={"TOKEN": "wrong-token"})
    with pytest.raises(SourceError, match="secret: the environment has no TOKEN"):
        await ask(source(zammad), secrets={})


async def test_one_ticket_that_cannot_be_read_holds_up_no_other_and_is_asked_for_again(
    zammad: Zammad, ask: Ask
) -> None:
    for hour in range(3):
        zammad.open(f"2026-10-01T0{hour}:00:00Z")
    zammad.fails["/api/v1/ticket_history/2"] = (500, {}, {"error": "boom"})

    first = await ask(source(zammad))
    zammad.fails.clear()
    second = await ask(source(zammad), first.position)

    assert {one.ticket for one in first.events} == {"22001", "22003"}
    assert "a ticket cannot be read, and others are: /ticket_history/2 answered 500" in (first.trouble or "")
    assert ({one.ticket for one in second.events}, second.trouble) == ({"22002"}, None)


async def test_what_was_read_before_it_was_told_to_slow_down_is_not_lost(zammad: Zammad, ask: Ask) -> None:
    for hour in range(3):
        zammad.open(f"2026-10-01T0{hour}:00:00Z")
    zammad.fails["/api/v1/tickets/3"] = (429, {"Retry-After": "7"}, {})

    first = await ask(source(zammad))
    zammad.fails.clear()
    second = await ask(source(zammad), first.position)

    assert {one.ticket for one in first.events} == {"22001", "22002"}
    assert (first.retry_after, first.is_more) == (7.0, False)
    assert {one.ticket for one in second.events} == {"22003"}


async def test_a_ticket_that_is_gone_is_passed_over(zammad: Zammad, ask: Ask) -> None:
    zammad.open("2026-10-01T08:00:00Z")
    zammad.fails["/api/v1/tickets/1"] = (404, {}, {"error": "Couldn't find Ticket"})

    news = await ask(source(zammad))

    assert (news.events, news.trouble) == ((), None)
    assert json.loads(news.position or "")["again"] == []


async def test_an_address_that_is_denied_is_not_asked(zammad: Zammad, ask: Ask) -> None:
    with pytest.raises(SourceError, match="denied by engine"):
        await ask(source(zammad), deny=("127.0.0.0/8",))
    assert zammad.asked == []
