"""What a series says is the same stretch by stretch as result by result."""

from hypothesis import given
from hypothesis import strategies as st

from sla_engine.evaluation.timeline import lay_out
from sla_engine.exchange.scenarios.asking import asking
from sla_engine.exchange.scenarios.series import Stretch, parse_series
from sla_engine.exchange.scenarios.speech import sayings
from sla_engine.model.duration import Duration
from sla_engine.model.instant import HOUR, MINUTE, SECOND, Instant
from sla_engine.model.result import State, run_lengths
from sla_engine.model.schedule import Cron, Every, Schedule
from sla_engine.model.service import Check, Service, StaleAfter
from sla_engine.model.text import plain
from sla_engine.model.zone import parse_zone

EVERY_MINUTE = Every(Duration(MINUTE))
EVERY_HOUR = Cron("0 * * * *", parse_zone("UTC"))


def service(schedule: Schedule = EVERY_MINUTE) -> Service:
    return Service("api", plain("API"), schedule, (Check("api", "health", "null", None, Duration(SECOND)),))


def asked(series: str, schedule: Schedule = EVERY_MINUTE, until: Instant = HOUR) -> list[list[Instant]]:
    said = sayings(service(schedule), "api/health", "", parse_series(series), 0, until)
    return [list(saying.asked) for saying in said]


def test_each_stretch_is_asked_at_its_beginning_and_at_each_interval() -> None:
    assert asked("up 90s, down 30s, up x2, silent") == [
        [0, MINUTE],
        [90 * SECOND],
        [2 * MINUTE, 3 * MINUTE],
    ]


def test_cron_is_asked_at_its_own_instants() -> None:
    assert asked("down 90m, up x2, down", EVERY_HOUR, 5 * HOUR) == [[0, HOUR], [2 * HOUR, 3 * HOUR], [4 * HOUR]]


def test_a_count_without_end_ends_with_the_clock() -> None:
    assert asking(EVERY_HOUR).end_of(0, 999_999_999, 3 * HOUR) == 3 * HOUR
    assert [len(instants) for instants in asked("up x999999999")] == [60]


lengths = st.integers(1, 600).map(lambda seconds: Duration(seconds * SECOND))
series = st.lists(st.builds(Stretch, st.sampled_from([*State, None]), lengths), max_size=8)


@given(series, st.sampled_from([StaleAfter(1), StaleAfter(2), StaleAfter(5)]))
def test_run_lengths_say_what_the_results_say(stretches: list[Stretch], stale_after: StaleAfter) -> None:
    api = service()
    said = list(sayings(api, "api/health", "", stretches, 0, HOUR))
    results = [result for saying in said for result in saying.results()]

    by_runs = lay_out(api, [saying.run for saying in said], stale_after, HOUR)

    assert by_runs == lay_out(api, run_lengths(results), stale_after, HOUR)
