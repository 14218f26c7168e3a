"""What one run of a probe found."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from attrs import field, frozen

from sla_engine.model.result import State

_NOTHING: Mapping[str, float] = MappingProxyType({})


class Doubt(StrEnum):
    """Why an outcome may say more of the monitor's own network than of the target.

    The engine then asks its controls (``engine.control``): where one of them answers, the target is down; where none
    does, the monitor is cut off and nothing is known. Without controls the outcome stands as the probe gave it.
    """

    RESOLVER = "resolver"
    """The target's name did not resolve."""
    NETWORK = "network"
    """Nothing, or nothing more, was heard from the target."""


@frozen
class Finding:
    """One expectation, and what was seen.

    Attributes:
        what: what was looked at, as in ``status`` or ``header X-Node``.
        expected: as in ``2xx``.
        seen: as in ``503``.
        state: up where the expectation is met, else what the target is for it: down or degraded; error where nobody
            can tell.
    """

    what: str
    expected: str
    seen: str
    state: State = State.UP

    def __str__(self) -> str:
        return f"{self.what} {self.seen}, expected {self.expected}"


@frozen
class Outcome:
    """The verdict of one try, made by one of the class methods.

    Attributes:
        state: up, degraded (counts as up), down, or error (the monitor's own failure, never the target's).
        reason: why it is not up, for people, naming the stage and what was seen; None where it is up.
        phases: seconds that each named stage took, in order; together they are the latency.
        values: numbers worth plotting, such as days left of a certificate.
        evidence: what was seen, as text; capped by the engine.
        findings: the expectations, one by one.
        doubt: whether the monitor's own network may be the cause, or None.
    """

    state: State
    reason: str | None = None
    phases: Mapping[str, float] = field(default=_NOTHING)
    values: Mapping[str, float] = field(default=_NOTHING)
    evidence: str = ""
    findings: tuple[Finding, ...] = ()
    doubt: Doubt | None = None

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
        doubt: Doubt | None = None,
    ) -> "Outcome":
        """The target does not do what it should, and there is evidence from the target, or a doubt is named."""
        return cls(State.DOWN, reason, phases, values, evidence, doubt=doubt)

    @classmethod
    def error(
        cls,
        reason: str,
        *,
        phases: Mapping[str, float] = _NOTHING,
        values: Mapping[str, float] = _NOTHING,
        evidence: str = "",
        doubt: Doubt | None = None,
    ) -> "Outcome":
        """The monitor itself failed, so nothing is known of the target."""
        return cls(State.ERROR, reason, phases, values, evidence, doubt=doubt)

    @classmethod
    def judged(
        cls,
        findings: Iterable[Finding],
        *,
        phases: Mapping[str, float] = _NOTHING,
        values: Mapping[str, float] = _NOTHING,
        evidence: str = "",
    ) -> "Outcome":
        """As bad as the worst of the findings; the reason tells all that are as bad.

        What is surely not met counts before what cannot be told, and that before what is worse than it should be.
        """
        found = tuple(findings)
        for state in (State.DOWN, State.ERROR, State.DEGRADED):
            unmet = [str(finding) for finding in found if finding.state is state]
            if unmet:
                return cls(state, "; ".join(unmet), phases, values, evidence, found)
        return cls(State.UP, None, phases, values, evidence, found)
