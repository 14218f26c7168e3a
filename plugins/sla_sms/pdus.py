"""Protocol data units of SMPP 3.4 (section 3.2): a header of sixteen bytes, a body, and what the numbers mean."""

import struct

from attrs import frozen

from sla_engine.plugin import StageFailed
from sla_sms.failures import Busy, Refused, Undeliverable, printable

HEADER = struct.Struct("!IIII")
LONGEST = 64 * 1024
"""Bytes of a PDU that are read; a message payload, the longest thing that a gateway sends, has this many at most."""

IS_ANSWER = 0x80000000
GENERIC_NACK = 0x80000000
UNBIND = 0x00000006
DELIVER_SM = 0x00000005
ENQUIRE_LINK = 0x00000015
ALERT_NOTIFICATION = 0x00000102

OK = 0x00000000
INVALID_COMMAND = 0x00000003
TRY_LATER = 0x00000064
"""ESME_RX_T_APPN: the receiver cannot take it for the moment, so that the gateway keeps it and offers it again."""

_BUSY = frozenset({0x00000014, 0x00000058})
_BUSY_FOR = 5.0  # seconds; the gateway does not say how long
_NO_SUCH_NUMBER = 0x0000000B
_WORDS = {
    0x00000000: "which means ok",
    0x00000005: "already bound",
    0x00000008: "system error",
    0x0000000A: "invalid source address",
    0x0000000B: "invalid destination address",
    0x0000000D: "bind failed",
    0x0000000E: "wrong password",
    0x0000000F: "unknown system id",
    0x00000014: "message queue full",
    0x00000045: "submission failed",
    0x00000058: "throttled",
}


@frozen
class Pdu:
    """A protocol data unit.

    Attributes:
        raw: all of it, header included.
    """

    command: int
    status: int
    sequence: int
    raw: bytes

    @property
    def body(self) -> bytes:
        """What follows the header."""
        return self.raw[HEADER.size :]

    def __str__(self) -> str:
        status = "" if self.status == OK else f", status 0x{self.status:08X} ({status_words(self.status)})"
        return f"{command_name(self.command)} {self.sequence}, {len(self.raw)} bytes{status}"


def read_header(header: bytes) -> tuple[int, int, int, int]:
    """Length, command, status and sequence of a PDU, by its first sixteen bytes.

    Raises:
        StageFailed: its length is none that a PDU can have.
    """
    length, command, status, sequence = HEADER.unpack_from(header)
    if not HEADER.size <= length <= LONGEST:
        raise StageFailed(f"the answer is not SMPP: it begins with {header[:8]!r}")
    return length, command, status, sequence


def bare(command: int, sequence: int, status: int = OK, body: bytes = b"") -> bytes:
    """The bytes of a PDU without parameters, or with this body."""
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def c_string(body: bytes) -> str:
    """The text at the beginning of a body, up to its end mark."""
    return printable(body.partition(b"\0")[0])


def refusal(status: int) -> StageFailed:
    """What a status other than ok means for the target."""
    reason = f"refused with status 0x{status:08X} ({status_words(status)})"
    if status in _BUSY:
        return Busy(reason, _BUSY_FOR)
    return Undeliverable(reason) if status == _NO_SUCH_NUMBER else Refused(reason)


def status_words(status: int) -> str:
    """A command_status (section 5.1.3) for people."""
    from aiosmpplib import SmppCommandStatus

    if status in _WORDS:
        return _WORDS[status]
    try:
        return str(SmppCommandStatus(status).description).lower()
    except ValueError:
        return "the gateway's own" if 0x400 <= status <= 0x4FF else "not in SMPP 3.4"


def command_name(command: int) -> str:
    """A command_id (section 5.1.2.1) as the specification writes it."""
    from aiosmpplib import SmppCommand

    try:
        return str(SmppCommand(command).name).lower()
    except ValueError:
        return f"command 0x{command:08X}"
