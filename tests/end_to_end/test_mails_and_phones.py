"""From notices in the outbox to the mailbox and the phone: real gateways' own counts are the truth."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from sla_engine import load_policies
from sla_engine.engine.outbox.dispatcher import Dispatcher
from sla_engine.registry.host import load_plugins
from sla_engine.store import Store, open_store
from sla_engine.store.outbox import Notice, Outgoing, add_notices, messages_in
from sla_engine.testing.clock import FakeClock
from sla_engine.testing.servers.smsc import SmscFault, SmscServer
from sla_engine.testing.servers.smtp import SmtpServer

NOTIFY = """
[service.web]
check.home = {{ probe = "http", url = "http://web.example" }}
[sla.standard]
timezone = "UTC"
availability.web = "99%"
[escalation.all]
on = {{ services = "all" }}
step = [{{ notify = ["mail", "phone"] }}]

[notifier.mail]
via = "email"
server = "smtp://{mail.host}:{mail.port}"
tls = "none"
from = "SLA <sla@maxony.example>"
to = ["it@maxony.example", "cto@maxony.example"]
language = "pt"

[notifier.phone]
via = "sms"
host = "{phone.host}"
port = {phone.port}
from = "MAXONY"
to = ["+351912345678"]
receipt = {{ within = "2s" }}
transliterate = true
language = "pt"
"""


class Office:
    """An engine's outbox, with a mail server and a gateway for short messages."""

    def __init__(self, store: Store, mail: SmtpServer, phone: SmscServer, folder: Path) -> None:
        self.store, self.mail, self.phone = store, mail, phone
        self.clock = FakeClock("2026-10-31T11:00:00Z")
        (folder / "policy.toml").write_text(NOTIFY.format(mail=mail, phone=phone))
        policies = load_policies(folder, environ={})
        self.dispatcher = Dispatcher(lambda: policies, load_plugins(), store, self.clock, {})

    def tell(self, about: str) -> None:
        """Enter the notices of one incident, one for each recipient."""
        now = self.clock.now()
        facts: dict[str, Any] = {
            "service": "web",
            "title": {"": "Loja não-oficial\r\nBcc: thief@evil.example"},
            "state": "down",
            "reason": "status 503, expected 2xx",
            "incident": 1,
            "began_at": now,
            "opened_at": now,
            "ended_at": now if about == "recovered" else None,
            "escalation": "all",
            "step": 1,
            "cause": None,
            "acknowledged_by": None,
        }
        told: dict[str, Any] = {"about": about, "facts": facts, "severity": "critical", "language": "pt"}
        notice = Notice("", now, now, "mail", thread="incident/1/all", **told)
        recipients = [("mail", "it@maxony.example"), ("mail", "cto@maxony.example"), ("phone", "+351912345678")]
        with self.store.changing() as connection:
            add_notices(
                connection,
                [
                    evolve(notice, key=f"incident/1/{about}/{to}", notifier=notifier, recipient=to)
                    for notifier, to in recipients
                ],
            )

    async def go(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            await self.dispatcher.turn()
            await self.dispatcher.settle()
            self.clock.pass_by(1)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    (tmp_path / "policies").mkdir()
    with (
        SmtpServer() as mail,
        SmscServer() as phone,
        open_store(f"sqlite:///{tmp_path / 'sla.db'}") as store,
    ):
        store.start_writer()
        made = Office(store, mail, phone, tmp_path / "policies")
        await made.dispatcher.recover()
        yield made
        await made.dispatcher.aclose()


async def test_an_outage_and_its_end_are_one_conversation_and_two_short_messages(office: Office) -> None:
    office.tell("opened")
    await office.go(2)
    office.clock.pass_by(600)
    office.tell("recovered")
    await office.go(2)

    mails = [received.message for received in office.mail.mailbox]
    assert sorted(received.recipients for received in office.mail.mailbox) == [
        ("cto@maxony.example",),
        ("cto@maxony.example",),
        ("it@maxony.example",),
        ("it@maxony.example",),
    ]
    assert len({mail["References"] for mail in mails}) == 1
    assert len({mail["Message-ID"] for mail in mails}) == 4
    assert {mail["Content-Language"] for mail in mails} == {"pt"}
    assert all("Loja não-oficial" in mail["Subject"] for mail in mails)
    assert {mail["Bcc"] for mail in mails} == {None}
    opened, recovered = [message.short_message for message in office.phone.messages]
    assert b"Loja nao-oficial" in opened
    assert opened != recovered
    assert [message.data_coding for message in office.phone.messages] == [0, 0]


async def test_greylisting_costs_a_try_and_no_second_mail(office: Office) -> None:
    office.mail.break_("rcpt", "450 4.2.0 greylisted")
    office.tell("opened")
    await office.go(2)
    assert office.mail.mailbox == []

    office.mail.mend()
    await office.go(10)

    assert sorted(received.recipients[0] for received in office.mail.mailbox) == [
        "cto@maxony.example",
        "it@maxony.example",
    ]
    assert len(office.phone.messages) == 1


def messages(office: Office) -> list[Outgoing]:
    with office.store.reading() as connection:
        return messages_in(connection, ("pending", "sending", "sent", "uncertain", "dead"))


async def test_a_number_that_does_not_exist_is_given_up_with_the_gateways_word(office: Office) -> None:
    office.phone.break_("submit", SmscFault(status=0x0B))
    office.tell("opened")
    await office.go(2)

    [given_up] = [one for one in messages(office) if one.lane.notifier == "phone"]
    assert given_up.state == "dead"
    assert "invalid destination address" in given_up.detail
