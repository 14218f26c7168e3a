"""The banner in a real browser: on a page of another origin, with a strict policy, in the visitor's language."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import uvicorn
from attrs import evolve
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_httpserver import HTTPServer

from sla_engine.engine.maintenance.occurrences import known_occurrences
from sla_engine.model.text import LANGUAGES
from sla_engine.store.announcements import add_announcements

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield chromium
        chromium.close()


@contextmanager
def served(app: object, port: int = 0) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def engine(notices: Any) -> Iterator[str]:
    """The address of an engine's web."""
    with served(notices.app()) as address:
        yield address


class Shop:
    """A customers' page of another origin: it takes scripts and answers from the engine only, and no inline style."""

    def __init__(self, server: HTTPServer, page: Page, engine: str) -> None:
        self.server = server
        self.page = page
        self.engine = engine
        self.messages: list[str] = []
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))

    def visit(self, attributes: str = 'data-lang="en"', lang: str = "en") -> None:
        policy = (
            f"default-src 'none'; script-src {self.engine}; connect-src {self.engine}; style-src 'none'; "
            "require-trusted-types-for 'script'; base-uri 'none'"
        )
        body = (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Shop</title>'
            f'<script src="{self.engine}/announcements.js" {attributes} defer></script></head>'
            "<body><main><h1>Shop</h1></main></body></html>"
        )
        self.server.clear()
        self.server.expect_request("/").respond_with_data(
            body, content_type="text/html", headers={"Content-Security-Policy": policy}
        )
        self.server.expect_request("/favicon.ico").respond_with_data(b"")
        with self.page.expect_response("**/announcements.json*"):
            self.page.goto(self.server.url_for("/"))

    @property
    def items(self) -> Any:
        return self.page.locator("li")


@pytest.fixture
def shop(browser: Browser, httpserver: HTTPServer, engine: str) -> Iterator[Callable[..., Shop]]:
    with ExitStack() as open_contexts:

        def open_shop(context: BrowserContext | None = None, **options: Any) -> Shop:
            context = context or browser.new_context(timezone_id="Europe/Lisbon", **options)
            open_contexts.callback(context.close)
            return Shop(httpserver, context.new_page(), engine)

        yield open_shop


@pytest.fixture
def moved(notices: Any, upgrade: str) -> None:
    """Maintenance that was announced, and then moved by a day."""
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    notices.load(upgrade.replace("12-05T22", "12-06T22"))
    notices.at("2026-11-27T09:00:00Z")


@pytest.mark.usefixtures("moved")
def test_a_foreign_page_with_a_strict_policy_tells_of_a_move(shop: Callable[..., Shop]) -> None:
    seen = shop()
    seen.visit()

    expect(seen.items).to_have_count(1)
    words = seen.items.inner_text().replace("\u2009", " ").replace("\u202f", " ")
    assert "Planned maintenance: Database upgrade" in words
    assert "Sun, 6 December 2026" in words or "Sun, December 6, 2026" in words
    assert "Before: Sat" in words
    assert "Services: API" in words
    assert "Please save your work." in words
    assert "relay" not in words.lower()
    assert seen.page.evaluate("document.body.firstElementChild.shadowRoot.adoptedStyleSheets.length") == 1
    assert seen.items.evaluate("item => getComputedStyle(item).display") == "flex"
    assert seen.messages == []


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_language_of_the_script_or_of_the_page(language: str, shop: Callable[..., Shop]) -> None:
    labels = {
        "en": "Planned maintenance",
        "pt": "Manutenção planeada",
        "es": "Mantenimiento previsto",
        "fr": "Maintenance prévue",
        "de": "Geplante Wartung",
    }
    for attributes, lang in ((f'data-lang="{language}"', "ja"), ("", f"{language}-XX")):
        seen = shop()
        seen.visit(attributes, lang)

        expect(seen.items).to_contain_text(labels[language])
        assert seen.page.evaluate("document.body.firstElementChild.lang") == language


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_no_accessibility_fault_in_any_state(
    scheme: str, shop: Callable[..., Shop], notices: Any, upgrade: str
) -> None:
    other = upgrade.replace("upgrade]", "{0}]").replace("12-05T22", "{1}")
    notices.load(upgrade, other.replace("{0}", "move").replace("{1}", "11-26T10"), gone := upgrade.replace("e]", "d]"))
    notices.at("2026-11-26T09:05:00Z")
    notices.load(upgrade, other.replace("{0}", "move").replace("{1}", "11-26T10"), f"{gone}cancelled = true\n")
    notices.at("2026-11-26T10:30:00Z")
    seen = shop(color_scheme=scheme)
    seen.visit()
    expect(seen.items).to_have_count(3)
    assert {item.get_attribute("class") for item in seen.items.all()} == {"planned", "in_progress", "cancelled"}

    # The page's policy lets no other script in: axe comes in past it.
    client = seen.page.context.new_cdp_session(seen.page)
    client.send("Runtime.evaluate", {"expression": Axe().axe_script})
    asked = f"axe.run({{runOnly: {WCAG!r}}}).then(found => JSON.stringify(found.violations))"
    found = client.send("Runtime.evaluate", {"expression": asked, "awaitPromise": True})

    assert found["result"]["value"] == "[]"


@pytest.mark.usefixtures("moved")
def test_it_is_dismissed_by_the_keyboard_and_stays_so_until_something_changes(
    shop: Callable[..., Shop], notices: Any, upgrade: str
) -> None:
    seen = shop()
    seen.visit()
    expect(seen.items).to_have_count(1)
    button = seen.page.get_by_role("button", name="Dismiss: Database upgrade")

    seen.page.keyboard.press("Tab")
    expect(button).to_be_focused()
    seen.page.keyboard.press("Enter")
    expect(seen.items).to_have_count(0)
    seen.visit()
    expect(seen.page.get_by_role("region", name="Announcements")).to_have_count(1)
    expect(seen.items).to_have_count(0)

    notices.load(upgrade.replace("12-05T22", "12-07T22"))
    notices.at("2026-11-28T09:00:00Z")
    wait_for_sequence(seen, 2)
    again = shop(seen.page.context)
    again.page.context.new_cdp_session(again.page).send("Network.clearBrowserCache")  # as when a minute has passed
    again.visit()
    expect(again.items).to_have_count(1)
    again.page.keyboard.press("Tab")
    again.page.keyboard.press("Escape")
    expect(again.items).to_have_count(0)


def wait_for_sequence(seen: Shop, sequence: int) -> None:
    """Until the web, which remembers its answers for a second, tells of the newest change."""
    while True:
        told = seen.page.request.get(f"{seen.engine}/announcements.json").json()["announcements"]
        if told[0]["sequence"] == sequence:
            return
        seen.page.wait_for_timeout(50)


@pytest.mark.usefixtures("moved")
def test_only_the_services_that_the_page_is_about_are_told(shop: Callable[..., Shop]) -> None:
    seen = shop()
    seen.visit('data-lang="en" data-services="web"')
    seen.page.wait_for_function("document.body.firstElementChild.shadowRoot !== null")
    expect(seen.items).to_have_count(0)

    seen.visit('data-lang="en" data-services="web,api"')
    expect(seen.items).to_have_count(1)


def test_f50_no_words_become_marks_or_run(shop: Callable[..., Shop], notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    [occurrence] = known_occurrences(notices.store, 0)
    evil = "document.title='evil'"
    text = f'<img src=x onerror="{evil}"><script>{evil}</script> {{name}} {{value}} $& \r\n\u2028'
    forged = evolve(occurrence.latest, sequence=1, what="changed", title={"": text}, message={"": text})
    with notices.store.changing() as connection:
        add_announcements(connection, [forged])
    seen = shop()

    seen.visit()

    expect(seen.items).to_contain_text("<img src=x onerror=")
    assert seen.page.title() == "Shop"
    assert seen.page.locator("img, li script").count() == 0
    assert seen.messages == []


@pytest.mark.parametrize("asked", ["**/announcements.json*", "**/announcements.js"])
def test_a_page_does_not_suffer_when_the_engine_is_away(asked: str, shop: Callable[..., Shop]) -> None:
    seen = shop()
    seen.page.route(asked, lambda route: route.abort())
    failures: list[str] = []
    seen.page.on("pageerror", lambda error: failures.append(str(error)))
    seen.server.expect_request("/").respond_with_data("")

    body = (
        f'<!doctype html><title>Shop</title><script src="{seen.engine}/announcements.js" defer></script><h1>Shop</h1>'
    )
    seen.server.clear()
    seen.server.expect_request("/").respond_with_data(body, content_type="text/html")
    with seen.page.expect_request_finished(lambda request: request.url.endswith("/")):
        seen.page.goto(seen.server.url_for("/"))
    seen.page.wait_for_load_state("load")

    assert seen.page.locator("h1").inner_text() == "Shop"
    assert failures == []


def test_the_banner_is_small_and_needs_nothing(notices: Any) -> None:
    script = notices.get("/announcements.js")

    assert len(script.content) < 6_000
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert not any(word in script.text for word in ("innerHTML", "eval(", "import ", "document.write", "cssText"))
