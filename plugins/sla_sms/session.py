"""An SMPP 3.4 session, as far as sending needs one: requests go out, and the answer to each is waited for.

What the gateway asks meanwhile is answered. Deliveries that are not for the session's own messages are put off, never
taken: where it shares its account with an application, they are that application's.
"""

import asyncio
from collections.abc import Iterator
from itertools import count
from typing import Any

from attrs import define, field

from sla_engine.plugin import StageFailed, Trace
from sla_sms import pdus
from sla_sms.pdus import Pdu
from sla_sms.receipts import Receipt, is_for, read_receipt

_MOST_PDUS = 10_000
_MOST_HELD = 100


@define
class Session:
    """Requests and answers over one connection.

    Attributes:
        trace: takes a line for each PDU.
        awaits_receipt: whether a receipt is wanted, so that deliveries are held until it is known for which message.
        hex_ids: whether a receipt may tell the message's id in another base.
        receipts: those for the session's own messages, in the order in which they came.
        unreadable: how many deliveries could not be read.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    trace: Trace | None = None
    awaits_receipt: bool = False
    hex_ids: bool = False
    receipts: list[Receipt] = field(factory=list)
    unreadable: int = 0
    _sequence: Iterator[int] = field(factory=lambda: count(1))
    _asked: set[int] = field(factory=set)
    _received: int = 0
    _header: bytes = b""
    _message_ids: list[str] = field(factory=list)
    _knows_all: bool = False
    _held: list[Pdu] = field(factory=list)

    async def ask(self, message: Any, told: str = "") -> Pdu:
        """Send a request (one of aiosmpplib's messages) and wait for its answer.

        Args:
            told: what is in it, for whoever follows the dialogue; without the password.

        Raises:
            StageFailed: the gateway says no, or what came is not SMPP; `Busy` where it says that it is busy.
        """
        message.sequence_num = sequence = next(self._sequence)
        self._asked.add(sequence)
        raw: bytes = message.pdu()
        sent = Pdu(*pdus.read_header(raw)[1:], raw)
        self._send(raw, told)
        await self.writer.drain()
        while True:
            answer = await self._receive()
            if answer is None:
                continue
            if answer.command == pdus.GENERIC_NACK and answer.sequence in (0, sequence):
                raise pdus.refusal(answer.status)
            if answer.sequence == sequence and answer.command == sent.command | pdus.IS_ANSWER:
                if answer.status != pdus.OK:
                    raise pdus.refusal(answer.status)
                return answer
            self._pass_over(answer, sequence)

    def adopt(self, message_id: str, *, is_last: bool = True) -> None:
        """Know a message of the session's own, and settle what came before it was known.

        Args:
            is_last: whether no more are to come, so that what is for none of them is somebody else's.
        """
        self._message_ids.append(message_id)
        self._knows_all = is_last
        held, self._held = self._held, []
        for delivery in held:
            self._deliver(delivery)

    async def receipt(self, message_id: str, states: tuple[str, ...]) -> Receipt:
        """Wait for a message's receipt in one of these states, or in any that is final. Being cancelled loses nothing.

        Raises:
            StageFailed: what came is not SMPP, or the gateway ends the session.
        """
        while True:
            for receipt in self.receipts:
                if self._is_for(receipt, message_id) and (receipt.is_final or receipt.state in states):
                    return receipt
            answer = await self._receive()
            if answer is not None:
                self._pass_over(answer)

    def close(self) -> None:
        """Let the connection go: unbind has been answered, or the gateway deserves no more patience."""
        self.writer.transport.abort()

    def _pass_over(self, answer: Pdu, expected: int | None = None) -> None:
        """Let an answer be that comes late: it is to an earlier request, whose wait was cut off."""
        if answer.sequence == expected or answer.sequence not in self._asked:
            raise StageFailed(f"an answer came that nobody asked for ({answer})")

    async def _receive(self) -> Pdu | None:
        """The next answer, or None after a request of the gateway's own, which has been answered."""
        pdu = await self._read()
        if pdu.command & pdus.IS_ANSWER:
            return pdu
        if pdu.command == pdus.DELIVER_SM:
            self._deliver(pdu)
        elif pdu.command == pdus.ENQUIRE_LINK:
            self._answer(pdu)
        elif pdu.command == pdus.UNBIND:
            self._answer(pdu)
            raise StageFailed("the gateway ends the session (unbind)")
        elif pdu.command != pdus.ALERT_NOTIFICATION:  # which is not answered
            self._send(pdus.bare(pdus.GENERIC_NACK, pdu.sequence, pdus.INVALID_COMMAND))
        return None

    async def _read(self) -> Pdu:
        # The header is kept, so that a wait which is cut off between the two reads can be taken up again.
        if not self._header:
            self._header = await self.reader.readexactly(pdus.HEADER.size)
        length, command, status, sequence = pdus.read_header(self._header)
        body = await self.reader.readexactly(length - pdus.HEADER.size)
        header, self._header = self._header, b""
        pdu = Pdu(command, status, sequence, header + body)
        self._received += 1
        if self._received > _MOST_PDUS:
            raise StageFailed(f"more than {_MOST_PDUS} PDUs came, the last of them {pdu}")
        if self.trace:
            self.trace(f"< {pdu}")
        return pdu

    def _deliver(self, pdu: Pdu) -> None:
        """Take a receipt for an own message; hold what may be one, and leave everything else with the gateway."""
        try:
            receipt = read_receipt(pdu.raw)
        except ValueError:
            self.unreadable += 1
            self._answer(pdu, pdus.TRY_LATER)
            return
        if receipt is not None and any(self._is_for(receipt, message_id) for message_id in self._message_ids):
            if self.trace:
                self.trace(f"* receipt for {receipt.message_id}: {receipt}")
            self.receipts.append(receipt)
            self._answer(pdu)
        elif self.awaits_receipt and not self._knows_all and len(self._held) < _MOST_HELD:
            self._held.append(pdu)
        else:
            self._answer(pdu, pdus.TRY_LATER)

    def _is_for(self, receipt: Receipt, message_id: str) -> bool:
        return is_for(receipt, message_id, hex_ids=self.hex_ids)

    def _answer(self, pdu: Pdu, status: int = pdus.OK) -> None:
        # deliver_sm_resp has a message_id, which is always empty (section 4.6.2).
        body = b"\0" if pdu.command == pdus.DELIVER_SM else b""
        self._send(pdus.bare(pdu.command | pdus.IS_ANSWER, pdu.sequence, status, body))

    def _send(self, raw: bytes, told: str = "") -> None:
        if self.trace:
            self.trace(f"> {Pdu(*pdus.read_header(raw)[1:], raw)}{told and ': '}{told}")
        self.writer.write(raw)
