"""The smtp probe against a real mail server that fails at each stage: state, stage and reply."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Literal

import pytest

from sla_engine.plugin import Outcome, Port, Secret
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.smtp import SmtpServer
from sla_smtp.probe import Deliver, SmtpProbe

Try = Callable[..., Awaitable[Outcome]]
Serve = Callable[..., Awaitable[int]]
PASSWORD = Secret("env", "PASSWORD")


def probe_of(server: SmtpServer, **fields: Any) -> SmtpProbe:
    return SmtpProbe(host=server.host, port=Port(server.port), **fields)


async def test_a_server_that_takes_mail_is_up_and_every_stage_is_timed(attempt: Try) -> None:
    with SmtpServer(users={"probe": "pass"}) as server:
        outcome = await attempt(
            probe_of(server, username="probe", password=PASSWORD, rcpt_to="a@b.example"), environ={"PASSWORD": "pass"}
        )

    assert (outcome.state, outcome.reason) == ("up", None)
    assert list(outcome.phases) == ["connect", "greeting", "ehlo", "auth", "mail", "rcpt", "rset", "quit"]
    assert server.mailbox == []


@pytest.mark.parametrize(
    ("stage", "reply", "reason"),
    [
        ("greeting", "554 5.3.2 no service", "greeting: 554 5.3.2 no service"),
        ("ehlo", "502 5.5.1 what?", "ehlo: 502 5.5.1 what?"),
        ("mail", "451 4.7.1 try again later", "mail: 451 4.7.1 try again later"),
        ("rcpt", "550 5.1.1 no such user", "rcpt: 550 5.1.1 no such user"),
    ],
)
async def test_a_refusal_names_its_stage_and_the_reply(attempt: Try, stage: str, reply: str, reason: str) -> None:
    with SmtpServer() as server:
        server.break_(stage, reply)

        outcome = await attempt(probe_of(server, rcpt_to="a@b.example"))

    assert outcome.state == "down"
    assert reason in str(outcome.reason)


@pytest.mark.parametrize("stage", ["greeting", "ehlo", "mail", "rcpt"])
async def test_silence_at_a_stage_is_down_at_the_deadline_and_names_it(attempt: Try, stage: str) -> None:
    began = time.monotonic()
    with SmtpServer() as server:
        server.break_(stage, delay=3)

        outcome = await attempt(probe_of(server, rcpt_to="a@b.example"), seconds=0.5)
        took = time.monotonic() - began

    assert (outcome.state, outcome.reason) == ("down", f"{stage}: no answer before the deadline")
    assert took < 2


@pytest.mark.parametrize("stage", ["greeting", "ehlo", "mail"])
async def test_a_connection_that_breaks_is_down_and_names_the_stage(attempt: Try, stage: str) -> None:
    with SmtpServer() as server:
        server.break_(stage, close=True)

        outcome = await attempt(probe_of(server, rcpt_to="a@b.example"))

    assert outcome.state == "down"
    assert str(outcome.reason).startswith(f"{stage}: ")


async def test_a_server_that_is_not_there_is_down(attempt: Try) -> None:
    with SmtpServer() as server:
        server.break_("connect")

        outcome = await attempt(probe_of(server))
        server.mend()
        again = await attempt(probe_of(server))

    assert (outcome.state, outcome.reason) == ("down", "connect: connection refused")
    assert again.state == "up"


async def test_a_wrong_password_is_down_and_a_missing_one_is_our_own_error(attempt: Try) -> None:
    with SmtpServer(users={"probe": "pass"}) as server:
        probe = probe_of(server, username="probe", password=PASSWORD)
        wrong = await attempt(probe, environ={"PASSWORD": "open-sesame"})
        missing = await attempt(probe)

    assert wrong.state == "down"
    assert str(wrong.reason).startswith("auth: 535")
    assert "open-sesame" not in f"{wrong.reason}{wrong.evidence}"
    assert missing.state == "error"
    assert "PASSWORD" in str(missing.reason)


@pytest.mark.parametrize("mechanism", ["plain", "login", "cram-md5"])
async def test_each_way_to_log_in(attempt: Try, mechanism: Any) -> None:
    with SmtpServer(users={"probe": "pass"}) as server:
        probe = probe_of(server, username="probe", password=PASSWORD, auth=mechanism)
        outcome = await attempt(probe, environ={"PASSWORD": "pass"})

    assert (outcome.state, outcome.reason) == ("up", None)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_encryption_is_checked_and_the_certificates_days_are_a_value(
    attempt: Try, authority: LocalAuthority, ca_file: str, tls: Literal["starttls", "implicit"]
) -> None:
    with SmtpServer(tls=tls, context=authority.server_context(valid_for=timedelta(days=30))) as server:
        trusted = await attempt(probe_of(server, tls=tls, ca_file=ca_file))
        untrusted = await attempt(probe_of(server, tls=tls))

    assert (trusted.state, trusted.reason) == ("up", None)
    assert 29 < trusted.values["certificate_days_left"] <= 30
    assert untrusted.state == "down"
    assert str(untrusted.reason).endswith(": the issuer of the certificate is not trusted")


async def test_encryption_that_is_not_offered_is_never_left_out(attempt: Try) -> None:
    with SmtpServer() as server:
        outcome = await attempt(probe_of(server, tls="starttls", rcpt_to="a@b.example"))

    assert outcome.state == "down"
    assert str(outcome.reason).startswith("starttls: ")


async def test_an_expired_certificate_has_words_of_its_own(
    attempt: Try, authority: LocalAuthority, ca_file: str
) -> None:
    context = authority.server_context(valid_for=timedelta(days=-1))
    with SmtpServer(tls="implicit", context=context) as server:
        outcome = await attempt(probe_of(server, tls="implicit", ca_file=ca_file))

    assert (outcome.state, "expired" in str(outcome.reason)) == ("down", True)


async def test_deliver_really_sends_a_marked_message(attempt: Try) -> None:
    with SmtpServer() as server:
        outcome = await attempt(probe_of(server, deliver=Deliver("probe@b.example")))

        assert (outcome.state, outcome.reason) == ("up", None)
        [received] = server.mailbox
    assert received.recipients == ("probe@b.example",)
    assert received.message["X-SLA-Probe"]


async def test_what_speaks_no_smtp_is_down(attempt: Try, serve: Serve) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(1)

    outcome = await attempt(SmtpProbe(host="127.0.0.1", port=Port(await serve(answer))))

    assert outcome.state == "down"
    assert str(outcome.reason).startswith("greeting: ")


@pytest.mark.parametrize(
    "fields",
    [
        {"username": "x"},
        {"rcpt_to": "a@b.c", "deliver": Deliver("a@b.c")},
        {"rcpt_to": "a@b.c\r\nDATA"},
        {"mail_from": "no address>"},
    ],
)
def test_what_makes_no_sense_is_refused_when_the_policy_is_read(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        SmtpProbe(host="mail.example", **fields)
