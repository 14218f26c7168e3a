"""A drafted scenario passes as it stands, and says of what happened what judging the history itself says."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla_engine.evaluation import History, evaluate
from sla_engine.exchange.history import read_history
from sla_engine.exchange.scenarios.agreements import agreement
from sla_engine.exchange.scenarios.judging import outcome_of, play
from sla_engine.exchange.scenarios.reading import Reading
from sla_engine.exchange.scenarios.recording import Recorded, draft, stretches
from sla_engine.exchange.scenarios.series import write_series
from sla_engine.exchange.scenarios.suite import policies_for_judging
from sla_engine.model.instant import DAY, MINUTE, SECOND, Instant, format_instant, parse_instant
from sla_engine.model.result import Result, Run, State, run_lengths
from sla_engine.policy import PolicySet
from sla_engine.policy.tickets import covered_tickets

OCTOBER, NOVEMBER = parse_instant("2026-10-01T00:00:00Z"), parse_instant("2026-11-01T00:00:00Z")


@pytest.fixture
def policies(folder: Path) -> PolicySet:
    return policies_for_judging(folder)


def drafted(
    policies: PolicySet, runs: list[Run], *, tickets: Any = (), customer: str | None = None, now: Instant = NOVEMBER
) -> str:
    sla = None if customer else "standard"
    judged = agreement(policies, "2026-10", sla=sla, customer=customer)
    return draft("x", "2026-10", judged, Recorded(runs, tickets, now), policies)


def up(check: str, interval: int = MINUTE) -> Run:
    return Run(check, "", State.UP, OCTOBER, NOVEMBER - interval, interval, 44640)


def test_a_series_says_when_checks_were_silent_and_when_the_monitor_failed() -> None:
    def run(state: State, first: int, last: int) -> Run:
        at = OCTOBER + 17 * SECOND
        return Run("api/health", "", state, at + first * MINUTE, at + last * MINUTE, MINUTE, last - first + 1)

    runs = [run(State.UP, 0, 9), run(State.DOWN, 10, 12), run(State.ERROR, 13, 13), run(State.UP, 20, 24)]

    series = stretches(runs, OCTOBER, OCTOBER + 30 * MINUTE)

    assert write_series(list(series)) == "silent 17s, up 10m, down 3m, unknown 1m, silent 6m, up 5m, silent"


def test_what_goes_on_at_the_period_s_end_has_no_length() -> None:
    assert write_series(list(stretches([up("api/health")], OCTOBER, NOVEMBER))) == "up"
    assert write_series(list(stretches([], OCTOBER, NOVEMBER))) == "silent"


def test_a_run_that_began_before_the_period_is_cut(policies: PolicySet) -> None:
    early = Run("api/health", "", State.DOWN, OCTOBER - 10 * MINUTE, OCTOBER + 4 * MINUTE, MINUTE, 15)
    late = Run("api/health", "", State.UP, OCTOBER + 5 * MINUTE, NOVEMBER - MINUTE, MINUTE, 44635)

    assert write_series(list(stretches([early, late], OCTOBER, NOVEMBER))) == "down 5m, up"


def test_a_draft_passes_and_holds_what_judging_the_history_says(
    policies: PolicySet, read: Callable[[str], Reading]
) -> None:
    lines = [
        json.dumps({"check": "api/health", "at": format_instant(at), "state": "down" if hour == 30 else "up"}).encode()
        for hour in range(3 * 24)
        for at in range(OCTOBER + hour * 60 * MINUTE + 339_123, OCTOBER + (hour + 1) * 60 * MINUTE, MINUTE)
    ]
    lines += [
        b'{"ticket":"T-1","event":"opened","level":"first","at":"2026-10-05T09:00:00.123456Z"}',
        b'{"ticket":"T-1","event":"reached","level":"third","at":"2026-10-05T10:00:00Z"}',
        b'{"ticket":"T-1","event":"answered","level":"first","at":"2026-10-05T14:00:00Z"}',
        b'{"ticket":"T-2","event":"opened","level":"first","customer":"acme","at":"2026-10-05T09:00:00Z"}',
    ]
    history = read_history("history", lines, policies.services)
    runs = run_lengths(history.results)

    text = drafted(policies, runs, tickets=covered_tickets(policies, history.tickets, None))

    reading = read(text)
    assert not reading.diagnostics, text
    assert play(reading.scenarios[0], policies).failures == ()
    written = tomllib.loads(text)["scenario"]["x"]
    assert written["check"]["api/health"] == "silent 339ms, up 1d6h, down 1h, up 1d17h, silent"
    [expected] = written["expect"]
    assert expected["availability"]["api"] == {
        "verdict": "breached", "measured": "98.611432%", "down": "1h", "unknown": "27d23h59m"
    }  # fmt: skip
    assert expected["availability"]["web"] == "no_data"
    assert expected["response"]["first"] == {"verdict": "breached", "met": 0, "breached": 1, "open": 0}
    assert list(written["ticket"]) == ["T-1"]
    [incident] = written["expect_incident"]
    assert (incident["service"], incident["opened"]) == ("api", "+1d6h1m339ms")


def test_a_draft_of_a_running_period_says_up_to_when(policies: PolicySet, read: Callable[[str], Reading]) -> None:
    now = OCTOBER + 90 * MINUTE

    text = drafted(policies, [up("api/health")], now=now)

    assert tomllib.loads(text)["scenario"]["x"]["now"].isoformat() == "2026-10-01T01:30:00+00:00"
    assert play(read(text).scenarios[0], policies).failures == ()


def test_a_customers_draft_is_of_its_own_services_and_locations(
    policies: PolicySet, read: Callable[[str], Reading]
) -> None:
    paris = Run("far/door", "paris", State.DOWN, OCTOBER, NOVEMBER - MINUTE, MINUTE, 44640)

    text = drafted(policies, [up("acme/relay/smtp"), paris], customer="acme")

    written = tomllib.loads(text)["scenario"]["x"]
    assert written["expect"][0]["customer"] == "acme"
    assert "acme/relay/smtp" not in written["check"]  # up all along need not be said
    assert (written["check"]["far/door@paris"], written["check"]["far/door@lisbon"]) == ("down", "silent")
    assert play(read(text).scenarios[0], policies).failures == ()


moments = st.lists(st.integers(0, 2 * 24 * 60 - 1), max_size=40, unique=True)
said = st.lists(st.sampled_from(State), min_size=40, max_size=40)


@given(moments, said, st.integers(0, 59_999))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_draft_passes_and_judges_as_the_history_does(
    policies: PolicySet, read: Callable[[str], Reading], minutes: list[int], states: list[State], offset: int
) -> None:
    results = [
        Result("api/health", OCTOBER + minute * MINUTE + offset * 1000, state, MINUTE)
        for minute, state in zip(sorted(minutes), states, strict=False)
    ]
    runs, now = run_lengths(results), OCTOBER + 3 * DAY

    reading = read(drafted(policies, runs, now=now))

    assert play(reading.scenarios[0], policies).failures == ()
    judged = agreement(policies, "2026-10", sla="standard", customer=None)
    verdict = evaluate(judged.contract, History(runs), judged.period, now)
    [again] = outcome_of(reading.scenarios[0].table, policies).verdicts
    assert [one.kinds for one in again.availability] == [one.kinds for one in verdict.availability]
    assert [one.finding for one in again.availability] == [one.finding for one in verdict.availability]
