"""Notifiers from outside that misbehave: each costs its own try, is uncertain where it must be, and harms nothing."""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from sla_engine.model.duration import Duration
from sla_engine.plugin import Delivery, Message, Secret
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.host import PluginHost
from sla_engine.registry.notifying import Errand, deliver, parts_of
from sla_engine.registry.runs import Equipment

MESSAGE = Message("k-1", "[down] Web", "Web is down.\n")
MakeErrand = Callable[..., Errand]


@pytest.fixture
def errand(zoo: PluginHost) -> MakeErrand:
    def make(does: str, *, via: str = "bird", seconds: float = 10, **settings: Any) -> Errand:
        notifier = zoo.notifiers[via](does=does, **settings)
        return Errand("bird", via, notifier, MESSAGE, NetworkGuard(), within=Duration(round(seconds * 1_000_000)))

    return make


async def test_one_that_behaves_sends_from_a_process_of_its_own(errand: MakeErrand, equipment: Equipment) -> None:
    sung = await deliver(errand("sing"), equipment)

    assert (sung.sent, sung.certain, sung.detail) == (True, True, "sung k-1")
    assert sung.reference != str(os.getpid())


@pytest.mark.parametrize(
    ("does", "certain", "detail"),
    [
        ("bite", False, "notifier 'bird' raised ValueError: bitten"),
        ("exit-softly", False, "notifier 'bird' raised SystemExit: flying home"),
        ("exit-hard", False, "notifier 'bird' ended its process (status 9): it gave no answer"),
        ("nonsense", False, "notifier 'bird' gave str and not a delivery"),
        ("doubt", False, "notifier 'bird' gave nonsense: a delivery that neither was nor was not"),
        ("sneak", True, "169.254.169.254 is a cloud's metadata service, which no check may reach"),
    ],
)
async def test_what_it_does_becomes_a_try_that_failed(
    errand: MakeErrand, equipment: Equipment, does: str, certain: bool, detail: str
) -> None:
    assert await deliver(errand(does), equipment) == Delivery(sent=False, certain=certain, detail=detail)


@pytest.mark.parametrize("does", ["hang", "swallow", "block"])
async def test_one_that_does_not_end_is_cut_off_and_nobody_knows_what_it_sent(
    errand: MakeErrand, equipment: Equipment, does: str
) -> None:
    await deliver(errand("sing"), equipment)  # the process is there
    began = time.monotonic()

    lost = await deliver(errand(does, seconds=0.3), equipment)

    assert time.monotonic() - began < 3
    assert (lost.sent, lost.certain) == (False, False)
    assert "its deadline of 300ms" in lost.detail
    assert (await deliver(errand("sing"), equipment)).sent


async def test_a_plain_function_sends_from_a_thread(errand: MakeErrand, equipment: Equipment) -> None:
    assert (await deliver(errand("sing", via="threaded-bird"), equipment)).sent
    lost = await deliver(errand("hang", via="threaded-bird", seconds=0.3), equipment)

    assert (lost.sent, lost.certain) == (False, False)


async def test_its_words_are_cut_and_hold_no_secret_and_nothing_that_moves_a_cursor(
    errand: MakeErrand, equipment: Equipment
) -> None:
    told = await deliver(errand("betray", secret=Secret("env", "ZOO_SECRET")), equipment)

    assert "correct horse" not in told.detail
    assert "\x1b" not in told.detail
    assert len(told.detail) == 500


async def test_a_wait_that_is_no_number_is_none(errand: MakeErrand, equipment: Equipment) -> None:
    assert (await deliver(errand("wait-for-ever"), equipment)).retry_after is None


@pytest.mark.parametrize(("does", "parts"), [("sing", 2), ("bite", 1), ("hang", 1)])
def test_one_that_cannot_count_parts_has_one(errand: MakeErrand, does: str, parts: int) -> None:
    one = errand(does)

    assert parts_of(one.settings, one.via, MESSAGE) == parts
