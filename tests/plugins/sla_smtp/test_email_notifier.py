"""The email notifier: what arrives is what was meant, once, under its own id."""

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import frozen

from sla_engine.plugin import Message, Secret
from sla_engine.registry.secrets import SecretSource
from sla_engine.testing.servers.smtp import SmtpServer
from sla_smtp.notifier import EmailNotifier

MESSAGE = Message("incident-7-opened", "API is down", "The API answers 503.\n", "en")


@frozen
class Handed:
    """What a notifier is handed."""

    secrets: SecretSource
    log: Any = None
    clock: Any = None
    http: Any = None


HANDED = Handed(SecretSource({"PASSWORD": "pass"}, lambda _: None))


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def notifier_of(server: SmtpServer, **fields: Any) -> EmailNotifier:
    values = {"from_": "sla@maxony.example", "to": ["it@maxony.example"], "tls": "none", **fields}
    return EmailNotifier(server=f"smtp://{server.host}:{server.port}", **values)


async def test_a_message_arrives_under_its_key(server: SmtpServer) -> None:
    delivery = await notifier_of(server).send(MESSAGE, HANDED)

    assert (delivery.sent, delivery.certain) == (True, True)
    [received] = server.mailbox
    assert received.message["Message-ID"] == "<incident-7-opened@maxony.example>"
    assert received.message["Subject"] == "API is down"
    assert received.message.get_content().splitlines() == ["The API answers 503."]
    assert received.recipients == ("it@maxony.example",)


@pytest.mark.parametrize(("stage", "reply"), [("mail", "451 later"), ("rcpt", "550 nobody"), ("data", "554 no")])
async def test_a_refusal_is_certain_and_says_why(server: SmtpServer, stage: str, reply: str) -> None:
    server.break_(stage, reply)

    delivery = await notifier_of(server).send(MESSAGE, HANDED)

    assert (delivery.sent, delivery.certain) == (False, True)
    assert reply.split()[1] in delivery.detail
    assert server.mailbox == []


async def test_a_server_that_is_gone_is_told(server: SmtpServer) -> None:
    server.break_("connect")

    delivery = await notifier_of(server).send(MESSAGE, HANDED)

    assert (delivery.sent, delivery.certain) == (False, True)


async def test_clear_text_is_never_fallen_back_to(server: SmtpServer) -> None:
    delivery = await notifier_of(server, tls="starttls").send(MESSAGE, HANDED)

    assert not delivery.sent
    assert server.mailbox == []


async def test_it_logs_in_with_a_secret() -> None:
    with SmtpServer(users={"sla": "pass"}) as server:
        delivery = await notifier_of(server, username="sla", password=Secret("env", "PASSWORD")).send(MESSAGE, HANDED)
        assert delivery.sent


async def test_a_subject_cannot_smuggle_a_header(server: SmtpServer) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        await notifier_of(server).send(Message("k", "a\r\nBcc: x@y.example", "text"), HANDED)


@pytest.mark.parametrize(
    "fields",
    [
        {"server": "mail.example"},
        {"server": "smtp://m", "to": []},
        {"server": "smtp://m", "username": "x"},
        {"server": "smtp://m", "from_": "a\r\nb"},
    ],
)
def test_what_makes_no_sense_is_refused_when_the_policy_is_read(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        EmailNotifier(**{"from_": "a@b.example", "to": ["c@d.example"], **fields})
