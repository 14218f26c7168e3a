"""The articles of the FAQ with an index of their words, and how far each ticket source has been read."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make their tables; the index is each database's own kind."""
    op.create_table(
        "faq_articles",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("article", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.UniqueConstraint("article", "language"),
    )
    op.create_table(
        "source_positions",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("position", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE faq_words (article integer PRIMARY KEY, words tsvector NOT NULL)")
        op.execute("CREATE INDEX faq_words_found ON faq_words USING gin (words)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE faq_words USING fts5(title, tags, text, prefix = '2 3 4', "
            "tokenize = 'unicode61 remove_diacritics 2')"
        )
