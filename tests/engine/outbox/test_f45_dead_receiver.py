"""F45: a receiver is away for an hour, by every way of being away, and back; what it has taken is the truth."""

from collections import Counter
from typing import Any

import pytest

from sla_engine.testing.servers.smtp import SmtpServer
from sla_engine.testing.servers.webhooks import Answer

MAIL = """
[notifier.post]
via = "email"
server = "smtp://{host}:{port}"
from = "sla@example.com"
to = ["it@example.com"]
tls = "none"
[escalation.post]
on = {{ services = "all" }}
step = [{{ notify = ["post"] }}]
"""
AWAY = {
    "answers 503": Answer(503),
    "answers 503 and asks for two minutes": Answer(503, {"Retry-After": "120"}),
    "answers 429": Answer(429),
    "resets the connection": Answer(is_lost=True, takes=False),
}


@pytest.mark.parametrize("way", AWAY)
async def test_after_an_hour_there_is_one_current_message_and_not_sixty(office: Any, way: str) -> None:
    office.receiver.otherwise = AWAY[way]
    for minute in range(60):
        office.tell(office.notice("incident/1/all", "opened" if minute == 0 else "repeated"))
        office.tell(office.notice(f"incident/{minute + 2}/all"))
        await office.go(60, step=60)
    office.tell(office.notice("incident/1/all", "recovered"))
    office.receiver.otherwise = Answer()

    await office.go(400, step=20)

    *before, last = office.taken()
    if AWAY[way].is_lost:  # nobody can know that it was not taken, so that it comes first, as it was
        assert [post.content["data"]["about"] for post in before] == ["opened"]
        assert {post.key for post in office.receiver.posts[:-1]} == {before[0].key}
    else:
        assert before == []
    down = 60 - len(before)
    assert f"{down} services are down. Web 1 is up again." in last.content["data"]["text"]
    assert office.waiting == []


@pytest.mark.parametrize("way", ["answers 503", "resets the connection"])
async def test_a_month_of_repetitions_leaves_one_of_each_that_waits_and_a_few_messages(office: Any, way: str) -> None:
    threads = [f"incident/{number}/all" for number in (1, 2, 3)]
    office.receiver.otherwise = AWAY[way]
    office.tell(*(office.notice(thread, next_notifiers=("phone",)) for thread in threads))
    for turn in range(32):
        lasting = threads[: 3 if turn < 16 else 2]
        office.tell(*(office.notice(thread, "repeated", next_notifiers=("phone",)) for thread in lasting))
        await office.go(82_000, step=82_000)
        if turn == 16:
            office.tell(office.notice("incident/3/all", "recovered"))
        waiting = Counter(key.split("/all/")[0] + key[-6:] for key in office.waiting if "repeated" in key)
        assert max(waiting.values(), default=0) <= 1
    office.tell(office.notice("incident/1/all", "recovered"))
    office.receiver.otherwise = Answer()

    await office.go(600, step=60)

    told = [post.content["data"]["text"] for post in office.taken()]
    assert len(told) <= (1 if way == "answers 503" else 2)
    assert "Web 2 is still down" in told[-1]
    assert "Web 1" in told[-1]
    assert "up again" in told[-1]
    assert office.waiting == []


async def test_a_refused_connection_and_a_server_that_says_nothing_are_ways_of_being_away(office: Any) -> None:
    with SmtpServer() as server:
        office.write(more=MAIL.format(host=server.host, port=server.port))
        server.refuse()
        office.tell(office.notice(notifier="post"))
        await office.go(30, step=5)
        server.accept()
        server.break_("mail", delay=2)
        await office.restart(within="300ms")
        await office.go(60, step=10)
        office.tell(office.notice(notifier="post", about="recovered"))
        server.mend()
        await office.restart()

        await office.go(300, step=10)

        [mail] = server.mailbox
        [message] = office.messages
        assert message.tries > 4
        assert message.key in mail.message["Message-ID"]
        assert "Web 1" in mail.message["Subject"]
        assert office.messages[0].message.about == "recovered"


async def test_others_are_told_at_once_and_one_dead_receiver_is_not_theirs(office: Any) -> None:
    with SmtpServer() as server:
        office.write(more=MAIL.format(host=server.host, port=server.port))
        server.refuse()
        for number in range(5):
            office.tell(office.notice(f"incident/{number}/all", notifier="post", next_notifiers=("phone",)))
            office.tell(office.notice(f"incident/{number}/all"))
        await office.go()
        assert len(office.taken("mail")) == 1

        await office.go(16 * 60, step=30)

        [post] = office.taken("phone")
        assert "5" in post.content["data"]["names"]["count"]
        server.accept()
        await office.go(300, step=30)
        assert len(server.mailbox) == 1
