"""What is promised upon: services, and the checks that tell how they are."""

from fractions import Fraction
from typing import Any, Literal, TypeAlias

from attrs import frozen

from sla_engine.model.duration import Duration
from sla_engine.model.schedule import Schedule
from sla_engine.model.text import Text


@frozen
class AtLeast:
    """A service is up when at least this many of its checks are."""

    count: int


UpWhen: TypeAlias = Literal["all", "any"] | AtLeast
"""How the states of a service's checks make the state of the service."""


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
    """Something that customers use and that is probed.

    Attributes:
        id: ``website``, or ``acme/private-relay`` for a customer's own.
        title: its name for people.
        schedule: when its checks run.
        checks: in the order they were written; the order has no meaning.
        up_when: how they make the state of the service.
        locations: where it is probed from; ``("",)`` is the engine itself.
        agree: how many locations must say down, or None for a strict majority of those with a fresh result.
        depends_on: services without which this one cannot be up.
        customer: whose own it is, or None.
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


@frozen
class StaleAfter:
    """How long a result speaks for, in intervals of its check; after that the state is unknown."""

    intervals: Fraction

    def __str__(self) -> str:
        return f"{float(self.intervals):g}x"
