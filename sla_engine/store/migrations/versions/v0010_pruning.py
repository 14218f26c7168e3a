"""What may be pruned: the words of messages, which get a table of their own, and the content of files.

And an index by which incidents are found that lasted at some time.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from sla_engine.store.migrations.append_only import let_drop
from sla_engine.store.migrations.byte_order import order_by_bytes

revision = "0010"
down_revision = "0009"

_WORDS = ("text", "html", "short", "names")
_AT_ONCE = 500


def upgrade() -> None:
    """Part words from messages, and let the content of a file be dropped, and nothing else of it."""
    words = op.create_table(
        "message_words",
        sa.Column("message", sa.Integer, sa.ForeignKey("messages.id"), primary_key=True, autoincrement=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    assert words is not None
    _part(op.get_bind(), words)
    op.create_index("incidents_by_end", "incidents", ["closed_at"])
    let_drop("attachments", "content", ("id", "ticket", "entry", "name", "media_type", "size", "digest"))
    order_by_bytes()


def _part(connection: sa.Connection, words: sa.Table) -> None:
    messages = sa.table("messages", sa.column("id"), sa.column("content"))
    changed = messages.update().where(messages.c.id == sa.bindparam("message")).values(content=sa.bindparam("rest"))
    last = 0
    while True:
        some = sa.select(messages).where(messages.c.id > last).order_by(messages.c.id).limit(_AT_ONCE)
        rows = [_parted(number, json.loads(content)) for number, content in connection.execute(some).all()]
        if not rows:
            return
        connection.execute(words.insert(), [{"message": row["message"], "content": row["words"]} for row in rows])
        connection.execute(changed, [{"message": row["message"], "rest": row["rest"]} for row in rows])
        last = rows[-1]["message"]


def _parted(number: int, content: dict[str, Any]) -> dict[str, Any]:
    own = {name: content.pop(name) for name in _WORDS if name in content}
    return {"message": number, "words": _as_json(own), "rest": _as_json(content)}


def _as_json(content: dict[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False)
