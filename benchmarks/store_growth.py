"""A year of a busy installation: where its bytes are, what is asked of it takes, and what pruning gives back.

500 services with one-minute results, 20 incidents a day with five notices each, of which messages with HTML are made by
the outbox's own gathering, and 30 tickets a day with a screenshot of 200 kB each. In the last month the receiver of
repetitions is dead. Five days are written by the real writers, though nothing is sent, and then repeated until it is a
year; of results one day of 50 checks is written and packed, and what files and results weigh is multiplied.
"""

import random
import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import frozen

from sla_engine import load_policies
from sla_engine.engine.maintenance.occurrences import known_occurrences
from sla_engine.engine.outbox.gathering import find_due, gather
from sla_engine.engine.outbox.handing_on import is_failing
from sla_engine.engine.outbox.showing import UNSETTLED, in_outbox
from sla_engine.engine.outbox.trying import begin, record
from sla_engine.engine.pruning import prune
from sla_engine.engine.tickets.files import attachment
from sla_engine.engine.tickets.opening import Opening, open_ticket
from sla_engine.model.incident import IncidentEvent, IncidentRecord
from sla_engine.model.instant import DAY, HOUR, MINUTE, Instant, parse_instant
from sla_engine.model.result import Result, State
from sla_engine.plugin import Delivery
from sla_engine.policy import PolicySet
from sla_engine.store import Store, open_store
from sla_engine.store.incidents import (
    add_incident,
    escalations_told,
    incidents_touching,
    told_of,
    unclosed_incidents,
)
from sla_engine.store.outbox import Notice, add_notices, standing
from sla_engine.store.outbox.threads import notices_under
from sla_engine.store.tickets import select_tickets, unsettled_tickets

SERVICES, INCIDENTS_A_DAY, TICKETS_A_DAY, SCREENSHOT = 500, 20, 30, 200_000
DAYS, WRITTEN, CHECKS = 365, 5, 50
START = parse_instant("2026-01-01T00:00:00Z")
END = START + DAYS * DAY
TAKEN = Delivery(sent=True, certain=True, detail="250 ok", reference="<made@example.com>")
DEAD = Delivery(sent=False, certain=True, detail="503")
POLICIES = """
[service.web]
check.home = {{ probe = "http", url = "http://127.0.0.1:1/" }}
[sla.standard]
availability.web = "99%"
[support.first]
[notifier]
mail = {{ via = "email", server = "smtp://127.0.0.1:1", from = "us@example.com", to = ["a@x.example", "b@x.example"] }}
dead = {{ via = "email", server = "smtp://127.0.0.1:1", from = "us@example.com", to = ["c@example.com"] }}
desk = {{ via = "email", server = "smtp://127.0.0.1:1", from = "us@example.com", to = ["d@example.com"] }}
[escalation.all]
on = {{ services = "all" }}
repeat = "4h"
step = [{{ notify = ["mail", "dead"] }}]
[engine]
store = "{store}"
desk = {{ address = "help@example.com", notifier = "desk" }}
limits = {{ recipient = {{ messages = 10000, every = "1h" }} }}
"""


@frozen
class Year:
    """What is written."""

    policies: PolicySet
    store: Store
    chance: random.Random

    def fill(self) -> None:
        for day in range(WRITTEN):
            for number in range(INCIDENTS_A_DAY):
                self.incident(START + day * DAY + number * DAY // INCIDENTS_A_DAY)
            for number in range(TICKETS_A_DAY):
                self.ticket(START + day * DAY + number * DAY // TICKETS_A_DAY)

    def incident(self, at: Instant) -> None:
        """One that lasts an hour, of which two people are told at its beginning and end, and one is told again."""
        service = f"service-{self.chance.randrange(SERVICES)}"
        opened = IncidentEvent(at + MINUTE, "opened", detail={"check": f"{service}/home", "reason": "status 503"})
        closed = IncidentEvent(at + HOUR, "closed")
        made = IncidentRecord(0, service, at, opened.at, closed.at, closed.at, "down", False, (opened, closed))
        with self.store.changing() as connection:
            number = add_incident(connection, made).number
        told = (("opened", at, "ab"), ("repeated", at + HOUR // 2, "a"), ("recovered", at + HOUR, "ab"))
        for about, now, people in told:
            self.tell([self.notice(number, service, now, about, f"{who}@x.example") for who in people], now)
            self.send(now)

    def tell(self, found: list[Notice], now: Instant) -> None:
        with self.store.changing() as connection:
            add_notices(connection, found)
            gather(connection, self.policies, now, find_due(connection, self.policies, now))

    def notice(
        self, number: int, service: str, at: Instant, about: str, recipient: str, notifier: str = "mail"
    ) -> Notice:
        facts = {
            "service": service, "title": {"": service.capitalize()}, "state": "down", "incident": number,
            "reason": "status 503, expected 2xx", "began_at": at, "opened_at": at, "escalation": "all", "step": 1,
            "ended_at": at + HOUR if about == "recovered" else None, "cause": None, "acknowledged_by": None,
        }  # fmt: skip
        thread = f"incident/{number}/all"
        key = f"{thread}/{about}/{at}/{notifier}/{recipient}"
        return Notice(key, at, at, notifier, thread, about, facts, recipient=recipient)

    def ticket(self, at: Instant) -> None:
        screenshot = attachment("screen.png", b"\x89PNG\r\n\x1a\n" + self.chance.randbytes(SCREENSHOT))
        text = "Since this morning our mails do not arrive. " * 15
        sender = f"user{self.chance.randrange(2_000)}@customer.example"
        opening = Opening("No mail arrives", text, sender=sender, level="first", files=(screenshot,))
        open_ticket(self.policies, self.store, opening, at)
        self.tell([], at)
        self.send(at)

    def repetitions(self) -> None:
        """Twenty incidents that last for a month, told every four hours by a notifier that is dead."""
        for at in range(END - 30 * DAY, END, 4 * HOUR):
            self.tell([self.repetition(number, at) for number in range(1, 21)], at)
            self.send(at, DEAD)

    def repetition(self, number: int, at: Instant) -> Notice:
        return self.notice(number, f"service-{number}", at, "repeated", "c@example.com", "dead")

    def send(self, now: Instant, delivery: Delivery = TAKEN) -> None:
        with self.store.changing() as connection:
            while begun := begin(connection, self.policies, {}, now):
                for outgoing in begun:
                    record(connection, self.policies, outgoing, delivery, now)
                if delivery is DEAD:
                    return

    def results(self) -> None:
        """A day of results, packed."""
        for slot in range(1_440):
            for number in range(CHECKS):
                latency = int(self.chance.lognormvariate(11, 0.5))
                at = START + slot * MINUTE
                self.store.writer.put(Result(f"service-{number}/home", at, State.UP, MINUTE, latency=latency))
        self.store.writer.flush()
        self.store.pack(START + DAY)


REPEATED = ("incidents", "incident_events", "messages", "message_words", "notices", "tickets", "ticket_entries")
"""The tables whose rows are written again for later days, in an order that foreign keys allow."""
NUMBERS = {"id": "{table}", "incident": "incidents", "message": "messages", "ticket": "tickets"}
"""By which table's rows a column counts."""
UNIQUE = ("key", "token")


def repeat(path: Path) -> None:
    """Have what was written in the first days happen again and again, until the year is over."""
    with sqlite3.connect(path) as connection:
        connection.create_function(
            "renumbered", 2, lambda text, by: re.sub(r"\d+", lambda n: str(int(n[0]) + by), text, count=1)
        )
        most = {table: connection.execute(f"SELECT MAX(rowid) FROM {table}").fetchone()[0] for table in REPEATED}
        for turn in range(1, DAYS // WRITTEN):
            for table in REPEATED:
                columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                values = ", ".join(again(column, table, turn, most) for column in columns)
                names = ", ".join(columns)
                connection.execute(
                    f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE rowid <= {most[table]}"
                )
            connection.commit()


def again(column: str, table: str, turn: int, most: dict[str, int]) -> str:
    """A column of a row as it is when the same happens so many turns later."""
    if column in NUMBERS:
        return f"{column} + {turn * most[NUMBERS[column].format(table=table)]}"
    if column.endswith("at") and column != "give_up_at":
        return f"{column} + {turn * WRITTEN * DAY}"
    if column in UNIQUE:
        return f"{column} || '/{turn}'"
    if column == "thread":
        by = turn * most["incidents"]
        return f"renumbered(thread, {by})"
    return column


def questions(year: Year) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is asked of the store, and by whom."""
    now, policies = END, year.policies

    def asked(question: Callable[..., object], *given: object) -> Callable[[], object]:
        def ask() -> object:
            with year.store.reading() as connection:
                return question(connection, *given)

        return ask

    yield "dispatcher, each second: how it stands", asked(standing, now)
    yield "dispatcher, each second: what keeps failing", asked(is_failing, now)
    yield "dispatcher, while it has work: what is due", asked(lambda connection: find_due(connection, policies, now))
    yield "engine's trouble, every 5 s", asked(notices_under, "engine", now - 400 * DAY)
    yield "tickets of incidents, every 5 s", asked(incidents_touching, now - DAY, now + 1)
    yield "tickets upon which a clock runs, every 5 s", asked(unsettled_tickets)
    yield "maintenance, each minute", lambda: known_occurrences(year.store, now - 3 * DAY)
    yield "incidents, at a start", asked(escalations_told)
    yield "incidents, at a start: open ones", asked(unclosed_incidents)
    yield "`sla notifications`", asked(in_outbox, UNSETTLED, 50)
    yield "`sla notifications --state sent`", asked(in_outbox, ["sent"], 50)
    yield "`sla incident list`", asked(incidents_touching, 0, 2**62)
    yield "`sla incident show`", asked(told_of, 1)
    yield "`/tickets`", asked(lambda connection: select_tickets(connection, most=100))


def ask(year: Year) -> None:
    for name, question in questions(year):
        question()
        began = time.process_time()
        for _ in range(3):
            question()
        print(f"  {name:48s} {(time.process_time() - began) / 3 * 1e3:8.2f} ms", flush=True)


def bytes_of(path: Path) -> None:
    """Print what each table weighs, its indexes with it."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT m.tbl_name, SUM(s.pgsize) FROM dbstat('main', 1) AS s JOIN sqlite_master AS m ON m.name = s.name "
            "GROUP BY 1 ORDER BY 2 DESC"
        ).fetchall()
        free = connection.execute("PRAGMA freelist_count").fetchone()[0] * 4096
    times = {"packed_days": DAYS * SERVICES / CHECKS, "attachments": DAYS / WRITTEN}
    for table, size in rows:
        if (whole := size * times.get(table, 1)) > 500_000:
            print(f"  {table:20s} {whole / 1e6:9.1f} MB", flush=True)
    print(f"  {'free in the file':20s} {free / 1e6:9.1f} MB; the file {path.stat().st_size / 1e6:.1f} MB", flush=True)


def pruned(year: Year, path: Path) -> None:
    """Prune a copy of all that is settled, and see how long a batch holds the writer, and what comes of the space."""
    with open_store(f"sqlite:///{path}") as store:
        store.start_writer()
        began, batches = time.process_time(), []
        now = END + 401 * DAY
        at = time.perf_counter()
        for _ in prune(year.policies, store, now):
            batches.append(time.perf_counter() - at)
            at = time.perf_counter()
        spent = time.process_time() - began
    print(f"pruned in {len(batches)} batches, {spent:.1f} s of CPU time; the longest took {max(batches) * 1e3:.0f} ms")
    bytes_of(path)
    began_at = time.perf_counter()
    with sqlite3.connect(path) as connection:
        connection.execute("VACUUM")
    print(f"VACUUM took {time.perf_counter() - began_at:.1f} s; the file then has {path.stat().st_size / 1e6:.1f} MB")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "sla.db"
        (folder / "policy.toml").write_text(POLICIES.format(store=f"sqlite:///{path}"))
        policies = load_policies(folder / "policy.toml", environ={})
        with open_store(policies.engine.store) as store:
            store.start_writer()
            year = Year(policies, store, random.Random(7))
            year.fill()
            year.results()
            repeat(path)
            year.repetitions()
            bytes_of(path)
            ask(year)
        shutil.copy(path, folder / "copy.db")
        pruned(year, folder / "copy.db")


if __name__ == "__main__":
    main()
