"""The smtp probe against a real mail server that fails at each stage: state, stage and reply."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Literal

import pytest

from sla_engine.model.duration import Duration
from sla_engine.plugin import Outcome, Port, Secret
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.smtp import SmtpServer
from sla_smtp.address import parse_nameserver
from sla_smtp.delivery import Deliver, Imap
from sla_smtp.expectations import Expect
from sla_smtp.probe import SmtpProbe

Try = Callable[..., Awaitable[Outcome]]
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


async def test_deliver_really_sends_a_marked_message(attempt: Try) -> None:
    with SmtpServer() as server:
        outcome = await attempt(probe_of(server, deliver=Deliver("probe@b.example")))

        assert (outcome.state, outcome.reason) == ("up", None)
        [received] = server.mailbox
    assert received.recipients == ("probe@b.example",)
    assert received.message["X-SLA-Probe"]


@pytest.mark.parametrize(
    ("fields", "advice"),
    [
        ({"host": None}, "give one of them"),
        ({"mx": "b.example"}, "give one of them"),
        ({"host": None, "mx": "b.example", "protocol": "lmtp"}, "give the host"),
        ({"protocol": "lmtp", "port": Port(25)}, "write the port of the LMTP server"),
        ({"host": "two words"}, "host: 'two words' is not one word"),
        ({"helo": "x\r\nDATA"}, "helo: .* is not one word"),
        ({"nameserver": "ns.example"}, "nameserver 'ns.example' is no address"),
        ({"nameserver": "192.0.2.1:0"}, "write it as 192.0.2.1"),
        ({"nameserver": "2001:db8::1:70000:"}, "write it as 192.0.2.1"),
        ({"username": "x"}, "give both or neither"),
        ({"username": "x", "password": PASSWORD}, "clear_text_login"),
        ({"rcpt_to": "a@b.c", "deliver": Deliver("a@b.c")}, "give one of them"),
        ({"rcpt_to": "a@b.c\r\nDATA"}, "rcpt_to: .* is not a mailbox"),
        ({"rcpt_to": ["a@b.c", "x"]}, "rcpt_to: 'x' is not a mailbox"),
        ({"refuses": "nobody"}, "refuses: 'nobody' is not a mailbox"),
        ({"mail_from": "no address>"}, "mail_from: .* is not a mailbox"),
        ({"within": {"resolve": Duration(1)}}, "within: 'resolve' is no stage: write one of connect, tls,"),
        ({"expect": Expect(certificate_days=7)}, "expect.certificate_days needs a certificate"),
        ({"degraded": Expect(round_trip=Duration(1))}, "degraded.round_trip needs a mailbox"),
    ],
)
def test_what_makes_no_sense_is_refused_when_the_policy_is_read(fields: dict[str, Any], advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        SmtpProbe(**{"host": "mail.example", **fields})


def test_a_delivery_that_makes_no_sense_is_refused_too() -> None:
    with pytest.raises(ValueError, match="clear_text_login"):
        Imap("imap.example", "probe", PASSWORD, tls="none")
    with pytest.raises(ValueError, match="names nobody"):
        Deliver([])
    with pytest.raises(ValueError, match="give one of them"):
        Deliver("a@b.c", Imap("imap.example", "probe", PASSWORD), "/var/mail/probe")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_password_may_stay_on_this_machine_in_clear(host: str) -> None:
    SmtpProbe(host=host, username="x", password=PASSWORD)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
    ],
)
def test_a_nameserver_is_an_address_with_or_without_a_port(text: str, address: tuple[str, int]) -> None:
    assert parse_nameserver(text) == address


@pytest.mark.parametrize(
    ("fields", "port"),
    [
        ({}, 25),
        ({"tls": "starttls"}, 25),
        ({"tls": "implicit"}, 465),
        ({"protocol": "lmtp"}, 24),
        ({"port": Port(587)}, 587),
    ],
)
def test_the_port_is_that_of_the_protocol_where_none_is_given(fields: dict[str, Any], port: int) -> None:
    assert SmtpProbe(host="mail.example", **fields).port_or_default == port
