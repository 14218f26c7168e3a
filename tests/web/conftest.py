from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fractions import Fraction

import pytest
from attrs import evolve
from litestar import Litestar
from litestar.testing import TestClient

from sla_engine.calendars.periods import Period
from sla_engine.engine.budgets import BudgetStatus
from sla_engine.engine.health import Measure
from sla_engine.engine.status import AgreementStatus, CheckStatus, ObjectiveStatus, ServiceStatus, Status
from sla_engine.evaluation.burn import Burn
from sla_engine.evaluation.outlook import Outlook, Pace
from sla_engine.model.accounting import Accounting
from sla_engine.model.instant import HOUR, MINUTE, parse_instant
from sla_engine.model.interval import Interval
from sla_engine.model.text import Text, plain
from sla_engine.model.zone import parse_zone
from sla_engine.web.app import create_app
from sla_engine.web.site import Site

ZONE = parse_zone("GMT+1")
NOW = parse_instant("2026-10-03T12:00:00Z")

NO_BURN = Burn(Interval(NOW - HOUR, NOW), Fraction(36 * 10**6), Fraction(0), Fraction(0), Fraction(0))
UNBURNT = BudgetStatus(Outlook(Fraction(7 * HOUR), Fraction(0), 7 * HOUR, Pace(None, NO_BURN, None), ()), ())

ONE_DOWN = Status(
    at=NOW,
    policy_hash="0123456789abcdef" * 4,
    services=(
        ServiceStatus(
            "website",
            Text({"en": "Website and FAQ", "pt": "Website e Perguntas Frequentes"}),
            "up",
            NOW - 2 * HOUR,
            None,
            (CheckStatus("home", "", "up", NOW - MINUTE, 12_300, None),),
        ),
        ServiceStatus(
            "api",
            plain("API"),
            "down",
            NOW - MINUTE,
            "status 503, expected 2xx",
            (CheckStatus("health", "", "down", NOW - MINUTE, 4_000, "status 503, expected 2xx"),),
        ),
    ),
    agreements=(
        AgreementStatus(
            "standard",
            None,
            plain("Standard agreement"),
            ZONE,
            Period(parse_instant("2026-09-30T23:00:00Z"), parse_instant("2026-10-31T23:00:00Z"), ZONE, "2026-10"),
            Accounting(),
            (
                ObjectiveStatus(
                    "website", plain("Website"), "99", "100", "99.5", "on_track", 7 * HOUR, 7 * HOUR, UNBURNT
                ),
                ObjectiveStatus(
                    "api", plain("API"), "99", "98.999999", "99.5", "at_risk", 7 * HOUR, -90 * MINUTE, UNBURNT
                ),
            ),
        ),
    ),
)
MEASURES = (Measure("sla_results", "Results taken.", "counter", 42.0),)


@pytest.fixture
def one_down() -> Status:
    return ONE_DOWN


@pytest.fixture
def all_up() -> Status:
    return evolve(ONE_DOWN, services=ONE_DOWN.services[:1])


@pytest.fixture
def visit() -> Iterator[Callable[..., TestClient[Litestar]]]:
    """Open a site that shows a status and has these troubles."""
    with ExitStack() as open_clients:

        def open_site(status: Status = ONE_DOWN, troubles: tuple[str, ...] = ()) -> TestClient[Litestar]:
            site = Site(lambda: status, lambda: troubles, tuple, lambda: MEASURES, lambda: ZONE)
            return open_clients.enter_context(TestClient(create_app(site)))

        yield open_site


@pytest.fixture
def site_app() -> Litestar:
    return create_app(Site(lambda: ONE_DOWN, tuple, tuple, lambda: MEASURES, lambda: ZONE))
