"""What the store holds, in figures, for operators."""

from collections.abc import Sequence

from sla_engine.engine.health import Measure
from sla_engine.store import Store, StoreError
from sla_engine.store.incidents import count_open
from sla_engine.store.sizes import free_bytes, whole_bytes


def holdings(store: Store) -> Sequence[Measure]:
    """The figures by name; none where the store cannot be asked, which is said elsewhere."""
    try:
        with store.reading() as connection:
            is_open, size, free = count_open(connection), whole_bytes(connection), free_bytes(connection)
    except StoreError:
        return []
    found = [
        Measure("sla_incidents_open", "Incidents that are open.", "gauge", is_open),
        Measure("sla_store_bytes", "Bytes of the database.", "gauge", size),
    ]
    if free is not None:
        found.append(Measure("sla_store_free_bytes", "Bytes of its file that hold nothing.", "gauge", free))
    return found
