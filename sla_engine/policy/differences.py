"""What changes from one policy set to another, in words that the people of a contract understand."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal, TypeAlias

from attrs import frozen

from sla_engine.policy.documents import KINDS
from sla_engine.policy.policies import PolicySet
from sla_engine.policy.terms import Key, Leaves, shown

Nature: TypeAlias = Literal["added", "changed", "removed"]

_AGREEMENTS = ("sla", "customer")
_ABOUT_CUSTOMERS = ("name", "number", "contacts", "language", "sla")
_TERMS = {
    ("availability", "target"): "availability of {}",
    ("availability", "during"): "agreed time of {}",
    ("latency", "target"): "share of fast answers of {}",
    ("latency", "under"): "fast answers of {}, under",
    ("latency", "during"): "agreed time for fast answers of {}",
    ("response", "within"): "{} level",
    ("response", "during"): "opening hours of the {} level",
    ("response", "target"): "share of answers in time of the {} level",
    ("response", "business_days"): "business days of the {} level",
    ("clause", "text"): "clause {}",
}


@frozen
class TermChange:
    """One term of an agreement that is another.

    Attributes:
        holder: as in ``customer/acme``.
        key: the dotted key.
        before, after: as text; None where it was not or will not be there.
        since: from which date on it differs; None is at once.
        follows: the SLA whose change this one only inherits, or None.
    """

    holder: str
    key: str
    before: str | None
    after: str | None
    since: date | None = None
    follows: str | None = None

    def __str__(self) -> str:
        name = _words(tuple(self.key.split(".")))
        when = f" from {self.since} on" if self.since else ""
        if self.before is None:
            return f"{name}: {self.after} (new){when}"
        if self.after is None:
            return f"{name}: {self.before} (taken out){when}"
        return f"{name}: {self.before} -> {self.after}{when}"


@frozen
class TableChange:
    """One table that is no agreement and that is another: a service, a calendar, a notifier.

    Attributes:
        name: as in ``service/website``.
        parts: what differs inside, a line each; empty where it is new or gone as a whole.
    """

    name: str
    nature: Nature
    parts: tuple[str, ...] = ()


@frozen
class Differences:
    """All that differs.

    Attributes:
        agreements: contracts that are new or gone, by name.
        terms: those of contracts that stay.
        tables: everything else.
    """

    agreements: Mapping[str, Nature]
    terms: tuple[TermChange, ...]
    tables: tuple[TableChange, ...]

    def __bool__(self) -> bool:
        return bool(self.agreements or self.terms or self.tables)


def compare(before: PolicySet, after: PolicySet, today: date) -> Differences:
    """What differs.

    Args:
        today: terms are compared as they stand on it, and on the first day of each later amendment.
    """
    agreements: dict[str, Nature] = {}
    terms: list[TermChange] = []
    for kind in _AGREEMENTS:
        old, new = before.tables(kind), after.tables(kind)
        agreements |= {f"{kind}/{name}": "removed" for name in old if name not in new}
        agreements |= {f"{kind}/{name}": "added" for name in new if name not in old}
        for name in sorted(set(old) & set(new)):
            terms += _terms(before, after, kind, name, today)
    return Differences(agreements, tuple(terms), tuple(_tables(before, after)))


def changes_between(holder: str, before: Leaves, after: Leaves, since: date | None = None) -> Iterator[TermChange]:
    """The terms of one agreement that differ."""
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old is None or new is None or old.value != new.value:
            yield TermChange(
                holder=holder,
                key=".".join(key),
                before=None if old is None else shown(old.value),
                after=None if new is None else shown(new.value),
                since=since,
            )


def _terms(before: PolicySet, after: PolicySet, kind: str, name: str, today: date) -> Iterator[TermChange]:
    told: set[tuple[str, str | None, str | None]] = set()
    later = {day for policies in (before, after) for day in policies.amendment_dates(name) if day > today}
    for day in (today, *sorted(later)) if kind == "customer" else (today,):
        old, new = before.terms(kind, name, day), after.terms(kind, name, day)
        for change in changes_between(f"{kind}/{name}", old, new, None if day == today else day):
            if (mark := (change.key, change.before, change.after)) not in told:
                told.add(mark)
                yield _inherited(change, old, new, after)


def _inherited(change: TermChange, old: Leaves, new: Leaves, after: PolicySet) -> TermChange:
    """The change, marked where it is only that of the SLA that the contract extends."""
    key = tuple(change.key.split("."))
    leaves = [leaf for leaf in (old.get(key), new.get(key)) if leaf is not None]
    if all(leaf.how == "inherited" for leaf in leaves):
        sla = after.tables("customer")[change.holder.partition("/")[2]].table.sla
        return TermChange(change.holder, change.key, change.before, change.after, change.since, follows=sla)
    return change


def _tables(before: PolicySet, after: PolicySet) -> Iterator[TableChange]:
    for kind in (*(kind for kind in KINDS if kind not in _AGREEMENTS), "engine"):
        old, new = before.raw(kind), after.raw(kind)
        yield from _named(kind, old, new)
    old, new = before.raw("customer"), after.raw("customer")
    for customer in sorted({*old, *new}):
        one, other = old.get(customer, {}), new.get(customer, {})
        if one != other:
            yield from _named(f"service/{customer}", one.get("service", {}), other.get("service", {}))
        if one and other:
            about = [{key: raw[key] for key in _ABOUT_CUSTOMERS if key in raw} for raw in (one, other)]
            yield from _named("customer", {customer: about[0]}, {customer: about[1]})


def _named(prefix: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[TableChange]:
    for name in sorted({*old, *new}):
        if name not in new:
            yield TableChange(f"{prefix}/{name}", "removed")
        elif name not in old:
            yield TableChange(f"{prefix}/{name}", "added")
        elif old[name] != new[name]:
            yield TableChange(f"{prefix}/{name}", "changed", tuple(_parts(old[name], new[name])))


def _parts(old: Any, new: Any, path: str = "") -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield from _parts(old.get(key), new.get(key), f"{path}.{key}" if path else key)
        return
    if old is None:
        yield f"{path}: {_written(new)} (new)"
    elif new is None:
        yield f"{path}: {_written(old)} (taken out)"
    else:
        yield f"{path}: {_written(old)} -> {_written(new)}"


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_written(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_written(inner) for inner in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _words(key: Key) -> str:
    pattern = _TERMS.get((key[0], key[-1])) if len(key) == 3 else None
    return pattern.format(key[1]) if pattern else ".".join(key)
