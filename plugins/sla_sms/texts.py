"""How long a text is as a short message: its alphabet (3GPP TS 23.038), and its parts (3GPP TS 23.040)."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import frozen

Alphabet: TypeAlias = Literal["GSM-7", "UCS-2"]

_ROOM: Mapping[Alphabet, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
"""Units in a message of one part, and in each part of several, which have a header (3GPP TS 23.040, 9.2.3.24.1)."""


@frozen
class Length:
    """The length of a text.

    Attributes:
        alphabet: ``GSM-7``, where every character is in it, else ``UCS-2``.
        units: septets of GSM-7, where some characters such as the euro sign take two, or 16-bit units of UCS-2.
        parts: short messages that it takes; each is charged.
    """

    alphabet: Alphabet
    units: int
    parts: int


def measure(text: str) -> Length:
    """The length of a text. One part holds 160 or 70 units, each of several 153 or 67; no character is torn apart."""
    alphabet, sizes = _sizes(text)
    return Length(alphabet, sum(sizes), len(_ends(alphabet, sizes)))


def split(text: str) -> list[str]:
    """The text of each part."""
    ends = _ends(*_sizes(text))
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _sizes(text: str) -> tuple[Alphabet, list[int]]:
    """The alphabet that a text needs, and how many of its units each character takes."""
    from aiosmpplib import GSM7BitCodec

    codec = GSM7BitCodec()
    if codec.is_gsm_text(text):
        return "GSM-7", [len(codec.encode(character)[0]) for character in text]
    return "UCS-2", [len(character.encode("utf-16-be")) // 2 for character in text]


def _ends(alphabet: Alphabet, sizes: list[int]) -> list[int]:
    """Behind which character each part ends; the last one behind the whole text."""
    alone, joined = _ROOM[alphabet]
    if sum(sizes) <= alone:
        return [len(sizes)]
    ends, room = [], joined
    for position, size in enumerate(sizes):
        if size > room:
            ends.append(position)
            room = joined
        room -= size
    return [*ends, len(sizes)]
