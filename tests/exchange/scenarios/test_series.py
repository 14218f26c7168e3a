import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.exchange.scenarios.series import Stretch, parse_series, write_series
from sla_engine.model.duration import Duration
from sla_engine.model.instant import HOUR, MILLISECOND, MINUTE
from sla_engine.model.result import State


def test_a_series_is_stretches_of_which_the_last_holds_to_the_end() -> None:
    assert parse_series("up 1h30m, down x3 , degraded in 900ms") == (
        Stretch(State.UP, Duration(HOUR + 30 * MINUTE)),
        Stretch(State.DOWN, count=3),
        Stretch(State.DEGRADED, latency=Duration(900 * MILLISECOND)),
    )


def test_unknown_is_the_monitors_own_failure_and_silent_is_nothing_at_all() -> None:
    assert [stretch.state for stretch in parse_series("unknown 1h, silent")] == [State.ERROR, None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("up 1h, dwn 5m, up", "'dwn' is no state: write down"),
        ("xyz", "'xyz' is no state: write up, degraded, down, unknown, silent"),
        ("up, down", "'up' holds to the end, and more follows: write how long, as in up 30m"),
        ("up 1h,", "'' is no stretch of a series: write a state and how long, as in up 30m or down x3"),
        ("up for 1h", "'up for 1h' is no stretch of a series"),
        ("up 1w", "'1w' is not a duration"),
        ("up 1bd", "'1bd' is in business days"),
        ("up 0s", "'up 0s' holds for no time at all"),
        ("up x0", "'up x0' holds for no time at all"),
        ("up 1h in fast", "'fast' is not a duration"),
        ("", "'' is no stretch of a series"),
    ],
)
def test_what_is_no_series_is_refused_with_what_to_write(text: str, message: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 (the whole message is compared)
        parse_series(text)

    assert str(refused.value).startswith(message)


states = st.sampled_from([*State, None])
durations = st.builds(Duration, st.integers(1, 10**9).map(lambda count: count * MILLISECOND))
latencies = st.none() | durations
lasting = st.builds(Stretch, states, durations, st.none(), latencies) | st.builds(
    Stretch, states, st.none(), st.integers(1, 999), latencies
)
endings = st.builds(Stretch, states, st.none(), st.none(), latencies)


@given(st.lists(lasting, max_size=5), endings)
def test_what_is_written_reads_back_as_the_same(stretches: list[Stretch], last: Stretch) -> None:
    assert parse_series(write_series([*stretches, last])) == (*stretches, last)
