"""F47: three thousand services on one dead host; what the receiver counts is the truth."""

from typing import Any

from sla_engine.testing.servers.smsc import SmscServer

SERVICES = 3_000
PEOPLE = ("ana@example.com", "bea@example.com")
HOST = "db1.example.com"


def storm(office: Any, numbers: range, about: str) -> None:
    """Tell everybody of these services; each service has an incident of its own."""
    notices = []
    for number in numbers:
        plain = office.notice(f"incident/{number}/all", about)
        facts = {**plain.facts, "cause": HOST}
        notices += [
            office.notice(f"incident/{number}/all", about, recipient=person, facts=facts, next_notifiers=("phone",))
            for person in PEOPLE
        ]
    office.tell(*notices)


async def test_everybody_gets_one_message_a_window_and_hears_of_the_recovery(office: Any) -> None:
    for about in ("opened", "recovered"):  # the first is seen at once, and the others within the minute
        storm(office, range(1), about)
        await office.go(2)
        for first in range(1, SERVICES, 750):
            storm(office, range(first, min(first + 750, SERVICES)), about)
            await office.go(12, step=6)
            await office.restart()
        await office.go(120, step=10)

    assert len(office.receiver.posts) == 2 * 2 * len(PEOPLE)
    for person in PEOPLE:
        told = [post.content["data"] for post in office.taken() if post.content["data"]["to"] == [person]]
        assert [one["about"] for one in told] == ["opened", "opened", "recovered", "recovered"]
        assert [one["names"]["count"] for one in told] == ["1", "2,999", "1", "2,999"]
        assert all(HOST in one["subject"] for one in told[1:2])
    assert office.waiting == []


async def test_a_storm_is_held_by_money_and_nothing_of_it_is_lost(office: Any) -> None:
    office.write(mail='gather = "0s"\nprice = "0.08 EUR"\nspend = { at_most = "0.80 EUR", every = "24h" }')

    for first in range(0, SERVICES, 100):
        storm(office, range(first, first + 100), "opened")
        await office.go(1)
        if first % 1000 == 900:
            await office.restart()

    spent = len(office.taken())
    assert spent == 10
    assert office.abouts("phone") == ["held"]
    storm(office, range(SERVICES), "recovered")
    await office.go(6 * 3600, step=600)
    told = [post.content["data"] for post in office.taken()[spent:]]
    assert len(told) == 2
    assert {one["to"][0] for one in told} == set(PEOPLE)
    assert all(one["names"]["count"] == "3,000" and one["is_over"] for one in told)
    assert office.waiting == []


SMS = """
[notifier.sms]
via = "sms"
host = "{host}"
port = {port}
system_id = "sla"
from = "SLA"
to = ["+351912345678"]
gather = "0s"
price = "0.02 EUR"
spend = {{ at_most = "0.20 EUR", every = "24h" }}
[escalation.sms]
on = {{ services = "all" }}
step = [{{ notify = ["sms", "mail"] }}]
"""


async def test_an_sms_gateway_counts_no_more_than_was_to_be_spent(office: Any) -> None:
    with SmscServer() as gateway:
        office.write(more=SMS.format(host=gateway.host, port=gateway.port))
        for number in range(40):
            for about in ("opened", "recovered"):
                office.tell(office.notice(f"incident/{number}/sms", about, notifier="sms", recipient="+351912345678"))
                await office.go(10)
            if number == 20:
                await office.restart()

        assert 10 <= len(gateway.messages) <= 11  # what comes back in a quarter of an hour is less than a message
        assert office.abouts("mail") == ["held"]
        before = len(gateway.messages)
        await office.go(3 * 3600, step=600)
        assert len(gateway.messages) == before + 1  # and that one tells all the rest
        assert office.waiting == []
