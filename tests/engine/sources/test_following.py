"""Following help desks: real servers, real signatures, and what goes wrong."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sla_engine.engine.sources.following import LONGEST_WAIT, NoSuchSourceError, Sources
from sla_engine.plugin import CallRefused, SourceError, WebhookCall
from sla_engine.store.tickets import select_tickets
from tests.engine.sources.conftest import Desk, LookingClock, clocks
from tests.plugins.sla_desks.look_alikes import Glpi, Zammad

Follow = Callable[[Desk], Sources]
ZAMMAD = """
[ticket-source.zammad]
via = "zammad"
url = "{url}"
token = {{ env = "TOKEN" }}
secret = {{ env = "HOOK" }}
every = "1m"
levels = {{ "1st Level" = "first", "2nd Level" = "second" }}
customers = {{ "ACME S.A." = "acme" }}
"""
GLPI = """
[ticket-source.glpi]
via = "glpi"
url = "{url}"
user_token = {{ env = "USER" }}
app_token = {{ env = "APP" }}
timezone = "Europe/Lisbon"
levels = {{ "2nd Level" = "second" }}
"""


@pytest.fixture
def zammad() -> Iterator[Zammad]:
    with Zammad() as server:
        yield server


@pytest.fixture
def glpi() -> Iterator[Glpi]:
    with Glpi() as server:
        yield server


async def look(sources: Sources) -> None:
    sources.turn()
    await sources.settle()


def story(zammad: Zammad) -> int:
    ticket = zammad.open("2026-10-01T08:00:00.101Z")
    zammad.put(ticket, "group", "2nd Level", "2026-10-01T08:30:00.202Z")
    zammad.write(ticket, "2026-10-01T09:00:00.300Z")
    zammad.put(ticket, "state", "pending reminder", "2026-10-01T09:00:00.310Z")
    zammad.write(ticket, "2026-10-01T10:00:00.400Z", sender="Customer")
    zammad.put(ticket, "state", "open", "2026-10-01T10:00:00.410Z")
    zammad.write(ticket, "2026-10-01T11:00:00.500Z")
    zammad.put(ticket, "state", "closed", "2026-10-01T11:00:00.510Z")
    return ticket


async def test_a_zammad_heard_looked_at_and_heard_again_in_any_order_has_the_same_clocks_byte_for_byte(
    zammad: Zammad, make_desk: Callable[..., Desk], sources: Follow, clock: LookingClock
) -> None:
    ticket = story(zammad)
    heard = [zammad.call(ticket, "hook-secret", how) for how in ("sha1", "sha256")]
    shown = []

    for order in ("look", "hear", "look hear hear look", "hear look look hear", "hear hear hear"):
        desk = make_desk(ZAMMAD.format(url=zammad.url))
        following = sources(desk)
        for step in order.split():
            if step == "look":
                clock.pass_by(61)
                await look(following)
            else:
                await following.hear("zammad", heard[0])
                await following.hear("zammad", heard[1])
        shown.append(json.dumps(desk.shown("zammad:22001")).encode())
        await following.aclose()

    assert len(set(shown)) == 1
    assert clocks(desk.read("zammad:22001")) == [
        ("first", "08:00", "09:00", "09:00", False),
        ("second", "08:30", "09:00", "16:30", True),
    ]


async def test_each_ticket_is_entered_as_it_goes_on(
    zammad: Zammad, make_desk: Callable[..., Desk], sources: Follow, clock: LookingClock
) -> None:
    desk = make_desk(ZAMMAD.format(url=zammad.url))
    following = sources(desk)
    ticket = zammad.open("2026-10-01T08:00:00Z")
    await look(following)
    assert desk.read("zammad:22001").ticket.state == "open"

    zammad.write(ticket, "2026-10-01T08:30:00Z")
    await look(following)  # it is not due yet
    assert desk.read("zammad:22001").ticket.state == "open"
    clock.pass_by(61)
    await look(following)

    assert clocks(desk.read("zammad:22001")) == [("first", "08:00", "08:30", "09:00", True)]
    await following.aclose()


async def test_another_engine_goes_on_where_the_last_one_ended(
    zammad: Zammad, make_desk: Callable[..., Desk], sources: Follow
) -> None:
    desk = make_desk(ZAMMAD.format(url=zammad.url))
    story(zammad)
    for _ in range(2):
        following = sources(desk)
        await look(following)
        await following.aclose()

    assert zammad.asked.count("/api/v1/tickets/search") == 2
    assert zammad.asked.count("/api/v1/ticket_history/1") == 1


async def test_one_that_hangs_or_fails_holds_up_no_other(
    zammad: Zammad, glpi: Glpi, make_desk: Callable[..., Desk], sources: Follow
) -> None:
    zammad.fails["/"] = (0, {}, None)
    glpi.open("2026-10-01T08:00:00Z")
    desk = make_desk(ZAMMAD.format(url=zammad.url) + GLPI.format(url=glpi.url))
    following = sources(desk)

    following.turn()
    glpis = following._courses["glpi"].looking
    assert glpis is not None
    await glpis

    assert desk.read("glpi:1").ticket.state == "open"
    assert following._courses["zammad"].looking is not None
    assert not following._courses["zammad"].looking.done()
    following._courses["zammad"].looking.cancel()
    await following.aclose()


async def test_one_that_fails_is_told_of_and_asked_later_each_time_and_as_it_asks(
    zammad: Zammad, make_desk: Callable[..., Desk], sources: Follow, clock: LookingClock
) -> None:
    desk = make_desk(ZAMMAD.format(url=zammad.url))
    following = sources(desk)
    zammad.fails["/"] = (503, {}, {})
    waits = []
    for _ in range(9):
        await look(following)
        waits.append(round(following._courses["zammad"].due - clock.monotonic()))
        clock.pass_by(waits[-1] + 1)
    said = following.troubles

    zammad.fails["/"] = (429, {"Retry-After": "7200"}, {})
    await look(following)
    asked_to = round(following._courses["zammad"].due - clock.monotonic())
    zammad.fails.clear()
    clock.pass_by(7201)
    await look(following)

    assert waits == [120, 240, 480, 960, 1920, *[round(LONGEST_WAIT)] * 4]
    assert said == ["the ticket source zammad cannot be read: /tickets/search answered 503: '{}'"]
    assert asked_to == 7200
    assert following.troubles == []
    await following.aclose()


async def test_a_call_is_refused_or_asked_again_and_kept_once_it_is_taken(
    zammad: Zammad, make_desk: Callable[..., Desk], sources: Follow
) -> None:
    desk = make_desk(ZAMMAD.format(url=zammad.url))
    following = sources(desk)
    zammad.fails["/"] = (503, {}, {})
    await look(following)
    ticket = story(zammad)

    with pytest.raises(NoSuchSourceError):
        await following.hear("other", WebhookCall({}, b""))
    with pytest.raises(CallRefused):
        await following.hear("zammad", zammad.call(ticket, "wrong"))
    with pytest.raises(SourceError, match="answered 503"):
        await following.hear("zammad", zammad.call(ticket, "hook-secret"))
    with desk.store.reading() as connection:
        assert select_tickets(connection) == []
    zammad.fails.clear()
    assert (await following.hear("zammad", zammad.call(ticket, "hook-secret"))).tickets == 1

    assert desk.read("zammad:22001").ticket.state == "resolved"
    await following.aclose()


async def test_one_that_is_taken_out_of_the_policies_is_asked_no_more(
    zammad: Zammad, make_desk: Callable[..., Desk], sources: Follow, clock: LookingClock
) -> None:
    desk = make_desk(ZAMMAD.format(url=zammad.url))
    following = sources(desk)
    await look(following)

    desk.policies = make_desk().policies
    clock.pass_by(61)
    await look(following)

    assert zammad.asked.count("/api/v1/tickets/search") == 1
    with pytest.raises(NoSuchSourceError):
        await following.hear("zammad", WebhookCall({}, b""))
    await following.aclose()


async def test_figures_tell_of_them(zammad: Zammad, make_desk: Callable[..., Desk], sources: Follow) -> None:
    story(zammad)
    following = sources(make_desk(ZAMMAD.format(url=zammad.url)))
    await look(following)

    figures: Any = {one.name: one.value for one in following.measures()}

    assert figures == {
        "sla_ticket_sources": 1,
        "sla_ticket_sources_failing": 0,
        "sla_ticket_source_events": 8,
    }
    await following.aclose()
