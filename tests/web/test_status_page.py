from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from attrs import evolve
from litestar import Litestar
from litestar.testing import TestClient

from sla_engine.engine.status import Status
from sla_engine.model.text import LANGUAGES, plain

Visit = Callable[..., TestClient[Litestar]]


def text_of(html: str) -> str:
    words: list[str] = []
    parser = HTMLParser()
    parser.handle_data = words.append  # type: ignore[method-assign]
    parser.feed(html)
    return " ".join(" ".join(words).split())


def test_the_page_tells_which_service_is_down_and_by_which_check(visit: Visit) -> None:
    page = text_of(visit().get("/").text)

    assert "At least one service is down" in page
    assert "API ■ down" in page
    assert "health: down, 4 ms" in page


def test_the_page_tells_what_was_promised_and_what_is_left(visit: Visit) -> None:
    page = text_of(visit().get("/").text)

    assert "99 % 98.9999 % ▲ at risk -1 hour 30 minutes" in page


def test_a_measured_share_is_never_rounded_up_to_the_target(visit: Visit) -> None:
    assert "99 % 99 % ▲ at risk" not in text_of(visit().get("/").text)


def test_the_page_tells_of_open_incidents_and_since_when_somebody_has_them_in_hand(
    visit: Visit, all_up: Status
) -> None:
    page = text_of(visit().get("/").text)

    assert "Open incidents Incident Service State Since In hand since 7 API ■ down" in page
    assert "3 Oct 2026, 12:59:00 GMT+1 3 Oct 2026, 13:00:00 GMT+1" in page
    assert "Open incidents" not in text_of(visit(evolve(all_up, incidents=())).get("/").text)


def test_when_all_is_well_the_headline_says_so(visit: Visit, all_up: Status) -> None:
    assert "All services are up" in text_of(visit(all_up).get("/").text)


@pytest.mark.parametrize(
    ("accepted", "wanted", "language", "headline"),
    [
        ("", "", "en", "At least one service is down"),
        ("pt-PT,en;q=0.5", "", "pt", "Pelo menos um serviço está indisponível"),
        ("ja, fr;q=0.9, en;q=0.8", "", "fr", "Au moins un service est indisponible"),
        ("es;q=nonsense, de;q=0.1", "", "de", "Mindestens ein Dienst ist ausgefallen"),
        ("pt", "?lang=es", "es", "Al menos un servicio no está disponible"),
        ("pt", "?lang=xx", "pt", "Pelo menos um serviço está indisponível"),
    ],
)
def test_a_visitor_reads_the_page_in_their_language(
    visit: Visit, accepted: str, wanted: str, language: str, headline: str
) -> None:
    answer = visit().get(f"/{wanted}", headers={"accept-language": accepted})

    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["content-language"] == language
    assert headline in text_of(answer.text)


def test_every_text_is_translated_into_every_language(visit: Visit) -> None:
    english = set(text_of(visit().get("/?lang=en").text).split())

    for code in set(LANGUAGES) - {"en"}:
        page = text_of(visit().get(f"/?lang={code}").text)
        assert not {"down", "Since", "Promised", "Judged", "Downtime"} & set(page.split()), code
    assert {"down", "Since", "Promised", "Judged", "Downtime"} <= english


def test_titles_are_shown_as_text_only(visit: Visit, one_down: Status) -> None:
    nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    shown = evolve(one_down, services=(evolve(one_down.services[1], title=plain(nasty)),))

    answer = visit(shown).get("/")

    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_api_describes_itself_without_loading_anything_from_elsewhere(visit: Visit) -> None:
    described = visit().get("/api/docs").json()

    assert described["openapi"].startswith("3.1")
    assert "/api/v1/status" in described["paths"]
