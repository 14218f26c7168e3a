"""Delivery receipts as gateways really write them, and as they should not."""

import struct

import pytest
from aiosmpplib import DeliverSm, OptionalParam
from aiosmpplib.state import MESSAGE_STATE, RECEIPTED_MESSAGE_ID
from hypothesis import given
from hypothesis import strategies as st

from sla_sms.receipts import Receipt, is_for, read_receipt

TEXT = "id:0001 sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:hello"


def delivery(text: str = TEXT, esm_class: int = 0x04, *parameters: OptionalParam) -> bytes:
    return bytes(DeliverSm(short_message=text, esm_class=esm_class, optional_params=list(parameters)).pdu())


@pytest.mark.parametrize(
    ("pdu", "receipt"),
    [
        (delivery(), Receipt("0001", "DELIVRD", "000")),
        (delivery("id:7 stat:UNDELIV err:069"), Receipt("7", "UNDELIV", "069")),
        (delivery("ID:7 Stat:EXPIRED Err:1 Text:stat:DELIVRD"), Receipt("7", "EXPIRED", "1")),
        (delivery("id: 7 stat: DELIVRD"), Receipt("7", "DELIVRD")),
        (delivery("stat:REJECTD"), Receipt("", "REJECTD")),
        (delivery("id:8 stat:ENROUTE", 0x20), Receipt("8", "ENROUTE")),
        (
            delivery("-", 0x04, OptionalParam(RECEIPTED_MESSAGE_ID, "A9"), OptionalParam(MESSAGE_STATE, 5)),
            Receipt("A9", "UNDELIV"),
        ),
        (delivery(TEXT, 0x04, OptionalParam(RECEIPTED_MESSAGE_ID, "A9")), Receipt("A9", "DELIVRD", "000")),
        (delivery(TEXT, 0x04, OptionalParam(MESSAGE_STATE, 99)), Receipt("0001", "DELIVRD", "000")),
        (delivery("no receipt at all"), Receipt("", "")),
    ],
)
def test_a_receipt_is_read_from_its_parameters_first_and_from_its_text(pdu: bytes, receipt: Receipt) -> None:
    assert read_receipt(pdu) == receipt


def test_a_message_from_a_phone_is_no_receipt() -> None:
    assert read_receipt(delivery("hello", 0x00)) is None


@pytest.mark.parametrize(("state", "is_final"), [("DELIVRD", True), ("UNDELIV", True), ("ENROUTE", False), ("", False)])
def test_a_message_on_its_way_has_no_final_state(state: str, is_final: bool) -> None:
    assert Receipt("1", state).is_final is is_final


@pytest.mark.parametrize(
    ("told", "known", "same"),
    [
        ("1", "00000001", True),
        ("0aF", "AF", True),
        ("2", "1", False),
        ("", "1", False),
        ("0", "000", True),
        ("", "0", False),
    ],
)
def test_an_id_is_the_same_in_either_case_and_without_leading_zeros(told: str, known: str, same: bool) -> None:
    assert is_for(Receipt(told, "DELIVRD"), known) is same


@pytest.mark.parametrize(
    ("told", "known", "same"),
    [("255", "FF", True), ("ff", "0255", True), ("255", "255", True), ("16", "FF", False), ("", "0", False)],
)
def test_an_id_may_be_told_in_another_base_where_the_policy_says_so(told: str, known: str, same: bool) -> None:
    assert is_for(Receipt(told, "DELIVRD"), known, hex_ids=True) is same


def test_a_number_in_another_base_is_another_id_elsewhere() -> None:
    assert not is_for(Receipt("255", "DELIVRD"), "FF")


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_can_break_the_reading_of_receipts(body: bytes, is_appended: bool) -> None:
    pdu = (delivery() if is_appended else delivery()[:16]) + body
    pdu = struct.pack("!I", len(pdu)) + pdu[4:]

    try:
        receipt = read_receipt(pdu)
    except ValueError:
        return

    assert receipt is None or (len(receipt.message_id) <= 210 and receipt.message_id.isprintable())
