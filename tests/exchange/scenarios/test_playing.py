"""What comes of a scenario of October 2026 (in UTC, 31 days), and how it is told where that was not expected."""

from collections.abc import Callable
from pathlib import Path

import pytest

Failures = Callable[[str], list[str]]


def of_standard(expected: str) -> str:
    return f'[[scenario.x.expect]]\nsla = "standard"\n{expected}\n'


def test_what_is_not_said_is_up(failures: Failures) -> None:
    assert failures(of_standard('availability = { api = "met", web = "met", night = "met", far = "met" }')) == []


def test_lengths_are_exact_whatever_the_interval(failures: Failures) -> None:
    down = 'availability.web = { down = "1h1s", measured = "99.865554%", real_down = "1h1s", budget_left = "6h26m23s" }'

    assert failures('service.web = "up 1d, down 1h1s, up"\n' + of_standard(down)) == []


def test_what_was_not_expected_is_told_with_what_came(failures: Failures) -> None:
    expected = 'availability.api = { verdict = "met", measured = "99%", down = "59m" }\ncredit = "5%"'

    assert failures('service.api = "up 1d, down 8h, up"\n' + of_standard(expected)) == [
        "sla standard, availability.api.verdict: expected met, came breached",
        "sla standard, availability.api.measured: expected 99%, came 98.924731%",
        "sla standard, availability.api.down: expected 59m, came 8h",
        "sla standard, credit: expected 5%, came 0%",
    ]


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ("up 1d, down x3, up", 'down = "3m"'),
        ("up 1d, unknown 2h, up", 'unknown = "2h", coverage = "99.731182%"'),
        ("up 1d, silent 2h, up", 'unknown = "1h59m"'),  # the result before it speaks for two intervals
        ("up 1d, degraded 2h, up", 'down = "0s", measured = "100%"'),
        ("up 1d", 'up = "1d1m", unknown = "29d23h59m"'),  # after a series' end nothing is known
        ("silent", 'verdict = "no_data", unknown = "31d"'),
    ],
)
def test_series_say_what_happened(failures: Failures, series: str, expected: str) -> None:
    assert failures(f'service.api = "{series}"\n{of_standard(f"availability.api = {{ {expected} }}")}') == []


def test_one_check_can_speak_for_itself(failures: Failures) -> None:
    given = 'service.web = "up"\ncheck."web/faq" = "up 1d, down 1h, up"\n'

    assert failures(given + of_standard('availability.web = { down = "1h" }')) == []


def test_one_location_can_speak_for_itself(failures: Failures) -> None:
    one = 'check."far/door@lisbon" = "up 1d, down 1h, up"\n'
    both = one + 'check."far/door@paris" = "up 1d, down 30m, up"\n'

    assert failures(one + of_standard('availability.far = { down = "0s" }')) == []
    assert failures(both + of_standard('availability.far = { down = "30m" }')) == []


def test_a_check_by_cron_is_asked_at_its_instants_only(failures: Failures) -> None:
    """Down from 23:30 on, it is first seen down at midnight."""
    given = 'service.night = "up 23h30m, down x2, up"\n'

    assert failures(given + of_standard('availability.night = { down = "2h" }')) == []


def test_the_virtual_clock_stops_where_it_is_told_to(failures: Failures) -> None:
    given = 'now = "+2d"\nservice.api = "up 1d, down 8h, up"\n'
    expected = 'availability.api = { verdict = "breached", budget = "7h26m24s", unscheduled = "29d" }'

    assert failures(given + of_standard(expected)) == []


def test_the_virtual_clock_starts_where_it_is_told_to(failures: Failures) -> None:
    given = 'starts = 2026-10-11T00:00:00Z\nservice.api = "down 1h, up"\n'

    assert failures(given + of_standard('availability.api = { down = "1h", unknown = "10d" }')) == []


def test_latency_is_judged_by_how_fast_answers_came(failures: Failures) -> None:
    given = 'service.api = "up 100m in 300ms, up 5m in 800ms, up"\nnow = "+105m"\n'

    assert failures(given + of_standard('latency.api = { verdict = "on_track", good = 100, valid = 105 }')) == []
    assert failures(given + of_standard('latency.api = "breached"')) == [
        "sla standard, latency.api.verdict: expected breached, came on_track"
    ]


def test_tickets_run_on_the_calendar_of_their_level(failures: Failures) -> None:
    given = 'ticket.T-1 = { level = "first", opened = 2026-10-05T15:00:00Z, answered = "+19h" }\n'
    expected = 'response.first = { met = 0, breached = 1, clock.T-1 = { due = 2026-10-06T10:00:00Z, elapsed = "4h" } }'

    assert failures(given + of_standard(expected)) == [
        "sla standard, response.first.met: expected 0, came 1",
        "sla standard, response.first.breached: expected 1, came 0",
    ]


def test_a_tickets_course_can_be_told_event_by_event(failures: Failures) -> None:
    events = """[[scenario.x.ticket.T-1]]
    event = "opened"
    level = "first"
    at = 2026-10-05T09:00:00Z
    [[scenario.x.ticket.T-1]]
    event = "answered"
    at = 2026-10-05T14:00:00Z
    """

    assert failures(events + of_standard("response.first = { breached = 1, clock.T-1 = { met = true } }")) == [
        "sla standard, response.first.clock.T-1.met: expected true, came false"
    ]


def test_a_ticket_that_has_no_clock_is_told(failures: Failures) -> None:
    expected = 'response.first = { clock.T-9 = { due = "never" } }'

    assert failures(of_standard(expected)) == [
        "sla standard, response.first.clock.T-9: expected that it is judged, came nothing of that name"
    ]


def test_a_clock_that_waits_for_the_customer_is_due_never(failures: Failures) -> None:
    given = 'ticket.T-1 = { level = "first", opened = 2026-10-30T09:00:00Z, waiting = "+1h" }\n'

    assert failures(given + of_standard('response.first = { open = 1, clock.T-1 = { due = "never" } }')) == []
    assert failures(given + of_standard("response.first = { clock.T-1 = { met = true } }")) == [
        "sla standard, response.first.clock.T-1.met: expected true, came open"
    ]


def test_a_customers_contract_is_judged_with_its_own_services_and_its_fee(failures: Failures) -> None:
    given = 'service."acme/relay" = "up 1d, down 8h, up"\n'
    expected = '[[scenario.x.expect]]\ncustomer = "acme"\navailability.relay = "breached"\ncredit = "100.00 EUR"\n'

    assert failures(given + expected) == []
    assert failures(expected) == [
        "customer acme, availability.relay.verdict: expected breached, came met",
        "customer acme, credit: expected 100.00 EUR, came 0.00 EUR",
    ]


def test_a_promise_that_is_not_there_is_told(failures: Failures) -> None:
    assert failures(of_standard('availability."acme/relay" = "met"')) == [
        "sla standard, availability.acme/relay: expected that it is judged, came nothing of that name"
    ]


def test_exclusions_and_announced_maintenance_are_taken_out(failures: Failures) -> None:
    given = """service.api = "up 1d, down 4h, up"
    maintenance = [{ services = "all", starts = "+1d", lasts = "1h", announced = "-1d" }]
    exclusion = [{ services = ["api"], starts = "+1d2h", lasts = "2h", reason = "the customer's own doing" }]
    """

    assert failures(given + of_standard('availability.api = { down = "1h", excluded = "3h", real_down = "4h" }')) == []


def test_every_incident_is_expected_and_who_is_told(failures: Failures) -> None:
    given = 'service.api = "up 1d, down 2h, up"\n'
    told = '{ at = "+1d1m", by = "mail" }, { at = "+1d16m", by = "sms" }'
    told += ', { at = "+1d1h16m", by = "sms", about = "repeated" }'
    over = '{ at = "+1d2h1m", by = "mail", about = "recovered" }, { at = "+1d2h1m", by = "sms" }'
    moments = (
        'began = "+1d", opened = "+1d1m", ended = 2026-10-02T02:00:00Z, closed = "+1d2h1m", in_maintenance = false'
    )

    assert failures(f'{given}expect_incident = [{{ service = "api", {moments}, told = [{told}, {over}] }}]') == []
    assert failures(f'{given}expect_incident = [{{ service = "api", {moments}, told = [{told}] }}]') == [
        "incident 1, told: expected +1d1m mail, +1d16m sms, +1d1h16m sms (repeated), "
        "came +1d1m mail, +1d16m sms, +1d1h16m sms (repeated), +1d2h1m mail (recovered), +1d2h1m sms (recovered)"
    ]
    assert failures(f"{given}expect_incident = []") == [
        "incidents: expected none, came api opened +1d1m, closed +1d2h1m"
    ]
    assert failures('expect_incident = [{ service = "api" }]') == ["incidents: expected 1 (api), came none"]


def test_an_incident_that_lasts_is_closed_never(failures: Failures) -> None:
    given = 'service.api = "up 30d, down"\nexpect_incident = '

    assert failures(given + '[{ service = "api", closed = "never", ended = "never" }]') == []
    assert failures(given + '[{ service = "api", closed = "+31d" }]') == [
        "incident 1.closed: expected +31d, came never"
    ]


def test_messages_of_a_child_are_held_while_its_parent_is_down(failures: Failures) -> None:
    given = 'service.api = "up 1d, down 1h, up"\nservice.web = "up 1d, down 2h, up"\nexpect_incident = '
    web = '{ service = "web", opened = "+1d5m", told = ['
    first = '{ at = "+1d1h10m", by = "mail" }, { at = "+1d1h10m", by = "sms" }'
    # The web is asked every five minutes: after two rounds it would have been seen to be up again with the API.
    rest = ', { at = "+1d1h20m", by = "sms" }, { at = "+1d2h5m", by = "mail" }, { at = "+1d2h5m", by = "sms" }] }'

    assert failures(f'{given}[{{ service = "api" }}, {web}{first}{rest}]') == []


def test_a_service_has_one_incident_and_each_escalation_counts_from_its_own_confirmation(
    failures: Failures, folder: Path
) -> None:
    steps = 'step = [{ after = "5m", notify = ["sms"] }]'
    (folder / "more.toml").write_text(
        f'[escalation.same]\non.services = ["api"]\nconfirm = 2\nrecover = 2\n{steps}\n'
        f'[escalation.quick]\non.services = ["web"]\n{steps}\n'
    )
    api = '{ service = "api", told = [{ at = "+1d1m", by = "mail" }, { at = "+1d6m", by = "sms" }] }'
    web = '{ service = "web", opened = "+2d", told = [{ at = "+2d5m", by = "mail" }, { at = "+2d5m", by = "sms" }] }'

    given = 'service.api = "up 1d, down"\nservice.web = "up 2d, down"\nnow = "+2d6m"\nexpect_incident = '
    held = given.replace("up 1d, down", "up 1d, down 10m, up")
    over = '{ at = "+1d11m", by = "mail" }, { at = "+1d11m", by = "sms" }'
    api = api.replace("] }", f", {over}] }}")

    assert failures(f"{held}[{api}, {web}]") == []


def test_f49_a_service_that_flaps_has_one_incident_once_it_does(failures: Failures) -> None:
    given = f'service.api = "{", ".join(["up 3m, down 3m"] * 20)}"\nnow = "+2h"\nexpect_incident = '
    spans = [("+4m", "+7m"), ("+10m", "+13m"), ("+16m", "never")]
    expected = [f'{{ service = "api", opened = "{opened}", closed = "{closed}" }}' for opened, closed in spans]

    assert failures(f"{given}[{', '.join(expected)}]") == []


def test_a_scenario_without_expectations_passes(failures: Failures) -> None:
    assert failures('service.api = "down"') == []


def test_policies_with_maintenance_of_their_own_bring_it_along(failures: Failures, folder: Path) -> None:
    (folder / "maintenance.toml").write_text(
        '[maintenance.upgrade]\nservices = ["api"]\nstarts = 2026-10-02T00:00:00Z\nlasts = "2h"\n'
        "announced = 2026-10-01T00:00:00Z\n"
    )
    given = 'service.api = "up 1d, down 2h, up"\nexpect_incident = [{ service = "api", opened = "never", told = [] }]\n'

    assert failures(given + of_standard('availability.api = { down = "0s", excluded = "2h" }')) == []
