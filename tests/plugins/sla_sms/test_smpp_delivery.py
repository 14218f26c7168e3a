"""Messages over SMPP and their receipts: which is whose, and what becomes of those that are not the probe's own."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from attrs import evolve

from sla_engine.plugin import Duration, Outcome, Port
from sla_engine.testing.servers.smpp import SmppGateway
from sla_engine.testing.servers.smsc import SentReceipt, SmscFault, SmscServer
from sla_sms.keys import ExpectSms, SmsDegraded, SmsReceipt, SmsSubmit
from sla_sms.probe import SmsProbe

Ask = Callable[..., Awaitable[Outcome]]
SOON = SmsReceipt(within=Duration(300_000))
DELIVER_SM_RESP, OK, TRY_LATER = 0x80000005, 0x00, 0x64
OTHER = SentReceipt(text="id:99999999 stat:DELIVRD err:000 text:")


async def test_a_message_is_sent_only_where_the_policy_says_so(ask: Ask, smsc: SmscServer) -> None:
    await ask(smsc)

    assert smsc.messages == []


async def test_a_message_that_arrives_is_up_with_its_round_trip(ask: Ask, smsc: SmscServer) -> None:
    outcome = await ask(smsc, awaits=SmsReceipt())

    assert (outcome.state, outcome.reason) == ("up", None)
    assert list(outcome.phases) == ["connect", "bind", "enquire_link", "submit", "receipt", "unbind"]
    assert outcome.values["parts"] == 1
    assert 0 < outcome.values["round_trip"] < 8
    assert [(finding.what, finding.seen) for finding in outcome.findings] == [("receipt", "DELIVRD")]
    assert "taken as '00000001'" in outcome.evidence


async def test_the_message_is_sent_as_the_specification_has_it(ask: Ask, smsc: SmscServer) -> None:
    await ask(smsc, sends=True)
    await ask(smsc, submit=SmsSubmit(to="12345", from_="+4930", text="não"), awaits=SmsReceipt())

    first, second = smsc.messages
    assert (first.source_addr, first.source_addr_ton, first.source_addr_npi) == ("ACME", 5, 0)
    assert (first.destination_addr, first.dest_addr_ton, first.dest_addr_npi) == ("491234567890", 1, 1)
    assert (first.short_message, first.data_coding, first.registered_delivery) == (b"SLA probe", 0, 0)
    assert (second.source_addr, second.source_addr_ton) == ("4930", 1)
    assert (second.destination_addr, second.dest_addr_ton, second.dest_addr_npi) == ("12345", 0, 1)
    assert (second.short_message, second.data_coding) == ("não".encode("utf-16-be"), 8)
    assert second.registered_delivery == 1


@pytest.mark.parametrize(
    "receipts",
    [
        [SentReceipt(early=True)],
        [SentReceipt(), SentReceipt()],
        [SentReceipt(text="id:1 stat:ENROUTE err:000 text:"), SentReceipt(delay=0.05)],
        [SentReceipt(text="-", message_id="{id}", state=2)],
        [SentReceipt(parameters=b"\x00\x1e\xff\xff")],
    ],
    ids=["before the answer", "twice", "after an intermediate one", "in parameters alone", "with a broken parameter"],
)
async def test_the_own_receipt_is_found_and_acknowledged(
    ask: Ask, smsc: SmscServer, receipts: list[SentReceipt]
) -> None:
    smsc.receipts = receipts

    outcome = await ask(smsc, awaits=SmsReceipt())

    assert (outcome.state, outcome.reason) == ("up", None)
    smsc.settle()
    assert [answer[:2] for answer in smsc.answers] == [(DELIVER_SM_RESP, OK)] * len(receipts)


async def test_what_belongs_to_others_is_left_with_the_gateway(ask: Ask, smsc: SmscServer) -> None:
    smsc.receipts = [OTHER, SentReceipt(text="hello", esm_class=0), SentReceipt(text="hello", esm_class=0, early=True)]

    outcome = await ask(smsc, awaits=SOON)

    assert (outcome.state, outcome.reason) == ("down", "receipt none within 300ms, expected DELIVRD")
    smsc.settle()
    assert [status for _, status, _ in smsc.answers] == [TRY_LATER] * 3


async def test_the_messages_of_others_are_left_with_the_gateway_where_none_is_sent(ask: Ask, smsc: SmscServer) -> None:
    raw = bytes.fromhex("00000022 00000005 00000000 00000007".replace(" ", "")) + bytes(18)
    smsc.break_("enquire_link", SmscFault(before=raw))

    outcome = await ask(smsc)

    assert (outcome.state, outcome.reason) == ("up", None)
    smsc.settle()
    assert smsc.answers == [(DELIVER_SM_RESP, TRY_LATER, 7)]


async def test_a_flood_of_others_receipts_hides_the_own_one_only_until_it_is_offered_again(
    ask: Ask, smsc: SmscServer
) -> None:
    smsc.receipts = [evolve(OTHER, early=True)] * 150 + [SentReceipt(early=True), SentReceipt()]

    outcome = await ask(smsc, awaits=SmsReceipt())

    smsc.settle()
    assert (outcome.state, outcome.reason) == ("up", None)
    assert [status for _, status, _ in smsc.answers].count(TRY_LATER) == 151


async def test_an_id_in_another_base_is_known_where_the_policy_says_so(ask: Ask, smsc: SmscServer) -> None:
    smsc.message_id = "000000FF"
    smsc.receipts = [SentReceipt(text="id:255 stat:DELIVRD err:000 text:")]

    outcome = await ask(smsc, awaits=SmsReceipt(hex_ids=True))
    unknown = await ask(smsc, awaits=SOON)

    assert (outcome.state, unknown.state) == ("up", "down")


async def test_a_receipt_that_is_lost_is_down_though_the_gateway_lives(ask: Ask, smsc: SmscServer) -> None:
    smsc.receipts = []

    outcome = await ask(smsc, awaits=SOON)

    assert (outcome.state, outcome.doubt) == ("down", None)
    assert outcome.reason == "receipt none within 300ms, expected DELIVRD"
    assert "round_trip" not in outcome.values
    assert "unbind" in outcome.phases


@pytest.mark.parametrize(
    ("text", "state", "reason"),
    [
        ("id:1 stat:UNDELIV err:027 text:", "down", "receipt UNDELIV (error 027), expected DELIVRD"),
        ("id:1 stat:REJECTD err:000 text:", "down", "receipt REJECTD, expected DELIVRD"),
    ],
)
async def test_a_message_that_does_not_arrive_is_down_with_the_reason(
    ask: Ask, smsc: SmscServer, text: str, state: str, reason: str
) -> None:
    smsc.receipts = [SentReceipt(text=text)]

    outcome = await ask(smsc, awaits=SmsReceipt())

    assert (outcome.state, outcome.reason) == (state, reason)


async def test_the_policy_may_be_content_with_less_than_an_arrival(ask: Ask, smsc: SmscServer) -> None:
    smsc.receipts = [SentReceipt(text="id:1 stat:ACCEPTD err:000 text:")]

    outcome = await ask(smsc, awaits=SmsReceipt(states=("DELIVRD", "ACCEPTD")))

    assert (outcome.state, outcome.reason) == ("up", None)


@pytest.mark.parametrize("status", [0x58, 0x14])
async def test_a_gateway_that_throttles_a_message_is_degraded(ask: Ask, smsc: SmscServer, status: int) -> None:
    smsc.break_("submit", SmscFault(status=status))

    outcome = await ask(smsc, awaits=SmsReceipt())

    assert outcome.state == "degraded"
    assert str(outcome.reason).startswith(f"submit: refused with status 0x{status:08X}")


async def test_a_message_whose_answer_is_lost_is_never_sent_again(ask: Ask, smsc: SmscServer) -> None:
    smsc.break_("submit", SmscFault(silent=True))

    outcome = await ask(smsc, sends=True, within={"submit": Duration(300_000)})

    assert (outcome.state, outcome.reason) == ("down", "submit: no answer within 0.3 s")
    assert len(smsc.messages) == 1


async def test_a_slow_receipt_or_gateway_is_degraded_where_the_policy_says_so(ask: Ask, smsc: SmscServer) -> None:
    smsc.receipts = [SentReceipt(delay=0.05)]

    slow = await ask(smsc, awaits=SmsReceipt(), degraded=SmsDegraded(receipt=Duration(10_000)))
    smsc.break_("enquire_link", SmscFault(delay=0.05))
    late = await ask(smsc, degraded=SmsDegraded(latency=Duration(20_000)))
    too_late = await ask(smsc, expect=ExpectSms(latency=Duration(20_000)))

    assert (slow.state, late.state, too_late.state) == ("degraded", "degraded", "down")
    assert str(slow.reason).startswith("round trip ")
    assert str(too_late.reason).endswith("expected at most 20ms")


async def test_the_time_of_the_receipt_is_no_latency_of_the_gateway(ask: Ask, smsc: SmscServer) -> None:
    smsc.receipts = [SentReceipt(delay=1.5)]

    outcome = await ask(smsc, awaits=SmsReceipt(), expect=ExpectSms(latency=Duration(1_400_000)))

    assert (outcome.state, outcome.reason) == ("up", None)


async def test_a_message_goes_through_a_gateway_by_other_people(attempt: Any) -> None:
    with SmppGateway() as gateway:
        probe = SmsProbe(
            host=gateway.host,
            port=Port(gateway.port),
            system_id="probe",
            submit=SmsSubmit(to="+491234567890", from_="ACME"),
            receipt=SmsReceipt(),
        )
        outcome = await attempt(probe)

    assert (outcome.state, outcome.reason) == ("up", None)
    assert outcome.values["round_trip"] > 0
