"""A mailbox over IMAP (RFC 3501): as few commands as tell whether a message is there, and clear it away.

Written on the lines of `Wire`, as the server is not trusted here either: aioimaplib reads without bound, does not
notice that a connection is lost, cannot be given a socket, and is under the GPL.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import count

from aiosmtplib.auth import auth_xoauth2_encode
from attrs import define, field

from sla_engine.plugin import ProbeRun, StageFailed
from sla_engine.plugin.tls import client_context
from sla_smtp.delivery import Imap
from sla_smtp.message import HEADER
from sla_smtp.text import printable
from sla_smtp.wire import Wire, wire_on

_LONGEST_LINE = 64 * 1024
_MOST_LINES = 10_000
_MOST_DELETED = 1_000
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # in no language
_GREETING = re.compile(rb"\* OK\b", re.IGNORECASE)
_NUMBERS = re.compile(rb"\* SEARCH((?: \d+)*) ?", re.IGNORECASE)


@define
class ImapMailbox:
    """A folder that was opened."""

    run: ProbeRun
    wire: Wire
    _tags: Iterator[int] = field(factory=lambda: count(1))

    async def find(self, mark: str) -> bool:
        """Whether the message with this mark is there.

        Raises:
            StageFailed: the server does not answer as it should.
            OSError: the connection broke.
        """
        await self.ask("NOOP")  # some servers look for new messages only then
        return bool(await self._search(f'HEADER {HEADER} "{mark}"'))

    async def leave(self, mark: str, before: datetime) -> None:
        """Delete the message with this mark and those of probes that came before that date, and log out.

        Raises:
            StageFailed: the server does not answer as it should.
            OSError: the connection broke.
        """
        date = f"{before.day}-{_MONTHS[before.month - 1]}-{before.year}"
        found = await self._search(f'HEADER {HEADER} "{mark}"')
        found += await self._search(f'HEADER {HEADER} "" BEFORE {date}')
        numbers = ",".join(found[:_MOST_DELETED])
        await self.ask(rf"UID STORE {numbers} +FLAGS.SILENT (\Deleted)")
        try:
            await self.ask(f"UID EXPUNGE {numbers}")
        except StageFailed:  # without UIDPLUS (RFC 4315) only everything that is marked as deleted can be removed
            await self.ask("EXPUNGE")
        await self.ask("LOGOUT")

    def close(self) -> None:
        """Let the connection go."""
        self.wire.abort()

    async def ask(self, command: str, *, secret: str | None = None) -> list[bytes]:
        """The untagged lines that a command brings.

        Args:
            secret: follows the command, and is shown nowhere, not even where the server repeats it.

        Raises:
            StageFailed: the server refuses it.
        """
        self.wire.unread.clear()  # a server may speak at any time, here of new messages
        tag = f"a{next(self._tags)}"
        self.wire.send(" ".join(filter(None, (tag, command, secret))).encode())
        self._tell(f"> imap: {command}{' ***' if secret else ''}")
        lines: list[bytes] = []
        while len(lines) < _MOST_LINES:
            line = await self.wire.line()
            name, _, rest = line.partition(b" ")
            if name == b"+":  # a challenge says why not; an empty answer brings the refusal itself
                self.wire.send(b"")
            if name == tag.encode():
                told = printable(rest)
                told = told.replace(secret, "***") if secret else told
                self._tell(f"< imap: {told}")
                if rest[:2].upper() != b"OK":
                    raise StageFailed(f"{' '.join(command.split()[:2])} refused: {told}")
                return lines
            lines.append(line)
        raise StageFailed(f"an answer of more than {_MOST_LINES} lines")

    async def _search(self, criteria: str) -> list[str]:
        lines = await self.ask(f"UID SEARCH {criteria}")
        matches = (_NUMBERS.fullmatch(line) for line in lines)
        return [number.decode() for match in matches if match for number in match[1].split()]

    def _tell(self, line: str) -> None:
        if self.run.trace is not None:
            self.run.trace(line)


async def open_folder(imap: Imap, password: str, run: ProbeRun) -> ImapMailbox:
    """Log in and select the folder; it must be closed.

    Raises:
        StageFailed: the server refuses, or speaks no IMAP.
        AddressRefused: the policies do not allow it.
        OSError: the connection could not be had, or not be secured.
    """
    context = client_context(verify=imap.verify, ca_file=imap.ca_file) if imap.tls != "none" else None
    sock = await run.open_socket(imap.host, imap.port_or_default)
    wire = await wire_on(sock, _LONGEST_LINE, context if imap.tls == "implicit" else None, imap.host)
    try:
        mailbox = ImapMailbox(run, wire)
        greeting = await wire.line()
        if not _GREETING.match(greeting):
            raise StageFailed(f"no greeting of an IMAP server: {printable(greeting)}")
        if context and imap.tls == "starttls":
            await mailbox.ask("STARTTLS")
            await wire.start_tls(context, imap.host)
        if imap.auth == "xoauth2":
            secret = auth_xoauth2_encode(imap.username, password).decode()
            await mailbox.ask("AUTHENTICATE XOAUTH2", secret=secret)
        else:
            await mailbox.ask(f"LOGIN {_quoted(imap.username)}", secret=_quoted(password))
        await mailbox.ask(f"SELECT {_quoted(imap.folder)}")
    except BaseException:
        wire.abort()
        raise
    return mailbox


def _quoted(text: str) -> str:
    """A quoted string, which can hold no control characters.

    Raises:
        StageFailed: the text has some.
    """
    if not text.isprintable():
        raise StageFailed("a name or password with control characters cannot be sent")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
