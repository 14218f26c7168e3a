"""A verdict as people read it."""

import attrs

from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion
from sla_engine.model.verdict import Outage, Verdict
from sla_engine.reports.verdict_text import length_text, table, verdict_text


def test_everything_that_decided_is_on_the_page(october: Verdict) -> None:
    assert (
        verdict_text(october)
        == """\
Agreement acme (on standard)
Period    2026-10-01 00:00:00 to 2026-11-01 00:00:00 (GMT+1), ended
Policies  0123456789ab

Availability
  service  target  measured    verdict   coverage  budget    budget left
  api      99%     98.999999%  BREACHED  100%      5h33m20s  -4h26m40s
  smtp     99.95%  -           no data   -         0s        0s

Time
  service  during  up           down  unknown  excluded  unscheduled  real down
  api      always  23d3h33m20s  10h   1m40s    0s        7d10h24m59s  10h1m
  smtp     office  0s           0s    0s       0s        31d          0s

Latency
  service  target  under  measured  verdict  in time  checks
  api      95%     800ms  99%       met      99       100

Percentiles
  service  under  p50       p90    p95    p99     at target  slowest    failed
  api      800ms  80.125ms  210ms  320ms  failed  320ms      799.999ms  1

Response
  level  within  during  target  measured    verdict   in time  late  open
  first  4h      office  100%    91.666666%  BREACHED  11       1     1

Outages
  service  from                 to                   counted  what was seen
  api      2026-10-03 13:00:00  2026-10-03 23:00:00  10h      api/health: HTTP 500

Late answers
  ticket  level  reached              was due              answered
  T-1     first  2026-10-03 13:00:00  2026-10-03 17:30:00  2026-10-03 18:00:00

How they became late
  T-1 first: 4h of office from 2026-10-03 13:00:00; waited 30m of open time for the customer (2026-10-03 14:00:00 to \
2026-10-03 14:30:00); due 2026-10-03 17:30:00; answered 2026-10-03 18:00:00 after 4h30m, 30m late

Credit    10%, 120.00 EUR
          api: 98.999999% is below 99%: 10% of 1200 EUR = 120.00 EUR; minimum none; cap 100%

Accounting default: measure time, min_outage 0s, unknown exclude, stale_after 2x, maintenance exclude, \
maintenance_notice 0s, maintenance_cap 8h"""
    )


def test_a_running_period_says_that_its_verdicts_are_provisional(october: Verdict) -> None:
    assert "running, so that its verdicts are provisional" in verdict_text(attrs.evolve(october, has_ended=False))


def test_what_a_server_answered_cannot_reach_the_terminal_or_break_the_columns(october: Verdict) -> None:
    api = october.availability[0]
    hostile = Outage(Interval(api.outages[0].span.start, october.end), 0, "api/health", "\x1b[31mred\nfine\u202e")

    text = verdict_text(attrs.evolve(october, availability=(attrs.evolve(api, outages=(hostile,)),)))

    assert "api/health: ?[31mred?fine?\n" in text


def test_lengths_are_cut_and_never_rounded_up() -> None:
    assert [length_text(length) for length in (59_999_999, 0, -1_500_000)] == ["59s", "0s", "-1s"]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table([("a", "bb"), ("ccc", "d")]) == "  a    bb\n  ccc  d"


def test_what_people_took_out_is_told_with_who_and_why(october: Verdict) -> None:
    window = Interval(october.start, october.start + 3_600_000_000)
    exclusion = Exclusion("X-7", ("api", "smtp"), window, "flood in the region", "j.doe")

    text = verdict_text(attrs.evolve(october, exclusions=(exclusion,)))

    assert (
        "Exclusions\n"
        "  id   services   from                 to                   by     reason\n"
        "  X-7  api, smtp  2026-10-01 00:00:00  2026-10-01 01:00:00  j.doe  flood in the region\n"
    ) in text
