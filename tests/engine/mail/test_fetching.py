"""Mails fetched over IMAP, from a real server: marked, deleted or moved only once they are kept."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve

from sla_engine.engine.mail import fetching
from sla_engine.engine.mail.mailroom import Mailroom
from sla_engine.model.instant import to_instant
from sla_engine.plugin import Secret
from sla_engine.policy.documents import MailboxTable
from sla_engine.registry.secrets import SecretSource
from sla_engine.testing.clock import FakeClock
from sla_engine.testing.servers.certificates import LocalAuthority
from tests.engine.mail.conftest import Post, written
from tests.plugins.sla_smtp.conftest import ENVIRON, Inbox
from tests.waiting import PATIENCE, wait_in_loop

ARRIVED = datetime(2026, 1, 8, 13, 30, tzinfo=UTC)
NOW = datetime(2026, 1, 8, 15, tzinfo=UTC)


class Looking:
    """A mail room with a mailbox, and a clock that goes only when it is told to."""

    def __init__(self, post: Post, **keys: Any) -> None:
        known: dict[str, Any] = {"username": "probe", "password": Secret("env", "MAILBOX"), "tls": "none"}
        self.post = post
        self.clock = FakeClock("2026-01-08T15:00:00Z")
        self.set(**{**known, **keys})
        secrets = SecretSource(ENVIRON, lambda _one: None)
        self.room = Mailroom(lambda: post.policies, post.store, self.clock, secrets)

    def set(self, **keys: Any) -> None:
        desk = self.post.policies.engine.desk
        box = MailboxTable(**keys) if desk.mailbox is None else evolve(desk.mailbox, **keys)
        engine = evolve(self.post.policies.engine, desk=evolve(desk, mailbox=box))
        self.post.policies = evolve(self.post.policies, engine=engine)

    async def look(self) -> None:
        """Look into the mailbox once more, from its beginning to its end."""
        before = self.room.looks
        self.clock.pass_by(60)
        await wait_in_loop(lambda: self.room.looks > before, "another look")


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    mailbox = Inbox()
    server = await mailbox.start()
    yield mailbox
    server.close()


@pytest.fixture
async def looking(post: Post) -> AsyncIterator[Callable[..., Awaitable[Looking]]]:
    """Look into a mailbox for the first time."""
    begun: list[Looking] = []

    async def begin(port: int, **keys: Any) -> Looking:
        made = Looking(post, **{"server": f"imap://127.0.0.1:{port}", **keys})
        begun.append(made)
        made.room.start()
        await wait_in_loop(lambda: made.room.looks, "the first look")
        return made

    yield begin
    for made in begun:
        await asyncio.to_thread(made.room.stop)


Look = Callable[..., Awaitable[Looking]]


async def flags(inbox: Inbox, name: str = "INBOX") -> list[set[str]]:
    """What is marked upon each mail of a folder."""
    async with inbox._backend.login.demo_user_identity.new_session() as session:
        folder = await session.mailbox_set.get_mailbox(name)
        return [{str(flag) for flag in message.permanent_flags} async for message in folder.messages()]


async def test_a_mail_becomes_a_ticket_and_is_marked_as_seen(post: Post, inbox: Inbox, looking: Look) -> None:
    await inbox.drop(written("Since noon.").as_bytes(), ARRIVED)

    at_work = await looking(inbox.port)

    assert post.numbers() == ["T-1"]
    assert post.read().entries[0].text == "Since noon."
    assert await flags(inbox) == [{r"\Seen"}]
    await at_work.look()
    assert len(post.read().entries) == 1
    assert not at_work.room.troubles


async def test_the_clock_runs_from_when_the_mail_came_to_the_mailbox(post: Post, inbox: Inbox, looking: Look) -> None:
    await inbox.drop(written().as_bytes(), ARRIVED)

    await looking(inbox.port)

    assert post.read().ticket.opened_at == to_instant(ARRIVED)


async def test_what_lay_there_for_long_is_left_alone(post: Post, inbox: Inbox, looking: Look) -> None:
    await inbox.drop(written().as_bytes(), datetime(2025, 11, 1, tzinfo=UTC))

    await looking(inbox.port)

    assert post.numbers() == []
    assert await flags(inbox) == [set()]


async def test_a_mail_may_be_deleted_once_it_is_kept(post: Post, inbox: Inbox, looking: Look) -> None:
    await inbox.drop(written().as_bytes(), ARRIVED)
    await inbox.drop(written(Message_ID="<2@acme.example>").as_bytes(), ARRIVED)

    await looking(inbox.port, after="delete")

    assert post.numbers() == ["T-1", "T-2"]
    assert await inbox.messages() == []


async def test_a_mail_may_be_moved_once_it_is_kept(post: Post, inbox: Inbox, looking: Look) -> None:
    async with inbox._backend.login.demo_user_identity.new_session() as session:
        await session.mailbox_set.add_mailbox("Done deals")
    await inbox.drop(written().as_bytes(), ARRIVED)

    await looking(inbox.port, after="move", move_to="Done deals")

    assert post.numbers() == ["T-1"]
    assert await inbox.messages() == []
    assert await flags(inbox, "Done deals") == [{r"\Seen"}]


async def test_a_mail_that_could_not_be_kept_lies_there_for_the_next_look(
    post: Post, inbox: Inbox, looking: Look
) -> None:
    await inbox.drop(written().as_bytes(), ARRIVED)

    with post.store.changing():
        at_work = await looking(inbox.port, after="delete")
    assert post.numbers() == []
    assert len(await inbox.messages()) == 1
    assert at_work.room.troubles

    await at_work.look()
    assert post.numbers() == ["T-1"]
    assert await inbox.messages() == []
    assert not at_work.room.troubles


async def test_a_mail_that_is_refused_stays_with_a_flag(post: Post, inbox: Inbox, looking: Look) -> None:
    await inbox.drop(written(From="support@provider.example").as_bytes(), ARRIVED)

    at_work = await looking(inbox.port, after="delete")
    await at_work.look()

    assert post.numbers() == []
    assert await flags(inbox) == [{r"\Seen", r"\Flagged"}]


async def test_of_a_mail_that_is_too_large_its_beginning_is_taken_and_it_stays(
    post: Post, inbox: Inbox, looking: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 2_000)
    mail = written("See the film.")
    mail.add_attachment(bytes(9_000), maintype="video", subtype="mp4", filename="film.mp4")
    await inbox.drop(mail.as_bytes(), ARRIVED)

    await looking(inbox.port, after="delete")

    text = post.read().entries[0].text
    assert text.startswith("See the film.")
    assert "mail.eml" in text
    assert len(await inbox.messages()) == 1


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_a_mailbox_is_read_over_tls_that_is_checked(
    post: Post, looking: Look, authority: LocalAuthority, ca_file: str, tls: str
) -> None:
    mailbox, context = Inbox(), authority.server_context()
    server = await (mailbox.start(ssl=context) if tls == "implicit" else mailbox.start(context))
    scheme = "imaps" if tls == "implicit" else "imap"
    await mailbox.drop(written().as_bytes(), ARRIVED)

    at_work = await looking(mailbox.port, server=f"{scheme}://localhost:{mailbox.port}", tls="starttls")
    assert "certificate" in at_work.room.troubles[0].lower()
    at_work.set(ca_file=ca_file)
    await at_work.look()

    assert post.numbers() == ["T-1"]
    assert not at_work.room.troubles
    server.close()


async def test_a_wrong_password_is_said_and_is_no_secret_told(post: Post, inbox: Inbox, looking: Look) -> None:
    at_work = await looking(inbox.port, password=Secret("env", "PASSWORD"))

    [trouble] = at_work.room.troubles
    assert trouble.startswith(f"mails cannot be fetched from imap://127.0.0.1:{inbox.port}: ")
    assert ENVIRON["PASSWORD"] not in trouble
    at_work.set(password=Secret("env", "NOWHERE"))
    await at_work.look()
    assert "the environment has no NOWHERE" in at_work.room.troubles[0]
    at_work.set(password=Secret("env", "MAILBOX"), folder='No "such" folder')
    await at_work.look()
    assert "mails cannot be fetched" in at_work.room.troubles[0]
    at_work.set(folder="INBOX")
    await at_work.look()
    assert not at_work.room.troubles
    assert post.numbers() == []


async def test_a_mailbox_that_is_down_is_said_and_read_when_it_is_back(post: Post, inbox: Inbox, looking: Look) -> None:
    at_work = await looking(1)
    assert "mails cannot be fetched from imap://127.0.0.1:1: " in at_work.room.troubles[0]
    await inbox.drop(written().as_bytes(), ARRIVED)

    at_work.set(server=f"imap://127.0.0.1:{inbox.port}")
    await at_work.look()

    assert post.numbers() == ["T-1"]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"220 this is no IMAP\r\n",
        b"* OK\r\n* BYE\r\n",
        b"* OK hello\r\n" + b"x" * 2_000_000,
        b"* OK hello\r\n* CAPABILITY IMAP4rev1\r\n+ {999999999999}\r\n",
        b"\xff\xfe\0\r\n",
    ],
)
async def test_a_server_that_speaks_something_else_harms_nothing(
    post: Post, looking: Look, serve: Callable[..., Awaitable[int]], said: bytes
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        writer.close()

    at_work = await looking(await serve(answer))

    assert "mails cannot be fetched" in at_work.room.troubles[0]
    assert post.numbers() == []


async def test_a_server_that_falls_silent_is_let_go_when_the_engine_stops(
    looking: Look, post: Post, serve: Callable[..., Awaitable[int]]
) -> None:
    silent = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent.set()
        await reader.read()

    made = Looking(post, server=f"imap://127.0.0.1:{await serve(answer)}")
    made.room.start()
    await asyncio.wait_for(silent.wait(), PATIENCE)

    began = time.monotonic()
    await asyncio.to_thread(made.room.stop)
    assert time.monotonic() - began < 5
