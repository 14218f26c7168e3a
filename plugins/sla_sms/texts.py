"""How long a text is as a short message: its alphabet (3GPP TS 23.038), and its parts (3GPP TS 23.040)."""

from typing import Literal

from attrs import frozen


@frozen
class Length:
    """The length of a text.

    Attributes:
        alphabet: ``GSM-7``, where every character is in it, else ``UCS-2``.
        units: septets of GSM-7, where some characters such as the euro sign take two, or 16-bit units of UCS-2.
        parts: short messages that it takes; each is charged.
    """

    alphabet: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def measure(text: str) -> Length:
    """The length of a text. One part holds 160 or 70 units, each of several 153 or 67; no character is torn apart."""
    from aiosmpplib import GSM7BitCodec

    codec = GSM7BitCodec()
    if codec.is_gsm_text(text):
        sizes = [len(codec.encode(character)[0]) for character in text]
        return Length("GSM-7", sum(sizes), _parts(sizes, 160, 153))
    sizes = [len(character.encode("utf-16-be")) // 2 for character in text]
    return Length("UCS-2", sum(sizes), _parts(sizes, 70, 67))


def _parts(sizes: list[int], alone: int, joined: int) -> int:
    if sum(sizes) <= alone:
        return 1
    parts, room = 1, joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return parts
