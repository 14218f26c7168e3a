"""The HTML of a message, in a browser: accessible on dark and light, narrow, and nothing asked of anybody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from tests.engine.wording.noticing import FACTS, noticed, told
from tests.engine.wording.test_hostile import CORPUS, hostile

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


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page that tells of everything that there is to tell."""
    path = tmp_path_factory.mktemp("message") / "message.html"
    path.write_text(told(*[noticed(about, number) for number, about in enumerate(FACTS, start=1)]).html)
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_no_accessibility_fault(browser: Browser, everything: Path, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(everything.as_uri())

    faults = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})

    assert faults.violations_count == 0, faults.generate_report()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_accents_stand_out_from_the_ground(browser: Browser, everything: Path, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(everything.as_uri())

    accents = page.eval_on_selector_all("h1, h2", "all => all.map(one => getComputedStyle(one).borderLeftColor)")
    ground = "rgb(255, 255, 255)" if scheme == "light" else "rgb(18, 18, 18)"

    assert len(set(accents)) == 3
    assert all(contrast(accent, ground) >= 3 for accent in accents)
    page.close()


def test_it_fits_a_narrow_screen_however_long_a_word_is(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "message.html").write_text(told(hostile("opened", "w" * 20_000)).html)
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto((tmp_path / "message.html").as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_hostile_texts_run_nothing_and_ask_nobody(browser: Browser, tmp_path: Path) -> None:
    seen: list[str] = []
    page = browser.new_page()
    page.on("dialog", lambda dialog: seen.append(dialog.message))
    page.on("console", lambda message: seen.append(message.text))
    page.on("request", lambda request: seen.append(request.url))

    for about in FACTS:
        for text in CORPUS.values():
            page.set_content(told(hostile(about, text)).html)

    assert seen == []
    page.close()


def contrast(one: str, other: str) -> float:
    """By WCAG 2.2."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    shares = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
