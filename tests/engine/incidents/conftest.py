import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import select

from sla_engine import load_policies
from sla_engine.engine.incidents.attending import Attending
from sla_engine.model.incident import IncidentEvent, IncidentRecord
from sla_engine.model.instant import MINUTE, SECOND, Instant
from sla_engine.model.result import Result, State
from sla_engine.policy import PolicySet
from sla_engine.store import Store, open_store
from sla_engine.store.incidents import add_events, incidents_touching
from sla_engine.store.tables import notices
from sla_engine.testing.clock import FakeClock

STATES = {"D": State.DOWN, "U": State.UP, "d": State.DEGRADED, "?": State.ERROR}

SERVICES = """
[service.api]
every = "1m"
check.health = { probe = "http", url = "http://api.example/health" }
[service.web]
every = "1m"
check.home = { probe = "http", url = "http://web.example" }
depends_on = ["api"]
"""
NOTIFIERS = """
[notifier.mail]
via = "webhook"
url = "https://hooks.example"
secrets = [{ env = "HOOKS" }]
[notifier.phone]
via = "webhook"
url = "https://phone.example"
secrets = [{ env = "HOOKS" }]
"""
TWO_STEPS = """
[escalation.infrastructure]
on = { services = "all" }
confirm = 2
recover = 2
step = [ { notify = ["mail"] }, { after = "15m", notify = ["phone"] } ]
"""


class Watch:
    """An engine's incidents, minute by minute: what was seen is put in, and they are attended to.

    ``D``, ``U``, ``d`` and ``?`` are results; a dot is a minute without any.
    """

    def __init__(self, folder: Path, url: str, clock: FakeClock) -> None:
        self.folder, self.clock, self.start = folder, clock, clock.now()
        (folder / "policies").mkdir()
        self.url = url
        self.told: list[IncidentRecord] = []
        self.load()
        self.open()

    def open(self) -> None:
        """Begin, as an engine that starts does; what it knew before is only what the store holds."""
        self.store: Store = open_store(self.url)
        self.store.start_writer()
        self.attending = Attending(lambda: self.policies, self.store, self.clock, self.told.extend)
        self.store.writer.observers.append(self.attending.put)

    def close(self) -> None:
        self.store.close()

    def restart(self, minutes_later: float = 0) -> None:
        self.close()
        self.clock.pass_by(minutes_later * 60)
        self.open()
        self.attend()

    def load(self, more: str = "", *, services: str = SERVICES, escalations: str = TWO_STEPS) -> PolicySet:
        """Have policies be in force."""
        text = "".join(map(dedent, (services, NOTIFIERS, escalations, more)))
        (self.folder / "policies" / "policy.toml").write_text(text)
        self.policies = load_policies(self.folder / "policies", environ={})
        return self.policies

    def put(self, states: str, check: str = "api/health", *, at: float | None = None) -> None:
        """Results from a minute on, or from now; the clock stays."""
        first = self.minute if at is None else at
        for index, state in enumerate(states):
            if state != ".":
                self.store.writer.put(self.result(state, check, first + index))
        assert self.store.writer.flush(20)

    def result(self, state: str, check: str, minute: float) -> Result:
        reason = None if state == "U" else f"saw {STATES[state]}"
        return Result(check, self.start + round(minute * MINUTE), STATES[state], MINUTE, reason=reason)

    def see(self, states: str, check: str = "api/health") -> None:
        """A result each minute, and a look after each."""
        for state in states:
            self.put(state, check)
            self.clock.pass_by(60)
            self.attend()

    def causes(self) -> set[str | None]:
        """What those who are told hear that incidents may have in common."""
        with self.store.reading() as connection:
            return {json.loads(facts)["cause"] for facts in connection.execute(select(notices.c.facts)).scalars()}

    def endings(self) -> list[str | None]:
        """As what those who are told of the end of incidents hear that they were closed; None as seen to be over."""
        ends = select(notices.c.facts).where(notices.c.about == "recovered").order_by(notices.c.id)
        with self.store.reading() as connection:
            return [json.loads(facts)["closed_as"] for facts in connection.execute(ends).scalars()]

    def notice_keys(self) -> list[str]:
        """The keys of all notices."""
        with self.store.reading() as connection:
            return list(connection.execute(select(notices.c.key)).scalars())

    def pass_by(self, minutes: float) -> None:
        self.clock.pass_by(minutes * 60)
        self.attend()

    def attend(self) -> None:
        self.clock.pass_by(1 / SECOND)  # so that what happens at an instant is before the look
        self.attending.attend()

    def act(self, number: int, kind: str, who: str = "anna", **detail: str) -> None:
        """What a person does, in another process."""
        with open_store(self.url) as other, other.changing() as connection:
            add_events(connection, number, [IncidentEvent(self.clock.now(), kind, who, detail)])  # type: ignore[arg-type]

    @property
    def minute(self) -> float:
        return (self.clock.now() - self.start) // MINUTE

    def records(self) -> list[IncidentRecord]:
        with self.store.reading() as connection:
            return incidents_touching(connection, 0, 2**62)

    def incidents(self) -> list[str]:
        """Each incident as ``number service began opened ended closed``, in minutes."""
        return [self.text(record) for record in self.records()]

    def text(self, record: IncidentRecord) -> str:
        moments = (record.began_at, record.opened_at, record.ended_at, record.closed_at)
        return f"{record.number} {record.service} " + " ".join(self.in_minutes(at) for at in moments)

    def in_minutes(self, at: Instant | None) -> str:
        return "-" if at is None else f"{(at - self.start) / MINUTE:.0f}"

    def events(self, number: int = 1) -> list[str]:
        """What happened to an incident, as ``minute kind``."""
        record = next(one for one in self.records() if one.number == number)
        return [f"{self.in_minutes(event.at)} {event.kind}" for event in record.events]

    def notices(self) -> list[str]:
        """Who is told, as ``minute notifier about service``, in the order of entry."""
        with self.store.reading() as connection:
            rows = connection.execute(notices.select().order_by(notices.c.id)).mappings().all()
        return [f"{self.in_minutes(row['due_at'])} {row['notifier']} {row['about']}" for row in rows]


@pytest.fixture
def another_watch(tmp_path: Path, store_urls: Callable[[str], str]) -> Iterator[Callable[[], Watch]]:
    """A further engine, with a store and a clock of its own."""
    with ExitStack() as stack:

        def make() -> Watch:
            folder = tmp_path / "another"
            folder.mkdir()
            made = Watch(folder, store_urls("another"), FakeClock())
            stack.callback(made.close)
            return made

        yield make


@pytest.fixture
def watch(tmp_path: Path, store_url: str, fake_clock: FakeClock) -> Iterator[Watch]:
    made = Watch(tmp_path, store_url, fake_clock)
    yield made
    made.close()
