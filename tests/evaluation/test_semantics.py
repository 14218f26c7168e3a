"""Which test proves which rule of judgement: a rule without a test, or a test that is gone, fails here.

The rules are those of business time, timelines, availability, clocks and credits, in the order of the documents.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

PROVEN = {
    # Business time
    "a window belongs to the weekday on which it opens": "calendars/test_business_time.py a_window_across_midnight",
    "a skipped time moves forward by the gap, a repeated one is the first": "calendars/test_summer_time.py open_time",
    "a night over the change of clocks has 7 h or 9 h": "calendars/test_business_time.py a_night_over_the_change",
    "nothing opens on a date that clocks left out": "calendars/test_summer_time.py nothing_opens_on_a_date",
    "a holiday removes its local date": "calendars/test_business_time.py a_holiday_removes_its_local_date",
    "open puts a date's own windows back": "calendars/test_business_time.py open_puts_a_closed_dates_own_windows",
    "equal ends are an error": "calendars/test_business_time.py a_window_that_no_clock_shows_is_refused",
    "an end before the start is an error": "calendars/test_business_time.py an_end_before_the_start_is_an_error",
    "landing on closing time is the deadline": "calendars/test_business_time.py landing_on_closing_time",
    "sub mirrors add": "calendars/test_laws.py adding_and_taking_away_undo_each_other",
    "a calendar that never opens is an error": "calendars/test_business_time.py a_calendar_that_never_opens",
    "business days end at the same time or at closing": "calendars/test_business_time.py five_business_days",
    "a cron instant that is skipped moves": "calendars/test_cron.py a_time_that_the_clock_skips",
    "a cron instant that is repeated fires once": "calendars/test_cron.py a_time_that_the_clock_shows_twice",
    # From results to a timeline
    "error is unknown, degraded is up": "evaluation/test_timeline.py a_result_speaks_until_the_next",
    "a result speaks until the next or is stale": "evaluation/test_timeline.py a_result_speaks_until_the_next",
    "order and repetition never matter": "evaluation/test_laws.py any_order_and_every_result_twice",
    "nor do they in either database": "store/test_judged.py order_repetition_batches_and_packing",
    "nor do they at the command line": "cli/test_evaluate.py shuffled_and_doubled_results_give_the_same_bytes",
    "contradicting results are decided in one way": "evaluation/test_laws.py of_contradicting_results",
    "locations decide by a strict majority, or so many": "evaluation/test_timeline.py locations_agree",
    "checks make a service three-valued": "evaluation/test_timeline.py checks_make_the_service_three_valued",
    # Availability
    "five kinds sum to the period": "evaluation/test_laws.py the_five_kinds_of_time_sum_to_the_period",
    "each instant has one kind, in this order": "evaluation/test_walk.py a_person_with_a_wall_clock",
    "a month is one of the contract's zone": "evaluation/test_availability.py the_month_is_one_of_the_contract",
    "maintenance keeps its notice": "evaluation/test_exclusions.py maintenance_announced_too_late",
    "maintenance beyond the cap counts": "evaluation/test_exclusions.py beyond_the_cap",
    "overlaps count once": "evaluation/test_exclusions.py overlaps_count_once",
    "no data is neither 0 nor 100 %": "evaluation/test_availability.py no_results_are_no_data",
    "nor is it where single checks are counted": "evaluation/test_counting.py failures_of_our_own_alone_are_no_data",
    "unknown is what the profile says": "evaluation/test_availability.py the_profile_says_what_unknown_time_is",
    "count excludes nothing": "evaluation/test_exclusions.py a_profile_that_counts_maintenance",
    "an unknown gap ends an outage": "evaluation/test_availability.py an_unknown_gap_ends_an_outage",
    "a short outage is up": "evaluation/test_availability.py an_outage_shorter_than_the_least",
    "its whole real run counts": "evaluation/test_availability.py an_outage_over_the_end_of_the_month",
    "exclude and credit flip a verdict": "evaluation/test_exclusions.py the_same_month_is_met_or_breached",
    "12 slots at 50 % are 99.9305 %": "evaluation/test_counting.py twelve_slots_at_half_errors",
    "86 failures are met and 87 breached": "evaluation/test_counting.py a_month_of_checks_bears_86_failures",
    "reaching the target meets it": "evaluation/test_availability.py reaching_the_target_exactly_meets_it",
    "the budget is of the whole period": "evaluation/test_availability.py a_running_period_is_judged_by_the_budget",
    "what is breached stays breached": "evaluation/test_laws.py what_is_breached_while_the_period_runs",
    "shares are shown rounded down": "evaluation/test_slo_cases.py shares_are_shown_rounded_down",
    # Response clocks and credits
    "a pause of 3,601 s moves the due instant to Friday": "evaluation/test_response.py a_pause_puts_the_due_instant",
    "while paused, due is unknown": "evaluation/test_response.py while_the_customer_is_waited_for",
    "a breach is recorded at the due instant": "evaluation/test_response.py a_breach_is_recorded_at_the_due_instant",
    "a clock keeps the terms it started under": "evaluation/test_response.py a_clock_keeps_the_terms",
    "warnings come at 50, 75 and 90 %": "evaluation/test_warnings.py of_two_hours",
    "monthly compliance counts each clock once": "evaluation/test_response.py a_clock_counts_once_in_the_month",
    "the worst tier reached applies": "evaluation/test_credits.py the_worst_tier_reached_applies",
    "minimum comes before cap": "evaluation/test_credits.py the_minimum_comes_before_the_cap",
    "money is rounded once": "evaluation/test_credits.py money_is_rounded_half_up",
    # Burn
    "factors come from the period's real length": "evaluation/test_burn.py factors_come_from_the_periods_real_length",
    "burn is the bad share over what is allowed": "evaluation/test_burn.py burn_is_the_bad_share",
}

ELSEWHERE = {
    # The field's cases that tests/evaluation/test_slo_cases.py and tests/calendars/test_cases.py do not run themselves.
    "SLO-02 SLO-04": "evaluation/test_burn.py the_factors_of_thirty_days",
    "SLO-20 SLO-22 SLO-24 SLO-26": "model/test_composites.py",
    "SLO-28 SLO-30 SLO-32": "calendars/test_periods.py periods_begin_at_their_anchor",
    "SLO-46": "policy/test_diagnostics.py a_fault_is_told_as_the_golden_file_says",
}


@pytest.mark.parametrize("rule", [*PROVEN, *ELSEWHERE])
def test_a_rule_is_proven_by_a_test_that_exists(rule: str) -> None:
    file, _, name = {**PROVEN, **ELSEWHERE}[rule].partition(" ")

    assert any(found.startswith(f"test_{name}") for found in named_in(TESTS / file))


def named_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name
