"""How much time the figures of a month take, of a desk that had 100,000 tickets in a year, by 200 contracts.

The target: the figures of the whole desk in at most 2 s of CPU time. Beside them what one writes first: SQL that holds
the time on the wall from the opening to the first answer against what each customer was promised. It is right where
the desk is always open and nobody is ever asked back; how often it is wrong here is counted.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
from attrs import frozen
from judgement import best, report

from sla_engine import load_policies
from sla_engine.calendars import Calendar
from sla_engine.calendars.periods import Period
from sla_engine.engine.freezing import judge_from
from sla_engine.engine.in_force import Judged, to_judge
from sla_engine.engine.tickets.figures import contract_figures, desk_figures
from sla_engine.engine.tickets.levels import team_for
from sla_engine.evaluation.response import by_ticket, clock_by_its_terms, courses_of
from sla_engine.evaluation.support import support_figures
from sla_engine.model.instant import HOUR, MINUTE, Instant, parse_instant
from sla_engine.model.support import TicketStory
from sla_engine.policy import PolicySet
from sla_engine.store import Store, open_store
from sla_engine.store.tables import ticket_entries, tickets
from sla_engine.store.ticket_events import ticket_stories

TICKETS = 100_000
CUSTOMERS = 200
START, END = parse_instant("2026-01-01T00:00:00Z"), parse_instant("2027-01-01T00:00:00Z")
TOPICS = (None, None, "deliverability", "legal", "billing")

POLICIES = """
[calendar.office]
timezone = "Europe/Lisbon"
hours.mon-fri = "08:00-17:00"
holidays = ["PT"]

[service.api]
check.health = { probe = "http", url = "http://127.0.0.1:1/" }

[sla.standard]
timezone = "Europe/Lisbon"
availability.api = "99%"
response.first = { within = "4h", during = "office" }
response.second = { within = "8h", during = "office" }
response.legal = { within = "5bd", during = "office" }

[support.first]
escalates_to = ["second"]
[support.second]
teams = { deliverability = "network", other = "development" }
escalates_to = ["legal"]
[support.legal]
"""
CUSTOMER = """
[customer.c{number}]
sla = "standard"
response.first = {{ within = "{within}", during = "{during}" }}
"""


def policies_in(folder: Path) -> PolicySet:
    """A standard agreement, and two hundred contracts of customers' own."""
    own = [
        CUSTOMER.format(number=number, within=("1h", "2h", "8h")[number % 3], during=("always", "office")[number % 2])
        for number in range(CUSTOMERS)
    ]
    (folder / "all.toml").write_text("".join([POLICIES, *own, f'[engine]\nstore = "sqlite:///{folder}/sla.db"\n']))
    return load_policies(folder, environ={})


Entry = tuple[Instant, str, str | None]
"""When what happened at which level."""


@frozen
class Story:
    ticket: dict[str, Any]
    entries: list[Entry]


def stories(office: Calendar) -> Iterator[Story]:
    """Tickets at any hour of the year: most are answered within a few open hours, some are asked back, some go on to
    another level, some come back, and some are forgotten."""
    chance = random.Random(7)
    for number in range(1, TICKETS + 1):
        entries = [entry for entry in happening(chance, office) if entry[0] < END]
        acts = [act for _, act, _ in entries if act not in {"noted", "found"}]
        yield Story(
            {
                "id": number, "opened_at": entries[0][0],
                "customer": None if chance.random() < 0.4 else f"c{chance.randrange(CUSTOMERS)}",
                "language": "en", "subject": "No mail arrives", "topic": chance.choice(TOPICS),
                "level": entries[-1][2] or "first",
                "state": "resolved" if acts[-1] == "resolved" else "answered" if acts[-1] == "answered" else "open",
                "last_at": entries[-1][0], "is_settled": acts[-1] in {"resolved", "answered"},
                "token": f"token-{number}", "source": "desk",
            },
            entries,
        )  # fmt: skip


def happening(chance: random.Random, office: Calendar) -> list[Entry]:
    """What happens to a ticket."""
    at, level = chance.randrange(START, END), "first"
    entries: list[Entry] = [(at, "opened", level), (at, "found", level)]

    def enter(hours: float, act: str, level: str | None) -> None:
        took = round(chance.lognormvariate(0, 0.9) * hours * HOUR) + MINUTE
        entries.append((office.add_open(entries[-1][0], took), act, level))

    if chance.random() < 0.3:
        enter(0.7, "waiting", level)
        entries.append((entries[-1][0] + round(chance.lognormvariate(0, 1.2) * 6 * HOUR), "resumed", level))
    enter(1.3, "answered", level)
    if chance.random() < 0.25:
        level = "second"
        for hours, act in ((0.2, "reached"), (0.1, "noted"), (4, "answered")):
            enter(hours, act, level)
    if chance.random() < 0.97:
        enter(3, "resolved", None)
        if chance.random() < 0.06:
            for hours, act in ((20, "reopened"), (2, "answered"), (3, "resolved")):
                enter(hours, act, level)
    return entries


def fill(store: Store, office: Calendar) -> int:
    count = 0
    with store.changing() as connection:
        batch: list[Story] = []
        for story in stories(office):
            batch.append(story)
            count += len(story.entries)
            if len(batch) == 5_000 or story.ticket["id"] == TICKETS:
                keep(connection, batch)
                batch = []
    return count


def keep(connection: sa.Connection, batch: list[Story]) -> None:
    connection.execute(sa.insert(tickets), [story.ticket for story in batch])
    rows = [
        {
            "ticket": story.ticket["id"], "at": at, "act": act, "level": level, "who": "ana", "is_public": True,
            "text": "We look into it." * 10, "facts": "{}",
        }
        for story in batch
        for at, act, level in story.entries
    ]  # fmt: skip
    connection.execute(sa.insert(ticket_entries), rows)


ON_THE_WALL = """
SELECT opened.ticket, tickets.customer, MIN(answered.at) - opened.at
FROM ticket_entries AS opened
JOIN ticket_entries AS answered
  ON answered.ticket = opened.ticket AND answered.act = 'answered' AND answered.level = opened.level
JOIN tickets ON tickets.id = opened.ticket
WHERE opened.act = 'opened' AND opened.at >= :since
GROUP BY opened.ticket
HAVING MIN(answered.at) >= :start AND MIN(answered.at) < :end
"""
"""How long the first answer took that was given in a month, to tickets of up to half a year before."""


def on_the_wall(store: Store, period: Period) -> Mapping[str, tuple[str | None, int]]:
    """The customer and the time on the wall of each first answer of a month, as SQL has it."""
    since = {"since": period.start - 183 * 24 * HOUR, "start": period.start, "end": period.end}
    with store.reading() as connection:
        rows = connection.execute(sa.text(ON_THE_WALL), since)
        return {f"T-{ticket}": (customer, took) for ticket, customer, took in rows}


def in_open_hours(judged: Judged, stories: list[TicketStory]) -> Mapping[str, bool]:
    """Whether each first answer of a month was in time, by its contract."""
    found = {}
    for story in stories:
        for events in by_ticket(story.events, judged.period.end):
            course = next(courses_of(events, "first"))
            terms = judged.policies.answering.terms(story.customer, course.started_at)
            assert terms is not None
            clock = clock_by_its_terms(course, "first", terms, judged.period.end)
            if clock is not None and clock.stopped_at is not None and clock.stopped_at >= judged.period.start:
                found[story.ticket] = clock.met is True
    return found


def compare(store: Store, judged: Judged, stories: list[TicketStory]) -> None:
    """What the time on the wall says of who was late, beside what is true."""
    promised = {
        customer: judged.policies.contract(customer=customer).response[0].within
        for customer in judged.policies.customers
    }
    promised[None] = judged.contract.response[0].within  # type: ignore[index]
    wall, true = on_the_wall(store, judged.period), in_open_hours(judged, stories)
    told = {ticket: took <= promised[customer].microseconds for ticket, (customer, took) in wall.items()}  # type: ignore[index,union-attr]
    if told.keys() != true.keys():
        sys.exit("the two do not look at the same answers")
    wrong = sum(told[ticket] != met for ticket, met in true.items())
    hours = median(took for _, took in wall.values()) / HOUR
    figures = desk_figures(judged, store, judged.period.end).total.first
    assert figures.median is not None
    print(f"  of {len(true):,} first answers {sum(true.values()):,} were in time, by their contracts")
    print(f"  SQL on the wall says {sum(told.values()):,}, and of {wrong:,} ({wrong / len(true):.0%}) what is not so")
    print(f"  half within {figures.median / HOUR:.1f} open hours; on the wall {hours:.1f} hours")


def as_a_user(folder: Path, *more: str) -> tuple[float, float]:
    """CPU seconds and megabytes of `sla report` of the month in a process of its own."""
    command = [Path(sys.executable).with_name("sla"), "report", "--policies", folder, "--period", "2026-06", *more]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "COLUMNS": "200"})
    if done.returncode > 1:
        sys.exit(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024


def measure(store: Store, policies: PolicySet, folder: Path) -> bool:
    judged = to_judge(policies, store, "2026-06", END, sla="standard", customer=None)
    period = judged.period

    def read() -> list[TicketStory]:
        with store.reading() as connection:
            return ticket_stories(connection, period.start, period.end)

    def pure() -> object:
        return support_figures(stories, policies.answering.terms, partial(team_for, policies), period, END)

    stories = read()
    print(f"  in June: {len(stories):,} tickets, {sum(len(one.events) for one in stories):,} events that move clocks")
    sql = best(lambda: on_the_wall(store, period), 3)
    report("  SQL on the wall, first answers alone", sql, None)
    report("  read the month's tickets", best(read, 3), None)
    report("  figures of the desk, from what was read", best(pure, 3), None)
    is_met = report("  figures of the desk, from the store", best(lambda: desk_figures(judged, store, END), 3), 2.0)
    report("  the standard agreement judged, from the store", best(lambda: judge_from(judged, store, END), 3), None)
    report("  its figures, from the store", best(lambda: contract_figures(judged, store, END), 3), None)
    for name, more in (("the report, with its figures", ()), ("the figures of the desk", ("--support",))):
        spent, megabytes = as_a_user(folder, *more)
        report(f"  `sla report {' '.join(more)}`: {name}, {megabytes:.0f} MB", spent, None)
    compare(store, judged, stories)
    return is_met


def main() -> bool:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        policies = policies_in(folder)
        with open_store(policies.engine.store) as store:
            store.upgrade()
            entries = fill(store, policies.calendars["office"])
            print(f"{TICKETS:,} tickets of a year, {entries:,} entries")
            return measure(store, policies, folder)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
