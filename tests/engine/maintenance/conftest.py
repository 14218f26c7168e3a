import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sla_engine import load_policies
from sla_engine.engine.maintenance.announcer import Announcer
from sla_engine.engine.maintenance.occurrences import Occurrence, known_occurrences
from sla_engine.engine.maintenance.proof import maintenance_within
from sla_engine.model.instant import MINUTE, Instant, format_instant, parse_instant
from sla_engine.model.maintenance import Maintenance
from sla_engine.policy import PolicySet
from sla_engine.store import Store, open_store
from sla_engine.store.tables import announcements, messages, notices
from sla_engine.testing.clock import FakeClock

HOUSE = """
[service.api]
title = { en = "API", pt = "Interface" }
every = "1m"
check.health = { probe = "http", url = "http://api.example" }
[service.web]
every = "1m"
check.home = { probe = "http", url = "http://web.example" }
[sla.standard]
timezone = "UTC"
availability = { api = "99%", web = "99%" }
[sla.web-only]
timezone = "UTC"
availability.web = "99%"
[customer.acme]
sla = "standard"
contacts = ["ops@acme.example", "cto@acme.example"]
language = "pt"
availability.relay = "99%"
[customer.acme.service.relay]
every = "1m"
check.smtp = { probe = "smtp", host = "relay.acme.example" }
[customer.bolt]
sla = "web-only"
contacts = ["it@bolt.example"]
[notifier.customers-mail]
via = "email"
server = "smtp://127.0.0.1:25"
from = "sla@maxony.example"
[notifier.list]
via = "email"
server = "smtp://127.0.0.1:25"
from = "sla@maxony.example"
to = ["all@lists.example"]
"""
UPGRADE = """
[maintenance.upgrade]
services = ["api"]
starts = 2026-12-05T22:00:00Z
lasts = "2h"
title = { en = "Database upgrade", pt = "Atualização da base de dados" }
announce = ["customers-mail", "in-app"]
reminders = ["24h", "1h"]
"""


class House:
    """Policies that can be changed, a store, and an announcer whose clock goes when it is told to."""

    def __init__(self, folder: Path, store: Store, clock: FakeClock) -> None:
        self.folder = folder
        self.store = store
        self.clock = clock
        self.policies: PolicySet
        self.restart()

    def restart(self) -> None:
        """A new process: whatever was not in the store is forgotten."""
        self.announcer = Announcer(lambda: self.policies, self.store, self.clock)

    def load(self, *texts: str) -> None:
        """Have other policies in force."""
        (self.folder / "policy.toml").write_text("".join((HOUSE, *texts)), encoding="utf-8")
        self.policies = load_policies(self.folder, environ={})

    def at(self, moment: str) -> list[str]:
        """Let time pass until a moment, look then, and give what was announced to whom by that."""
        before = self._counts()
        self.clock.pass_by((parse_instant(moment) - self.clock.now()) / 1_000_000)
        self.announcer.look()
        return self._news(*before)

    def sent(self, at: str, *, to: str = "%", about: str = "%", state: str = "sent") -> None:
        """Have what waits for some addressees have been sent by a message at an instant."""
        with self.store.changing() as connection:
            waiting = (notices.c.state == "waiting") & notices.c.recipient.like(to) & notices.c.about.like(about)
            for row in connection.execute(sa.select(notices).where(waiting)).all():
                values = {
                    "notifier": row.notifier,
                    "recipient": row.recipient,
                    "language": row.language,
                    "key": row.key,
                }
                values |= {"severity": "major", "content": "{}", "cost": 0, "tries": 1, "may_be_out": False}
                moments = {"at": parse_instant(at), "ended_at": parse_instant(at), "give_up_at": 0}
                made = messages.insert().values(**values, **moments, state=state).returning(messages.c.id)
                number = connection.execute(made).scalar_one()
                told = notices.update().where(notices.c.id == row.id)
                connection.execute(told.values(state="told", message=number))

    def proofs(self, *, customer: str | None = None, sla: str = "standard") -> list[str]:
        """Each part of December's maintenance, with when it was announced and how, for a contract."""
        start, end = parse_instant("2026-12-01T00:00:00Z"), parse_instant("2027-01-01T00:00:00Z")
        contract = self.policies.contract(customer=customer) if customer else self.policies.contract(sla=sla)
        return [_shown(one) for one in maintenance_within(self.policies, self.store, contract, start, end)]

    def occurrences(self) -> list[Occurrence]:
        return known_occurrences(self.store, 0)

    def facts(self) -> list[dict[str, Any]]:
        with self.store.reading() as connection:
            return [json.loads(facts) for facts in connection.execute(sa.select(notices.c.facts)).scalars()]

    def _counts(self) -> tuple[int, int]:
        with self.store.reading() as connection:
            return tuple(  # type: ignore[return-value]
                connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for table in (announcements, notices)
            )

    def _news(self, records: int, told: int) -> list[str]:
        with self.store.reading() as connection:
            new = connection.execute(sa.select(announcements).order_by(announcements.c.id).offset(records)).all()
            news = [f"{row.what} {row.maintenance} {row.sequence}: {_span(row.start, row.end)}" for row in new]
            for row in connection.execute(sa.select(notices).order_by(notices.c.id).offset(told)):
                services = ", ".join(service["id"] for service in json.loads(row.facts)["services"])
                about = row.about.removeprefix("maintenance-")
                news.append(f"  {row.recipient or row.notifier} ({row.language}): {about}, {services}")
            return news


def _shown(one: Maintenance) -> str:
    proof = "never" if one.announced_at is None else f"{format_instant(one.announced_at)[5:16]} by {one.channel}"
    return f"{', '.join(one.services)} {_span(*one.window)}: {proof}"


def _span(start: Instant, end: Instant) -> str:
    return f"{format_instant(start)[5:16]}+{(end - start) // MINUTE}m"


@pytest.fixture
def upgrade() -> str:
    """Maintenance of the API on 5 December from 22:00 to 24:00."""
    return UPGRADE


@pytest.fixture
def house(tmp_path: Path, store_url: str, fake_clock: FakeClock) -> Iterator[House]:
    (tmp_path / "policies").mkdir()
    with open_store(store_url) as store:
        store.start_writer()
        fake_clock.wall = parse_instant("2026-11-26T09:00:00Z")
        made = House(tmp_path / "policies", store, fake_clock)
        made.load()
        yield made
