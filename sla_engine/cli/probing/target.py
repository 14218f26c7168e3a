"""What the user wants probed: a service with all of its checks, or one check."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from attrs import frozen

from sla_engine.cli.common import Refusal
from sla_engine.engine.status import Condition
from sla_engine.evaluation.timeline import service_state
from sla_engine.model.controls import Controls
from sla_engine.model.instant import SECOND
from sla_engine.model.result import State
from sla_engine.model.service import AtLeast, Check, UpWhen

if TYPE_CHECKING:
    from sla_engine.policy import PolicySet

_MOST_NAMES = 12


@frozen
class Target:
    """What is probed.

    Attributes:
        name: as the user gave it.
        checks: at least one.
        up_when: how they make its state.
        has_controls: whether the policies name controls, which settle what a silence means.
    """

    name: str
    checks: tuple[Check, ...]
    up_when: UpWhen = "all"
    has_controls: bool = False

    @property
    def longest(self) -> float:
        """Seconds that a run takes at the most, all its tries together."""
        return max(check.timeout.microseconds * (check.retries + 1) for check in self.checks) / SECOND

    @property
    def rule(self) -> str:
        """When it is up, in words."""
        if isinstance(self.up_when, AtLeast):
            return f"at least {self.up_when.count} of its {len(self.checks)} checks are"
        return f"{self.up_when} of its {len(self.checks)} checks are"

    def state(self, states: Iterable[State]) -> Condition:
        """What its checks make of it, by the same rule as the engine's; the monitor's own failure is unknown."""
        said = list(states)
        down = said.count(State.DOWN)
        up = len(said) - down - said.count(State.ERROR)
        state = service_state(up, down, len(said), self.up_when)
        if state == "up" and State.DEGRADED in said:
            return "degraded"
        return state or "unknown"


def find_target(policies: "PolicySet", name: str) -> Target:
    """The service or check of that name; where a service and a check share it, the service.

    Raises:
        Refusal: there is none, or nothing to probe.
    """
    has_controls = policies.controls != Controls()
    service = policies.services.get(name)
    if service is not None:
        if service.parts:
            names = ", ".join(part.id for part in service.parts)
            raise Refusal(f"service {name!r} is composed of others, and has nothing of its own to probe: try {names}")
        if not service.checks:
            raise Refusal(f"service {name!r} has no checks: give it one, as in [service.{name}.check.home]")
        return Target(name, service.checks, service.up_when, has_controls)
    for service in policies.services.values():
        for check in service.checks:
            if check.id == name:
                return Target(name, (check,), has_controls=has_controls)
    raise Refusal(_unknown(policies, name))


def _unknown(policies: "PolicySet", name: str) -> str:
    checks = [check.id for service in policies.services.values() for check in service.checks]
    if not checks:
        return f"there is no service or check {name!r}: the policies have none"
    close = get_close_matches(name, [*policies.services, *checks], n=3)
    if close:
        return f"there is no service or check {name!r}; did you mean {' or '.join(close)}?"
    more = f" and {len(checks) - _MOST_NAMES} more, which `sla show` lists" if len(checks) > _MOST_NAMES else ""
    return f"there is no service or check {name!r}; there is {', '.join(checks[:_MOST_NAMES])}{more}"
