"""The database: what was seen, kept for judgement. The only SQL."""

from sla_engine.store.acts import Act
from sla_engine.store.frozen import FrozenReport
from sla_engine.store.policies import LoadedPolicies
from sla_engine.store.store import Event, Latest, Store, StoreError, open_store

__all__ = ["Act", "Event", "FrozenReport", "Latest", "LoadedPolicies", "Store", "StoreError", "open_store"]
