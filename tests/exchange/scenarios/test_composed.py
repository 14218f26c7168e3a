"""Scenarios of services that are composed of others: their parts say something, and the whole follows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.exchange.scenarios.agreements import agreement
from sla_engine.exchange.scenarios.judging import play
from sla_engine.exchange.scenarios.reading import Reading
from sla_engine.exchange.scenarios.recording import Recorded, draft
from sla_engine.exchange.scenarios.suite import policies_for_judging
from sla_engine.model.instant import HOUR, MINUTE, parse_instant
from sla_engine.model.result import Run, State

Failures = Callable[[str], list[str]]

SHOP = """
[service.shop]
of = ["web", "api"]
[service.either]
of = ["shop", "far"]
up_when = "any"
[sla.shop]
availability = { shop = "99.9%", either = "99.9%", api = "99%" }
credit = [{ below = "99.9%", credit = "3d" }, { below = "99%", credit = "7d", services = ["shop"] }]
[escalation.shop]
on = { services = ["shop"] }
confirm = 2
recover = 2
step = [{ notify = ["sms"] }]
"""


@pytest.fixture
def folder(folder: Path) -> Path:
    (folder / "shop.toml").write_text(SHOP)
    return folder


def of_shop(expected: str) -> str:
    return f'[[scenario.x.expect]]\nsla = "shop"\n{expected}\n'


def test_the_whole_is_down_while_any_of_its_parts_is(failures: Failures) -> None:
    given = 'service.api = "up 1d, down 1h, up"\ncheck."web/faq" = "up 25h, down 1h, up"\n'

    assert failures(given + of_shop('availability.shop = { down = "2h", verdict = "breached" }')) == []


def test_the_whole_is_unknown_where_a_part_that_is_could_decide_it(failures: Failures) -> None:
    given = 'service.api = "up 1d, unknown 1h, up"\nservice.web = "up 1d, up 30m, down 1h, up"\n'

    assert failures(given + of_shop('availability.shop = { down = "1h", unknown = "30m" }')) == []


def test_a_whole_of_wholes_is_up_as_long_as_one_of_them_is(failures: Failures) -> None:
    given = 'service.api = "up 1d, down 2h, up"\nservice.far = "up 1d, up 1h, down 2h, up"\n'

    assert failures(given + of_shop('availability.either = { down = "1h" }')) == []


def test_maintenance_of_a_part_counts_unless_it_names_the_whole(failures: Failures) -> None:
    given = (
        'service.api = "up 1d, down 1h, up"\nmaintenance = [{ services = [NAMED], starts = "+1d", lasts = "1h", '
        'announced = "-9d" }]\n'
    )
    expected = of_shop('availability.api = "met"\navailability.shop = { down = "DOWN" }')

    assert failures(given.replace("NAMED", '"api"') + expected.replace("DOWN", "1h")) == []
    assert failures(given.replace("NAMED", '"shop"') + expected.replace("DOWN", "0s")) == []


def test_credits_in_days_are_expected_in_days(failures: Failures) -> None:
    short, long = 'service.api = "up 1d, down 1h, up"\n', 'service.api = "up 1d, down 8h, up"\n'

    assert failures(short + of_shop('credit = "3d"')) == []
    assert failures(long + of_shop('credit = "7d"')) == []
    assert failures(long + of_shop('credit = "3d"')) == ["sla shop, credit: expected 3d, came 7d"]
    assert failures(long + of_shop('credit = "10%"')) == ["sla shop, credit: expected 10%, came 7d"]


def test_who_is_told_of_the_whole_is_told_of_its_parts_outages(failures: Failures) -> None:
    incident = (
        "[[scenario.x.expect_incident]]\n"
        'service = "api"\n'
        "[[scenario.x.expect_incident]]\n"
        'service = "shop"\nbegan = "+1d"\nopened = "+1d1m"\nclosed = "+1d61m"\n'
        'told = [{ at = "+1d1m", by = "sms", about = "opened" }, { at = "+1d61m", by = "sms", about = "recovered" }]\n'
    )

    assert failures('service.api = "up 1d, down 1h, up"\n' + incident) == []


def test_a_whole_says_nothing_itself(read: Callable[[str], Reading]) -> None:
    [found] = read('[scenario.x]\nperiod = "2026-10"\nservice.shop = "down"\n').diagnostics

    assert found.message == "service 'shop' is composed of others, and says nothing itself"
    assert found.help == "write what web, api say"


def test_a_draft_of_a_whole_holds_what_its_parts_said(folder: Path, read: Callable[[str], Reading]) -> None:
    policies = policies_for_judging(folder)
    judged = agreement(policies, "2026-10", sla="shop", customer=None)
    start, end = judged.period.start, judged.period.end
    down = parse_instant("2026-10-10T00:00:00Z")
    checks = [("api/health", ""), ("web/home", ""), ("far/door", "lisbon"), ("far/door", "paris")]
    runs = [Run(check, place, State.UP, start, end - MINUTE, MINUTE, 44640) for check, place in checks]
    runs += [
        Run("web/faq", "", State.UP, start, down - MINUTE, MINUTE, 9),
        Run("web/faq", "", State.DOWN, down, down + HOUR - MINUTE, MINUTE, 60),
        Run("web/faq", "", State.UP, down + HOUR, end - MINUTE, MINUTE, 9),
    ]

    text = draft("x", "2026-10", judged, Recorded(runs, (), end), policies)

    assert '"web/faq" = "up 9d, down 1h, up"' in text
    assert 'credit = "3d"' in text
    [scenario] = read(text).scenarios
    assert play(scenario, policies).failures == ()
