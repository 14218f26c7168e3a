"""One agreement as a policy set of its own: a text that reads back to the same contract."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sla_engine.policy.contracts import service_id
from sla_engine.policy.findings import Place
from sla_engine.policy.policies import PolicySet
from sla_engine.policy.terms import Leaves

_ABOUT_CUSTOMERS = ("name", "number", "contacts", "language", "sla")
_PARTS_OF_CALENDARS = ("any_of", "all_of", "except")
_PARTS_OF_SERVICES = ("depends_on", "of")


def self_contained(policies: PolicySet, kind: str, name: str, on: date | None = None) -> str:
    """The agreement with all that it refers to, as TOML.

    Amendments are worked in: the terms are those of the date, or the latest.

    Args:
        kind: ``sla`` or ``customer``.
    """
    import tomli_w

    return tomli_w.dumps(_document(policies, kind, name, on))


def _document(policies: PolicySet, kind: str, name: str, on: date | None) -> Mapping[str, Any]:
    terms = policies.terms(kind, name, on)
    customer = policies.raw("customer")[name] if kind == "customer" else None
    sla = name if customer is None else customer.get("sla")
    base: Leaves = policies.terms("sla", sla) if sla else {}
    together = {**base, **terms}
    owner = name if customer is not None else None
    promised = [service_id(one, owner, policies.services) for one in _promised(together)]
    services = {} if customer is None else customer.get("service", {})
    document: dict[str, Any] = {
        "calendar": _calendars(policies, _values(together, "during")),
        "service": _services(policies, [*promised, *_named_by(services.values())]),
        "accounting": _picked(policies.raw("accounting"), _values(together, "accounting")),
    }
    if sla:
        document["sla"] = {sla: _table(base)}
    if customer is not None:
        about = {key: customer[key] for key in _ABOUT_CUSTOMERS if key in customer}
        own = _table({key: leaf for key, leaf in terms.items() if leaf.how != "inherited"})
        document["customer"] = {name: {**about, **own, **({"service": services} if services else {})}}
    return {kind: tables for kind, tables in document.items() if tables}


def _table(leaves: Leaves) -> Mapping[str, Any]:
    table: dict[str, Any] = {}
    for key, leaf in leaves.items():
        inner = table
        for step in key[:-1]:
            inner = inner.setdefault(step, {})
        inner[key[-1]] = _written(leaf.place)
    return table


def _written(place: Place) -> Any:
    """The value as it was written; an objective that is one value is its target, or its text."""
    value: Any = place.file.tables
    for step in place.path:
        if type(value) not in {dict, list}:
            break
        value = value[step]
    return value


def _values(leaves: Leaves, name: str) -> set[str]:
    return {leaf.value for key, leaf in leaves.items() if key[-1] == name}


def _promised(leaves: Leaves) -> list[str]:
    return sorted({key[1] for key in leaves if key[0] in {"availability", "latency"}})


def _picked(tables: Mapping[str, Any], names: Iterable[str]) -> Mapping[str, Any]:
    return {name: tables[name] for name in sorted(names) if name in tables}


def _calendars(policies: PolicySet, names: Iterable[str]) -> Mapping[str, Any]:
    """These calendars and those that they are made of, the parts first."""
    return _with_parts(policies.raw("calendar"), sorted(names), _PARTS_OF_CALENDARS, {})


def _services(policies: PolicySet, names: Iterable[str]) -> Mapping[str, Any]:
    """These services, but customers' own, and those that they depend on or are composed of."""
    return _with_parts(policies.raw("service"), names, _PARTS_OF_SERVICES, {})


def _named_by(services: Iterable[Mapping[str, Any]]) -> list[str]:
    """What a customer's own services depend on, or are composed of."""
    return [part for service in services for key in _PARTS_OF_SERVICES for part in service.get(key, ())]


def _with_parts(
    tables: Mapping[str, Any], names: Iterable[str], keys: tuple[str, ...], found: dict[str, Any]
) -> Mapping[str, Any]:
    for name in names:
        if name in tables and name not in found:
            _with_parts(tables, [part for key in keys for part in tables[name].get(key, ())], keys, found)
            found[name] = tables[name]
    return found
