"""Messages that are sent through a real mail server and must arrive in a real mailbox, over IMAP or in a folder."""

import asyncio
import mailbox as mailboxes
import os
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sla_engine.model.duration import Duration
from sla_engine.plugin import Port, Secret
from sla_smtp.delivery import Deliver, Imap
from sla_smtp.expectations import Expect

Serve = Callable[..., Awaitable[int]]
SECOND = 1_000_000
TO = "probe@b.example"


def imap_of(inbox: Any, **fields: Any) -> Imap:
    given = {"tls": "none", "port": Port(inbox.port), **fields}
    return Imap(host="127.0.0.1", username="probe", password=Secret("env", "MAILBOX"), **given)


async def test_a_message_that_arrives_is_up_its_way_is_timed_and_the_mailbox_is_left_empty(
    converse: Any, at: Any, inbox: Any, domain: Any, mail_server: Serve
) -> None:
    port = await mail_server(domain(TO, drop=inbox.drop))

    outcome, dialogue = await converse(at(port, deliver=Deliver(TO, imap=imap_of(inbox))))

    assert (outcome.state, outcome.reason) == ("up", None)
    assert list(outcome.phases) == [
        *("connect", "greeting", "ehlo", "mail", "rcpt", "data", "quit"),
        *("mailbox", "arrive"),
    ]
    assert 0 < outcome.values["round_trip_seconds"] < 20
    assert await inbox.messages() == []
    assert '> imap: LOGIN "probe" ***' in dialogue
    assert "box" not in "".join(line for line in dialogue if "LOGIN" in line)


async def test_a_message_that_takes_its_time_is_waited_for(
    converse: Any, at: Any, inbox: Any, domain: Any, mail_server: Serve
) -> None:
    later: list[asyncio.Task[None]] = []

    async def queue(message: bytes) -> None:
        async def deliver() -> None:
            await asyncio.sleep(0.3)
            await inbox.drop(message)

        later.append(asyncio.create_task(deliver()))

    port = await mail_server(domain(TO, drop=queue))
    expect = Expect(round_trip=Duration(SECOND // 10))

    outcome, _ = await converse(at(port, deliver=Deliver(TO, imap=imap_of(inbox)), degraded=expect))

    assert outcome.state == "degraded"
    assert "round trip" in str(outcome.reason)
    assert outcome.values["round_trip_seconds"] > 0.25


async def test_a_message_that_does_not_arrive_is_down_and_is_not_taken_for_a_later_one(
    converse: Any, at: Any, inbox: Any, domain: Any, mail_server: Serve
) -> None:
    kept: list[bytes] = []

    async def keep(message: bytes) -> None:
        kept.append(message)

    port = await mail_server(domain(TO, drop=keep))
    probe = at(port, deliver=Deliver(TO, imap=imap_of(inbox)), within={"arrive": Duration(SECOND // 4)})
    first, _ = await converse(probe)
    await inbox.drop(kept[0])
    second, _ = await converse(probe)

    for outcome in (first, second):
        assert (outcome.state, outcome.doubt) == ("down", None)
        assert str(outcome.reason).startswith("arrive: the message has not arrived after ")
    assert len(await inbox.messages()) == 1


async def test_messages_of_yesterdays_probes_are_cleared_away_and_nothing_else_is(
    converse: Any, at: Any, inbox: Any, domain: Any, mail_server: Serve
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=3)
    await inbox.drop(b"X-SLA-Probe: left-over\r\nSubject: old\r\n\r\n", long_ago)
    await inbox.drop(b"X-SLA-Probe: of-another-check\r\nSubject: new\r\n\r\n")
    await inbox.drop(b"Subject: a letter\r\n\r\n", long_ago)
    port = await mail_server(domain(TO, drop=inbox.drop))

    outcome, _ = await converse(at(port, deliver=Deliver(TO, imap=imap_of(inbox))))

    assert outcome.state == "up"
    left = b"".join(await inbox.messages())
    assert (b"left-over" in left, b"of-another-check" in left, b"a letter" in left) == (False, True, True)


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_the_mailbox_is_opened_over_tls(
    converse: Any,
    at: Any,
    inbox: Any,
    tls_inbox: Any,
    domain: Any,
    mail_server: Serve,
    ca_file: str,
    tls: str,
) -> None:
    box = await tls_inbox(tls)
    port = await mail_server(domain(TO, drop=box.drop))

    good, _ = await converse(at(port, deliver=Deliver(TO, imap=imap_of(box, tls=tls, ca_file=ca_file))))
    bad, _ = await converse(at(port, deliver=Deliver(TO, imap=imap_of(box, tls=tls))))

    assert (good.state, good.reason) == ("up", None)
    assert (bad.state, bad.reason) == ("error", "mailbox: the issuer of the certificate is not trusted")


async def test_a_mailbox_that_cannot_be_looked_into_is_our_own_error_unless_the_server_failed_before(
    converse: Any, at: Any, inbox: Any, domain: Any, mail_server: Serve
) -> None:
    port = await mail_server(domain(TO, drop=inbox.drop))
    deliver = Deliver(TO, imap=imap_of(inbox))

    locked, _ = await converse(at(port, deliver=deliver), environ={"MAILBOX": "wrong"})
    both, _ = await converse(at(port, deliver=deliver, expect=Expect(banner="Postfix")), environ={"MAILBOX": "wrong"})

    assert (locked.state, locked.reason) == (
        "error",
        'mailbox: LOGIN "probe" refused: NO [AUTHENTICATIONFAILED] Invalid authentication credentials.',
    )
    assert both.state == "down"
    assert str(both.reason).startswith("banner ")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"* BYE too many connections\r\n", "mailbox: no greeting of an IMAP server: * BYE too many connections"),
        (b"220 mail.test ESMTP\r\n", "mailbox: no greeting of an IMAP server: 220 mail.test ESMTP"),
        (b"", "mailbox: connection closed by the server"),
        (b"* OK " + b"x" * 100_000, "mailbox: a line of more than 65536 bytes: * OK xxx"),
        (b"* OK hi\r\n" + b"* OK again\r\n" * 20_000, "mailbox: an answer of more than 10000 lines"),
    ],
)
async def test_what_speaks_no_imap_is_our_own_error(
    converse: Any, at: Any, serve: Any, domain: Any, mail_server: Serve, said: bytes, reason: str
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said[:120_000])
        await writer.drain()
        if said.endswith(b"again\r\n"):
            await reader.readline()
            writer.write(said[120_000:])
            await writer.drain()
            await reader.readline()

    port = await mail_server(domain(TO))
    imap = Imap("127.0.0.1", "probe", Secret("env", "MAILBOX"), Port(await serve(answer)), tls="none")

    outcome, _ = await converse(at(port, deliver=Deliver(TO, imap=imap)))

    assert outcome.state == "error"
    assert str(outcome.reason).startswith(reason)


async def test_a_password_that_the_mail_server_repeats_is_not_shown(
    converse: Any, at: Any, serve: Any, domain: Any, mail_server: Serve
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        tag, _, rest = (await reader.readline()).partition(b" ")
        writer.write(tag + b" NO what is " + rest)
        await reader.read()

    port = await mail_server(domain(TO))
    imap = Imap("127.0.0.1", "probe", Secret("env", "MAILBOX"), Port(await serve(answer)), tls="none")

    outcome, dialogue = await converse(at(port, deliver=Deliver(TO, imap=imap)))

    assert outcome.reason == 'mailbox: LOGIN "probe" refused: NO what is LOGIN "probe" ***'
    assert "box" not in "".join(line for line in dialogue if "LOGIN" in line)


@pytest.mark.parametrize(
    ("token", "state", "reason"),
    [
        ("t-1", "up", None),
        ("t-2", "error", "mailbox: AUTHENTICATE XOAUTH2 refused: NO AUTHENTICATE failed"),
    ],
)
async def test_the_mailbox_may_be_opened_by_a_token(
    converse: Any, at: Any, serve: Any, domain: Any, mail_server: Serve, token: str, state: str, reason: str | None
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        tag, *_, secret = (await reader.readline()).split()
        if b64decode(secret) == b"user=probe\1auth=Bearer t-1\1\1":
            writer.write(tag + b" OK in\r\n")
        else:
            writer.write(b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")
            assert await reader.readline() == b"\r\n"
            writer.write(tag + b" NO AUTHENTICATE failed\r\n")
        while line := await reader.readline():
            writer.write(b"* SEARCH 7\r\n" + line.split()[0] + b" OK done\r\n")

    port = await mail_server(domain(TO))
    imap = Imap("127.0.0.1", "probe", Secret("env", "MAILBOX"), Port(await serve(answer)), tls="none", auth="xoauth2")

    outcome, _ = await converse(at(port, deliver=Deliver(TO, imap=imap)), environ={"MAILBOX": token})

    assert (outcome.state, outcome.reason) == (state, reason)


async def test_a_mailbox_that_cannot_be_tidied_up_has_its_message_all_the_same(
    converse: Any, at: Any, serve: Any, domain: Any, mail_server: Serve
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag = line.split()[0]
            writer.write(b"* SEARCH 7\r\n" if b"SEARCH" in line else b"* 1 EXISTS\r\n")
            writer.write(tag + (b" NO read-only\r\n" if b"STORE" in line else b" OK done\r\n"))

    port = await mail_server(domain(TO))
    imap = Imap("127.0.0.1", "probe", Secret("env", "MAILBOX"), Port(await serve(answer)), tls="none")

    outcome, _ = await converse(at(port, deliver=Deliver(TO, imap=imap)))

    assert (outcome.state, outcome.reason) == ("up", None)
    assert "the mailbox could not be tidied up: UID STORE refused: NO read-only" in outcome.evidence


async def test_a_mailbox_that_hangs_is_our_own_error_before_the_deadline(
    converse: Any, at: Any, serve: Any, domain: Any, mail_server: Serve
) -> None:
    async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    port = await mail_server(domain(TO))
    imap = Imap("127.0.0.1", "probe", Secret("env", "MAILBOX"), Port(await serve(hang)), tls="none")

    outcome, _ = await converse(at(port, deliver=Deliver(TO, imap=imap)), seconds=3.0)

    assert (outcome.state, outcome.reason) == ("error", "mailbox: no answer before the deadline")
    assert outcome.doubt == "network"


async def test_a_message_arrives_in_a_folder(
    converse: Any, at: Any, tmp_path: Path, domain: Any, mail_server: Serve
) -> None:
    box = mailboxes.Maildir(tmp_path / "probe")
    letter = box.add(b"Subject: a letter\n\nX-SLA-Probe: only in the body\n")
    old = box.add(b"x-sla-probe: left-over\n\n")
    for key in (letter, old):
        os.utime(tmp_path / "probe" / "new" / key, (time.time() - 3 * 86_400,) * 2)

    async def drop(message: bytes) -> None:
        box.add(message)

    port = await mail_server(domain(TO, drop=drop))
    outcome, _ = await converse(at(port, deliver=Deliver(TO, maildir=str(tmp_path / "probe"))))
    left = list(box.keys())
    gone, _ = await converse(at(port, deliver=Deliver(TO, maildir=str(tmp_path / "nowhere"))))

    assert (outcome.state, outcome.reason) == ("up", None)
    assert left == [letter]
    assert gone.state == "error"
    assert str(gone.reason).startswith("arrive: No such file")
