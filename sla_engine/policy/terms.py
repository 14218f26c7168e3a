"""Effective terms: what an SLA says, what a dedicated contract changes, what an amendment changes again, leaf by leaf.

A leaf is a single term, such as the target of one service. Later layers replace earlier ones leaf by leaf, so that a
contract that changes only a target keeps the calendar that it inherits.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, TypeAlias

import attrs
from attrs import frozen

from sla_engine.policy.documents import (
    AvailabilityTable,
    ClauseTable,
    CreditsTable,
    CreditTable,
    CustomerTable,
    LatencyTable,
    ResponseTable,
    SlaTable,
    Terms,
)
from sla_engine.policy.faults import key_of
from sla_engine.policy.findings import Place
from sla_engine.policy.merge import Entry

How: TypeAlias = Literal["own", "inherited", "amended"]
Key: TypeAlias = tuple[str, ...]

_BY_NAME: Mapping[str, Sequence[tuple[str, str]]] = {
    name: [(attribute.name, key_of(attribute.name)) for attribute in attrs.fields(table)]
    for name, table in {
        "availability": AvailabilityTable,
        "latency": LatencyTable,
        "response": ResponseTable,
        "clause": ClauseTable,
    }.items()
}
"""The terms that stand by name, with the fields of each and their keys."""
_ABOUT_CREDITS = tuple(attribute.name for attribute in attrs.fields(CreditsTable))
_WHOLE = ("title", "timezone", "period", "anchor", "rolling", "accounting", "fee", "credit")
_DATES = ("since", "until")
_EITHER: Mapping[str, tuple[str, ...]] = {"rolling": ("period", "anchor"), "period": ("rolling",)}


@frozen
class Leaf:
    """One term.

    Attributes:
        place: where it is written.
        how: whether the contract says it itself, inherits it, or was amended to it.
    """

    value: Any
    place: Place
    how: How


Leaves: TypeAlias = dict[Key, Leaf]


def sla_terms(entry: Entry) -> Leaves:
    """The terms of an SLA."""
    return dict(_leaves(entry.table, entry.place, "own", SlaTable))


def inherited(terms: Leaves) -> Leaves:
    """An SLA's terms, as the contracts have them that start from it."""
    return {key: attrs.evolve(leaf, how="inherited") for key, leaf in terms.items()}


def customer_terms(entry: Entry, base: Leaves, on: date | None) -> Leaves:
    """The terms of a dedicated contract on a date, or its latest terms.

    Args:
        base: what it inherits.
    """
    leaves = dict(base)
    _apply(leaves, dict(_leaves(entry.table, entry.place, "own", CustomerTable)))
    for index in in_force(entry.table, on):
        place = entry.place.at("amendment", index)
        _apply(leaves, dict(_leaves(entry.table.amendment[index], place, "amended", Terms)))
    return leaves


def shown(value: Any) -> str:
    """A term's value as text."""
    if isinstance(value, tuple):
        return ", ".join(_tier_shown(tier) for tier in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    return str(value)


def in_force(customer: CustomerTable, on: date | None) -> Sequence[int]:
    """Which amendments hold on a date, the oldest first."""
    order = sorted(range(len(customer.amendment)), key=lambda index: customer.amendment[index].from_)
    return [index for index in order if on is None or customer.amendment[index].from_ <= on]


def _tier_shown(tier: CreditTable) -> str:
    about = "" if tier.services is None else f" of {' and '.join(tier.services)}"
    return f"below {tier.below}{about}: {tier.credit}"


def _apply(leaves: Leaves, layer: Leaves) -> None:
    for name, excluded in _EITHER.items():
        if (name,) in layer:
            for other in excluded:
                leaves.pop((other,), None)
    leaves.update(layer)


def _leaves(table: Terms, place: Place, how: How, kind: type) -> Iterator[tuple[Key, Leaf]]:
    for name in _WHOLE if kind is Terms else (*_WHOLE, *_DATES):
        value = getattr(table, name)
        if value is not None:
            yield (name,), Leaf(value, place.at(name), how)
    for name in _ABOUT_CREDITS:
        value = getattr(table.credits, name)
        if value is not None:
            yield ("credits", name), Leaf(value, place.at("credits", name), how)
    for name, keys in _BY_NAME.items():
        for part, inner in getattr(table, name).items():
            for attribute, key in keys:
                value = getattr(inner, attribute)
                if value is not None:
                    yield (name, part, key), Leaf(value, place.at(name, part, key), how)
