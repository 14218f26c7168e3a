"""An expected value and the one that came, both as text in the form in which the expectation was written."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sla_engine.exchange.scenarios.moments import NEVER, read_length, read_moment, write_length, write_moment
from sla_engine.model.credit import Grant, ServiceDays
from sla_engine.model.instant import Instant, to_datetime
from sla_engine.model.money import Money
from sla_engine.model.percent import Percent, format_percent
from sla_engine.model.verdict import Credit

_MOMENTS = {"due", "began", "opened", "ended", "closed"}
_WORDS = {"verdict", "service"}
_NOTHING = "nothing"


def shown(name: str, wanted: Any, came: Any, start: Instant) -> tuple[str, str]:
    """Both values as text; they are equal where the expectation is met.

    Args:
        name: the key of the expectation.
        came: a ratio, an instant, a length in microseconds, or whatever the key has.
        start: what instants that are written as text count from.
    """
    if isinstance(wanted, datetime):
        return wanted.isoformat(), NEVER if came is None else to_datetime(came, wanted.tzinfo).isoformat()  # type: ignore[arg-type]
    if name in _MOMENTS:
        at = None if wanted == NEVER else read_moment(wanted, start)
        return write_moment(at, start), write_moment(came, start)
    if isinstance(wanted, Percent | ServiceDays):
        return str(wanted), _given(came, wanted) if name == "credit" else _share(came)
    if isinstance(wanted, Money):
        return str(wanted.rounded()), _amount(came)
    if isinstance(wanted, str) and name not in _WORDS:
        return write_length(read_length(wanted)), write_length(came)
    return _plain(wanted), _plain(came)


def _share(ratio: Fraction | None) -> str:
    return _NOTHING if ratio is None else f"{format_percent(ratio)}%"


def _given(credit: Credit | None, wanted: Grant) -> str:
    """What is given back, days or a share; a contract without tiers gives nothing of either."""
    if credit is None:
        return str(ServiceDays(0)) if isinstance(wanted, ServiceDays) else _share(Fraction(0))
    return _share(credit.percent.ratio) if credit.days is None else str(credit.days)


def _amount(credit: Credit | None) -> str:
    return _NOTHING if credit is None or credit.amount is None else str(credit.amount)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "open" if value is None else str(value)
