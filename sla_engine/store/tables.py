"""The tables. Facts are results, events, policies, acts of people and frozen reports.

Runs follow from results, and a year is judged by them.
"""

import sqlalchemy as sa

from sla_engine.store.text import Text

metadata = sa.MetaData()

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("check_id", Text, nullable=False),
    sa.Column("location", Text, nullable=False),
    sa.UniqueConstraint("check_id", "location"),
)
"""A check at a location, by a short number."""

results = sa.Table(
    "results",
    metadata,
    sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("source", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.SmallInteger, nullable=False),
    sa.Column("interval", sa.BigInteger, nullable=False),
    sa.Column("latency", sa.BigInteger),
    sa.Column("lateness", sa.BigInteger, nullable=False),
    sa.Column("reason", Text),
    # By time first: results of all checks arrive side by side, so a batch is written to one place of the file.
    sqlite_with_rowid=False,
)
"""Single results of days that are not packed yet."""

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("source", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first_at", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("last_at", sa.BigInteger, nullable=False),
    sa.Column("state", sa.SmallInteger, nullable=False),
    sa.Column("interval", sa.BigInteger, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("reason", Text),
    sqlite_with_rowid=False,
)
"""Run-lengths of results."""

packed_days = sa.Table(
    "packed_days",
    metadata,
    sa.Column("source", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""All results of a source on a UTC day that is over, in one piece."""

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
    sa.Column("kind", Text, nullable=False),
    sa.Column("detail", Text, nullable=False),
)
"""What happened to the engine itself: started, stopped, a gap, a step of the clock."""

policy_texts = sa.Table(
    "policy_texts",
    metadata,
    sa.Column("hash", Text, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""Policy sets as they were written, each once."""

policy_loads = sa.Table(
    "policy_loads",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
    sa.Column("hash", Text, sa.ForeignKey("policy_texts.hash"), nullable=False),
)
"""From when on which policy set was in force."""

acts = sa.Table(
    "acts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("who", Text, nullable=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("what", Text, nullable=False),
    sa.Column("reason", Text, nullable=False),
)
"""What people entered, and why; triggers keep it as it stands."""

frozen_reports = sa.Table(
    "frozen_reports",
    metadata,
    sa.Column("holder", Text, primary_key=True),
    sa.Column("label", Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("start", sa.BigInteger, nullable=False),
    sa.Column("end", sa.BigInteger, nullable=False),
    sa.Column("known_until", sa.BigInteger, nullable=False),
    sa.Column("policy_hash", Text, sa.ForeignKey("policy_texts.hash"), nullable=False),
    sa.Column("digest", Text, nullable=False),
    sa.Column("inputs", sa.LargeBinary, nullable=False),
    sa.Column("verdict", sa.LargeBinary, nullable=False),
    sa.Column("text", Text, nullable=False),
    sa.Column("frozen_at", sa.BigInteger, nullable=False),
    sa.Column("who", Text, nullable=False),
    sa.Column("reason", Text),
)
"""The reports of periods that have ended, each revision beside the others; triggers keep them as they stand."""

incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("service", Text, nullable=False),
    sa.Column("began_at", sa.BigInteger, nullable=False),
    sa.Column("opened_at", sa.BigInteger),
    sa.Column("ended_at", sa.BigInteger),
    sa.Column("closed_at", sa.BigInteger),
    sa.Column("state", Text, nullable=False),
    sa.Column("in_maintenance", sa.Boolean, nullable=False),
    sa.Index(
        "one_incident_at_a_time",
        "service",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
    sa.Index("incidents_by_time", "began_at"),
    sa.Index("incidents_by_service", "service", "began_at"),
    sa.Index("incidents_by_end", "closed_at"),
)
"""Incidents as they stand; they follow from their events. Of one service there is one at a time."""

incident_events = sa.Table(
    "incident_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("incident", sa.Integer, sa.ForeignKey("incidents.id"), nullable=False, index=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("who", Text),
    sa.Column("detail", Text, nullable=False),
)
"""What happened to each incident, by itself or by a person; triggers keep it as it stands."""

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", Text, nullable=False, unique=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("notifier", Text, nullable=False),
    sa.Column("recipient", Text, nullable=False),
    sa.Column("language", Text, nullable=False),
    sa.Column("severity", Text, nullable=False),
    sa.Column("content", Text, nullable=False),
    sa.Column("cost", sa.BigInteger, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("may_be_out", sa.Boolean, nullable=False),
    sa.Column("next_at", sa.BigInteger),
    sa.Column("give_up_at", sa.BigInteger, nullable=False),
    sa.Column("started_at", sa.BigInteger),
    sa.Column("ended_at", sa.BigInteger),
    sa.Column("detail", Text),
    sa.Column("reference", Text),
    sa.Index("messages_by_state", "state", "next_at"),
    sa.Index("messages_by_lane", "notifier", "recipient", "language", "at"),
)
"""What is sent: ``pending``, ``sending``, ``sent``, ``uncertain`` or ``dead``; a message tells of notices.

``may_be_out`` says that the remote side may have taken it without our hearing of it; ``cost`` is in millionths.
"""

message_words = sa.Table(
    "message_words",
    metadata,
    sa.Column("message", sa.Integer, sa.ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    sa.Column("content", Text, nullable=False),
)
"""What messages say, by themselves, as they are most of the bytes and go when they are old."""

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", Text, nullable=False, unique=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("notifier", Text, nullable=False),
    sa.Column("recipient", Text, nullable=False),
    sa.Column("thread", Text, nullable=False),
    sa.Column("about", Text, nullable=False),
    sa.Column("severity", Text, nullable=False),
    sa.Column("customer", Text),
    sa.Column("language", Text, nullable=False),
    sa.Column("facts", Text, nullable=False),
    sa.Column("next_notifiers", Text, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("message", sa.Integer, sa.ForeignKey("messages.id"), index=True),
    sa.Index("notices_by_state", "state", "due_at"),
    sa.Index("notices_by_thread", "thread", "notifier", "recipient"),
    sa.Index("notices_by_lane", "notifier", "recipient", "language", "state", "due_at"),
)
"""Who is to be told of what, each once: ``waiting``, ``told`` by a message, ``superseded`` by a later one, or
``discarded`` by a person."""

buckets = sa.Table(
    "buckets",
    metadata,
    sa.Column("name", Text, primary_key=True),
    sa.Column("level", sa.BigInteger, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
)
"""How much of each limit on messages was left at an instant, in millionths."""

announcements = sa.Table(
    "announcements",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", Text, nullable=False, unique=True),
    sa.Column("maintenance", Text, nullable=False),
    sa.Column("occurrence", sa.BigInteger, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("what", Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("start", sa.BigInteger, nullable=False),
    sa.Column("end", sa.BigInteger, nullable=False),
    sa.Column("lead", sa.BigInteger),
    sa.Column("content", Text, nullable=False),
    sa.Index("announcements_by_end", "end"),
    sa.Index("announcements_by_occurrence", "maintenance", "occurrence"),
)
"""What customers were told of maintenance; triggers keep it as it stands."""

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("opened_at", sa.BigInteger, nullable=False),
    sa.Column("customer", Text, index=True),
    sa.Column("sender", Text),
    sa.Column("name", Text),
    sa.Column("language", Text, nullable=False),
    sa.Column("subject", Text, nullable=False),
    sa.Column("topic", Text),
    sa.Column("level", Text, nullable=False),
    sa.Column("team", Text),
    sa.Column("state", Text, nullable=False, index=True),
    sa.Column("last_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("is_settled", sa.Boolean, nullable=False, index=True),
    sa.Column("token", Text, nullable=False, unique=True),
    sa.Column("source", Text, nullable=False),
    sa.Column("foreign_id", Text),
    sa.UniqueConstraint("source", "foreign_id"),
)
"""Tickets as they stand; they follow from their entries."""

ticket_entries = sa.Table(
    "ticket_entries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("ticket", sa.Integer, sa.ForeignKey("tickets.id"), nullable=False, index=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("act", Text, nullable=False),
    sa.Column("level", Text),
    sa.Column("who", Text),
    sa.Column("text", Text, nullable=False),
    sa.Column("is_public", sa.Boolean, nullable=False),
    sa.Column("facts", Text, nullable=False),
    sa.Column("key", Text, unique=True),
)
"""What happened to each ticket; triggers keep it as it stands."""

attachments = sa.Table(
    "attachments",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("ticket", sa.Integer, sa.ForeignKey("tickets.id"), nullable=False, index=True),
    sa.Column("entry", sa.Integer, sa.ForeignKey("ticket_entries.id"), nullable=False),
    sa.Column("name", Text, nullable=False),
    sa.Column("media_type", Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("digest", Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""The files that came with entries; triggers keep them as they stand, but that their content may be dropped."""

faq_articles = sa.Table(
    "faq_articles",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("article", Text, nullable=False),
    sa.Column("language", Text, nullable=False),
    sa.Column("digest", Text, nullable=False),
    sa.UniqueConstraint("article", "language"),
)
"""The articles of the FAQ whose words are in the index, which is each database's own kind; it follows from files."""

source_positions = sa.Table(
    "source_positions",
    metadata,
    sa.Column("source", Text, primary_key=True),
    sa.Column("position", Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
)
"""How far each ticket source has been read, in its plugin's own words; what was read again changes nothing."""
