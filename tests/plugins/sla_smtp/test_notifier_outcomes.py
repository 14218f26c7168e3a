"""What became of a mail: whether it was taken, whether that is certain, and whether a further try can help."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from sla_engine.plugin import Message
from sla_engine.testing.fixtures import RunNotifier
from sla_engine.testing.servers.smtp import SmtpServer

MESSAGE = Message("incident-7-opened", "API is down", "The API answers 503.\n", "en", at=1_793_444_400_000_000)
Serve = Callable[..., Awaitable[int]]


def keys(port: int, to: str = '"it@maxony.example"') -> str:
    return (
        f'via = "email"\nserver = "smtp://127.0.0.1:{port}"\nfrom = "sla@maxony.example"\ntls = "none"\nto = [{to}]\n'
    )


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.mark.parametrize(
    ("stage", "reply", "is_final"),
    [
        ("greeting", "554 no SMTP here", False),  # of the server, which somebody can mend
        ("ehlo", "550 go away", False),
        ("mail", "550 not from you", False),
        ("mail", "451 later", False),
        ("rcpt", "550 5.1.1 nobody", True),
        ("rcpt", "450 4.2.0 greylisted", False),
        ("data", "554 no", False),
        ("data", "452 full", False),
    ],
)
def test_a_refusal_is_certain_and_says_why(
    server: SmtpServer, run_notifier: RunNotifier, stage: str, reply: str, is_final: bool
) -> None:
    server.break_(stage, reply)

    delivery = run_notifier(keys(server.port), MESSAGE)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, is_final)
    assert delivery.detail.startswith(f"{stage}: ")
    assert reply in delivery.detail
    assert server.mailbox == []


@pytest.mark.parametrize(
    ("reply", "certain", "is_final"),
    [
        ("554 5.7.1 looks like spam", True, True),
        ("451 4.3.0 try again", True, False),
        (None, False, False),  # closed without an answer
        ("", False, False),  # not answered at all
        ("hello", False, False),  # no answer that can be read
    ],
)
async def test_once_the_last_dot_is_written_only_an_answer_makes_certain(
    serve: Serve, run_notifier: RunNotifier, reply: str | None, certain: bool, is_final: bool
) -> None:
    port = await serve(conversation(after_data=reply))

    delivery = await asyncio.to_thread(run_notifier, keys(port), MESSAGE, seconds=1.0)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, certain, is_final)
    assert delivery.detail.startswith("data: ")


@pytest.mark.parametrize("stage", ["greeting", "ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize("how", ["closes", "is silent"])
def test_a_connection_that_is_lost_before_is_certain(
    server: SmtpServer, run_notifier: RunNotifier, stage: str, how: str
) -> None:
    server.break_(stage, delay=0.0 if how == "closes" else 3.0, close=how == "closes")

    delivery = run_notifier(keys(server.port), MESSAGE, seconds=0.6)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, False)
    assert delivery.detail.startswith(f"{stage}: ")
    assert server.mailbox == []


def test_a_server_that_is_gone_is_told(server: SmtpServer, run_notifier: RunNotifier) -> None:
    server.break_("connect")

    delivery = run_notifier(keys(server.port), MESSAGE)

    assert (delivery.sent, delivery.certain, delivery.detail) == (False, True, "connect: connection refused")


def test_a_mail_that_was_taken_stays_taken_whatever_the_server_does_then(
    server: SmtpServer, run_notifier: RunNotifier
) -> None:
    server.break_("quit", close=True)
    closed = run_notifier(keys(server.port), MESSAGE)
    server.break_("quit", delay=2.0)
    silent = run_notifier(keys(server.port), MESSAGE, seconds=0.8)

    assert closed.sent
    assert silent.sent
    assert len(server.mailbox) == 2


async def test_of_several_recipients_those_who_are_refused_are_told(
    mail_server: Serve, domain: Any, run_notifier: RunNotifier
) -> None:
    known = domain("it@maxony.example")
    port = await mail_server(known)
    both = keys(port, '"it@maxony.example", "gone@maxony.example"')
    gone = keys(port, '"gone@maxony.example"')

    partly = await asyncio.to_thread(run_notifier, both, MESSAGE)
    not_at_all = await asyncio.to_thread(run_notifier, gone, MESSAGE)

    assert (partly.sent, partly.certain) == (True, True)
    assert partly.detail.endswith("refused: gone@maxony.example: 550 5.1.1 no such mailbox (permanent)")
    assert known.taken == [("sla@maxony.example", ("it@maxony.example",))]
    assert (not_at_all.sent, not_at_all.is_final) == (False, True)


def test_a_secret_that_is_not_there_sends_nothing(server: SmtpServer, run_notifier: RunNotifier) -> None:
    login = 'username = "sla"\npassword = { env = "MISSING" }\n'

    delivery = run_notifier(keys(server.port) + login, MESSAGE)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, False)
    assert delivery.detail == "secret: the environment has no MISSING"


def test_certificates_that_cannot_be_read_are_told(server: SmtpServer, run_notifier: RunNotifier) -> None:
    toml = keys(server.port).replace('"none"', '"starttls"') + 'ca_file = "/nowhere/ca.pem"\n'
    with SmtpServer() as plain:
        delivery = run_notifier(toml.replace(str(server.port), str(plain.port)), MESSAGE)

    assert (delivery.sent, delivery.certain) == (False, True)
    assert "ca_file /nowhere/ca.pem: No such file or directory" in delivery.detail


def conversation(after_data: str | None) -> Callable[..., Awaitable[None]]:
    """A server that takes everything up to the last dot, and then says this, nothing (""), or closes (None)."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test\r\n")
        while True:
            line = await reader.readline()
            if line.startswith(b"DATA"):
                break
            writer.write(b"250 ok\r\n")
        writer.write(b"354 go on\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        if after_data:
            writer.write(f"{after_data}\r\n".encode())
        if after_data is not None:
            await reader.read()

    return talk
