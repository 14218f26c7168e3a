"""What the policy expects beyond a gateway that answers: each expectation becomes a finding."""

from collections.abc import Iterable, Iterator

from sla_engine.plugin import Duration, Finding, Stages, State
from sla_sms.keys import ExpectSms, SmsDegraded

_MICROSECONDS = 1_000_000


def findings(expect: ExpectSms, degraded: SmsDegraded, stages: Stages, *, so_far: bool = False) -> Iterator[Finding]:
    """The findings of everything that can be expected of any gateway.

    Args:
        stages: all that was seen; the time that a receipt took is no latency of the gateway.
        so_far: whether what is not known yet may still come; otherwise it is not met.
    """
    latency = sum(seconds for stage, seconds in stages.phases.items() if stage != "receipt")
    for wanted, unmet in ((expect, State.DOWN), (degraded, State.DEGRADED)):
        yield from _at_most("latency", wanted.latency, latency, unmet)
        for what, least, value in (
            ("certificate days", wanted.certificate_days, "certificate_days_left"),
            ("balance", wanted.balance_at_least, "balance"),
        ):
            if least is not None and not (so_far and value not in stages.values):
                yield _at_least(what, least, stages.values.get(value), unmet)
    yield from _at_most("round trip", degraded.receipt, stages.values.get("round_trip"), State.DEGRADED)


def _at_most(what: str, longest: Duration | None, seconds: float | None, unmet: State) -> Iterator[Finding]:
    if longest is None or seconds is None:
        return
    is_met = seconds * _MICROSECONDS <= longest.microseconds
    yield Finding(what, f"at most {longest}", f"{seconds * 1000:.0f} ms", State.UP if is_met else unmet)


def _at_least(what: str, least: float, seen: float | None, unmet: State) -> Finding:
    is_met = seen is not None and seen >= least
    told = "unknown" if seen is None else f"{seen:.6g}"
    return Finding(what, f"at least {least:g}", told, State.UP if is_met else unmet)


def receipt_finding(wanted: tuple[str, ...], seen: str, state: str) -> Finding:
    """What became of the message.

    Args:
        wanted: the states that are as they should be.
        seen: what was seen, for people.
        state: the state that was reached, or an empty text.
    """
    return Finding("receipt", " or ".join(wanted), seen, State.UP if state in wanted else State.DOWN)


def is_down(found: Iterable[Finding]) -> bool:
    """Whether anything that was found makes the gateway down."""
    return any(finding.state is State.DOWN for finding in found)
