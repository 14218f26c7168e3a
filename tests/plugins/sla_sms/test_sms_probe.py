"""The sms probe: over SMPP without sending anything, and an address that is only asked."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from sla_api.paths import AtPath
from sla_engine.plugin import Duration, Outcome, Port, Secret
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.smpp import SmppGateway
from sla_engine.testing.servers.smsc import SmscFault, SmscServer
from sla_sms.keys import ExpectSms, SmsDegraded
from sla_sms.probe import SmsProbe

Try = Callable[..., Awaitable[Outcome]]
Ask = Callable[..., Awaitable[Outcome]]


@pytest.fixture(scope="module")
def gateway() -> Iterator[SmppGateway]:
    with SmppGateway() as running:
        yield running


@pytest.mark.parametrize("mode", ["transmitter", "receiver", "transceiver"])
async def test_a_gateway_that_is_bound_to_is_up_in_each_mode(attempt: Try, gateway: SmppGateway, mode: Any) -> None:
    probe = SmsProbe(host=gateway.host, port=Port(gateway.port), system_id="probe", bind=mode)

    outcome = await attempt(probe)

    assert (outcome.state, outcome.reason) == ("up", None)
    assert list(outcome.phases) == ["connect", "bind", "enquire_link", "unbind"]
    assert "bound to 'gateway'" in outcome.evidence


async def test_a_gateway_that_hangs_or_is_gone_is_down_and_comes_back(attempt: Try) -> None:
    with SmppGateway() as gateway:
        probe = SmsProbe(host=gateway.host, port=Port(gateway.port), system_id="probe")
        gateway.break_(hang=True)
        hangs = await attempt(probe, seconds=0.5)
        gateway.mend()
        gateway.break_()
        gone = await attempt(probe)
        gateway.mend()
        back = await attempt(probe)

    assert (hangs.state, hangs.reason) == ("down", "bind: no answer before the deadline")
    assert (gone.state, gone.reason) == ("down", "connect: connection refused")
    assert back.state == "up"


async def test_what_the_gateway_asks_meanwhile_is_answered(ask: Ask, smsc: SmscServer) -> None:
    enquire_link = bytes.fromhex("00000010 00000015 00000000 00000007")
    query_sm = bytes.fromhex("00000010 00000003 00000000 00000008")
    smsc.break_("bind", SmscFault(before=enquire_link + query_sm))

    outcome = await ask(smsc)

    smsc.settle()
    assert (outcome.state, outcome.reason) == ("up", None)
    assert smsc.answers == [(0x80000015, 0, 7), (0x80000000, 3, 8)]


async def test_a_stage_may_have_a_deadline_of_its_own(ask: Ask, smsc: SmscServer) -> None:
    smsc.break_("enquire_link", SmscFault(delay=20))

    outcome = await ask(smsc, within={"enquire_link": Duration(300_000)})

    assert (outcome.state, outcome.reason) == ("down", "enquire_link: no answer within 0.3 s")
    assert outcome.doubt == "network"


async def test_a_gateway_that_is_busy_is_down_where_something_else_says_so(
    ask: Ask, authority: LocalAuthority, ca_file: str
) -> None:
    with SmscServer(context=authority.server_context()) as smsc:
        smsc.break_("bind", SmscFault(status=0x58))
        outcome = await ask(smsc, tls=True, ca_file=ca_file, expect=ExpectSms(certificate_days=100))

    assert outcome.state == "down"
    assert str(outcome.reason).startswith("certificate days ")


async def test_the_certificate_of_a_gateway_is_looked_at(ask: Ask, authority: LocalAuthority, ca_file: str) -> None:
    with SmscServer(context=authority.server_context()) as smsc:
        outcome = await ask(smsc, tls=True, ca_file=ca_file, degraded=SmsDegraded(certificate_days=100))
        unverified = await ask(smsc, tls=True, verify=False)

    assert outcome.state == "degraded"
    assert str(outcome.reason).startswith("certificate days ")
    assert list(outcome.phases)[:3] == ["connect", "tls", "bind"]
    assert 80 < outcome.values["certificate_days_left"] <= 90
    assert unverified.state == "up"


@pytest.mark.parametrize("password", ["longer-than-eight", "é"])
async def test_a_password_that_smpp_cannot_carry_is_our_own_error(
    attempt: Try, gateway: SmppGateway, password: str
) -> None:
    probe = SmsProbe(host=gateway.host, port=Port(gateway.port), system_id="probe", password=Secret("env", "PW"))

    outcome = await attempt(probe, environ={"PW": password})

    assert outcome.state == "error"
    assert "at most 8" in str(outcome.reason)


async def test_an_address_that_is_only_asked_may_be_expected_to_be_anything(
    attempt: Try, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/status", headers={"X-Key": "k-123"}).respond_with_json({"balance": 5})
    probe = SmsProbe(
        url=httpserver.url_for("/status"),
        headers={"X-Key": Secret("env", "KEY")},
        expect=ExpectSms(json=[AtPath("$.balance", above=10)]),
    )

    outcome = await attempt(probe, environ={"KEY": "k-123"})

    assert (outcome.state, outcome.reason) == ("down", "$.balance 5, expected more than 10")
