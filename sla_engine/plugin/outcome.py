"""What one run of a probe found."""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen

from sla_engine.model.result import State

_NOTHING: Mapping[str, float] = MappingProxyType({})


@frozen
class Outcome:
    """The verdict of one try, made by one of the four class methods.

    Attributes:
        state: up, degraded (counts as up), down, or error (the monitor's own failure, never the target's).
        reason: why it is not up, for people, naming the stage and what was seen; None where it is up.
        phases: seconds that each named stage took, in order; together they are the latency.
        values: numbers worth plotting, such as days left of a certificate.
        evidence: what was seen, as text; capped by the engine.
    """

    state: State
    reason: str | None = None
    phases: Mapping[str, float] = field(default=_NOTHING)
    values: Mapping[str, float] = field(default=_NOTHING)
    evidence: str = ""

    @classmethod
    def up(
        cls,
        *,
        phases: Mapping[str, float] = _NOTHING,
        values: Mapping[str, float] = _NOTHING,
        evidence: str = "",
    ) -> "Outcome":
        """The target does what it should."""
        return cls(State.UP, None, phases, values, evidence)

    @classmethod
    def degraded(
        cls,
        reason: str,
        *,
        phases: Mapping[str, float] = _NOTHING,
        values: Mapping[str, float] = _NOTHING,
        evidence: str = "",
    ) -> "Outcome":
        """The target works, but worse than it should; counts as up."""
        return cls(State.DEGRADED, reason, phases, values, evidence)

    @classmethod
    def down(
        cls,
        reason: str,
        *,
        phases: Mapping[str, float] = _NOTHING,
        values: Mapping[str, float] = _NOTHING,
        evidence: str = "",
    ) -> "Outcome":
        """The target does not do what it should, and there is evidence from the target."""
        return cls(State.DOWN, reason, phases, values, evidence)

    @classmethod
    def error(
        cls,
        reason: str,
        *,
        phases: Mapping[str, float] = _NOTHING,
        values: Mapping[str, float] = _NOTHING,
        evidence: str = "",
    ) -> "Outcome":
        """The monitor itself failed, so nothing is known of the target."""
        return cls(State.ERROR, reason, phases, values, evidence)
