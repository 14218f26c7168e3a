import threading
from collections.abc import Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from sla_engine.model.text import LANGUAGES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def address(site_app: object) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(site_app, port=0, log_level="error"))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_no_accessibility_fault_and_no_console_message(
    browser: Browser, address: str, language: str, scheme: str
) -> None:
    messages: list[str] = []
    page: Page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
    page.on("console", lambda message: messages.append(message.text))
    page.goto(f"{address}/?lang={language}")

    faults = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})

    assert faults.violations_count == 0, faults.generate_report()
    assert messages == []
    page.close()


def test_the_language_can_be_changed_without_a_mouse(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/?lang=en")

    for _ in range(LANGUAGES.index("fr") + 1):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url("**/?lang=fr")
    assert page.locator("h1").inner_text() == "État des services"
    page.close()


def test_the_page_fits_a_narrow_screen(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(address)

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()
