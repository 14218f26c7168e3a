"""The evidence of an outage in sentences, and key by key."""

import attrs
import pytest

from sla_engine.model.accounting import Accounting
from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import HOUR, MINUTE, SECOND, parse_instant
from sla_engine.model.interval import Interval
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.verdict import Cover, Evidence, Outage, Refusal, Verdict, Witness
from sla_engine.model.zone import parse_zone
from sla_engine.reports.evidence_json import outage_json
from sla_engine.reports.evidence_text import exact_length, exact_moment, outage_lines, refusal_text
from sla_engine.reports.verdict_text import verdict_text

NOON = parse_instant("2026-10-03T12:00:00Z")
UTC = parse_zone("UTC")
UPGRADE = Maintenance("upgrade", ("api",), Interval(NOON + 4 * MINUTE, NOON + HOUR), NOON - 48 * HOUR, "mail")
FLOOD = Exclusion("x-1", ("api",), Interval(NOON, NOON + MINUTE), "flood", "ana")
PROFILE = Accounting(
    min_outage=parse_duration("5m"),
    maintenance_notice=parse_duration("24h"),
    maintenance_cap=parse_duration("8h"),
    maintenance_channels=("in-app", "mail"),
)


def outage(counted: int = 4 * MINUTE, length: int = 6 * MINUTE, **evidence: object) -> Outage:
    usual = Evidence(
        real=6 * MINUTE,
        beyond=0,
        unagreed=0,
        is_short=False,
        covers=(Cover(UPGRADE, 2 * MINUTE, None),),
        witnesses=(Witness("api/health", "lisbon", NOON, NOON + 5 * MINUTE, 6, "HTTP 500"),),
    )
    return Outage(Interval(NOON, NOON + length), counted, "api/health", "HTTP 500", attrs.evolve(usual, **evidence))


def lines(told: Outage) -> list[str]:
    return list(outage_lines(told, PROFILE, UTC))


def test_it_says_what_is_counted_and_what_covers_the_rest() -> None:
    assert lines(outage()) == [
        "counted 4m of 6m: maintenance upgrade covers 2m",
        "api/health from lisbon said down 6 times, from 2026-10-03 12:00:00 to 2026-10-03 12:05:00: HTTP 500",
    ]


def test_an_outage_that_counts_as_a_whole_says_so() -> None:
    assert lines(outage(6 * MINUTE, covers=()))[0] == "counted 6m of 6m: all of it is agreed time that nothing covers"


def test_every_part_that_does_not_count_has_its_reason() -> None:
    told = outage(
        0, 10 * MINUTE, beyond=MINUTE, unagreed=3 * MINUTE, is_short=True, covers=(Cover(FLOOD, MINUTE, None),)
    )

    assert lines(told)[0] == (
        "counted 0s of 10m: 1m lie outside the period, 3m lie outside the agreed time, exclusion x-1 covers 1m, "
        "it is shorter than min_outage, 5m, as a whole"
    )


@pytest.mark.parametrize(
    ("refusal", "changes", "text"),
    [
        ("notice", {"announced_at": NOON}, "announced 4m ahead, and 1d ahead is agreed"),
        ("notice", {"announced_at": NOON + 5 * MINUTE}, "announced 1m after it began, and 1d ahead is agreed"),
        ("unannounced", {"announced_at": None}, "no announcement is on record"),
        ("channel", {"channel": "chat"}, "announced by chat, and what counts is in-app or mail"),
        (
            "channel",
            {"channel": None},
            "announced by no channel on record, and what counts is in-app or mail",
        ),
        ("cap", {}, "the 8h of maintenance that a period may have are used up"),
        ("counted", {}, "by the profile maintenance counts"),
    ],
)
def test_maintenance_that_takes_nothing_out_says_why(refusal: Refusal, changes: dict[str, object], text: str) -> None:
    late = attrs.evolve(UPGRADE, **changes)

    assert refusal_text(refusal, late, PROFILE) == text
    assert lines(outage(covers=(Cover(late, 0, refusal),)))[1] == f"maintenance upgrade covers nothing of it: {text}"


def test_of_maintenance_beyond_the_cap_the_rest_counts() -> None:
    assert lines(outage(covers=(Cover(UPGRADE, MINUTE, "cap"),)))[:2] == [
        "counted 4m of 6m: maintenance upgrade covers 1m",
        "maintenance upgrade covers no more of it: the 8h of maintenance that a period may have are used up",
    ]


@pytest.mark.parametrize(
    ("last", "count", "text"),
    [
        (NOON, 1, "api/health said down once, at 2026-10-03 12:00:00"),
        (None, None, "api/health said down from 2026-10-03 12:00:00 on"),
    ],
)
def test_who_said_down_and_when(last: int | None, count: int | None, text: str) -> None:
    witness = Witness("api/health", "", NOON, last, count, None)

    assert lines(outage(witnesses=(witness,)))[1:] == [text]


def test_a_verdict_tells_it_beneath_its_outages(october: Verdict) -> None:
    api = attrs.evolve(october.availability[0], outages=(outage(),))

    text = verdict_text(attrs.evolve(october, accounting=PROFILE, availability=(api,)))

    assert (
        "Evidence\n"
        "  api, 2026-10-03 13:00:00 to 2026-10-03 13:06:00\n"
        "    counted 4m of 6m: maintenance upgrade covers 2m\n"
        "    api/health from lisbon said down 6 times, from 2026-10-03 13:00:00 to 2026-10-03 13:05:00: HTTP 500\n"
    ) in text


def test_what_a_server_answered_cannot_break_the_lines(october: Verdict) -> None:
    hostile = Witness("api/health", "", NOON, NOON, 1, "\x1b[31mred\nfine\u202e")
    api = attrs.evolve(october.availability[0], outages=(outage(witnesses=(hostile,)),))

    text = verdict_text(attrs.evolve(october, availability=(api,)))

    assert "said down once, at 2026-10-03 13:00:00: ?[31mred?fine?\n" in text


def test_as_json_it_is_structured() -> None:
    told = outage(covers=(Cover(UPGRADE, 2 * MINUTE, None), Cover(FLOOD, 0, "counted")))

    assert outage_json(told)["evidence"] == {
        "real": 360,
        "outside_period": 0,
        "outside_agreed_time": 0,
        "shorter_than_min_outage": False,
        "covers": [
            {
                "kind": "maintenance",
                "id": "upgrade",
                "start": "2026-10-03T12:04:00Z",
                "end": "2026-10-03T13:00:00Z",
                "announced": "2026-10-01T12:00:00Z",
                "channel": "mail",
                "excluded": 120,
                "refused": None,
            },
            {
                "kind": "exclusion",
                "id": "x-1",
                "start": "2026-10-03T12:00:00Z",
                "end": "2026-10-03T12:01:00Z",
                "by": "ana",
                "reason": "flood",
                "excluded": 0,
                "refused": "counted",
            },
        ],
        "said_down": [
            {
                "check": "api/health",
                "location": "lisbon",
                "first": "2026-10-03T12:00:00Z",
                "last": "2026-10-03T12:05:00Z",
                "results": 6,
                "reason": "HTTP 500",
            }
        ],
    }


def test_lengths_and_moments_are_told_to_the_microsecond() -> None:
    assert [exact_length(one) for one in (0, 90 * SECOND, HOUR + 250_000, 1, 61 * SECOND + 500)] == [
        "0s", "1m30s", "1h0.25s", "0.000001s", "1m1.0005s",
    ]  # fmt: skip
    assert exact_moment(NOON + 1_500, UTC) == "2026-10-03 12:00:00.0015"
