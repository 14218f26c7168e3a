"""A short message as requests of SMPP 3.4: one for each part, whose header tells the phone what belongs together."""

import hashlib
from typing import TYPE_CHECKING

from sla_sms.gateway import ShortMessage
from sla_sms.texts import measure, split

if TYPE_CHECKING:
    from aiosmpplib import PhoneNumber, SubmitSm

_WITH_HEADER = 0b0100_0000  # esm_class: the text begins with a header (section 5.2.12)


def submissions(message: ShortMessage, *, wants_receipt: bool) -> "list[SubmitSm]":
    """One ``submit_sm`` for each part, the same on every try."""
    from aiosmpplib import GSM7BitCodec, SubmitSm

    pieces = split(message.text)
    alphabet = measure(message.text).alphabet
    requests = [
        SubmitSm(
            short_message=piece,
            source=address(message.from_),
            destination=address(message.to),
            registered_delivery=int(wants_receipt),
            encoding="ucs2" if alphabet == "UCS-2" else None,
            esm_class=_WITH_HEADER if len(pieces) > 1 else 0,
        )
        for piece in pieces
    ]
    if len(pieces) > 1:
        for number, (request, piece) in enumerate(zip(requests, pieces, strict=True), start=1):
            encoded = GSM7BitCodec().encode(piece)[0] if alphabet == "GSM-7" else piece.encode("utf-16-be")
            request.set_encoded_message(_header(message.key, len(pieces), number) + encoded)
    return requests


def address(text: str) -> "PhoneNumber":
    """A number or name with what kind it is (SMPP 3.4, sections 5.2.5 and 5.2.6)."""
    from aiosmpplib import NPI, TON, PhoneNumber

    if text.startswith("+"):
        return PhoneNumber(text[1:], TON.INTERNATIONAL, NPI.ISDN)
    if text.isdecimal():
        return PhoneNumber(text, TON.UNKNOWN, NPI.ISDN)
    return PhoneNumber(text, TON.ALPHANUMERIC, NPI.UNKNOWN)


def _header(key: str, parts: int, number: int) -> bytes:
    """The header of a part (3GPP TS 23.040, 9.2.3.24.1); its reference comes of the key, and so is that of repeats."""
    reference = hashlib.sha256(key.encode()).digest()[0]
    return bytes((5, 0, 3, reference, parts, number))
