"""Services that are composed of others: ``of`` names the parts, and there is nothing of their own to probe."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, frozen

from sla_engine.model.service import Service
from sla_engine.policy.circles import in_order, leads_back
from sla_engine.policy.codes import Code
from sla_engine.policy.contracts import service_id
from sla_engine.policy.documents import ServiceTable
from sla_engine.policy.faults import meant, suggest
from sla_engine.policy.findings import Findings, Place

_OF_THE_PARTS = ("check", "every", "cron", "timezone", "locations", "agree")
_DEEPEST = 8


@frozen
class Written:
    """A service as it is written, and what came of it without its parts."""

    service: Service
    table: ServiceTable
    place: Place


def compose(written: Mapping[str, Written], findings: Findings) -> Mapping[str, Service]:
    """All services, those that are composed with their parts; what is wrong goes to the findings."""
    parts = {name: tuple(_parts(one, written, findings)) for name, one in written.items()}
    made: dict[str, Service] = {}
    steps: dict[str, int] = {}
    for name in in_order(parts):
        steps[name] = 1 + max((steps[part] for part in parts[name]), default=-1)
        if steps[name] > _DEEPEST:
            message = f"service {name!r} is composed of services in more than {_DEEPEST} steps"
            help_ = "name the services that it is composed of in the end"
            findings.error(Code.TOO_DEEP, written[name].place.at("of"), message, help_, at_key=True)
        made[name] = evolve(written[name].service, parts=tuple(made[part] for part in parts[name]))
    for name, one in written.items():
        if name not in made and leads_back(name, parts[name], parts):
            message, help_ = f"service {name!r} is composed of itself", "take one of them out of the circle"
            findings.error(Code.REFERENCE_CYCLE, one.place.at("of"), message, help_, at_key=True)
    return {name: made.get(name, one.service) for name, one in written.items()}


def _parts(one: Written, written: Mapping[str, Written], findings: Findings) -> Iterator[str]:
    """The ids of the parts that are there."""
    if one.table.of:
        _refuse_own_keys(one, findings)
    owners, seen = {None, one.service.customer}, set()
    for index, name in enumerate(one.table.of):
        here = one.place.at("of", index)
        part = service_id(name, one.service.customer, written)
        if part not in written or written[part].service.customer not in owners:
            known = _known(one.service.customer, written)
            message, help_ = f"there is no service {name!r}", suggest(name, known)
            findings.error(Code.UNKNOWN_REFERENCE, here, message, help_, meant=meant(name, known))
        elif part in seen:
            findings.error(Code.WRONG_VALUE, here, f"{name!r} is named twice", "name each part once")
        else:
            seen.add(part)
            yield part


def _refuse_own_keys(one: Written, findings: Findings) -> None:
    usual = ServiceTable()
    for key in _OF_THE_PARTS:
        if getattr(one.table, key) != getattr(usual, key):
            message = f"{key} is of what is probed, and {one.service.id!r} is composed of other services"
            help_ = f"take {key} out, or give it to {' or '.join(one.table.of)}"
            findings.error(Code.CONFLICTING_KEYS, one.place.at(key), message, help_, at_key=True)


def _known(customer: str | None, written: Mapping[str, Written]) -> Sequence[str]:
    """The names by which a service may call its parts: everybody's services, and a customer's its own too."""
    everybodys = [name for name, one in written.items() if one.service.customer is None]
    own = [name for name, one in written.items() if customer is not None and one.service.customer == customer]
    return [*everybodys, *own, *(name.partition("/")[2] for name in own)]
