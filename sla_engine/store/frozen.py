"""Frozen reports: what was said of a period that has ended, with all that it was said by."""

import sqlalchemy as sa
from attrs import asdict, field, frozen
from sqlalchemy.dialects import postgresql, sqlite

from sla_engine.model.instant import Instant
from sla_engine.store.tables import frozen_reports, policy_texts


@frozen
class FrozenReport:
    """One revision of the report of an agreement's period.

    Attributes:
        holder: whose agreement, ``sla/standard`` or ``customer/acme``.
        label: the period's name.
        revision: 1 as it was frozen first, more with each correction.
        known_until: up to which scheduled instant results took part; an outage may go on beyond the period's end.
        policy_hash: of the policies that judged; the store has their text.
        digest: SHA-256 of the inputs, in hexadecimal.
        inputs: the facts that the verdict was made of, compressed.
        verdict: as canonical JSON; these are the bytes that every later report repeats.
        text: the same for people.
        frozen_at: when; neither the verdict nor the digest knows it.
        who: froze or corrected it.
        reason: why it was corrected; None in the first revision.
    """

    holder: str
    label: str
    revision: int
    start: Instant
    end: Instant
    known_until: Instant
    policy_hash: str
    digest: str
    inputs: bytes = field(repr=False)
    verdict: bytes = field(repr=False)
    text: str = field(repr=False)
    frozen_at: Instant
    who: str
    reason: str | None


def keep_report(connection: sa.Connection, report: FrozenReport, policy_text: bytes) -> bool:
    """Keep a report with the policies that judged it; False where that revision is there already."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    # Writing comes first, as SQLite refuses a transaction that has read to write once another has written.
    text = insert(policy_texts).values(hash=report.policy_hash, content=policy_text)
    connection.execute(text.on_conflict_do_nothing())
    if reports_of(connection, report.holder, report.label, report.revision):
        return False
    row = insert(frozen_reports).values(**asdict(report)).on_conflict_do_nothing()
    return connection.execute(row.returning(frozen_reports.c.revision)).first() is not None


def reports_of(connection: sa.Connection, holder: str, label: str, since: int = 1) -> list[FrozenReport]:
    """The revisions of a period's report, from one of them on, the oldest first."""
    own = (frozen_reports.c.holder == holder) & (frozen_reports.c.label == label)
    later = frozen_reports.c.revision >= since
    return _read(connection, sa.select(frozen_reports).where(own & later).order_by(frozen_reports.c.revision))


def reports_touching(connection: sa.Connection, start: Instant, end: Instant) -> list[FrozenReport]:
    """Every revision of every report of a period that touches ``[start, end)``."""
    touching = (frozen_reports.c.start < end) & (frozen_reports.c.end > start)
    order = (frozen_reports.c.holder, frozen_reports.c.start, frozen_reports.c.revision)
    return _read(connection, sa.select(frozen_reports).where(touching).order_by(*order))


def names_of_reports(connection: sa.Connection) -> set[tuple[str, str]]:
    """Holder and label of every period that is frozen."""
    rows = connection.execute(sa.select(frozen_reports.c.holder, frozen_reports.c.label).distinct())
    return {(row.holder, row.label) for row in rows}


def _read(connection: sa.Connection, statement: sa.Select[tuple[object, ...]]) -> list[FrozenReport]:
    return [FrozenReport(**row._mapping) for row in connection.execute(statement)]
