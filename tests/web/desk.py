"""A desk with its web before it, upon a real store; time passes when it is told to."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from sla_engine import load_policies
from sla_engine.engine.access import Doors
from sla_engine.engine.tickets.changing import Case, read_case
from sla_engine.engine.tickets.figures import figures_of
from sla_engine.engine.tickets.front import Front
from sla_engine.engine.tickets.opening import Opening, open_ticket
from sla_engine.model.zone import parse_zone
from sla_engine.policy import PolicySet
from sla_engine.registry.secrets import SecretSource
from sla_engine.store import Store
from sla_engine.testing.clock import FakeClock
from sla_engine.web.app import create_app
from sla_engine.web.site import Site

POLICIES = """
[calendar.office]
timezone = "UTC"
hours.mon-fri = "10:00-18:00"

[service.api]
check.health = { probe = "http", url = "http://127.0.0.1:1/" }

[sla.standard]
availability.api = "99%"
timezone = "UTC"
response.first = { within = "4h", during = "office" }
response.second = { within = "8h", during = "office" }

[customer.acme]
name = "ACME S.A."
number = "C-1042"
contacts = ["ops@acme.example"]
language = "fr"
sla = "standard"
timezone = "Europe/Paris"
response.first = { within = "2h", during = "office" }

[customer.umbrella]
name = "Umbrella"
contacts = ["it@umbrella.example"]
sla = "standard"

[support.first]
title = { en = "First level", fr = "Premier niveau" }
escalates_to = ["second"]
[support.second]
requires = ["customer_number", "browser", "screenshot", "reproduced", "faq_searched"]
requires_for.deliverability = ["dns", "spf", "dkim"]
teams = { deliverability = "network", other = "development" }

[notifier.mail]
via = "email"
server = "smtp://127.0.0.1:25"
from = "support@provider.example"
to = ["support@provider.example"]

[engine.desk]
notifier = "mail"
site = "https://status.provider.example/"

[access.ana]
token = { env = "TOKEN_ANA" }
role = "agent"
[access.acme]
token = { env = "TOKEN_ACME" }
former = [{ env = "TOKEN_ACME_OLD" }]
role = "customer"
customer = "acme"
[access.umbrella]
token = { env = "TOKEN_UMBRELLA" }
role = "customer"
customer = "umbrella"
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
TOKENS = {
    "TOKEN_ANA": "agent-ana-0123456789abcdef",
    "TOKEN_ACME": "customer-acme-0123456789abcdef",
    "TOKEN_ACME_OLD": "customer-acme-before-0123456789",
    "TOKEN_UMBRELLA": "customer-umbrella-0123456789",
}
ANA, ACME, ACME_OLD, UMBRELLA = TOKENS.values()


class Desk:
    """A desk on Thursday, 8 January 2026, from 15:00 on; the office is open from 10:00 to 18:00."""

    def __init__(self, folder: Path, store: Store, clock: FakeClock) -> None:
        self.folder, self.store, self.clock = folder, store, clock
        self.environ = dict(TOKENS)
        self.load()
        self.front = Front(lambda: self.policies, store, clock)
        self.doors = Doors(lambda: self.policies, SecretSource(self.environ, lambda _: None), clock)
        self.site = Site(
            _no_status, tuple, self.doors.troubles, tuple, lambda: parse_zone("UTC"),
            desk=self.front, doors=self.doors, address=lambda: self.policies.engine.desk.site,
            figures=lambda period: figures_of(self.policies, store, period, clock.now()),
        )  # fmt: skip

    policies: PolicySet

    def load(self, text: str = POLICIES) -> None:
        """Have other policies in force."""
        (self.folder / "all.toml").write_text(text, encoding="utf-8")
        self.policies = load_policies(self.folder, environ={})

    def app(self) -> Litestar:
        return create_app(self.site, self.clock.monotonic)

    @contextmanager
    def visitor(self, token: str | None = None, **options: Any) -> Iterator["Visitor"]:
        """Somebody with a browser, signed in where there is a token."""
        with ExitStack() as stack:
            client = stack.enter_context(TestClient(self.app(), **options))
            visitor = Visitor(client)
            if token is not None:
                assert visitor.sign_in(token).status_code == 303
            yield visitor

    @contextmanager
    def program(self, token: str | None) -> Iterator[TestClient[Litestar]]:
        """A program with a token."""
        with TestClient(self.app()) as client:
            if token is not None:
                client.headers["Authorization"] = f"Bearer {token}"
            yield client

    def open(self, subject: str = "No mail arrives", **how: Any) -> Case:
        opening = Opening(subject, **{"customer": "acme", "text": "Since noon.", "who": "ana", **how})
        return open_ticket(self.policies, self.store, opening, self.clock.now())

    def read(self, number: str = "T-1") -> Case:
        return read_case(self.policies, self.store, number, self.clock.now())


class Visitor:
    """A browser without scripts: it keeps cookies, and sends the forms of pages as they stand."""

    def __init__(self, client: TestClient[Litestar]) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def word(self, page: str = "/tickets") -> str:
        """What a form of a page has to hold."""
        found = re.search(r'name="form" value="([^"]+)"', self.get(page).text)
        assert found is not None
        return found[1]

    def post(
        self, path: str, fields: dict[str, Any], files: Any = None, page: str = "/tickets", **headers: str
    ) -> Response:
        """Send a form as a page of ours has it."""
        sent = {"form": self.word(page), **fields}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        # Forms of ours are multipart, with or without files.
        parts = [*((name, (None, str(value))) for name, value in sent.items()), *(files or [])]
        return self.client.post(path, files=parts, headers=named, follow_redirects=False)

    def sign_in(self, token: str, then: str = "/tickets") -> Response:
        sent = {"form": self.word(), "token": token, "next": then}
        return self.client.post("/tickets/sign-in", data=sent, follow_redirects=False)


def text_of(html: str) -> str:
    """What of a page is read."""
    words: list[str] = []
    parser = HTMLParser()
    parser.handle_data = words.append  # type: ignore[method-assign]
    parser.feed(html)
    return " ".join(" ".join(words).split())


def _no_status() -> Any:
    raise AssertionError("nobody asks for it here")
