"""What is promised upon: services, and the checks that tell how they are."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from attrs import evolve, frozen

from sla_engine.model.duration import Duration
from sla_engine.model.schedule import Schedule
from sla_engine.model.text import Text


@frozen
class AtLeast:
    """A service is up when at least this many of its checks, or of its parts, are."""

    count: int

    def __str__(self) -> str:
        return f"at least {self.count}"


UpWhen: TypeAlias = Literal["all", "any"] | AtLeast
"""How the states of a service's checks, or of its parts, make the state of the service."""


Severity: TypeAlias = Literal["critical", "major", "minor"]
"""How much it matters when a service is down."""


@frozen
class Check:
    """One probe of a service.

    Attributes:
        service: the id of its service, ``acme/private-relay`` for a customer's own.
        name: its id within the service.
        probe: the name under which a plugin registered the probe.
        settings: the plugin's own object, made from the check's table.
        timeout: the one deadline of a run, retries included in none of it: each try has its own.
        retries: further tries inside the same run before it counts as down.
        trusted: whether an operator wrote it; what a customer's file names must be a public address.
    """

    service: str
    name: str
    probe: str
    settings: Any
    timeout: Duration
    retries: int = 0
    trusted: bool = True

    @property
    def id(self) -> str:
        """``service/name``, as results carry it."""
        return f"{self.service}/{self.name}"


@frozen
class Service:
    """Something that customers use: it is probed, or composed of other services that are.

    What is composed has no checks of its own, and neither schedule nor locations; its state at each instant comes from
    the states of its parts, whose checks `all_checks` gives.

    Attributes:
        id: ``website``, or ``acme/private-relay`` for a customer's own.
        title: its name for people.
        schedule: when its checks run.
        checks: in the order they were written; the order has no meaning.
        up_when: how they, or its parts, make the state of the service.
        locations: where it is probed from; ``("",)`` is the engine itself.
        agree: how many locations must say down, or None for a strict majority of those with a fresh result.
        depends_on: services without which this one cannot be up.
        customer: whose own it is, or None.
        severity: how much it matters when it is down.
        parts: the services that it is composed of, or none.
    """

    id: str
    title: Text
    schedule: Schedule
    checks: tuple[Check, ...]
    up_when: UpWhen = "all"
    locations: tuple[str, ...] = ("",)
    agree: int | None = None
    depends_on: tuple[str, ...] = ()
    customer: str | None = None
    severity: Severity = "major"
    parts: tuple["Service", ...] = ()


def with_parts(*services: Service) -> list[Service]:
    """Services and all that they are composed of, each once, parts before what they make."""
    found: dict[str, Service] = {}
    for service in services:
        _collect(service, found)
    return list(found.values())


def all_checks(services: Iterable[Service]) -> list[Check]:
    """Every check by which services are judged, those of their parts included, each once."""
    return [check for each in with_parts(*services) for check in each.checks]


def strictly(service: Service) -> Service:
    """The service as if every check of it, and of its parts, had to be up."""
    made: dict[str, Service] = {}
    for each in with_parts(service):
        made[each.id] = evolve(each, up_when="all", parts=tuple(made[part.id] for part in each.parts))
    return made[service.id]


def _collect(service: Service, found: dict[str, Service]) -> None:
    if service.id not in found:
        for part in service.parts:
            _collect(part, found)
        found[service.id] = service


@frozen
class StaleAfter:
    """How long a result speaks for, in intervals of its check; after that the state is unknown."""

    intervals: Fraction

    def __str__(self) -> str:
        return f"{float(self.intervals):g}x"
