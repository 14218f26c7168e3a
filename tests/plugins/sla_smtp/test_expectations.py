"""What is expected of a mail server, what must be refused, LMTP, and the dialogue as it is shown."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sla_engine.model.duration import Duration
from sla_engine.plugin import Secret
from sla_engine.testing.servers.smtp import SmtpServer
from sla_smtp.delivery import Deliver
from sla_smtp.expectations import Expect

Serve = Callable[..., Awaitable[int]]
KNOWN = "probe@b.example"


async def test_each_expectation_is_a_finding_met_or_not(
    converse: Any, at: Any, domain: Any, mail_server: Serve
) -> None:
    port = await mail_server(domain())
    expect = Expect(banner="mail.test", extensions=["SIZE", "starttls"], latency=Duration(60_000_000))

    outcome, _ = await converse(at(port, expect=expect, degraded=Expect(banner="Postfix", latency=Duration(1))))

    assert (outcome.state, outcome.reason) == ("down", "extension starttls not offered, expected offered")
    found = {(finding.what, finding.state.value) for finding in outcome.findings}
    assert found == {
        ("quit", "up"),
        ("banner", "up"),
        ("extension SIZE", "up"),
        ("extension starttls", "down"),
        ("latency", "up"),
        ("banner", "degraded"),
        ("latency", "degraded"),
    }
    assert "extension SIZE offered 33554432, expected offered" in [str(finding) for finding in outcome.findings]


async def test_what_is_offered_before_or_after_tls_is_offered(
    converse: Any, at: Any, authority: Any, ca_file: str
) -> None:
    with SmtpServer(tls="starttls", context=authority.server_context(), users={"probe": "open-sesame"}) as server:
        probe = at(server.port, tls="starttls", ca_file=ca_file, expect=Expect(extensions=["STARTTLS", "AUTH"]))
        outcome, _ = await converse(probe)

    assert (outcome.state, outcome.reason) == ("up", None)
    assert list(outcome.phases) == ["connect", "greeting", "ehlo", "starttls", "quit"]


@pytest.mark.parametrize(
    ("refuses", "state", "reason"),
    [
        ("nobody@b.example", "up", None),
        (
            ["nobody@b.example", KNOWN],
            "down",
            f"recipient {KNOWN} accepted: 250 2.1.5 ok, expected a permanent refusal",
        ),
    ],
)
async def test_a_recipient_that_must_be_refused_shows_an_open_relay_or_a_catch_all(
    converse: Any, at: Any, domain: Any, mail_server: Serve, refuses: Any, state: str, reason: str | None
) -> None:
    server = domain(KNOWN)
    port = await mail_server(server)

    outcome, _ = await converse(at(port, refuses=refuses, deliver=Deliver(KNOWN)))

    assert (outcome.state, outcome.reason) == (state, reason)
    assert [taken[1] for taken in server.taken] == [(KNOWN,)]


@pytest.mark.parametrize(
    ("stage", "reply", "temporary", "state"),
    [
        ("mail", "530 5.7.0 authentication required", "down", "up"),
        ("rcpt", "450 4.2.0 greylisted", "down", "down"),
        ("rcpt", "450 4.2.0 greylisted", "degraded", "degraded"),
    ],
)
async def test_a_refusal_of_the_sender_is_one_and_a_temporary_one_proves_nothing(
    converse: Any, at: Any, stage: str, reply: str, temporary: Any, state: str
) -> None:
    with SmtpServer() as server:
        server.break_(stage, reply)
        outcome, _ = await converse(at(server.port, refuses="nobody@b.example", temporary=temporary))

    assert outcome.state == state
    [finding] = [finding for finding in outcome.findings if finding.what.startswith("recipient")]
    assert reply in finding.seen


async def test_lmtp_is_spoken_with_aiosmtpds_lmtp(converse: Any, at: Any, domain: Any, lmtp_server: Serve) -> None:
    server = domain(KNOWN)
    port = await lmtp_server(server)

    outcome, dialogue = await converse(at(port, protocol="lmtp", deliver=Deliver(KNOWN)))
    as_smtp, _ = await converse(at(port, deliver=Deliver(KNOWN)))

    assert (outcome.state, outcome.reason) == ("up", None)
    assert "> LHLO probe.test" in dialogue
    assert len(server.taken) == 1
    assert str(as_smtp.reason).startswith("ehlo: 500 ")


async def test_over_lmtp_each_recipient_has_a_reply_and_the_one_that_fails_is_named(
    converse: Any, at: Any, serve: Any
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        for reply in (b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
            await reader.readline()
            writer.write(reply)
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 2.1.5 kept\r\n452 4.2.2 mailbox full\r\n")
        await reader.read()

    deliver = Deliver(["a@b.example", "b@b.example"])

    outcome, _ = await converse(at(await serve(answer), protocol="lmtp", deliver=deliver))

    assert (outcome.state, outcome.reason) == (
        "down",
        "data: 452 4.2.2 mailbox full (temporary), for b@b.example",
    )


@pytest.mark.parametrize("mechanism", ["plain", "login", "cram-md5"])
async def test_the_dialogue_shows_everything_but_the_credentials(converse: Any, at: Any, mechanism: Any) -> None:
    with SmtpServer(users={"probe": "open-sesame"}) as server:
        login = {"username": "probe", "password": Secret("env", "PASSWORD"), "auth": mechanism}
        outcome, dialogue = await converse(at(server.port, **login, deliver=Deliver(KNOWN)))

    assert outcome.state == "up"
    shown = "\n".join(dialogue)
    for line in ("< 220 mail.test ESMTP", "> EHLO probe.test", f"> MAIL FROM:<{KNOWN}>", "> DATA", "> QUIT"):
        assert line in dialogue
    assert f"> AUTH {mechanism.upper()}" in shown
    assert any(line.startswith("* the message, ") for line in dialogue)
    for secret in ("open-sesame", "AHByb2JlAG9wZW4tc2VzYW1l", "b3Blbi1zZXNhbWU=", "cHJvYmU="):
        assert secret not in f"{shown}{outcome.evidence}"
