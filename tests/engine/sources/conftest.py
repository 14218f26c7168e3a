from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve

from sla_engine import load_policies
from sla_engine.engine.sources.entering import Entered, by_ticket, desk_of, enter_ticket
from sla_engine.engine.sources.following import Sources
from sla_engine.engine.tickets.changing import Case, read_case
from sla_engine.engine.tickets.shown import case_json
from sla_engine.model.instant import format_instant, parse_instant
from sla_engine.plugin import SourceEvent
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import load_plugins
from sla_engine.store import Store, open_store
from sla_engine.testing.clock import FakeClock
from tests.plugins.sla_desks.look_alikes import Glpi, Zammad

POLICIES = """
[calendar.office]
timezone = "UTC"
hours.mon-fri = "08:00-18:00"

[service.api]
check.health = { probe = "http", url = "http://127.0.0.1:1/" }

[sla.standard]
availability.api = "99%"
timezone = "UTC"
response.first = { within = "4h", during = "office" }
response.second = { within = "8h", during = "office" }

[customer.acme]
name = "ACME S.A."
contacts = ["ops@acme.example"]
sla = "standard"
response.first = { within = "1h", during = "office" }

[support.first]
escalates_to = ["second"]
[support.second]
teams = { other = "development" }

[notifier.mail]
via = "email"
server = "smtp://127.0.0.1:25"
from = "support@provider.example"
to = ["support@provider.example"]

[engine.desk]
notifier = "mail"
"""
NOW = parse_instant("2026-10-03T12:00:00Z")


@define
class Desk:
    """A store into which events are entered, with the policies of a help desk called ``helpdesk``."""

    policies: PolicySet
    store: Store

    def enter(self, *events: SourceEvent, source: str = "helpdesk") -> Entered:
        entered = Entered()
        with self.store.changing() as connection:
            for own in by_ticket(events):
                entered += enter_ticket(connection, self.policies, desk_of(self.policies, source), own, NOW)
        return entered

    def read(self, number: str = "helpdesk:1") -> Case:
        return read_case(self.policies, self.store, number, NOW)

    def shown(self, number: str = "helpdesk:1") -> dict[str, Any]:
        """The ticket as programs see it, entries of one instant in no order of theirs."""
        shown = dict(case_json(self.read(number)))
        return {**shown, "entries": sorted(shown["entries"], key=str)}


@pytest.fixture
def make_desk(tmp_path: Path, store_urls: Callable[[str], str]) -> Iterator[Callable[..., Desk]]:
    """A desk with an empty store."""
    opened: list[Store] = []

    def make(more: str = "") -> Desk:
        folder = tmp_path / str(len(opened))
        folder.mkdir()
        (folder / "all.toml").write_text(POLICIES + (more or HELPDESK))
        store = open_store(store_urls(f"desk-{len(opened)}"))
        store.upgrade()
        opened.append(store)
        return Desk(load_policies(folder, environ={}), store)

    yield make
    for store in opened:
        store.close()


HELPDESK = """
[ticket-source.helpdesk]
via = "generic"
secret = { env = "HOOK" }
levels = { "1st Level" = "first", "2nd Level" = "second" }
customers = { "ACME International" = "acme" }
"""


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


class LookingClock(FakeClock):
    """The wall clock stands at noon and goes when it is told to, and so do the looks; a look's own deadline is real."""

    def monotonic(self) -> float:
        return SystemClock().monotonic() + self.steady


@pytest.fixture
def clock() -> LookingClock:
    return LookingClock("2026-10-03T12:00:00Z")


@pytest.fixture
def sources(clock: LookingClock) -> Callable[[Desk], Sources]:
    """What follows a desk's sources."""
    environ = {"TOKEN": Zammad.token, "USER": Glpi.user_token, "APP": Glpi.app_token, "HOOK": "hook-secret"}

    def make(desk: Desk) -> Sources:
        return Sources(lambda: desk.policies, load_plugins(), desk.store, clock, environ)

    return make


def happened(*lines: str) -> Sequence[SourceEvent]:
    """Events of ticket 1, as ``08:00 opened 1st Level``, on 1 October 2026."""
    events = []
    for line in lines:
        time, act, *level = line.split(" ", 2)
        at = parse_instant(f"2026-10-01T{time}:00Z")
        events.append(SourceEvent("1", act, at, f"{act}/{time}", level[0] if level else None))  # type: ignore[arg-type]
    return events


def described(time: str, **details: str) -> SourceEvent:
    event = SourceEvent("1", "described", parse_instant(f"2026-10-01T{time}:00Z"), f"described/{time}")
    return evolve(event, **details)


def clocks(case: Case) -> list[tuple[Any, ...]]:
    """Level, start, end, due, and whether it was kept."""
    return [
        (
            one.level,
            *(None if at is None else format_instant(at)[11:16] for at in (one.clock.started_at, one.clock.stopped_at)),
            None if one.clock.due_at is None else format_instant(one.clock.due_at)[11:16],
            one.clock.met,
        )
        for one in case.clocks
    ]
