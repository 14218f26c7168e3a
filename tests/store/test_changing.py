"""Who changes the store comes one after the other: what is read before a change still holds at its end."""

from concurrent.futures import ThreadPoolExecutor

from sla_engine.store import Store, open_store
from sla_engine.store.outbox import Level, level_of, set_level

TIMES = 15


def test_what_several_read_and_change_at_once_is_changed_by_each(store: Store, store_url: str) -> None:
    with store.changing() as connection:
        set_level(connection, "shared", Level(0, 0))

    def work() -> None:
        with open_store(store_url) as own:  # as another process has it
            for _ in range(TIMES):
                with own.changing() as connection:
                    known = level_of(connection, "shared")
                    assert known is not None
                    set_level(connection, "shared", Level(known.level + 1, 0))

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(work) for _ in range(3)]:
            done.result()

    with store.reading() as connection:
        assert level_of(connection, "shared") == Level(3 * TIMES, 0)
