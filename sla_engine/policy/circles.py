"""Names that lead to names: nothing may lead back to itself."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter


def in_order(leads_to: Mapping[str, Iterable[str]]) -> list[str]:
    """What leads to others after those; left out is what lies in a circle, or leads into one."""
    sorter = TopologicalSorter(leads_to)
    with suppress(CycleError):
        sorter.prepare()
    found: list[str] = []
    while ready := sorter.get_ready():
        found.extend(ready)
        sorter.done(*ready)
    return found


def leads_back(name: str, first: Iterable[str], leads_to: Mapping[str, Iterable[str]]) -> bool:
    """Whether a name is reached again by way of the first ones that it leads to."""
    seen: set[str] = set()
    todo = list(first)
    while todo:
        other = todo.pop()
        if other == name:
            return True
        if other not in seen:
            seen.add(other)
            todo.extend(leads_to.get(other, ()))
    return False
