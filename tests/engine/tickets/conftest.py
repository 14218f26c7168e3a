from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define

from sla_engine import load_policies
from sla_engine.engine.tickets.acting import Desk
from sla_engine.engine.tickets.changing import Case, read_case
from sla_engine.engine.tickets.opening import Opening, open_ticket
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import Instant
from sla_engine.policy import PolicySet
from sla_engine.store import Store, open_store

POLICIES = """
[calendar.office]
timezone = "UTC"
hours.mon-fri = "10:00-18:00"

[service.api]
title = { en = "Interface", fr = "Interface de programmation" }
check.health = { probe = "http", url = "http://127.0.0.1:1/" }
[service.web]
check.home = { probe = "http", url = "http://127.0.0.1:1/" }

[sla.standard]
availability.api = "99%"
timezone = "UTC"
response.first = { within = "4h", during = "office" }
response.second = { within = "8h", during = "office" }

[customer.acme]
name = "ACME S.A."
number = "C-1042"
contacts = ["ops@acme.example", "it@acme.example"]
language = "fr"
incident_tickets = true
sla = "standard"
response.first = { within = "2h", during = "office" }

[support.first]
title = { en = "First level", fr = "Premier niveau" }
escalates_to = ["second"]
[support.second]
requires = ["customer_number", "browser", "screenshot", "reproduced", "faq_searched"]
requires_for.deliverability = ["dns", "spf", "dkim"]
teams = { deliverability = "network", other = "development" }

[notifier.mail]
via = "email"
server = "smtp://127.0.0.1:25"
from = "support@provider.example"
to = ["support@provider.example"]

[notifier.lead]
via = "email"
server = "smtp://127.0.0.1:25"
from = "support@provider.example"
to = ["lead@provider.example"]

[escalation.late]
on = { levels = ["first"] }
repeat = "1h"
step = [{ at = "75%", notify = ["mail"] }, { notify = ["mail"] }, { after = "30m", notify = ["lead"] }]

[engine.desk]
notifier = "mail"
site = "https://status.provider.example/"
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


@define
class Office:
    """A desk on Thursday, 8 January 2026, from 15:00 on; the office is open from 10:00 to 18:00."""

    policies: PolicySet
    store: Store
    folder: Path
    now: Instant = 1_767_884_400_000_000

    def later(self, length: str) -> "Office":
        self.now += parse_duration(length).microseconds
        return self

    def open(self, subject: str = "No mail arrives", **how: object) -> Case:
        opening = Opening(subject, **{"customer": "acme", "text": "Since noon.", "who": "ana", **how})  # type: ignore[arg-type]
        return open_ticket(self.policies, self.store, opening, self.now)

    @property
    def desk(self) -> Desk:
        return Desk(self.policies, self.store, "ana", self.now)

    def read(self, number: str = "T-1") -> Case:
        return read_case(self.policies, self.store, number, self.now)


@pytest.fixture
def office(tmp_path: Path, store_url: str) -> Iterator[Office]:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "all.toml").write_text(POLICIES)
    with open_store(store_url) as store:
        store.upgrade()
        yield Office(load_policies(tmp_path / "policies"), store, tmp_path / "policies")
