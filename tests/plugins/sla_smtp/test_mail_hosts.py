"""A domain's mail servers, found by a real nameserver and tried as a sending program would."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sla_engine.model.duration import Duration
from sla_engine.model.result import State
from sla_engine.registry.clock import SystemClock
from sla_smtp.resolving import Resolver

Serve = Callable[..., Awaitable[int]]


class Run:
    """As much of a run as a resolver asks for."""

    clock = SystemClock()

    def remaining(self) -> float:
        return 10.0

    def check_address(self, address: str) -> None:
        assert address == "127.0.0.1"


async def test_the_most_preferred_host_is_asked_for_the_domains_mail(
    converse: Any, at: Any, domain: Any, mail_server: Serve, zone: Any, nameserver: str
) -> None:
    port = await mail_server(domain())
    zone.exchangers = {"b.example": [(20, "mx2.b.example"), (10, "mx1.b.example")]}
    zone.addresses = {"mx1.b.example": "127.0.0.1", "mx2.b.example": "127.0.0.9"}

    outcome, _ = await converse(at(port, host=None, mx="b.example", nameserver=nameserver, rcpt_to="a@b.example"))

    assert (outcome.state, outcome.reason) == ("up", None)
    assert list(outcome.phases) == ["resolve", "connect", "greeting", "ehlo", "mail", "rcpt", "rset", "quit"]
    assert "resolve: mail for b.example goes to mx1.b.example, mx2.b.example" in outcome.evidence
    assert "connect: connected to mx1.b.example at 127.0.0.1" in outcome.evidence


async def test_where_the_first_host_does_not_greet_the_next_one_is_asked_and_the_service_is_degraded(
    converse: Any, at: Any, serve: Any, domain: Any, mail_server: Serve, zone: Any, nameserver: str
) -> None:
    port = await mail_server(domain(), host="127.0.0.2")
    zone.exchangers = {"b.example": [(10, "mx1.b.example"), (15, "gone.b.example"), (20, "mx2.b.example")]}
    zone.addresses = {"mx1.b.example": "127.0.0.1", "mx2.b.example": "127.0.0.2"}

    outcome, _ = await converse(at(port, host=None, mx="b.example", nameserver=nameserver))

    assert outcome.state == "degraded"
    assert outcome.reason == (
        "mail host mx1.b.example connect: connection refused, expected a greeting; "
        "mail host gone.b.example resolve: name does not resolve: gone.b.example does not exist, expected a greeting"
    )
    assert "connect: connected to mx2.b.example at 127.0.0.2" in outcome.evidence


async def test_a_host_that_is_busy_or_hangs_does_not_use_up_the_time_of_the_next(
    converse: Any, at: Any, serve: Any, domain: Any, mail_server: Serve, zone: Any, nameserver: str, silent_port: int
) -> None:
    await mail_server(domain(), host="127.0.0.2", port=silent_port)
    zone.exchangers = {"b.example": [(10, "mx1.b.example"), (20, "mx2.b.example")]}
    zone.addresses = {"mx1.b.example": "127.0.0.1", "mx2.b.example": "127.0.0.2"}
    probe = at(silent_port, host=None, mx="b.example", nameserver=nameserver)

    outcome, _ = await converse(probe, seconds=4.0)

    assert outcome.state == "degraded"
    assert str(outcome.reason) == "mail host mx1.b.example connect: no answer in time, expected a greeting"


@pytest.mark.parametrize("temporary", ["down", "degraded"])
async def test_where_all_hosts_are_busy_the_refusal_is_a_temporary_one(
    converse: Any, at: Any, serve: Any, zone: Any, nameserver: str, temporary: str
) -> None:
    async def busy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"421 4.3.2 busy\r\n")
        await writer.drain()

    zone.exchangers = {"b.example": [(10, "mx1.b.example"), (20, "mx2.b.example")]}
    zone.addresses = {"mx1.b.example": "127.0.0.1", "mx2.b.example": "127.0.0.1"}
    probe = at(await serve(busy), host=None, mx="b.example", nameserver=nameserver, temporary=temporary)

    outcome, _ = await converse(probe)

    assert outcome.state == temporary
    assert "421 4.3.2 busy (temporary)" in str(outcome.reason)


async def test_a_domain_without_mx_is_its_own_mail_host(
    converse: Any, at: Any, domain: Any, mail_server: Serve, zone: Any, nameserver: str
) -> None:
    port = await mail_server(domain())
    zone.addresses = {"b.example": "127.0.0.1"}

    outcome, _ = await converse(at(port, host=None, mx="b.example", nameserver=nameserver))

    assert (outcome.state, outcome.reason) == ("up", None)


async def test_chance_decides_among_hosts_of_one_preference_and_no_more_than_five_are_tried(
    zone: Any, nameserver: str
) -> None:
    zone.exchangers = {"b.example": [(10, "one."), (10, "two."), (5, "first."), *((20, f"mx{n}.") for n in range(9))]}
    resolver = Resolver(Run(), nameserver)

    orders = [await resolver.exchangers("b.example") for _ in range(40)]

    assert {(len(order), order[0]) for order in orders} == {(5, "first")}
    assert set(Counter(order[1] for order in orders)) == {"one", "two"}


async def test_a_host_is_found_by_the_given_nameserver(
    converse: Any, at: Any, domain: Any, mail_server: Serve, zone: Any, nameserver: str
) -> None:
    port = await mail_server(domain())
    zone.addresses = {"mail.internal": "127.0.0.1"}

    outcome, _ = await converse(
        at(port, host="mail.internal", nameserver=nameserver, within={"connect": Duration(10**7)})
    )

    assert outcome.state is State.UP
    assert next(iter(outcome.phases)) == "resolve"
