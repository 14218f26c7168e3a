"""Gateways that send anything at all, as slowly as they like, cost one outcome and never an error of ours."""

import asyncio
import random
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sla_engine.plugin import Duration, Outcome, Port
from sla_engine.testing.servers.smsc import SentReceipt, SmscFault, SmscServer
from sla_sms import smpp
from sla_sms.keys import SmsReceipt, SmsSubmit
from sla_sms.probe import SmsProbe

Ask = Callable[..., Awaitable[Outcome]]
Try = Callable[..., Awaitable[Outcome]]
Serve = Callable[..., Awaitable[int]]
HEADER = struct.Struct("!IIII")
BRIEFLY = {"bind": Duration(300_000), "enquire_link": Duration(300_000), "submit": Duration(300_000)}


def pdu(command: int, sequence: int, body: bytes = b"") -> bytes:
    return HEADER.pack(HEADER.size + len(body), command, 0, sequence) + body


def conversation() -> bytearray:
    """What a good gateway says in a whole session, and some more."""
    receipt = b"\0\1\1491234\0\1\1probe\0\4\0\0\0\0\0\0\0\0\x1aid:1 stat:DELIVRD err:000 "
    said = [
        pdu(0x80000009, 1, b"gateway\0"),
        pdu(0x15, 1),
        pdu(0x80000015, 2),
        pdu(0x05, 2, receipt),
        pdu(0x80000004, 3, b"1\0"),
        pdu(0x05, 3, receipt),
        pdu(0x80000006, 4),
    ]
    return bytearray(b"".join(said))


def damaged(seed: int) -> bytes:
    """The same, with some bytes changed, taken out or put in."""
    chance = random.Random(seed)
    said = conversation()
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(said))
        match chance.randrange(3):
            case 0:
                said[place] = chance.choice([0, 1, 0x7F, 0x80, 0xFF])
            case 1:
                del said[place : place + chance.randint(1, 20)]
            case _:
                said[place:place] = chance.randbytes(chance.randint(1, 20))
    return bytes(said)


def saying(said: bytes) -> Any:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await reader.read()

    return answer


async def test_whatever_a_gateway_says_is_judged_and_never_an_error_of_ours(attempt: Try, serve: Serve) -> None:
    async def judge(said: bytes) -> Outcome:
        probe = SmsProbe(
            host="127.0.0.1",
            port=Port(await serve(saying(said))),
            submit=SmsSubmit(to="+49123", from_="ACME"),
            receipt=SmsReceipt(within=Duration(100_000)),
            within=BRIEFLY,
        )
        return await attempt(probe)

    good = await judge(bytes(conversation()))
    outcomes = []
    for first in range(0, 48, 8):
        outcomes += await asyncio.gather(*(judge(damaged(seed)) for seed in range(first, first + 8)))

    assert (good.state, good.reason) == ("up", None)
    assert {str(outcome.state) for outcome in outcomes} <= {"up", "degraded", "down"}
    assert any(outcome.state == "down" for outcome in outcomes)


async def test_a_gateway_that_drips_its_answer_is_cut_off_at_the_stage(attempt: Try, serve: Serve) -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in pdu(0x80000009, 1, b"g" * 1000):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.02)

    probe = SmsProbe(host="127.0.0.1", port=Port(await serve(drip)), within={"bind": Duration(300_000)})
    outcome = await attempt(probe)

    assert (outcome.state, outcome.reason) == ("down", "bind: no answer within 0.3 s")
    assert outcome.phases["bind"] < 3


async def test_a_session_is_kept_alive_while_a_receipt_is_waited_for(
    ask: Ask, smsc: SmscServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp, "_ASK_WHETHER_ALIVE", 0.05)
    other = pdu(0x05, 9, b"\0\1\1")
    smsc.receipts = [SentReceipt(raw=other[:18]), SentReceipt(raw=other[18:], delay=0.2), SentReceipt(delay=0.2)]

    outcome = await ask(smsc, awaits=SmsReceipt())

    assert (outcome.state, outcome.reason) == ("up", None)
    assert smsc.requests.count("enquire_link") > 1


async def test_a_gateway_that_is_only_busy_counts_as_alive(
    ask: Ask, smsc: SmscServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp, "_ASK_WHETHER_ALIVE", 0.05)
    smsc.receipts = [SentReceipt(delay=0.3)]
    smsc.break_("enquire_link", SmscFault(status=0x58, after=1))

    outcome = await ask(smsc, awaits=SmsReceipt())

    assert (outcome.state, outcome.reason) == ("up", None)
