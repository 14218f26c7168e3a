"""From a notice to its receiver, and what becomes of it where the receiver fails."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from sla_engine.model.instant import DAY, SECOND
from sla_engine.testing.servers.webhooks import Answer


async def test_a_notice_is_told_at_once_in_words_and_what_was_answered_is_kept(office: Any) -> None:
    office.tell(office.notice())

    await office.go()

    [post] = office.taken()
    [message] = office.messages
    assert (post.key, post.content["data"]["thread"]) == (message.key, "incident/1/all")
    assert "Web 1" in post.content["data"]["subject"]
    assert (message.state, message.tries, message.detail) == ("sent", 1, "answered 204")
    assert office.waiting == []
    assert office.figures()["sla_messages_sent"] == 1


async def test_a_notice_that_is_entered_again_is_told_once(office: Any) -> None:
    notice = office.notice()
    office.tell(notice)
    await office.go()

    office.tell(notice)
    await office.go(120)

    assert len(office.receiver.posts) == 1


async def test_what_is_due_later_waits_until_then(office: Any) -> None:
    office.tell(office.notice(due_at=office.now + 90 * SECOND))

    await office.go(89)
    assert office.receiver.posts == []
    await office.go(1)

    assert len(office.taken()) == 1


async def test_a_message_that_was_refused_is_tried_again_by_the_same_key_at_growing_distances(office: Any) -> None:
    office.receiver.script([Answer(503)] * 4)
    office.tell(office.notice())
    times = []
    office.receiver.on_post = lambda _: times.append(office.now)

    await office.go(120)

    assert len({post.key for post in office.receiver.posts}) == 1
    assert office.abouts() == ["opened"]
    waits = [(later - earlier) / SECOND for earlier, later in pairwise(times)]
    assert all(longest / 2 <= wait <= longest + 1 for wait, longest in zip(waits, (5, 10, 20, 40), strict=True)), waits


async def test_the_remote_sides_own_wait_is_kept_to(office: Any) -> None:
    office.receiver.script([Answer(429, {"Retry-After": "600"})])
    office.tell(office.notice())

    await office.go(599, step=20)
    assert len(office.receiver.posts) == 1
    await office.go(2)

    assert len(office.taken()) == 1


async def test_what_no_further_try_can_deliver_is_given_up_at_once(office: Any) -> None:
    office.receiver.script([Answer(410)])
    office.tell(office.notice())

    await office.go(3600, step=60)

    [message] = office.messages
    assert (message.state, message.detail, message.tries) == ("dead", "answered 410", 1)
    assert office.figures()["sla_outbox_dead"] == 1


async def test_after_a_day_a_message_is_given_up(office: Any) -> None:
    office.receiver.otherwise = Answer(503)
    office.tell(office.notice())

    await office.go(DAY / SECOND - 60, step=1800)
    assert office.messages[0].state == "pending"
    await office.go(120, step=60)

    assert office.messages[0].state == "dead"
    assert office.messages[0].tries > 40


async def test_a_clock_that_is_wrong_for_a_moment_gives_nothing_up_and_tells_nothing_early(office: Any) -> None:
    office.receiver.script([Answer(503)])
    office.tell(office.notice(), office.notice("incident/2/all", notifier="phone", due_at=office.now + DAY))
    await office.go()

    office.clock.set_by(2 * 86_400)
    await office.go(50)
    office.clock.set_by(-2 * 86_400)
    await office.go(61)

    assert [len(office.taken(name)) for name in ("mail", "phone")] == [1, 0]
    assert office.messages[0].state == "sent"


async def test_a_lost_answer_is_tried_again_by_the_same_key(office: Any) -> None:
    office.receiver.script([Answer(is_lost=True)])
    office.tell(office.notice())

    await office.go(10)

    first, second = office.taken()
    assert first.key == second.key
    assert office.messages[0].state == "sent"


@pytest.mark.parametrize(("severity", "keys"), [("minor", ""), ("critical", 'on_uncertain = "hold"')])
async def test_a_lost_answer_can_wait_for_a_person(office: Any, severity: str, keys: str) -> None:
    office.write(mail=keys)
    office.receiver.script([Answer(is_lost=True)])
    office.tell(office.notice(severity=severity))

    await office.go(3600, step=60)

    assert len(office.receiver.posts) == 1
    assert office.messages[0].state == "uncertain"
    assert office.figures()["sla_outbox_uncertain"] == 1


@pytest.mark.parametrize(
    "thread", ["ticket/T-7", "desk/T-7", "clock/T-7/first", "maintenance/upgrade/1790841600000000"]
)
async def test_what_customers_are_told_or_ask_waits_for_no_person(office: Any, thread: str) -> None:
    office.receiver.script([Answer(is_lost=True)])
    office.tell(office.notice(severity="info", thread=thread))

    await office.go(10)

    first, second = office.taken()
    assert first.key == second.key
    assert office.messages[0].state == "sent"


async def test_one_slow_notifier_delays_no_other(office: Any) -> None:
    office.receiver.script([Answer(delay=1.5), *[Answer()] * 3])
    office.tell(office.notice())
    await office.dispatcher.turn()
    while not office.receiver.posts:
        await asyncio.sleep(0.01)

    office.tell(*(office.notice(notifier="phone", recipient=name) for name in "abc"))
    await office.dispatcher.turn()
    while len(office.receiver.taken) < 4:
        await asyncio.sleep(0.01)

    assert [message.state for message in office.messages if message.lane.notifier == "mail"] == ["sending"]
    await office.dispatcher.settle()
    assert {message.state for message in office.messages} == {"sent"}


async def test_a_notifier_sends_no_more_than_a_few_at_once_and_in_the_end_all(office: Any) -> None:
    office.receiver.otherwise = Answer(delay=0.05)
    office.tell(*(office.notice(recipient=f"r{number}") for number in range(11)))

    await office.dispatcher.turn()
    assert sum(message.state == "sending" for message in office.messages) == 4
    await office.dispatcher.settle()
    await office.go(2)

    assert len({post.key for post in office.taken()}) == len(office.taken()) == 11


async def test_what_a_notifier_that_is_gone_should_have_told_is_kept_and_said(office: Any) -> None:
    office.tell(office.notice())
    office.write(without="mail")

    await office.go()

    [message] = office.messages
    assert (message.state, message.detail) == ("dead", "notifier 'mail' is not in the policies any more")


async def test_one_lane_is_one_after_the_other_so_that_no_recovery_overtakes_its_outage(office: Any) -> None:
    office.write(mail='gather = "0s"')
    office.receiver.script([Answer(is_lost=True)])
    office.tell(office.notice())
    await office.go()

    office.tell(office.notice(about="recovered", key="later"))
    await office.go(30)

    assert office.abouts() == ["opened", "opened", "recovered"]
    assert [post.content["data"]["is_first"] for post in office.taken()] == [True, True, False]


async def test_the_next_notifier_is_told_once_where_one_keeps_failing(office: Any) -> None:
    office.receiver.script([Answer(503)] * 5)
    office.tell(office.notice(next_notifiers=("phone",)))

    await office.go(75)

    assert office.abouts("phone") == ["opened"]
    await office.go(300)
    assert office.abouts("mail") == ["opened"]
    assert office.abouts("phone") == ["opened"]


async def test_the_next_notifier_is_told_at_once_where_nothing_is_left_to_try(office: Any) -> None:
    office.receiver.script([Answer(410)])
    office.tell(office.notice(next_notifiers=("nobody", "phone")))

    await office.go(5)

    assert office.abouts("phone") == ["opened"]


async def test_who_is_told_the_same_anyway_is_not_told_twice(office: Any) -> None:
    office.receiver.script([Answer(410)])
    office.tell(office.notice(next_notifiers=("phone",)))
    office.tell(office.notice(notifier="phone", due_at=office.now + 30 * SECOND))

    await office.go(60)

    assert office.abouts("phone") == ["opened"]


async def test_outside_of_the_notifiers_calendar_nothing_is_tried(office: Any) -> None:
    evening = '[calendar.evening]\ntimezone = "UTC"\nhours.all = "12:30-23:00"\n'
    office.write(mail='during = "evening"', more=evening)
    office.receiver.script([Answer(503)])
    office.tell(office.notice())

    await office.go(29 * 60, step=60)
    assert office.receiver.posts == []
    await office.go(120, step=10)

    assert [post.is_taken for post in office.receiver.posts] == [False, True]


async def test_the_figures_tell_how_long_the_oldest_waits(office: Any) -> None:
    office.receiver.otherwise = Answer(503)
    office.tell(office.notice(), office.notice(notifier="phone", due_at=office.now + 3600 * SECOND))

    await office.go(20, step=1)

    figures = office.figures()
    assert figures["sla_outbox_oldest_seconds"] == 20
    assert (figures["sla_outbox_pending"], figures["sla_outbox_waiting"]) == (1, 0)
    assert figures["sla_messages_failed"] >= 2
