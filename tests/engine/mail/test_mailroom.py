"""Mails on their way into tickets, through real servers: what is answered with yes stands in the store."""

import smtplib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import evolve

from sla_engine.engine.mail.mailroom import Mailroom
from sla_engine.registry.secrets import SecretSource
from sla_engine.testing.clock import FakeClock
from tests.engine.mail.conftest import Post, written
from tests.waiting import wait

Room = Callable[..., Mailroom]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def room(post: Post) -> Iterator[Room]:
    """Start a mail room with further keys of the desk."""
    begun: list[Mailroom] = []

    def begin(**keys: Any) -> Mailroom:
        desk = evolve(post.policies.engine.desk, **keys)
        post.policies = evolve(post.policies, engine=evolve(post.policies.engine, desk=desk))
        clock = FakeClock("2026-01-08T15:00:00Z")
        made = Mailroom(lambda: post.policies, post.store, clock, SecretSource({"PASSWORD": "open"}, lambda _one: None))
        begun.append(made)
        made.start()
        return made

    yield begin
    for made in begun:
        made.stop()


def connected(kind: type[smtplib.SMTP], port: int) -> smtplib.SMTP:
    """A mail server at our door, as soon as it is open."""

    def connect() -> smtplib.SMTP | None:
        try:
            return kind("127.0.0.1", port)
        except OSError:
            return None

    found: smtplib.SMTP = wait(connect, "mail is taken")
    return found


PROTOCOLS = pytest.mark.parametrize(("scheme", "kind"), [("lmtp", smtplib.LMTP), ("smtp", smtplib.SMTP)])


@PROTOCOLS
def test_a_mail_server_hands_a_mail_over_and_hears_the_ticket(
    post: Post, room: Room, port: int, scheme: str, kind: type[smtplib.SMTP]
) -> None:
    room(listen=f"{scheme}://127.0.0.1:{port}")

    with connected(kind, port) as server:
        server.sendmail("ops@acme.example", ["support@provider.example"], written("Since noon.").as_bytes())

    assert post.numbers() == ["T-1"]
    assert post.read().entries[0].text == "Since noon."


def test_what_cannot_be_kept_is_to_be_brought_again_and_then_is_one_ticket(post: Post, room: Room, port: int) -> None:
    made = room(listen=f"lmtp://127.0.0.1:{port}")
    server = connected(smtplib.LMTP, port)

    with post.store.changing(), pytest.raises(smtplib.SMTPDataError, match="451"):
        server.sendmail("ops@acme.example", ["support@provider.example"], written().as_bytes())
    assert post.numbers() == []
    assert any("mails wait" in one for one in made.troubles)

    server.sendmail("ops@acme.example", ["support@provider.example"], written().as_bytes())
    server.sendmail("ops@acme.example", ["support@provider.example"], written().as_bytes())
    server.quit()
    assert post.numbers() == ["T-1"]
    assert not made.troubles


def test_only_the_desks_own_addresses_are_known(post: Post, room: Room, port: int) -> None:
    room(listen=f"lmtp://127.0.0.1:{port}")
    answers = {}

    with connected(smtplib.LMTP, port) as server:
        server.ehlo_or_helo_if_needed()
        for address in (
            "support@provider.example",
            "SUPPORT+t-7@PROVIDER.example",
            "support+x@provider.example",
            "supporter@provider.example",
            "support@evil.example",
            "root@localhost",
        ):
            server.mail("ops@acme.example")
            answers[address] = server.rcpt(address)[0]
            server.rset()

    assert list(answers.values()) == [250, 250, 550, 550, 550, 550]
    assert post.numbers() == []


def test_a_mail_that_is_too_large_is_refused_and_one_with_long_lines_is_not(post: Post, room: Room, port: int) -> None:
    room(listen=f"smtp://127.0.0.1:{port}")
    server = connected(smtplib.SMTP, port)
    long_lines = b"From: ops@acme.example\r\nMessage-ID: <l@x>\r\n\r\n" + b"x" * 50_000 + b"\r\n"

    with pytest.raises(smtplib.SMTPResponseException, match="552"):
        server.sendmail("ops@acme.example", ["support@provider.example"], bytes(37 * 1024 * 1024))
    server = connected(smtplib.SMTP, port)
    server.sendmail("ops@acme.example", ["support@provider.example"], long_lines)

    assert post.numbers() == ["T-1"]
    assert len(post.read().entries[0].text) == 50_000


def test_an_absence_note_for_nothing_is_refused_to_the_server_that_brings_it(post: Post, room: Room, port: int) -> None:
    room(listen=f"smtp://127.0.0.1:{port}")

    with connected(smtplib.SMTP, port) as server, pytest.raises(smtplib.SMTPDataError, match="belongs to no ticket"):
        server.sendmail("", ["support@provider.example"], written(Auto_Submitted="auto-replied").as_bytes())

    assert post.numbers() == []


def test_an_address_that_cannot_be_had_is_said_and_taken_when_it_can_be(post: Post, room: Room, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        made = room(listen=f"lmtp://127.0.0.1:{port}")
        wait(lambda: made.troubles, "it is said")
        assert made.troubles[0].startswith(f"no mail is taken at lmtp://127.0.0.1:{port}: ")

    with connected(smtplib.LMTP, port) as server:
        server.sendmail("ops@acme.example", ["support@provider.example"], written().as_bytes())

    assert post.numbers() == ["T-1"]
    assert not made.troubles


def test_other_policies_are_followed_while_it_is_at_work(post: Post, room: Room, port: int) -> None:
    room(listen=f"lmtp://127.0.0.1:{port}")
    connected(smtplib.LMTP, port).close()

    desk = evolve(post.policies.engine.desk, listen=None)
    post.policies = evolve(post.policies, engine=evolve(post.policies.engine, desk=desk))

    def is_closed() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return True
        return False

    wait(is_closed, "nobody listens any more")


def test_too_many_connections_are_asked_to_come_again(post: Post, room: Room, port: int) -> None:
    room(listen=f"lmtp://127.0.0.1:{port}")
    held = [connected(smtplib.LMTP, port) for _ in range(20)]

    with pytest.raises(smtplib.SMTPConnectError, match="too many connections"):
        smtplib.LMTP("127.0.0.1", port)

    for one in held:
        one.quit()
    assert post.numbers() == []
