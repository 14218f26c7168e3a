"""One look into a mailbox: what is new becomes part of tickets, and only then is it marked, moved or deleted there.

A mailbox that is down, or a look that is broken off, changes nothing but the time: what was not marked is found by the
next look, and what was kept already is known by its key.
"""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeAlias
from urllib.parse import urlsplit

import structlog

from sla_engine.engine.mail.imap import Fetched, Mailbox, MailboxError
from sla_engine.engine.mail.intake import RefusedMail
from sla_engine.engine.mail.listening import MOST_BYTES
from sla_engine.model.instant import DAY, Instant
from sla_engine.plugin.tls import client_context
from sla_engine.policy.documents import MailboxTable
from sla_engine.registry.connect import resolve_and_connect
from sla_engine.registry.guard import NetworkGuard

LOOK_BACK = 30 * DAY
"""What came earlier is left alone: a mailbox that is read for the first time may be years old."""
_MOST_AT_ONCE = 100
_CONNECTED_WITHIN = 20.0
_DONE_WITHIN = 600.0
_PORTS = {"imap": 143, "imaps": 993}

Take: TypeAlias = Callable[[Fetched], None]

_log = structlog.get_logger("sla_engine.mail")


async def look_into(
    box: MailboxTable, password: str, guard: NetworkGuard, take: Take, now: Instant, worker: Executor
) -> None:
    """Take what is new in a mailbox.

    Args:
        take: keeps a mail; raises `RefusedMail` where it is not taken, or anything where it could not be kept.
        worker: where the mailbox is talked with.

    Raises:
        MailboxError: the server refuses something.
        AddressRefused: the policies do not allow its address.
        OSError: it cannot be reached or secured, or was too slow.
    """
    parts = urlsplit(box.server)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    connected = await resolve_and_connect(guard, host, port, _CONNECTED_WITHIN)
    # A second hold upon the connection, by which a look that hangs is broken off whatever TLS made of the first.
    with connected.dup() as cut:
        looking = asyncio.get_running_loop().run_in_executor(worker, _look, connected, box, password, take, now)
        try:
            await asyncio.wait_for(asyncio.shield(looking), _DONE_WITHIN)
        finally:
            if not looking.done():
                _cut(cut)
                await asyncio.wait([looking])


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # it was lost before
        return


def _look(connected: socket.socket, box: MailboxTable, password: str, take: Take, now: Instant) -> None:
    parts = urlsplit(box.server)
    is_implicit = parts.scheme == "imaps"
    context = client_context(ca_file=box.ca_file) if is_implicit or box.tls == "starttls" else None
    with connected:
        mailbox = Mailbox(connected, parts.hostname or "", context, is_implicit=is_implicit, most=MOST_BYTES)
        try:
            mailbox.open(box.username, password, box.folder)
            for number in mailbox.new(now - LOOK_BACK, unseen=box.after == "seen")[:_MOST_AT_ONCE]:
                _attend(mailbox, number, box, take)
        finally:
            mailbox.close()


def _attend(mailbox: Mailbox, number: str, box: MailboxTable, take: Take) -> None:
    """Take one mail, and then clear it away; one that is not taken, or only in part, stays with a flag upon it."""
    fetched = mailbox.fetch(number)
    if fetched is None:
        return
    try:
        take(fetched)
    except RefusedMail as refused:
        _log.info("a mail was refused, and stays in its mailbox", reason=str(refused))
        mailbox.mark(number, r"\Seen", r"\Flagged")
        return
    if fetched.size > len(fetched.raw):
        mailbox.mark(number, r"\Seen", r"\Flagged")
    elif box.after == "delete":
        mailbox.delete(number)
    elif box.after == "move":
        mailbox.mark(number, r"\Seen")
        mailbox.move(number, box.move_to or "")
    else:
        mailbox.mark(number, r"\Seen")


__all__ = ["LOOK_BACK", "MailboxError", "look_into"]
