"""What is told together, and what of it is still worth telling."""

from typing import Any

import pytest

from sla_engine.engine.outbox.superseding import current
from sla_engine.model.instant import MINUTE, SECOND
from sla_engine.store.outbox import Entered
from sla_engine.testing.servers.webhooks import Answer


async def test_the_first_goes_at_once_and_what_follows_within_the_window_is_told_together_at_its_end(
    office: Any,
) -> None:
    office.tell(office.notice("incident/1/all"))
    await office.go(10)
    for number in range(2, 7):
        office.tell(office.notice(f"incident/{number}/all"))
        await office.go(5)
    assert len(office.taken()) == 1

    await office.go(30)

    first, second = office.taken()
    assert first.content["data"]["names"]["count"] == "1"
    assert second.content["data"]["names"]["count"] == "5"


async def test_the_window_is_the_notifiers_own(office: Any) -> None:
    office.write(mail='gather = "5m"', phone='gather = "0s"')
    office.tell(office.notice("incident/1/all"), office.notice("incident/1/all", notifier="phone"))
    await office.go()

    office.tell(office.notice("incident/2/all"), office.notice("incident/2/all", notifier="phone"))
    await office.go(60)

    assert len(office.taken("mail")) == 1
    assert len(office.taken("phone")) == 2


async def test_each_recipient_and_each_language_gets_a_message_of_its_own(office: Any) -> None:
    office.tell(*(office.notice(recipient=to, language=to[-2:]) for to in ("ana@x.pt", "bea@x.pt", "cy@x.fr")))

    await office.go()

    assert sorted(post.content["data"]["to"][0] for post in office.taken()) == ["ana@x.pt", "bea@x.pt", "cy@x.fr"]
    assert {post.content["data"]["language"] for post in office.taken()} == {"pt", "fr"}


async def test_down_and_up_again_within_a_window_is_one_message(office: Any) -> None:
    office.tell(office.notice("incident/1/all"))
    await office.go(1)
    office.tell(office.notice("incident/2/all"))
    await office.go(20)
    office.tell(office.notice("incident/2/all", "recovered"))

    await office.go(60)

    assert office.abouts() == ["opened", "recovered"]
    assert "Web 2" in office.taken()[1].content["data"]["subject"]


@pytest.mark.parametrize(
    ("abouts", "told"),
    [
        (["opened", "recovered"], ["recovered"]),
        (["opened", "repeated", "repeated"], ["repeated"]),
        (["opened", "acknowledged"], ["acknowledged"]),
        (["recovered"], ["recovered"]),
        (
            ["ticket-opened", "ticket-answered", "ticket-answered"],
            ["ticket-opened", "ticket-answered", "ticket-answered"],
        ),
        (["desk-opened", "desk-wrote", "desk-wrote"], ["desk-opened", "desk-wrote", "desk-wrote"]),
    ],
)
async def test_of_a_thread_the_latest_is_told_and_of_a_ticket_all(
    office: Any, abouts: list[str], told: list[str]
) -> None:
    notices = [office.notice(about=about, key=str(at), due_at=at) for at, about in enumerate(abouts)]
    entered = [Entered(number, notice, "waiting", None) for number, notice in enumerate(notices)]

    found = current(reversed(entered))

    assert [one.notice.about for one in found.told] == told
    assert {one.id for one in (*found.told, *found.overtaken)} == set(range(len(abouts)))


async def test_a_message_that_may_have_gone_out_is_not_written_anew(office: Any) -> None:
    office.receiver.script([Answer(is_lost=True), Answer(503)])
    office.tell(office.notice("incident/1/all"))
    await office.go()
    office.tell(office.notice("incident/1/all", "recovered"))

    await office.go(120)

    assert office.abouts() == ["opened", "opened", "recovered"]
    first, second, third = (post.key for post in office.taken())
    assert first == second != third


async def test_a_clock_that_was_ahead_keeps_nothing_back(office: Any) -> None:
    office.receiver.script([Answer(503)])
    office.clock.set_by(10 * 86_400)
    office.tell(office.notice("incident/1/all"))
    await office.go()
    office.clock.set_by(-10 * 86_400)
    office.tell(office.notice("incident/2/all"), office.notice("incident/3/all", notifier="phone"))

    await office.go(120)

    assert len(office.taken("mail")) == 2
    assert len(office.taken("phone")) == 1


async def test_a_text_that_cannot_be_composed_is_told_by_its_bare_facts(office: Any) -> None:
    office.tell(office.notice("strange/1", "never-heard-of"))

    await office.go()

    [post] = office.taken()
    assert "never-heard-of strange/1" in post.content["data"]["text"]


async def test_what_was_due_first_is_told_first(office: Any) -> None:
    office.tell(office.notice("incident/2/all", due_at=office.now - SECOND, notifier="phone"))
    office.tell(office.notice("incident/1/all", due_at=office.now - MINUTE))

    await office.dispatcher.turn()
    await office.dispatcher.settle()

    assert [message.lane.notifier for message in office.messages] == ["mail", "phone"]


async def test_each_ticket_is_told_by_itself_so_that_answers_to_it_find_it(office: Any) -> None:
    office.tell(
        office.notice("ticket/T-1", "ticket-answered", recipient="ana@x.pt"),
        office.notice("ticket/T-2", "ticket-answered", recipient="ana@x.pt"),
        office.notice("incident/1/all", recipient="ana@x.pt"),
        office.notice("ticket/T-1", "ticket-resolved", recipient="ana@x.pt"),
    )

    await office.go(200)

    assert [post.content["data"]["thread"] for post in office.taken()] == ["ticket/T-1", "ticket/T-2", "incident/1/all"]


async def test_of_many_recipients_the_first_are_told_while_others_are_gathered_yet(office: Any) -> None:
    people = [f"customer-{number}@example.com" for number in range(150)]
    office.tell(*(office.notice("incident/1/all", recipient=person) for person in people))
    left: list[int] = []
    office.receiver.on_post = lambda _: left.append(len(office.waiting))

    await office.dispatcher.turn()
    await office.go(200)

    assert left[0] == 50
    assert sorted(post.content["data"]["to"][0] for post in office.taken()) == sorted(people)
