"""Ticket sources from outside that misbehave: each costs its own look, is told, and harms nothing."""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from sla_engine.model.duration import Duration
from sla_engine.plugin import CallRefused, Secret, SourceError, WebhookCall
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.host import PluginHost
from sla_engine.registry.runs import Equipment
from sla_engine.registry.sourcing import Inquiry, inquire

MakeInquiry = Callable[..., Inquiry]


@pytest.fixture
def inquiry(zoo: PluginHost) -> MakeInquiry:
    def make(does: str, *, via: str = "parrot", seconds: float = 10, call: bytes | None = None, **keys: Any) -> Inquiry:
        source = zoo.ticket_sources[via](does=does, **keys)
        asked = None if call is None else WebhookCall({}, call)
        within = Duration(round(seconds * 1_000_000))
        return Inquiry("parrot", via, source, NetworkGuard(), "kept", asked, within=within)

    return make


async def test_one_that_behaves_tells_its_news_from_a_process_of_its_own(
    inquiry: MakeInquiry, equipment: Equipment
) -> None:
    news = await inquire(inquiry("talk"), equipment)

    assert [(one.ticket, one.act, one.key) for one in news.events] == [("7", "opened", "opened")]
    kept, process = (news.position or "").split(":")
    assert (kept, process != str(os.getpid())) == ("kept", True)


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("bite", "ticket source 'parrot' raised ValueError: bitten"),
        ("exit-softly", "ticket source 'parrot' raised SystemExit: flying home"),
        ("exit-hard", "ticket source 'parrot' ended its process (status 9): it gave no answer"),
        ("nonsense", "ticket source 'parrot' raised TypeError: it gave list and not news of events"),
        ("babble", "ticket source 'parrot' told nonsense: 'flown' is nothing that happens to a ticket"),
        ("number", "ticket source 'parrot' told nonsense: a ticket or key that is no text"),
        ("moment", "ticket source 'parrot' told nonsense: ticket 7, k: 'noon' is no instant in microseconds"),
        ("place", "ticket source 'parrot' told nonsense: a position that is no text, or too long"),
        ("sneak", "169.254.169.254 is a cloud's metadata service, which no check may reach"),
    ],
)
async def test_what_it_does_becomes_a_look_that_failed(
    does: str, reason: str, inquiry: MakeInquiry, equipment: Equipment
) -> None:
    with pytest.raises(SourceError) as caught:
        await inquire(inquiry(does), equipment)

    assert reason in caught.value.reason


async def test_it_may_ask_to_wait(inquiry: MakeInquiry, equipment: Equipment) -> None:
    with pytest.raises(SourceError, match="come again") as caught:
        await inquire(inquiry("busy"), equipment)

    assert caught.value.retry_after == 12


@pytest.mark.parametrize("does", ["hang", "block"])
async def test_one_that_does_not_end_is_cut_off(does: str, inquiry: MakeInquiry, equipment: Equipment) -> None:
    await inquire(inquiry("talk"), equipment)  # the process is there
    began = time.monotonic()

    with pytest.raises(SourceError, match="its deadline of 300ms"):
        await inquire(inquiry(does, seconds=0.3), equipment)

    assert time.monotonic() - began < 3
    assert (await inquire(inquiry("talk"), equipment)).events


async def test_a_plain_function_is_asked_in_a_thread(inquiry: MakeInquiry, equipment: Equipment) -> None:
    assert (await inquire(inquiry("talk", via="threaded-parrot"), equipment)).events
    with pytest.raises(SourceError, match="its deadline of 300ms"):
        await inquire(inquiry("hang", via="threaded-parrot", seconds=0.3), equipment)


async def test_what_is_posted_is_taken_or_refused(inquiry: MakeInquiry, equipment: Equipment) -> None:
    assert (await inquire(inquiry("talk", call=b"polly"), equipment)).events
    with pytest.raises(CallRefused, match="not my word"):
        await inquire(inquiry("talk", call=b"jack"), equipment)
    with pytest.raises(CallRefused, match="this source takes no webhooks"):
        await inquire(inquiry("talk", via="threaded-parrot", call=b"polly"), equipment)


async def test_its_words_are_cut_and_hold_no_secret_and_nothing_that_moves_a_cursor(
    inquiry: MakeInquiry, equipment: Equipment
) -> None:
    with pytest.raises(SourceError) as caught:
        await inquire(inquiry("betray", secret=Secret("env", "ZOO_SECRET")), equipment)

    assert "correct horse" not in caught.value.reason
    assert "\x1b" not in caught.value.reason
    assert (len(caught.value.reason), caught.value.retry_after) == (500, None)


def test_names_are_given_once_and_what_is_no_source_is_left_out(zoo: PluginHost) -> None:
    assert zoo.source_owners["zammad"].is_built_in
    assert {"zammad", "glpi", "generic", "parrot"} <= set(zoo.ticket_sources)
    said = " ".join(zoo.problems)
    assert "ticket source 'zammad' of plugin zoo-parrots (sla-zoo 6.6) is left out: desks (sla-engine " in said
    assert "ticket source 'stuffed' of plugin zoo-parrots (sla-zoo 6.6) is left out: it is no subclass of" in said
