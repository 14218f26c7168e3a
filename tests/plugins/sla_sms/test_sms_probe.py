"""The sms probe against a real gateway, against one that misbehaves, and over HTTP."""

import asyncio
import struct
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from sla_api.paths import AtPath
from sla_engine.plugin import Outcome, Port, Secret
from sla_engine.testing.servers.smpp import SmppGateway
from sla_sms.keys import ExpectSms
from sla_sms.probe import SmsProbe

Try = Callable[..., Awaitable[Outcome]]
Serve = Callable[..., Awaitable[int]]
HEADER = struct.Struct("!IIII")
BIND, ENQUIRE, UNBIND = 0x09, 0x15, 0x06


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


def scripted(**statuses: int) -> Any:
    """A gateway that answers each request with a status of its own."""
    by_command = {BIND: statuses.get("bind", 0), ENQUIRE: statuses.get("enquire", 0), UNBIND: 0}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            length, command, _, sequence = HEADER.unpack(await reader.readexactly(HEADER.size))
            await reader.readexactly(length - HEADER.size)
            body = b"scripted\0" if command == BIND else b""
            # A request of the gateway's own may come at any time, and has to be answered.
            writer.write(HEADER.pack(HEADER.size, ENQUIRE, 0, 7))
            head = HEADER.pack(HEADER.size + len(body), command | 0x80000000, by_command[command], sequence)
            writer.write(head + body)
            await writer.drain()
            length, command, _, _ = HEADER.unpack(await reader.readexactly(HEADER.size))
            assert (length, command) == (HEADER.size, ENQUIRE | 0x80000000)

    return answer


@pytest.mark.parametrize(
    ("statuses", "state", "reason"),
    [
        ({}, "up", None),
        ({"bind": 0x0E}, "down", "bind: refused with status 0x0000000E (wrong password)"),
        ({"bind": 0x0D}, "down", "bind: refused with status 0x0000000D (bind failed)"),
        ({"bind": 0x58}, "degraded", "bind: refused with status 0x00000058 (throttled)"),
        ({"enquire": 0x08}, "down", "enquire_link: refused with status 0x00000008 (system error)"),
        ({"bind": 0x0400}, "down", "bind: refused with status 0x00000400 (the gateway's own)"),
    ],
)
async def test_a_refusal_names_its_stage_and_status(
    attempt: Try, serve: Serve, statuses: dict[str, int], state: str, reason: str | None
) -> None:
    port = await serve(scripted(**statuses))

    outcome = await attempt(SmsProbe(host="127.0.0.1", port=Port(port), system_id="probe"))

    assert (outcome.state, outcome.reason) == (state, reason)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "bind: the answer is not SMPP"),
        (b"", "bind: connection closed by the server"),
        (b"\0\0\0\x10\x80\0\0\x09", "bind: connection closed by the server"),
    ],
)
async def test_what_speaks_no_smpp_is_down(attempt: Try, serve: Serve, said: bytes, reason: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(said)
        await writer.drain()

    outcome = await attempt(SmsProbe(host="127.0.0.1", port=Port(await serve(answer)), system_id="probe"))

    assert outcome.state == "down"
    assert str(outcome.reason).startswith(reason)


async def test_a_password_that_smpp_cannot_carry_is_our_own_error(attempt: Try, gateway: SmppGateway) -> None:
    probe = SmsProbe(host=gateway.host, port=Port(gateway.port), system_id="probe", password=Secret("env", "PW"))

    outcome = await attempt(probe, environ={"PW": "longer-than-eight"})

    assert outcome.state == "error"
    assert "at most 8" in str(outcome.reason)


async def test_a_gateway_with_an_http_interface_is_asked_there(attempt: Try, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/status", headers={"X-Key": "k-123"}).respond_with_json({"balance": 5})
    probe = SmsProbe(
        url=httpserver.url_for("/status"),
        headers={"X-Key": Secret("env", "KEY")},
        expect=ExpectSms(json=[AtPath("$.balance", above=10)]),
    )

    outcome = await attempt(probe, environ={"KEY": "k-123"})

    assert (outcome.state, outcome.reason) == ("down", "$.balance 5, expected more than 10")
