"""Tickets in a real browser: for everybody to use, without a script, and deaf to what customers put into them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from litestar import Litestar
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from sla_engine.engine.tickets.files import attachment
from sla_engine.model.text import LANGUAGES
from sla_engine.store.tickets import Attachment, TicketEntry, add_entries
from tests.web.desk import ACME, ANA, PNG, Desk

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "window.evil=1;alert(1);fetch('//evil.example')"
CORPUS = (
    f"<script>{RUN}</script>",
    f'"><img src=x onerror="{RUN}">',
    f"'><svg/onload='{RUN}'>",
    f"</textarea></title></style></option><script>{RUN}</script>",
    f'<a href="javascript:{RUN}">x</a> javascript:{RUN}',
    "{{ 7*7 }} {% for x in () %} ${7*7} #{7*7} {name} %(name)s",
    "<iframe src=//evil.example></iframe><link rel=stylesheet href=//evil.example>"
    "<meta http-equiv=refresh content='0;url=//evil.example'><base href=//evil.example>",
    "x\r\nSet-Cookie: evil=1\r\n\r\n<html>\v\x85\u2028\u2029\x00\u202e\u200b]]>--><!--",
    '<form action=//evil.example><button>x</button></form><input autofocus onfocus="' + RUN + '">',
)
"""What customers may write (F30, F50)."""


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
def served(app: Litestar) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with served(desk.app()) as found:
        yield found


@contextmanager
def tab(browser: Browser, *, token: str | None = None, address: str = "", **options: object) -> Iterator[Page]:
    """A tab without scripts of pages, signed in where there is a token."""
    context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    if token is not None:
        page.goto(f"{address}/tickets")
        page.fill("#token", token)
        page.press("#token", "Enter")
        page.wait_for_selector("text=ana" if token == ANA else "text=acme")
    yield page
    context.close()


@pytest.fixture
def worked_on(desk: Desk) -> str:
    """A ticket on which something of every kind stands; gives the token of its customer's view."""
    token = desk.open(files=(attachment("shot.png", PNG),)).ticket.token
    ana = desk.front.desk("ana")
    ana.note("T-1", "Seen it.", facts={"browser": "Firefox 140"}, topic="deliverability")
    desk.open("Resolved")
    ana.resolve("T-2", "Bye.")
    desk.open("Waiting", customer="umbrella")
    desk.clock.pass_by(60)
    desk.front.desk("ana").wait("T-3", "Which browser?")
    desk.clock.pass_by(3 * 3600)
    return token


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_an_accessibility_fault(
    browser: Browser, desk: Desk, address: str, worked_on: str, language: str
) -> None:
    messages: list[str] = []
    scheme = "dark" if language == "en" else "light"
    paths = ["/support", "/tickets/T-1", "/reports/support"]
    # What differs by a ticket's state does not differ by language.
    others = [f"/tickets/view/{worked_on}", "/tickets", "/tickets?show=all", "/tickets/T-2", "/tickets/T-3"]
    paths += others if language == "en" else []
    with tab(browser, token=ANA, address=address, color_scheme=scheme) as page:
        page.on("console", lambda message: messages.append(message.text))
        page.goto(f"{address}/tickets?lang={language}")
        for path in paths:
            page.goto(address + path)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            found = Axe().run(page, options={"runOnly": WCAG})
            assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
    assert messages == []


def test_pages_that_tell_of_errors_have_no_accessibility_fault(browser: Browser, desk: Desk, address: str) -> None:
    desk.open()
    with tab(browser, token=ANA, address=address) as page:
        page.goto(f"{address}/reports/support?period=soon")
        assert Axe().run(page, options={"runOnly": WCAG}).violations_count == 0
    with tab(browser) as page:
        page.goto(f"{address}/tickets/T-1")
        assert Axe().run(page, options={"runOnly": WCAG}).violations_count == 0
        page.fill("#token", "wrong")
        page.press("#token", "Enter")
        page.wait_for_selector("[role=alert]")
        assert Axe().run(page, options={"runOnly": WCAG}).violations_count == 0
        page.goto(f"{address}/support")
        page.evaluate("document.querySelector('form[method=post]').noValidate = true")
        page.click("text=Send")
        page.wait_for_selector("[role=alert]")
        found = Axe().run(page, options={"runOnly": WCAG})
        assert found.violations_count == 0, found.generate_report()
    with tab(browser, token=ANA, address=address) as page:
        page.goto(f"{address}/tickets/T-1")
        page.click("summary:has-text('Hand on')")
        page.click("button:has-text('Hand on')")
        page.wait_for_selector("[role=alert]")
        found = Axe().run(page, options={"runOnly": WCAG})
        assert found.violations_count == 0, found.generate_report()
        assert "What is missing" in page.locator("[role=alert]").inner_text()


def test_a_customer_opens_a_ticket_and_an_agent_answers_it_without_any_script(
    browser: Browser, desk: Desk, address: str, tmp_path: Path
) -> None:
    (tmp_path / "shot.png").write_bytes(PNG)
    with tab(browser, java_script_enabled=False, user_agent="Mozilla/5.0 (Nobody) Firefox/140.0") as page:
        page.goto(f"{address}/support")
        assert page.input_value("#browser") == "Mozilla/5.0 (Nobody) Firefox/140.0"
        page.fill("#subject", "No mail arrives")
        page.fill("#text", "Since noon.")
        page.fill("#sender", "bob@example.org")
        page.set_input_files("#files", tmp_path / "shot.png")
        page.click("button:has-text('Send')")
        page.wait_for_selector("text=Your ticket is T-1")
        page.click("text=Follow this ticket")
        page.wait_for_selector("text=We answer by")
        page.fill("#text", "It is urgent.")
        page.click("button:has-text('Send')")
        page.wait_for_selector("text=You wrote")
    with tab(browser, token=ANA, address=address, java_script_enabled=False) as page:
        page.click("text=T-1")
        page.fill("#answer-text", "Try again.")
        page.click("button:has-text('Answer')")
        page.wait_for_selector("text=Try again.")
        assert "answered in time" in page.content()
        with page.expect_download() as kept:
            page.click("text=shot.png")
        assert kept.value.suggested_filename == "shot.png"
    assert [entry.act for entry in desk.read().entries] == ["opened", "found", "wrote", "answered"]


def test_everything_can_be_reached_by_keyboard_and_the_first_stop_leads_past_the_menu(
    browser: Browser, address: str
) -> None:
    with tab(browser) as page:
        page.goto(f"{address}/support")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        reached = set()
        for _ in range(30):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        assert {
            "subject",
            "text",
            "sender",
            "name",
            "customer_number",
            "topic",
            "language",
            "browser",
            "files",
            "Send",
        } <= (reached)
        assert "website" not in reached


@pytest.mark.parametrize("width", [320, 360])
def test_pages_fit_a_narrow_screen(browser: Browser, desk: Desk, address: str, worked_on: str, width: int) -> None:
    desk.open("W" * 200, text="W" * 500)
    with tab(browser, token=ANA, address=address, viewport={"width": width, "height": 740}) as page:
        for path in (
            "/support", f"/tickets/view/{worked_on}", "/tickets", "/tickets/T-1", "/tickets/T-4", "/reports/support",
        ):  # fmt: skip
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_f30_f50_nothing_that_a_customer_writes_becomes_part_of_a_page(
    browser: Browser, desk: Desk, address: str
) -> None:
    """As it is kept of what is sent; and past that, as another program with the store might have entered it."""
    tokens = []
    for number, evil in enumerate(CORPUS, start=1):
        facts = {f"browser{evil}": evil, "nested": {evil: [evil]}}
        case = desk.open(
            evil, text=evil, sender=f"{number}@example.org", name=evil, topic=evil, customer=None, found=facts,
            files=(attachment(f"{evil}.png", PNG),),
        )  # fmt: skip
        tokens.append(case.ticket.token)
        entry = TicketEntry(desk.clock.now(), "wrote", evil, evil, evil, True, facts)
        with desk.store.changing() as connection:
            add_entries(connection, case.ticket, [entry], [Attachment(evil, evil, b"x", 1)])
    asked: list[str] = []
    dialogs: list[str] = []
    messages: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    with tab(browser, token=ANA, address=address) as page:
        page.on("request", note)
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        for number, token in enumerate(tokens, start=1):
            for path in (f"/tickets/T-{number}", f"/tickets/view/{token}"):
                page.goto(address + path, wait_until="load")
                foreign = "script, iframe, svg, img, object, base, meta[http-equiv], form[action*=evil], [onerror]"
                assert page.locator(foreign).count() == 0, path
                assert page.evaluate("window.evil") is None
        page.goto(f"{address}/tickets")
        assert page.locator("tbody tr").count() == len(CORPUS)
        assert page.locator("script, iframe, img").count() == 0

    assert (dialogs, messages) == ([], [])
    assert {url.split("/", 3)[2] for url in asked} == {address.removeprefix("http://")}


def test_f62_a_page_of_another_site_cannot_have_a_browser_answer(browser: Browser, desk: Desk, address: str) -> None:
    desk.open()
    evil = (
        f'<form method="post" action="{address}/tickets/T-1/answer" enctype="multipart/form-data">'
        '<input name="text" value="evil"><input name="form" value="guessed"><button>go</button></form>'
    )
    with tab(browser, token=ANA, address=address) as page:
        page.route("http://evil.example/", lambda route: route.fulfill(body=evil, content_type="text/html"))
        page.goto("http://evil.example/")
        with page.expect_response("**/tickets/T-1/answer") as answered:
            page.click("text=go")
        assert answered.value.status in {401, 403}
    assert [entry.act for entry in desk.read().entries] == ["opened"]


def test_the_link_of_a_customer_is_told_to_nobody(browser: Browser, desk: Desk, address: str) -> None:
    token = desk.open().ticket.token
    sent: list[str | None] = []
    with tab(browser) as page:
        page.on("request", lambda request: sent.append(request.headers.get("referer")))
        page.goto(f"{address}/tickets/view/{token}")
        page.click("nav >> text=Support")
        page.wait_for_selector("#subject")
    assert [referer for referer in sent if referer] == []


def test_a_customer_signs_in_and_sees_their_own(browser: Browser, desk: Desk, address: str) -> None:
    desk.open()
    desk.open("Not theirs", customer="umbrella")
    with tab(browser, token=ACME, address=address) as page:
        assert page.locator("tbody tr").count() == 1
        page.click("text=Sign out")
        page.wait_for_selector("#token")
