"""What the policy expects beyond a gateway that answers: each expectation becomes a finding."""

from collections.abc import Iterator

from sla_engine.plugin import Duration, Finding, Stages, State
from sla_sms.keys import ExpectSms, SmsDegraded

_MICROSECONDS = 1_000_000


def findings(expect: ExpectSms, degraded: SmsDegraded, stages: Stages) -> Iterator[Finding]:
    """The findings of everything that can be expected of any gateway.

    Args:
        stages: all that was seen; the time that a receipt took is no latency of the gateway.
    """
    latency = sum(seconds for stage, seconds in stages.phases.items() if stage != "receipt")
    for wanted, unmet in ((expect, State.DOWN), (degraded, State.DEGRADED)):
        yield from _at_most("latency", wanted.latency, latency, unmet)
        yield from _at_least("certificate days", wanted.certificate_days, stages, "certificate_days_left", unmet)
        yield from _at_least("balance", wanted.balance_at_least, stages, "balance", unmet)
    yield from _at_most("round trip", degraded.receipt, stages.values.get("round_trip"), State.DEGRADED)


def _at_most(what: str, longest: Duration | None, seconds: float | None, unmet: State) -> Iterator[Finding]:
    if longest is None or seconds is None:
        return
    is_met = seconds * _MICROSECONDS <= longest.microseconds
    yield Finding(what, f"at most {longest}", f"{seconds * 1000:.0f} ms", State.UP if is_met else unmet)


def _at_least(what: str, least: float | None, stages: Stages, value: str, unmet: State) -> Iterator[Finding]:
    if least is None:
        return
    seen = stages.values.get(value)
    is_met = seen is not None and seen >= least
    told = "unknown" if seen is None else f"{seen:.6g}"
    yield Finding(what, f"at least {least:g}", told, State.UP if is_met else unmet)


def receipt_finding(wanted: tuple[str, ...], seen: str, state: str) -> Finding:
    """What became of the message.

    Args:
        wanted: the states that are as they should be.
        seen: what was seen, for people.
        state: the state that was reached, or an empty text.
    """
    return Finding("receipt", " or ".join(wanted), seen, State.UP if state in wanted else State.DOWN)
