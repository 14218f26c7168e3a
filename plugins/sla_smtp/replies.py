"""Replies of SMTP and LMTP (RFC 5321, 4.2): a code of three digits and text, on one line or on many."""

import re

from attrs import frozen

from sla_engine.plugin import StageFailed
from sla_smtp.text import printable
from sla_smtp.wire import Wire

LONGEST_LINE = 4096
"""Bytes: eight times what RFC 5321 (4.5.3.1.5) has a client take."""

_MOST_LINES = 100
_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)


@frozen
class Reply:
    """What a server answered.

    Attributes:
        code: 200 to 599.
        lines: the texts after the code.
    """

    code: int
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return printable("\n".join((str(self.code), *self.lines))).replace(" / ", " ", 1)

    @property
    def is_temporary(self) -> bool:
        """Whether it asks to try again later, as greylisting does."""
        return 400 <= self.code < 500

    @property
    def is_permanent(self) -> bool:
        """Whether it is a refusal for good."""
        return self.code >= 500


class Refused(StageFailed):
    """The server answered, but not what was hoped for.

    Attributes:
        reply: what it answered.
    """

    def __init__(self, reply: Reply, whom: str = "") -> None:
        super().__init__(refusal(reply) + (f", for {whom}" if whom else ""))
        self.reply = reply


def refusal(reply: Reply) -> str:
    """A reply that was not hoped for, as a reason that tells temporary and permanent apart."""
    if reply.is_temporary or reply.is_permanent:
        return f"{reply} ({'temporary' if reply.is_temporary else 'permanent'})"
    return f"unexpected reply {reply}"


async def read_reply(wire: Wire) -> Reply:
    """Wait for a reply, and read all of it.

    Raises:
        StageFailed: what came is none, or one without end.
        OSError: the connection broke.
    """
    codes: set[bytes] = set()
    texts: list[str] = []
    while len(texts) < _MOST_LINES:
        line = await wire.line()
        match = _LINE.fullmatch(line)
        if match is None:
            raise StageFailed(f"not an SMTP reply: {printable(line) or 'an empty line'}")
        codes.add(match[1])
        texts.append((match[3] or b"").decode("utf-8", "replace").strip())
        if len(codes) > 1:
            raise StageFailed(f"the lines of a reply have different codes: {printable(b' and '.join(sorted(codes)))}")
        if match[2] != b"-":
            return Reply(int(match[1]), tuple(texts))
    raise StageFailed(f"a reply of more than {_MOST_LINES} lines: {printable(texts[0])}")
