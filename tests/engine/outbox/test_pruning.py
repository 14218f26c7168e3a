"""What is old goes a little at a time, and nothing that is told, judged or decided ever changes for it."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve

from sla_engine.engine.holdings import holdings
from sla_engine.engine.outbox.by_hand import By, ByHandError, find, send_again
from sla_engine.engine.pruning import Pruned, Pruner, prunable, prune
from sla_engine.model.incident import IncidentEvent, IncidentRecord
from sla_engine.model.instant import DAY, HOUR, SECOND
from sla_engine.store import Store, open_store
from sla_engine.store.incidents import add_incident
from sla_engine.store.outbox import Level, Outgoing, add_message, levels_like, set_level
from sla_engine.store.tables import metadata
from sla_engine.store.tickets import Attachment, Ticket, TicketEntry, keep_ticket
from sla_engine.testing.clock import FakeClock
from sla_engine.testing.servers.webhooks import Answer, WebhookReceiver

from .conftest import Office

DAYS = 86_400
GOES = {"message_words", "buckets"}


async def years(office: Office, chance: random.Random) -> None:
    """A year in which messages were sent, given up, or may be out; and some things that are not over."""
    office.write(phone='gather = "0s"', mail='on_uncertain = "hold"')
    for _ in range(14):
        for _ in range(chance.randrange(1, 4)):
            thread = f"incident/{chance.randrange(6)}/all"
            about = chance.choice(["opened", "repeated", "recovered"])
            notifier = chance.choice(["mail", "phone"])
            office.tell(office.notice(thread, about, notifier=notifier, recipient=chance.choice(["", "ana"])))
        office.receiver.script(chance.choice([[], [Answer(is_lost=True, takes=False)], [Answer(400)]]))
        await office.go(30 * DAYS, step=30 * DAYS)
    office.receiver.otherwise = Answer(503)
    for number in range(6):
        office.tell(office.notice(f"incident/{number}/all", "repeated"))
        office.tell(office.notice(f"incident/{number}/all", "opened", notifier="phone", next_notifiers=("mail",)))
    await office.go(60, step=30)
    office.tell(office.notice("incident/1/all", "recovered", due_at=office.now + HOUR))
    office.receiver.otherwise = Answer()


def everything_but_what_goes(store: Store) -> Mapping[str, list[Any]]:
    with store.reading() as connection:
        return {
            table.name: list(map(tuple, connection.execute(sa.select(table).order_by(*table.primary_key))))
            for table in metadata.sorted_tables
            if table.name not in GOES
        }


def copy(source: Store, target: Store) -> None:
    target.upgrade()
    with source.reading() as present, target.changing() as connection:
        for table in metadata.sorted_tables:
            if rows := [dict(row._mapping) for row in present.execute(sa.select(table))]:
                connection.execute(table.insert(), rows)


@pytest.fixture
async def twin(office: Office, tmp_path: Path) -> AsyncIterator[Callable[[], Awaitable[Office]]]:
    """Makes another office with a copy of what is in the store, and a receiver of its own."""
    folder = tmp_path / "twin"
    folder.mkdir()
    with WebhookReceiver() as receiver, open_store(f"sqlite:///{tmp_path / 'twin.db'}") as store:
        other = Office(folder, store, receiver, office.clock, office.host)

        async def make() -> Office:
            copy(office.store, store)
            other.write(phone='gather = "0s"', mail='on_uncertain = "hold"')
            await other.start()
            return other

        yield make
        await other.stop()


@pytest.mark.parametrize("seed", range(2))
async def test_whoever_is_pruned_sends_the_same_as_whoever_is_not(office: Office, twin: Any, seed: int) -> None:
    await years(office, random.Random(seed))
    whole = await twin()
    before = everything_but_what_goes(office.store)

    went = sum(prune(office.policies, office.store, office.now + 300 * DAY), start=Pruned())

    assert went.messages > 3
    assert everything_but_what_goes(office.store) == before
    already = len(office.receiver.posts)
    for _ in range(6):
        await office._look()
        await whole._look()
        office.clock.pass_by(1_800)
    told, told_by_whole = (
        sorted((post.path, post.key, str(post.content)) for post in posts)
        for posts in (office.receiver.posts[already:], whole.receiver.posts)
    )
    assert len(told) > 2
    assert told == told_by_whole


async def test_what_was_pruned_is_shown_but_cannot_be_sent_again(office: Office) -> None:
    office.receiver.otherwise = Answer(503)
    office.tell(office.notice())
    await office.go(2 * DAYS, step=DAYS)
    [dead] = office.messages

    list(prune(office.policies, office.store, office.now + 401 * DAY))

    with office.store.reading() as connection:
        found = find(connection, dead.key)
    assert isinstance(found, Outgoing)
    assert found == evolve(dead, message=found.message, is_pruned=True)
    assert (found.message.subject, found.message.text) == (dead.message.subject, "")
    with pytest.raises(ByHandError, match="its words are not kept any more"):
        send_again(office.store, dead.key, By("ana", "", office.now))


@pytest.mark.every_database
async def test_broken_off_anywhere_it_goes_on_from_there_and_says_beforehand_what_will_go(office: Office) -> None:
    office.tell(office.notice())
    await office.go()
    [sent] = office.messages
    with office.store.changing() as connection:
        for number in range(449):
            add_message(connection, evolve(sent, message=evolve(sent.message, key=str(number))))
    later = office.now + 401 * DAY
    expected = prunable(office.policies, office.store, later)

    first = next(prune(office.policies, office.store, later))
    rest = list(prune(office.policies, office.store, later))

    assert (expected.messages, first.messages, [one.messages for one in rest]) == (450, 200, [200, 50, 0])
    assert sum(rest, start=first) == expected
    assert prunable(office.policies, office.store, later) == Pruned()


@pytest.mark.every_database
async def test_levels_that_are_whole_again_go_and_others_stay(office: Office) -> None:
    office.write(mail='limit = { messages = 10, every = "30d" }')
    day = office.now - 3 * DAY
    with office.store.changing() as connection:
        for name in ("recipient/mail/ana", "recipient/gone/ana", "messages/mail", "messages/phone", "held/money/mail"):
            set_level(connection, name, Level(0, day))
        set_level(connection, "recipient/mail/bea", Level(0, office.now - DAY))

    [went] = prune(office.policies, office.store, office.now)

    assert went == Pruned(levels=3)
    with office.store.reading() as connection:
        assert {name for name, _ in levels_like(connection, "")} == {
            "messages/mail",
            "held/money/mail",
            "recipient/mail/bea",
        }


async def test_files_stay_for_ever_unless_the_policies_say_otherwise(office: Office) -> None:
    with office.store.changing() as connection:
        opened = TicketEntry(office.now, "opened", "first")
        ticket = Ticket(office.now, "No mail", "first", token="t", is_settled=True)
        keep_ticket(connection, ticket, [opened], [Attachment("a.png", "image/png", b"png" * 100)])
    later = office.now + 3_651 * DAY
    assert list(prune(office.policies, office.store, later)) == []

    office.write(engine='keep.files = "3650d"')

    assert list(prune(office.policies, office.store, later)) == [Pruned(files=1, bytes=300)]


async def test_a_clock_that_is_wrong_for_a_moment_drops_nothing(office: Office, clock: FakeClock) -> None:
    office.tell(office.notice())
    await office.go()
    pruner = Pruner(lambda: office.policies, office.store, clock)
    pruner.is_over.wait = lambda _: False  # type: ignore[assignment,return-value,misc]

    def look_for(minutes: int) -> int:
        for _ in range(minutes):
            pruner.look()
            clock.pass_by(60)
        return len([one for one in office.messages if one.is_pruned])

    assert look_for(20) == 0
    clock.set_by(500 * DAYS)
    assert look_for(9) == 0
    clock.set_by(-500 * DAYS)
    assert look_for(80) == 0
    clock.set_by(500 * DAYS)
    assert look_for(80) == 1


@pytest.mark.every_database
async def test_the_store_is_told_of_in_figures(office: Office) -> None:
    opened = IncidentEvent(office.now, "opened")
    waits = IncidentRecord(0, "web", office.now, office.now, None, None, "down", False, (opened,))
    with office.store.changing() as connection:
        add_incident(connection, waits)
        add_incident(connection, evolve(waits, service="mail", closed_at=office.now))
        add_incident(connection, evolve(waits, service="works", opened_at=None, in_maintenance=True))

    figures = {measure.name: measure.value for measure in holdings(office.store)}

    assert figures["sla_incidents_open"] == 1
    assert figures["sla_store_bytes"] > 100_000
    assert figures.get("sla_store_free_bytes", 0) < figures["sla_store_bytes"]


async def test_what_waits_is_as_old_as_when_it_was_due_however_often_its_message_is_written_anew(
    office: Office,
) -> None:
    office.receiver.otherwise = Answer(503)
    office.tell(office.notice())
    for _ in range(5):
        await office.go(HOUR // SECOND, step=HOUR // SECOND)
        office.tell(office.notice(about="repeated"))
    await office.go(60, step=60)

    assert office.messages[0].at > office.now - HOUR
    assert office.figures()["sla_outbox_oldest_seconds"] == 5 * 3_600 + 60
