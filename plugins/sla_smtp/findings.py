"""What was seen, held against what a policy expects."""

from collections.abc import Iterator

from sla_engine.plugin import Duration, Finding, State
from sla_smtp.expectations import Expect
from sla_smtp.talk import Talk
from sla_smtp.text import printable

_MICRO = 1_000_000
_WAITING = ("mailbox", "arrive")


def findings(expect: Expect, talk: Talk, unmet: State) -> Iterator[Finding]:
    """A finding for each expectation that could be looked at.

    Args:
        unmet: what the target is where an expectation is not met.
    """
    if expect.banner is not None and talk.banner is not None:
        is_met = expect.banner in talk.banner
        yield finding("banner", f"with {expect.banner!r}", repr(printable(talk.banner)), is_met, unmet)
    if talk.offered is not None:
        for name in expect.extensions:
            parameters = talk.offered.get(name.upper())
            words = "not offered" if parameters is None else f"offered {printable(parameters)}".strip()
            yield finding(f"extension {name}", "offered", words, parameters is not None, unmet)
    values = talk.stages.values
    if expect.certificate_days is not None and (days := values.get("certificate_days_left")) is not None:
        expected = f"at least {expect.certificate_days} days"
        yield finding("certificate", expected, f"ends in {days:.1f} days", days >= expect.certificate_days, unmet)
    took = sum(seconds for stage, seconds in talk.stages.phases.items() if stage not in _WAITING)
    yield from _slow("latency", expect.latency, took, unmet)
    yield from _slow("round trip", expect.round_trip, values.get("round_trip_seconds"), unmet)


def finding(what: str, expected: str, seen: str, is_met: bool, unmet: State) -> Finding:
    """A finding that is up where the expectation is met."""
    return Finding(what, expected, seen, State.UP if is_met else unmet)


def _slow(what: str, longest: Duration | None, seconds: float | None, unmet: State) -> Iterator[Finding]:
    if longest is not None and seconds is not None:
        is_met = seconds * _MICRO <= longest.microseconds
        yield finding(what, f"at most {longest}", f"{seconds * 1000:.0f} ms", is_met, unmet)
