"""An SMPP 3.4 session, as far as a probe needs one: requests go out, and the answer to each is waited for."""

import asyncio
import struct
from collections.abc import Iterator
from itertools import count
from typing import Any

from attrs import define, field, frozen

from sla_engine.plugin import StageFailed

_HEADER = struct.Struct("!IIII")
_LONGEST_PDU = 64 * 1024
_ENQUIRE_LINK, _ENQUIRE_LINK_RESP = 0x00000015, 0x80000015
_GENERIC_NACK = 0x80000000
_IS_ANSWER = 0x80000000
_WORDS = {
    0x00000005: "already bound",
    0x00000008: "system error",
    0x0000000D: "bind failed",
    0x0000000E: "wrong password",
    0x0000000F: "unknown system id",
    0x00000014: "message queue full",
    0x00000058: "throttled",
}
THROTTLED = 0x00000058


class Refused(StageFailed):
    """The gateway answered with a status that is not ok.

    Attributes:
        status: SMPP's command_status.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with status 0x{status:08X} ({_WORDS.get(status, _name(status))})")
        self.status = status


@frozen
class Answer:
    """A protocol data unit that came in."""

    command: int
    status: int
    sequence: int
    body: bytes


@define
class Session:
    """Requests and answers over one connection; what the gateway asks meanwhile is answered."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    _sequence: Iterator[int] = field(factory=lambda: count(1))

    async def ask(self, message: Any) -> Answer:
        """Send a request (one of aiosmpplib's messages) and wait for its answer.

        Raises:
            Refused: the gateway says no.
            StageFailed: what came is not SMPP.
        """
        message.sequence_num = next(self._sequence)
        pdu: bytes = message.pdu()
        self.writer.write(pdu)
        await self.writer.drain()
        command = _HEADER.unpack_from(pdu)[1] | _IS_ANSWER
        while True:
            answer = await self._read()
            if answer.command == _ENQUIRE_LINK:
                self.writer.write(_HEADER.pack(_HEADER.size, _ENQUIRE_LINK_RESP, 0, answer.sequence))
                continue
            if answer.sequence == message.sequence_num and answer.command in {command, _GENERIC_NACK}:
                if answer.status != 0 or answer.command == _GENERIC_NACK:
                    raise Refused(answer.status)
                return answer
            if answer.command & _IS_ANSWER:
                raise StageFailed(f"an answer came that nobody asked for (0x{answer.command:08X})")

    def close(self) -> None:
        """Let the connection go."""
        self.writer.close()

    async def _read(self) -> Answer:
        header = await self.reader.readexactly(_HEADER.size)
        length, command, status, sequence = _HEADER.unpack(header)
        if not _HEADER.size <= length <= _LONGEST_PDU:
            raise StageFailed(f"the answer is not SMPP: it begins with {header[:8]!r}")
        return Answer(command, status, sequence, await self.reader.readexactly(length - _HEADER.size))


def _name(status: int) -> str:
    from aiosmpplib import SmppCommandStatus

    try:
        return str(SmppCommandStatus(status).name)
    except ValueError:
        return "not in SMPP 3.4"
