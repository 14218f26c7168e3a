"""A mailbox over IMAP (RFC 3501): which mails are new, what is in them, and what becomes of them once they are kept.

Written on `imaplib`, in a thread, with bounds that it has not: every answer within seconds, no mail larger than asked.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence, Set
from datetime import datetime, timedelta, timezone
from typing import Any

from attrs import frozen

from sla_engine.model.instant import Instant, to_datetime, to_instant

ANSWERED_WITHIN = 60.0
"""Seconds for one answer of the server."""
_ARRIVED = re.compile(
    rb'INTERNALDATE "\s?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"', re.IGNORECASE
)
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,15})", re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_BESIDE = 64 * 1024


class MailboxError(Exception):
    """The server does not do what is asked of it; the message says what it answers."""


@frozen
class Fetched:
    """A mail as it lies in a mailbox.

    Attributes:
        raw: its bytes, from the first on.
        arrived_at: when the server got it, or None where it does not say.
        size: how large it is, of which ``raw`` may be a part.
    """

    raw: bytes
    arrived_at: Instant | None
    size: int


class _Session(imaplib.IMAP4):
    """A session upon a socket that is connected already."""

    def __init__(self, connected: socket.socket, host: str, most: int) -> None:
        self._connected, self._most = connected, most
        super().__init__(host)

    def _create_socket(self, _timeout: float | None) -> socket.socket:
        return self._connected

    def read(self, size: int) -> bytes:
        """As many bytes as the server announces, if they were asked for."""
        if size > self._most + _MOST_BESIDE:
            raise self.abort(f"the server sends {size:,} bytes at once, and was asked for {self._most:,}")
        return super().read(size)


class Mailbox:
    """An open folder.

    Args:
        connected: to the server.
        context: for TLS, or None for none.
        is_implicit: whether TLS comes before the first word.
        most: bytes of a mail that are fetched.

    Raises:
        MailboxError: the server refuses, or speaks no IMAP.
        OSError: the connection broke, or could not be secured.
    """

    def __init__(
        self, connected: socket.socket, host: str, context: ssl.SSLContext | None, *, is_implicit: bool, most: int
    ) -> None:
        connected.settimeout(ANSWERED_WITHIN)
        self._most = most
        if context is not None and is_implicit:
            connected = context.wrap_socket(connected, server_hostname=host)
        self._abilities: Set[str] = frozenset()
        try:
            self._session = _Session(connected, host, most)
        except imaplib.IMAP4.error as error:
            raise MailboxError(str(error)) from error
        if context is not None and not is_implicit:
            self._secure(context)

    def open(self, username: str, password: str, folder: str) -> None:
        """Log in, and open a folder.

        Raises:
            MailboxError: the server refuses.
            OSError: the connection broke.
        """
        if not password.isascii() or not password.isprintable():
            raise MailboxError("a password with other characters than printable ASCII cannot be sent")
        self._ask(self._session.login, _quoted(username), password)
        self._abilities = {word.decode().upper() for word in self._ask(self._session.capability)[0].split()}
        self._ask(self._session.select, _quoted(folder))

    def new(self, since: Instant, *, unseen: bool) -> Sequence[str]:
        """The numbers of the mails that came since a day and are to be looked at.

        Args:
            unseen: leave out those that were seen.
        """
        day = to_datetime(since)
        criteria = ["UNDELETED", "UNFLAGGED", "SINCE", f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"]
        found = self._ask(self._session.uid, "SEARCH", *(["UNSEEN"] if unseen else []), *criteria)
        return [number.decode() for line in found if isinstance(line, bytes) for number in line.split()]

    def fetch(self, number: str) -> Fetched | None:
        """A mail, which is not marked by that; None where it is there no more."""
        wanted = f"(INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.{self._most}>)"
        answer = self._ask(self._session.uid, "FETCH", number, wanted)
        raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
        if raw is None:
            return None
        beside = b" ".join(_beside(answer))
        size = _SIZE.search(beside)
        return Fetched(raw, _arrived(beside), len(raw) if size is None else int(size[1]))

    def mark(self, number: str, *flags: str) -> None:
        r"""Give a mail flags, such as ``\Seen``."""
        self._ask(self._session.uid, "STORE", number, "+FLAGS.SILENT", f"({' '.join(flags)})")

    def delete(self, number: str) -> None:
        """Take a mail out of the folder."""
        self.mark(number, r"\Deleted")
        if "UIDPLUS" in self._abilities:
            self._ask(self._session.uid, "EXPUNGE", number)
        else:  # only everything that is marked as deleted can be removed
            self._ask(self._session.expunge)

    def move(self, number: str, folder: str) -> None:
        """Take a mail into another folder."""
        if "MOVE" in self._abilities:
            self._ask(self._session.uid, "MOVE", number, _quoted(folder))
        else:
            self._ask(self._session.uid, "COPY", number, _quoted(folder))
            self.delete(number)

    def close(self) -> None:
        """Log out, as far as the server lets us."""
        try:
            self._session.logout()
        except (imaplib.IMAP4.error, OSError):
            self._drop()

    def _drop(self) -> None:
        try:
            self._session.shutdown()
        except OSError:  # the connection went with whatever failed
            return

    def _secure(self, context: ssl.SSLContext) -> None:
        try:
            self._session.starttls(context)
        except (imaplib.IMAP4.error, OSError) as error:
            self._drop()
            raise MailboxError(f"STARTTLS: {error}") from error

    def _ask(self, command: Any, *arguments: str) -> Sequence[Any]:
        try:
            word, answer = command(*arguments)
        except imaplib.IMAP4.error as error:
            raise MailboxError(str(error)) from error
        if word != "OK":
            raise MailboxError(f"{word} {answer!r}")
        found: Sequence[Any] = answer
        return found


def _beside(answer: Sequence[Any]) -> Iterator[bytes]:
    """What the server says beside the bytes of a mail."""
    for part in answer:
        if isinstance(part, tuple):
            yield part[0]
        elif isinstance(part, bytes):
            yield part


def _arrived(beside: bytes) -> Instant | None:
    found = _ARRIVED.search(beside)
    if found is None or found[2].decode().title() not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(found[at]) for at in (1, 3, 4, 5, 6))
    offset = timedelta(hours=int(found[8]), minutes=int(found[9]))
    zone = timezone(-offset if found[7] == b"-" else offset)
    month = _MONTHS.index(found[2].decode().title()) + 1
    try:
        return to_instant(datetime(year, month, day, hour, minute, second, tzinfo=zone))
    except ValueError:
        return None


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
