"""Limits upon messages hold and never drop, and survive a restart."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.engine.outbox.limiting import MILLION, Limit, millionths
from sla_engine.model.instant import HOUR, MINUTE, SECOND
from sla_engine.model.money import Money
from sla_engine.store.outbox import Level, level_of
from sla_engine.testing.servers.webhooks import Answer

NO_WINDOW = 'gather = "0s"'
THREE_AN_HOUR = f'{NO_WINDOW}\nlimit = {{ messages = 3, every = "1h" }}'
PAID = f'{NO_WINDOW}\nprice = "0.08 EUR"\nspend = {{ at_most = "0.20 EUR", every = "10h" }}'


async def one_a_minute(office: Any, count: int, first: int = 1) -> None:
    for number in range(first, first + count):
        office.tell(office.notice(f"incident/{number}/all"))
        await office.go(60, step=20)


async def test_what_is_over_the_limit_waits_and_is_told_together_as_soon_as_one_more_is_allowed(office: Any) -> None:
    office.write(mail=THREE_AN_HOUR)

    await one_a_minute(office, 10)
    assert len(office.taken()) == 3
    assert office.figures()["sla_outbox_held"] == 7
    await office.go(11 * 60, step=20)

    *_, last = office.taken()
    assert len(office.taken()) == 4
    assert last.content["data"]["names"]["count"] == "7"
    assert office.waiting == []


async def test_somebody_is_told_by_another_notifier_that_messages_are_held_and_once(office: Any) -> None:
    office.write(mail=THREE_AN_HOUR)

    await one_a_minute(office, 10)

    [held] = office.taken("phone")
    assert held.content["data"]["about"] == "held"
    assert held.content["data"]["names"]["count"] == "1"
    await office.go(20 * 60, step=60)
    await one_a_minute(office, 5, first=20)
    assert len(office.taken("phone")) == 1


async def test_it_is_told_again_when_the_limit_was_whole_in_between(office: Any) -> None:
    office.write(mail=THREE_AN_HOUR)
    await one_a_minute(office, 5)
    await office.go(2 * 3600, step=300)

    await one_a_minute(office, 5, first=10)

    assert office.abouts("phone") == ["held", "held"]


async def test_a_recovery_that_is_held_is_told_all_the_same(office: Any) -> None:
    office.write(mail=THREE_AN_HOUR)
    await one_a_minute(office, 5)
    office.tell(office.notice("incident/1/all", "recovered"), office.notice("incident/5/all", "recovered"))

    await office.go(20 * 60, step=20)

    text = office.taken()[-1].content["data"]["text"]
    assert all(f"Web {number}" in text for number in (1, 4, 5))
    assert office.waiting == []


async def test_money_is_counted_by_parts_and_what_it_does_not_pay_for_waits(office: Any) -> None:
    office.write(mail=PAID)

    await one_a_minute(office, 6)

    assert len(office.taken()) == 2
    await office.go(2 * 3600, step=60)
    assert len(office.taken()) == 3  # 0.04 EUR were left, and 0.02 EUR come back each hour
    assert office.abouts("phone") == ["held"]


async def test_a_try_after_a_lost_answer_is_paid_too(office: Any) -> None:
    office.write(mail=PAID)
    office.receiver.script([Answer(is_lost=True)])

    await one_a_minute(office, 2)

    assert len(office.taken()) == 2
    assert len({post.key for post in office.taken()}) == 1


async def test_a_limit_upon_one_recipient_leaves_the_others(office: Any) -> None:
    office.write(mail=NO_WINDOW, engine='limits.recipient = { messages = 2, every = "1h" }')
    for number in range(6):
        office.tell(office.notice(f"incident/{number}/all", recipient="ana"))
        await office.go(30, step=10)

    office.tell(office.notice("incident/9/all", recipient="bea"))
    await office.go()

    assert [post.content["data"]["to"] for post in office.taken()] == [["ana"], ["ana"], ["bea"]]


async def test_a_limit_upon_one_customer_leaves_what_concerns_others(office: Any) -> None:
    office.write(mail=NO_WINDOW, engine='limits.customer = { messages = 2, every = "1h" }')
    for number in range(6):
        office.tell(office.notice(f"incident/{number}/all", customer="acme"))
        await office.go(30, step=10)

    office.tell(office.notice("incident/9/all", customer="globex"), office.notice("incident/10/all"))
    await office.go()

    assert len(office.taken()) == 3
    assert office.taken()[-1].content["data"]["names"]["count"] == "2"
    assert len(office.waiting) == 4


async def test_a_restart_gives_nothing_back(office: Any) -> None:
    office.write(mail=THREE_AN_HOUR)

    for number in range(8):
        office.tell(office.notice(f"incident/{number}/all"))
        await office.go(20, step=10)
        await office.restart()

    assert len(office.taken()) == 3
    assert office.abouts("phone") == ["held"]


async def test_a_message_dearer_than_the_limit_goes_out_when_the_limit_is_whole(office: Any) -> None:
    limit = Limit("x", most=2 * MILLION, every=HOUR, shown="")

    assert limit.allows(5 * MILLION, limit.left(None, 0))
    assert not limit.allows(5 * MILLION, limit.left(Level(2 * MILLION - 1, 0), 0))


async def test_levels_are_kept_in_the_store(office: Any) -> None:
    office.write(mail=THREE_AN_HOUR)
    office.tell(office.notice())
    await office.go()

    with office.store.reading() as connection:
        assert level_of(connection, "messages/mail") == Level(2 * MILLION, office.now)


@pytest.mark.parametrize(("amount", "counted"), [("0.08", 80_000), ("0.000001", 1), ("5", 5_000_000)])
def test_money_is_counted_in_whole_millionths(amount: str, counted: int) -> None:
    assert millionths(Money(Decimal(amount), "EUR")) == counted


@given(
    most=st.integers(1, 50),
    every=st.integers(1, 100).map(lambda minutes: minutes * MINUTE),
    waits=st.lists(st.integers(0, 90 * 60), max_size=80),
)
def test_no_more_than_twice_the_limit_goes_out_in_any_stretch_of_its_length(
    most: int, every: int, waits: list[int]
) -> None:
    limit = Limit("x", most * MILLION, every, "")
    now, level, sent = 0, None, list[int]()
    for wait in waits:
        now += wait * SECOND
        left = limit.left(level, now)
        if limit.allows(MILLION, left):
            level = Level(left - MILLION, now)
            sent.append(now)

    for at in sent:
        assert sum(at <= other < at + every for other in sent) <= 2 * most
