"""Messages of a store from before words had a table of their own, on both databases."""

import json

import sqlalchemy as sa
from attrs import asdict

from sla_engine.plugin import Message
from sla_engine.store import Store, open_store
from sla_engine.store.outbox import messages_in
from sla_engine.store.tables import message_words, messages

WORDS = Message(
    "k", "[down] Café", "Café is down.\n", to=("ana@example.com",), html="<p>Café</p>", names={"title": "Café"}
)


def as_before(store: Store, count: int) -> None:
    """Make the store what it was at version 0009, with so many messages."""
    row = {
        "at": 1, "notifier": "mail", "recipient": "", "language": "en", "severity": "major", "cost": 0, "tries": 1,
        "may_be_out": True, "give_up_at": 2, "state": "sent", "ended_at": 1,
    }  # fmt: skip
    with store.changing() as connection:
        connection.execute(sa.text("DROP TABLE message_words"))
        connection.execute(sa.text("DROP INDEX incidents_by_end"))
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("DROP TRIGGER attachments_there ON attachments"))
            connection.execute(sa.text("DROP FUNCTION attachments_dropping CASCADE"))
            stay = "CREATE TRIGGER attachments_stay BEFORE UPDATE OR DELETE ON attachments FOR EACH ROW "
            connection.execute(sa.text(stay + "EXECUTE FUNCTION sla_append_only()"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0009'"))
        rows = [row | {"key": f"k{number}", "content": json.dumps(asdict(WORDS))} for number in range(count)]
        connection.execute(messages.insert(), rows)


def test_every_message_has_its_words_after_an_upgrade(store_url: str) -> None:
    with open_store(store_url) as store:
        store.upgrade()
        as_before(store, 1_100)

        store.upgrade()

        with store.reading() as connection:
            found = messages_in(connection, ("sent",))
            words = connection.execute(sa.select(sa.func.count()).select_from(message_words)).scalar()
            longest = connection.execute(sa.select(sa.func.max(sa.func.length(messages.c.content)))).scalar_one()
    assert [one.message for one in found] == [WORDS] * 1_100
    assert words == 1_100
    assert longest < len(json.dumps(asdict(WORDS))) - 20
