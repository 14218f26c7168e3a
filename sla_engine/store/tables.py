"""The tables. Facts are results, events, policies, acts of people and frozen reports.

Runs follow from results, and a year is judged by them.
"""

import sqlalchemy as sa

metadata = sa.MetaData()

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("check_id", sa.Text, nullable=False),
    sa.Column("location", sa.Text, nullable=False),
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
    sa.Column("reason", sa.Text),
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
    sa.Column("reason", sa.Text),
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
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)
"""What happened to the engine itself: started, stopped, a gap, a step of the clock."""

policy_texts = sa.Table(
    "policy_texts",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""Policy sets as they were written, each once."""

policy_loads = sa.Table(
    "policy_loads",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
    sa.Column("hash", sa.Text, sa.ForeignKey("policy_texts.hash"), nullable=False),
)
"""From when on which policy set was in force."""

acts = sa.Table(
    "acts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
"""What people entered, and why; triggers keep it as it stands."""

frozen_reports = sa.Table(
    "frozen_reports",
    metadata,
    sa.Column("holder", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("start", sa.BigInteger, nullable=False),
    sa.Column("end", sa.BigInteger, nullable=False),
    sa.Column("known_until", sa.BigInteger, nullable=False),
    sa.Column("policy_hash", sa.Text, sa.ForeignKey("policy_texts.hash"), nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("inputs", sa.LargeBinary, nullable=False),
    sa.Column("verdict", sa.LargeBinary, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("frozen_at", sa.BigInteger, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
)
"""The reports of periods that have ended, each revision beside the others; triggers keep them as they stand."""
