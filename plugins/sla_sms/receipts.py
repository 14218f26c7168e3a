"""Delivery receipts (SMPP 3.4, appendix B): which message they are for, and what became of it.

Gateways tell it in parameters of their own, in a text, or in both; the parameters are trusted first. The specification
leaves the text to the gateway's maker; nearly all write ``id:... stat:... err:...``.
"""

import re

from attrs import frozen

from sla_sms.failures import printable

# Bits 5 to 2 of esm_class (section 5.2.12): a delivery receipt, or a notification on the way to one.
_KIND, _RECEIPT, _INTERMEDIATE = 0b0011_1100, 0b0000_0100, 0b0010_0000
_MESSAGE_ID, _MESSAGE_PAYLOAD, _MESSAGE_STATE = 0x001E, 0x0424, 0x0427
_STATES = {
    1: "ENROUTE",
    2: "DELIVRD",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
}
_NOT_YET = frozenset({"", "ENROUTE", "ACCEPTD", "SCHEDUL", "BUFFRED", "BUFFERED"})
_FIELD = re.compile(r"(?<!\S)(id|stat|err):\s{0,4}(\S{0,65})", re.IGNORECASE)


@frozen
class Receipt:
    """What a gateway tells of a message.

    Attributes:
        message_id: as the gateway called it when it took the message.
        state: as in ``DELIVRD``; section 5.2.28.
        error: the network's or the gateway's own code, or an empty text.
    """

    message_id: str
    state: str
    error: str = ""

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to the message."""
        return self.state not in _NOT_YET

    def __str__(self) -> str:
        return f"{self.state} (error {self.error})" if self.error.strip("0") else self.state


def read_receipt(pdu: bytes) -> Receipt | None:
    """The receipt in a ``deliver_sm``, or None where it is something else, such as a message from a phone.

    Raises:
        ValueError: it is no ``deliver_sm`` of SMPP 3.4.
    """
    import smpp34  # only its codec, which starts no runtime of its own

    try:
        delivered = smpp34.decode(pdu)
    except smpp34.SmppError as error:
        raise ValueError(str(error)) from error
    if not isinstance(delivered, smpp34.DeliverSm) or delivered.esm_class & _KIND not in (_RECEIPT, _INTERMEDIATE):
        return None
    parameters = {parameter.tag: parameter.value for parameter in delivered.tlvs}
    text = delivered.short_message or parameters.get(_MESSAGE_PAYLOAD, b"")
    fields = _fields(text.decode("latin-1"))
    state = _STATES.get(int.from_bytes(parameters.get(_MESSAGE_STATE, b"")[:1], "big"))
    named = parameters.get(_MESSAGE_ID, b"").partition(b"\0")[0].decode("latin-1")
    return Receipt(
        printable(named or fields.get("id", "")), printable(state or fields.get("stat", "")), fields.get("err", "")
    )


def is_for(receipt: Receipt, message_id: str, *, hex_ids: bool = False) -> bool:
    """Whether a receipt is for that message; gateways differ with themselves in leading zeros and in case.

    Args:
        hex_ids: whether one of the two may be the hexadecimal form of the other.
    """
    told, known = _plain(receipt.message_id), _plain(message_id)
    return bool(told) and (told == known or (hex_ids and (_is_hex_of(told, known) or _is_hex_of(known, told))))


def _plain(message_id: str) -> str:
    return message_id.lower().lstrip("0") or message_id[:1]


def _is_hex_of(number: str, decimal: str) -> bool:
    is_decimal = decimal.isascii() and decimal.isdecimal()
    return is_decimal and len(decimal) < 40 and f"{int(decimal):x}" == number


def _fields(text: str) -> dict[str, str]:
    """The fields of the text, before that which repeats the message itself."""
    told = re.split(r"(?<!\S)text:", text, maxsplit=1, flags=re.IGNORECASE)[0]
    return {name.lower(): value for name, value in reversed(_FIELD.findall(told))}
