"""An SMPP 3.4 gateway that can be told to fail at any request, and in every way in which receipts go wrong."""

import asyncio
import ssl
import struct
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from sla_engine.testing.servers.thread import LoopbackServer

if TYPE_CHECKING:
    import smpp34

_HEADER = struct.Struct("!IIII")
_IS_ANSWER = 0x80000000
_RECEIPT = 0b0000_0100

STAGES = {0x01: "bind", 0x02: "bind", 0x09: "bind", 0x15: "enquire_link", 0x04: "submit", 0x06: "unbind"}
"""The requests that are answered, by command_id; what they are called is what `SmscServer.break_` takes."""


@frozen
class SmscFault:
    """What goes wrong at a request.

    Attributes:
        status: to answer with.
        delay: seconds before the answer.
        silent: gives no answer.
        close: closes the connection instead.
        raw: bytes instead of the answer.
        before: bytes before the answer.
        after: how many of these requests are answered as they should be, at first.
    """

    status: int = 0
    delay: float = 0.0
    silent: bool = False
    close: bool = False
    raw: bytes | None = None
    before: bytes = b""
    after: int = 0


@frozen
class SentReceipt:
    """A receipt that follows on a message, or comes before its answer.

    Attributes:
        text: of appendix B; {id} stands for the message's.
        message_id, state: the parameters ``receipted_message_id`` and ``message_state``; None leaves them out.
        early: comes before the answer to the message.
        delay: seconds to wait before it.
        esm_class: what kind of delivery it is.
        parameters: further bytes after the body.
        raw: bytes to send instead.
    """

    text: str = "id:{id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:DELIVRD err:000 text:"
    message_id: str | None = None
    state: int | None = None
    early: bool = False
    delay: float = 0.0
    esm_class: int = _RECEIPT
    parameters: bytes = b""
    raw: bytes | None = None


class SmscServer(LoopbackServer):
    """A gateway on loopback.

    Attributes:
        message_id: what it calls the messages that it takes; {number} is how many it took.
        messages: those that it took, as its own codec reads them.
        receipts: what it sends where a receipt is asked for.
        requests: what it was asked, as `STAGES` calls it.
        answers: command, status and sequence of every answer that it was given.
    """

    def __init__(self, *, context: ssl.SSLContext | None = None, port: int = 0) -> None:
        """Set up.

        Args:
            context: what it presents where TLS is spoken, as from `LocalAuthority.server_context`.
            port: 0 for any.
        """
        super().__init__(port)
        self.message_id = "00000001"
        self.messages: list[smpp34.SubmitSm] = []
        self.receipts: list[SentReceipt] = [SentReceipt()]
        self.requests: list[str] = []
        self.answers: list[tuple[int, int, int]] = []
        self._context = context
        self._faults: dict[str, SmscFault] = {}

    def break_(self, stage: str, fault: SmscFault) -> None:
        """From now on fail at a request of `STAGES`."""
        if stage not in STAGES.values():
            raise ValueError(f"{stage!r} is no request: {', '.join(sorted(set(STAGES.values())))}")
        self._faults[stage] = fault

    def mend(self) -> None:
        """Work again."""
        self._faults.clear()
        self.receipts = [SentReceipt()]
        self.accept()

    def settle(self) -> None:
        """Wait until every client has gone, so that all its answers are known."""
        self._call(self._until_alone())

    async def _until_alone(self) -> None:
        while self._connections:
            await asyncio.sleep(0.005)

    async def _listen(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._answer, self.host, port, ssl=self._context)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer.transport)
        try:
            while await self._answer_one(reader, writer):
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # clients that break off are what is being tested
        finally:
            self._connections.discard(writer.transport)
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether more are to come."""
        header = await reader.readexactly(_HEADER.size)
        length, command, status, sequence = (int(number) for number in _HEADER.unpack(header))
        body = await reader.readexactly(length - _HEADER.size)
        if command & _IS_ANSWER:
            self.answers.append((command, status, sequence))
            return True
        stage = STAGES.get(command, "")
        self.requests.append(stage)
        fault = self._fault(stage)
        await asyncio.sleep(fault.delay)
        if fault.close:
            return False
        writer.write(fault.before)
        receipts = self._take(header + body) if stage == "submit" and not fault.status else []
        message_id = self.message_id.replace("{number}", f"{len(self.messages):08d}")
        await _send(writer, message_id, [receipt for receipt in receipts if receipt.early])
        if fault.raw is not None:
            writer.write(fault.raw)
        elif not fault.silent:
            said = {"bind": b"gateway\0", "submit": f"{message_id}\0".encode()}.get(stage, b"")
            answer = said if not fault.status else b""
            writer.write(
                _HEADER.pack(_HEADER.size + len(answer), command | _IS_ANSWER, fault.status, sequence) + answer
            )
        await _send(writer, message_id, [receipt for receipt in receipts if not receipt.early])
        return True

    def _fault(self, stage: str) -> SmscFault:
        fault = self._faults.get(stage, SmscFault())
        if fault.after:
            self._faults[stage] = evolve(fault, after=fault.after - 1)
            return SmscFault()
        return fault

    def _take(self, raw: bytes) -> "list[SentReceipt]":
        """Keep a message, and give the receipts that it asks for."""
        import smpp34  # only its codec

        message = smpp34.decode(raw)
        if not isinstance(message, smpp34.SubmitSm):
            raise OSError("no submit_sm")
        self.messages.append(message)
        return self.receipts if message.registered_delivery & 1 else []


async def _send(writer: asyncio.StreamWriter, message_id: str, receipts: list[SentReceipt]) -> None:
    for number, receipt in enumerate(receipts):
        await asyncio.sleep(receipt.delay)
        writer.write(_encode(receipt, message_id, 1000 + number) if receipt.raw is None else receipt.raw)


def _encode(receipt: SentReceipt, message_id: str, sequence: int) -> bytes:
    """A ``deliver_sm``, by another library than the one that its reader uses."""
    from aiosmpplib import DeliverSm, OptionalParam, PhoneNumber
    from aiosmpplib.state import MESSAGE_STATE, RECEIPTED_MESSAGE_ID

    parameters = []
    if receipt.message_id is not None:
        parameters.append(OptionalParam(RECEIPTED_MESSAGE_ID, receipt.message_id.replace("{id}", message_id)))
    if receipt.state is not None:
        parameters.append(OptionalParam(MESSAGE_STATE, receipt.state))
    delivery = DeliverSm(
        sequence_num=sequence,
        short_message=receipt.text.replace("{id}", message_id),
        source=PhoneNumber("491234567890"),
        destination=PhoneNumber("probe"),
        esm_class=receipt.esm_class,
        optional_params=parameters,
    )
    pdu: bytes = delivery.pdu() + receipt.parameters
    return struct.pack("!I", len(pdu)) + pdu[4:]
