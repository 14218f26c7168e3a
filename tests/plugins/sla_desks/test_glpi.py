"""GLPI, by its REST interface and its webhooks; its times are wall times without a zone."""

from collections.abc import Callable
from typing import Any

import pytest

from sla_desks.glpi import GlpiSource
from sla_engine.plugin import CallRefused, Secret, SourceError, SourceNews, WebhookCall
from tests.plugins.sla_desks.conftest import SECRETS, Ask
from tests.plugins.sla_desks.look_alikes import Glpi

Told = Callable[[SourceNews], list[tuple[Any, ...]]]


def source(glpi: Glpi, **keys: Any) -> GlpiSource:
    return GlpiSource(
        glpi.url,
        user_token=Secret("env", "USER"),
        app_token=Secret("env", "APP"),
        secret=Secret("env", "HOOK"),
        timezone=str(glpi.zone),
        **keys,
    )


async def test_a_ticket_is_opened_answered_waited_for_and_solved(glpi: Glpi, ask: Ask, told: Told) -> None:
    ticket = glpi.open("2026-10-01T08:00:00Z", "No mail &#38; no SMS", entity="Root entity &#62; ACME &amp; Co")
    glpi.put(ticket, 2, "2026-10-01T08:10:00Z")
    glpi.write(ticket, "2026-10-01T09:30:00Z")
    glpi.put(ticket, 4, "2026-10-01T09:31:00Z")
    glpi.write(ticket, "2026-10-01T10:00:00Z", author=Glpi.requester)
    glpi.put(ticket, 2, "2026-10-01T10:00:00Z")
    glpi.put(ticket, 5, "2026-10-01T11:00:00Z")
    glpi.put(ticket, 6, "2026-10-02T11:00:00Z")

    news = await ask(source(glpi))

    assert told(news) == [
        ("1", "opened", "2026-10-01T08:00:00Z", None),
        ("1", "answered", "2026-10-01T09:30:00Z", None),
        ("1", "waiting", "2026-10-01T09:31:00Z", None),
        ("1", "resumed", "2026-10-01T10:00:00Z", None),
        ("1", "resolved", "2026-10-01T11:00:00Z", None),
    ]
    [described] = [one for one in news.events if one.act == "described"]
    assert (described.customer, described.subject) == ("ACME & Co", "No mail & no SMS")
    assert glpi.sessions == 0


@pytest.mark.parametrize(
    ("followup", "is_answer"),
    [
        ({"author": Glpi.agent}, True),
        ({"author": 99}, True),
        ({"author": Glpi.agent, "private": True}, False),
        ({"author": Glpi.requester}, False),
        ({"author": 0}, False),  # by mail, from an address that GLPI does not know
    ],
)
async def test_only_what_the_desk_tells_the_customer_is_an_answer(
    followup: dict[str, Any], is_answer: bool, glpi: Glpi, ask: Ask, told: Told
) -> None:
    glpi.write(glpi.open("2026-10-01T08:00:00Z"), "2026-10-01T09:00:00Z", **followup)

    assert ("answered" in [act for _, act, *_ in told(await ask(source(glpi)))]) is is_answer


async def test_assigned_groups_are_levels(glpi: Glpi, ask: Ask, told: Told) -> None:
    ticket = glpi.open("2026-10-01T08:00:00Z")
    glpi.assign(ticket, "1st Level", "2026-10-01T08:00:00Z")
    glpi.assign(ticket, "Root > 2nd Level", "2026-10-01T09:00:00Z")
    glpi.put(ticket, 5, "2026-10-01T10:00:00Z")
    glpi.put(ticket, 2, "2026-10-01T11:00:00Z")

    assert [(act, level) for _, act, _, level in told(await ask(source(glpi)))] == [
        ("opened", "1st Level"),
        ("reached", "Root > 2nd Level"),
        ("resolved", None),
        ("reopened", "Root > 2nd Level"),
    ]


@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        ("2026-07-01 10:00:00", "2026-07-01T08:00:00Z"),
        ("2026-01-01 10:00:00", "2026-01-01T09:00:00Z"),
        ("2026-03-29 02:30:00", "2026-03-29T01:30:00Z"),  # skipped: an hour later, 03:30 in summer time
        ("2026-10-25 02:30:00", "2026-10-25T00:30:00Z"),  # shown twice: the first
        ("2026-10-25 03:30:00", "2026-10-25T02:30:00Z"),
    ],
)
async def test_wall_times_are_those_of_the_zone(wall: str, instant: str, ask: Ask, told: Told) -> None:
    with Glpi("Europe/Berlin") as glpi:
        ticket = glpi.open("2026-10-03T08:00:00Z")
        glpi.tickets[ticket] |= {"date": wall, "date_creation": wall}

        assert told(await ask(source(glpi)))[0][2] == instant


async def test_the_next_look_reads_only_what_changed_and_whole_lists(glpi: Glpi, ask: Ask) -> None:
    for number in range(230):
        glpi.open(f"2026-10-01T08:{number // 60:02}:{number % 60:02}Z")
    for second in range(250):
        glpi.write(5, f"2026-10-01T09:{second // 60:02}:{second % 60:02}Z")

    first = await ask(source(glpi))
    second = await ask(source(glpi), first.position)
    glpi.write(7, "2026-10-01T09:04:09Z")
    third = await ask(source(glpi), second.position)

    assert len({one.ticket for one in first.events}) == 230
    assert sum(one.act == "answered" for one in first.events) == 250
    assert ({one.ticket for one in second.events}, {one.ticket for one in third.events}) == (set(), {"7"})


async def test_what_changes_in_the_hour_that_comes_twice_is_not_missed(ask: Ask) -> None:
    with Glpi("Europe/Berlin") as glpi:
        early, late = glpi.open("2026-10-25T00:10:00Z"), glpi.open("2026-10-25T00:50:00Z")
        first = await ask(source(glpi))
        glpi.write(early, "2026-10-25T01:20:00Z")  # 02:20 again, and the last change was at 02:50

        second = await ask(source(glpi), first.position)

    assert {one.ticket for one in first.events} == {str(early), str(late)}
    assert {one.ticket for one in second.events} == {str(early)}


async def test_a_webhook_says_which_ticket_to_look_at(glpi: Glpi, ask: Ask) -> None:
    ticket = glpi.open("2026-10-01T08:00:00Z")

    heard = await ask(source(glpi), call=glpi.call(ticket, "hook-secret"))

    assert heard.events == (await ask(source(glpi))).events


async def test_a_call_that_glpi_did_not_sign_is_refused(glpi: Glpi, ask: Ask) -> None:
    call = glpi.call(glpi.open("2026-10-01T08:00:00Z"), "hook-secret")
    later = {**call.headers, "x-glpi-timestamp": "1790000001"}

    for wrong in (WebhookCall({}, call.body), WebhookCall(later, call.body), WebhookCall(call.headers, b"{}")):
        with pytest.raises(CallRefused, match="its signature does not fit"):
            await ask(source(glpi), call=wrong)
    assert glpi.asked == []


@pytest.mark.parametrize(
    ("secrets", "reason"),
    [
        ({"USER": "wrong"}, "/initSession answered 401"),
        ({"APP": "wrong"}, "it lets nobody in: /initSession answered 400"),
        ({"USER": None}, "secret: the environment has no USER"),
    ],
)
async def test_who_is_not_let_in_is_told_so(secrets: dict[str, str | None], reason: str, glpi: Glpi, ask: Ask) -> None:
    given = {name: text for name, text in {**SECRETS, **secrets}.items() if text is not None}

    with pytest.raises(SourceError, match=reason):
        await ask(source(glpi), secrets=given)


@pytest.mark.parametrize(
    ("path", "answer", "reason"),
    [
        ("/apirest.php/search/Ticket", (500, {}, ["ERROR"]), "its search does not answer: /search/Ticket answered 500"),
        ("/apirest.php/search/Ticket", (200, {}, {"data": [{"2": "x"}]}), "2 was expected to be a number, and not x"),
        ("/apirest.php/Ticket/1/Log", (200, {}, {"a": 1}), "a list of records was expected"),
        ("/apirest.php/Ticket/1/Log", (429, {"Retry-After": "9"}, []), "/Ticket/1/Log answered 429"),
        ("/apirest.php/Ticket/1$", (200, {}, {"id": 1, "date": "soon"}), "a time was expected, and not 'soon'"),
    ],
)
async def test_what_cannot_be_read_is_said_and_the_session_is_ended(
    path: str, answer: Any, reason: str, glpi: Glpi, ask: Ask
) -> None:
    glpi.open("2026-10-01T08:00:00Z")
    glpi.fails[path] = answer

    with pytest.raises(SourceError, match=reason):
        await ask(source(glpi))
    assert glpi.sessions == 0


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="'Lisbon' is no time zone: write its IANA name, such as Europe/Lisbon"):
        GlpiSource("https://glpi.example.com", Secret("env", "USER"), "Lisbon")


async def test_a_ticket_that_is_dated_ahead_is_left_out_and_holds_up_no_other(glpi: Glpi, ask: Ask) -> None:
    ahead = glpi.open("2026-10-01T08:00:00Z")
    glpi.open("2026-10-01T09:00:00Z")
    glpi.tickets[ahead]["date"] = "2036-10-01 08:00:00"

    news = await ask(source(glpi))

    assert [(one.ticket, one.act) for one in news.events if one.act == "opened"] == [("2", "opened")]
    assert news.trouble == "left out is what did not happen between 1970 and tomorrow: ticket 1, opened"
