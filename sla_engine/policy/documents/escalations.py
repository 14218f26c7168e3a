"""Who is told of what, as it is written."""

from typing import Literal

from attrs import frozen

from sla_engine.model.burn import BurnRule
from sla_engine.model.duration import Duration
from sla_engine.policy.values import ServiceList


@frozen
class BurnTable(BurnRule):
    """An error budget that burns too fast: a long and a short window both use it up at the rate of that share."""


@frozen
class Trigger:
    """What an escalation is about: a state of services, budgets that burn, certificates, the engine, or support."""

    services: ServiceList = None  # services, or "all"
    severities: tuple[Literal["critical", "major", "minor"], ...] = ()  # only services that matter so; default: any
    customers: tuple[str, ...] = ()  # only services of these customers, their own or in their contracts; default: any
    state: Literal["down", "degraded"] = "down"  # state that starts it
    burn: tuple[BurnTable, ...] = ()  # or error budgets that burn too fast, of every agreement upon these services
    certificate: Duration | None = None  # or certificates that end within so much time, such as 14d
    engine: bool = False  # or the engine's own trouble, such as being cut off
    levels: tuple[str, ...] = ()  # or answers of these support levels that fall due

    @property
    def is_about_states(self) -> bool:
        """Whether it is about services that are down or degraded."""
        return not self.burn and self.certificate is None and not self.engine and not self.levels

    def concerns(self, service: str, severity: str) -> bool:
        """Whether it is about a service that matters so, whatever of it."""
        return (self.services is None or service in self.services) and (
            not self.severities or severity in self.severities
        )


@frozen
class Step:
    """Who is told, and when."""

    notify: tuple[str, ...]  # notifiers, and rotations, whose notifier is the one on call
    after: Duration = Duration(0)  # since the incident was opened
    at: Literal["50%", "75%", "90%"] | None = None  # with on.levels: how much of the time is used up; default: all


@frozen
class EscalationTable:
    """Who is told of an incident."""

    on: Trigger  # what it is about
    step: tuple[Step, ...]  # in order of time
    confirm: int = 1  # consecutive down results before an incident opens
    recover: int = 1  # consecutive up results before it closes
    repeat: Duration | None = None  # how often the last step is repeated
