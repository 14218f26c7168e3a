"""Texts have one order in either database, whatever language its machine speaks."""

import psycopg

from tests.databases import Databases

BY_OTHER_ORDERS = """
SELECT table_name || '.' || column_name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
"""


def test_every_text_of_postgresql_is_compared_by_its_bytes(postgresql: Databases) -> None:
    with postgresql.one() as address, psycopg.connect(address) as connection:
        assert connection.execute(BY_OTHER_ORDERS).fetchall() == []
