"""A desk that is written to: real mails, as programs write them, into a real store."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from attrs import define

from sla_engine import load_policies
from sla_engine.engine.mail.intake import Intake, Taken
from sla_engine.engine.mail.mail import Envelope
from sla_engine.engine.mail.reading import read_mail
from sla_engine.engine.outbox.gathering import find_due, gather
from sla_engine.engine.tickets.acting import Desk
from sla_engine.engine.tickets.changing import Case, read_case
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import Instant
from sla_engine.policy import PolicySet
from sla_engine.store import Store, open_store
from sla_engine.store.outbox import Outgoing, messages_in
from sla_engine.store.tickets import select_tickets

POLICIES = """
[calendar.office]
timezone = "UTC"
hours.mon-fri = "10:00-18:00"

[service.web]
check.home = { probe = "http", url = "http://127.0.0.1:1/" }

[sla.standard]
availability.web = "99%"
timezone = "UTC"
response.first = { within = "4h", during = "office" }

[customer.acme]
name = "ACME S.A."
contacts = ["ops@acme.example", "it@acme.example"]
language = "fr"
sla = "standard"

[customer.zeta]
name = "Zeta"
contacts = ["ops@zeta.example"]
sla = "standard"

[support.first]

[notifier.mail]
via = "email"
server = "smtp://127.0.0.1:25"
from = "support@provider.example"
gather = "0s"

[engine.desk]
notifier = "mail"
site = "https://status.provider.example/"
address = "support@provider.example"
authserv_id = "mx.provider.example"
"""


def written(text: str = "No mail arrives.", **fields: Any) -> EmailMessage:
    """A mail as a program writes it; fields by their names, with ``_`` for ``-``, and None for none."""
    mail = EmailMessage(policy=SMTP)
    mail.set_content(text)
    known: dict[str, Any] = {
        "From": "Zoé <ops@acme.example>",
        "To": "support@provider.example",
        "Subject": "No mail arrives",
        "Message-ID": "<first@acme.example>",
        "Date": "Thu, 08 Jan 2026 15:00:00 +0000",
    }
    known |= {name.replace("_", "-"): value for name, value in fields.items()}
    for name, value in known.items():
        if value is not None:
            mail[name] = value
    return mail


@define
class Post:
    """A desk that takes mails on Thursday, 8 January 2026, from 15:00 on."""

    policies: PolicySet
    store: Store
    now: Instant = 1_767_884_400_000_000

    def later(self, length: str) -> "Post":
        self.now += parse_duration(length).microseconds
        return self

    def take(
        self,
        mail: EmailMessage | bytes,
        *to: str,
        sender: str | None = "ops@acme.example",
        arrived_at: Instant | None = None,
    ) -> Taken:
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        read = read_mail(raw, Envelope(sender, to), self.policies.engine.desk.authserv_id)
        return Intake(self.policies, self.store, self.now).take(read, arrived_at)

    @property
    def desk(self) -> Desk:
        return Desk(self.policies, self.store, "ana", self.now)

    def read(self, number: str = "T-1") -> Case:
        return read_case(self.policies, self.store, number, self.now)

    def numbers(self) -> list[str]:
        with self.store.reading() as connection:
            return sorted(ticket.number for ticket in select_tickets(connection))

    def sent(self) -> list[Outgoing]:
        """What is in the outbox for customers, once it was gathered."""
        for _ in range(15):
            with self.store.changing() as connection:
                gather(connection, self.policies, self.now, find_due(connection, self.policies, self.now))
                connection.exec_driver_sql("UPDATE messages SET state = 'sent' WHERE state = 'pending'")
        with self.store.reading() as connection:
            return messages_in(connection, ("sent",))


@pytest.fixture
def post(tmp_path: Path, store_url: str) -> Iterator[Post]:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "all.toml").write_text(POLICIES)
    with open_store(store_url) as store:
        store.upgrade()
        yield Post(load_policies(tmp_path / "policies"), store)
