from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from sla_engine import load_policies
from sla_engine.calendars.periods import Period
from sla_engine.engine.budgets import BudgetStatus
from sla_engine.engine.health import Measure
from sla_engine.engine.maintenance.announcer import Announcer
from sla_engine.engine.maintenance.board import board
from sla_engine.engine.status import (
    AgreementStatus,
    CheckStatus,
    IncidentStatus,
    ObjectiveStatus,
    ServiceStatus,
    Status,
)
from sla_engine.evaluation.burn import Burn
from sla_engine.evaluation.outlook import Outlook, Pace
from sla_engine.model.accounting import Accounting
from sla_engine.model.instant import HOUR, MINUTE, parse_instant
from sla_engine.model.interval import Interval
from sla_engine.model.text import Text, plain
from sla_engine.model.zone import parse_zone
from sla_engine.store import Store, open_store
from sla_engine.testing.clock import FakeClock
from sla_engine.web.app import create_app
from sla_engine.web.site import Site
from tests.web.desk import Desk

ZONE = parse_zone("GMT+1")
NOW = parse_instant("2026-10-03T12:00:00Z")

NO_BURN = Burn(Interval(NOW - HOUR, NOW), Fraction(36 * 10**6), Fraction(0), Fraction(0), Fraction(0), True)
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
    incidents=(IncidentStatus(7, "api", plain("API"), "down", NOW - MINUTE, "anna", NOW),),
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


POLICY = """
[service.api]
title = { en = "API", pt = "Interface" }
every = "1m"
check.health = { probe = "http", url = "http://api.example" }
[service.web]
every = "1m"
check.home = { probe = "http", url = "http://web.example" }
[sla.standard]
timezone = "GMT+1"
availability = { api = "99%", web = "99%" }
[customer.acme]
sla = "standard"
availability.relay = "99%"
[customer.acme.service.relay]
title = "ACME relay"
every = "1m"
check.smtp = { probe = "smtp", host = "relay.acme.example" }
"""
UPGRADE = """
[maintenance.upgrade]
services = ["api", "acme/relay"]
starts = 2026-12-05T22:00:00Z
lasts = "2h"
title = { en = "Database upgrade", pt = "Atualização da base de dados" }
message = { en = "Please save your work.", pt = "Guarde o seu trabalho." }
announce = ["in-app"]
"""


class Notices:
    """Maintenance as an engine announces it, and the web that shows it; time passes when it is told to."""

    def __init__(self, folder: Path, store: Store, clock: FakeClock) -> None:
        self.folder = folder
        self.store = store
        self.clock = clock
        self.load()
        self.announcer = Announcer(lambda: self.policies, store, clock)

    def load(self, *texts: str) -> None:
        """Have other policies in force."""
        (self.folder / "policy.toml").write_text("".join((POLICY, *texts)), encoding="utf-8")
        self.policies = load_policies(self.folder, environ={})

    def at(self, moment: str) -> None:
        """Let time pass until a moment, and announce what is due by then."""
        self.clock.pass_by((parse_instant(moment) - self.clock.now()) / 1_000_000)
        self.announcer.look()

    def app(self) -> Litestar:
        return create_app(
            Site(
                lambda: ONE_DOWN, tuple, tuple, lambda: MEASURES, lambda: ZONE,
                board=lambda: board(self.policies, self.store, self.clock.now()),
            )
        )  # fmt: skip

    def get(self, path: str, **headers: str) -> Response:
        """What the web answers to a visitor now."""
        with TestClient(self.app()) as client:
            return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture
def upgrade() -> str:
    """Maintenance of the API and of a customer's own relay, on 5 December from 22:00 to 24:00 UTC."""
    return UPGRADE


@pytest.fixture
def notices(tmp_path: Path, store_url: str, fake_clock: FakeClock) -> Iterator[Notices]:
    (tmp_path / "policies").mkdir()
    with open_store(store_url) as store:
        store.start_writer()
        fake_clock.wall = parse_instant("2026-11-26T09:00:00Z")
        yield Notices(tmp_path / "policies", store, fake_clock)


@pytest.fixture
def desk(tmp_path: Path, store_url: str, fake_clock: FakeClock) -> Iterator[Desk]:
    (tmp_path / "policies").mkdir()
    with open_store(store_url) as store:
        store.upgrade()
        fake_clock.wall = parse_instant("2026-01-08T15:00:00Z")
        yield Desk(tmp_path / "policies", store, fake_clock)
