"""What the rules look at: a linked policy set without errors."""

from collections.abc import Iterator, Mapping, Set

from attrs import frozen

from sla_engine.calendars import Calendar
from sla_engine.model.contract import Contract
from sla_engine.model.service import Service
from sla_engine.policy.contracts import service_id
from sla_engine.policy.findings import Place
from sla_engine.policy.merge import Merged
from sla_engine.policy.terms import Key, Leaf, Leaves


@frozen
class Agreement:
    """A contract with its terms, as the rules look at it.

    Attributes:
        name: ``sla standard`` or ``customer acme``.
        base: the terms of the SLA that it extends, or None.
    """

    name: str
    place: Place
    contract: Contract
    leaves: Leaves
    base: Leaves | None


@frozen
class Rest:
    """What the tables that are looked at are the rest of, where others have errors.

    Attributes:
        is_readable: whether every file could be read.
        left_out: the kinds of which some tables are not looked at.
        mentioned: every text and key of all tables, as any of them may be a reference; None where a reference is to
            nothing, and may have been meant to be to anything.
    """

    is_readable: bool = True
    left_out: Set[str] = frozenset()
    mentioned: Set[str] | None = frozenset()


WHOLE = Rest()
"""Nothing is left out."""


@frozen
class Checked:
    """A linked policy set without errors, as the rules look at it.

    Attributes:
        notifiers: the plugins' own objects, by id.
    """

    merged: Merged
    calendars: Mapping[str, Calendar]
    services: Mapping[str, Service]
    service_places: Mapping[str, Place]
    agreements: tuple[Agreement, ...]
    used: Mapping[str, set[str]]
    notifiers: Mapping[str, object]
    rest: Rest = WHOLE

    def has_all(self, *kinds: str) -> bool:
        """Whether there are no other tables of these kinds than those that are looked at."""
        return self.rest.is_readable and self.rest.left_out.isdisjoint(kinds)


def own_terms(agreement: Agreement) -> Iterator[tuple[Key, Leaf]]:
    """The terms that it does not inherit."""
    for key, leaf in agreement.leaves.items():
        if leaf.how != "inherited":
            yield key, leaf


def objective_place(
    agreement: Agreement, service: str, checked: Checked, groups: Set[str] = frozenset({"availability", "latency"})
) -> Place:
    """Where an agreement promises something of a service."""
    customer = agreement.contract.customer
    for key, leaf in agreement.leaves.items():
        if key[0] not in groups:
            continue
        if service_id(key[1], customer.id if customer else None, checked.services) == service:
            return leaf.place
    return agreement.place
