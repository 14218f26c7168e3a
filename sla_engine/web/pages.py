"""Pages about tickets: what all of them show, and how they are made."""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie, State
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_401_UNAUTHORIZED,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_410_GONE,
    HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    HTTP_429_TOO_MANY_REQUESTS,
    HTTP_503_SERVICE_UNAVAILABLE,
)

from sla_engine.languages import Language, language
from sla_engine.model.instant import format_instant
from sla_engine.model.text import LANGUAGES
from sla_engine.model.zone import Zone
from sla_engine.web.forms import word_of
from sla_engine.web.reader import ZONES, Reader, reader_of
from sla_engine.web.site import Site
from sla_engine.web.ticket_words import SHAPES, act_words, fact_word, state_words, topic_word

_HEADERS = {"X-Robots-Tag": "noindex, nofollow"}


def page(
    request: Request[Any, Any, State],
    template: str,
    content: Mapping[str, Any],
    *,
    status: int = HTTP_200_OK,
    zone: Zone | None = None,
    cookies: Iterable[Cookie] = (),
    headers: Mapping[str, str] | None = None,
) -> Response[str]:
    """A page, as its visitor reads it; takes as long as it is large, so it is made off the event loop.

    Args:
        zone: by whose clocks it tells, unless the visitor chose another.
    """
    site: Site = request.app.state.site
    reader = reader_of(request, site.zone() if zone is None else zone)
    word, new = word_of(request)
    engine = request.app.template_engine
    assert engine is not None
    text = engine.get_template(template).render(_shown(request, reader, word) | dict(content))
    return Response(
        text,
        status_code=status,
        media_type=MediaType.HTML,
        headers={
            **_HEADERS,
            "Content-Language": reader.language.code,
            "Vary": "Accept-Language, Cookie",
            **(headers or {}),
        },
        cookies=[*reader.chosen, *new, *cookies],
    )


def sign_in_page(
    request: Request[Any, Any, State], *, is_wrong: bool = False, then: str | None = None
) -> Response[str]:
    """The page that says how one gets in."""
    is_from_elsewhere = request.headers.get("sec-fetch-site") == "cross-site"
    content = {
        "then": request.scope["path"] if then is None else then,
        "is_wrong": is_wrong,
        "is_from_elsewhere": is_from_elsewhere,
        "visitor": None,
    }
    return page(request, "sign_in.html", content, status=HTTP_401_UNAUTHORIZED)


def problem_page(request: Request[Any, Any, State], status: int, headers: Mapping[str, str]) -> Response[str]:
    """The page that says what went wrong."""
    if status == HTTP_401_UNAUTHORIZED:
        return sign_in_page(request)
    shown = reader_of(request, _any_zone(request)).language
    return page(request, "problem.html", {"words": _problem(shown, status)}, status=status, headers=headers)


def language_of(request: Request[Any, Any, State]) -> Language:
    """The language that a visitor reads."""
    return reader_of(request, _any_zone(request)).language


def _any_zone(request: Request[Any, Any, State]) -> Zone:
    site: Site = request.app.state.site
    return site.zone()


def _shown(request: Request[Any, Any, State], reader: Reader, word: str) -> dict[str, Any]:
    site: Site = request.app.state.site
    shown = reader.language
    return {
        "language": shown,
        "languages": [language(code) for code in LANGUAGES],
        "link": lambda **changed: reader.link(request, **changed),
        "zone": reader.zone,
        "zones": ZONES,
        "word": word,
        "has_form": site.desk is not None and site.desk.has_form,
        "visitor": getattr(request.state, "visitor", None),
        "shapes": SHAPES,
        "states": state_words(shown),
        "acts": act_words(shown),
        "fact_word": lambda name: fact_word(shown, name),
        "topic_word": lambda name: topic_word(shown, name),
        "instant": format_instant,
        "size": lambda count: _size(shown, count),
        "_": shown.text,
    }


def _size(shown: Language, count: int) -> str:
    """The size of a file."""
    for unit, size in (("MB", 1024 * 1024), ("kB", 1024)):
        if count >= size:
            return f"{shown.number(count / size)} {unit}"
    return f"{count} B"


def _problem(shown: Language, status: int) -> str:
    words = {
        HTTP_403_FORBIDDEN: shown.text(
            "This was not taken, as it did not come from a form of ours, or the form was too old. Open the page again, "
            "and allow cookies of this site."
        ),
        HTTP_404_NOT_FOUND: shown.text("There is no such page, or it is not yours to see."),
        HTTP_410_GONE: shown.text("This file is not kept any more: nothing has happened to its ticket for long."),
        HTTP_413_REQUEST_ENTITY_TOO_LARGE: shown.text(
            "This is more than can be taken at once: at most 10 MB for a file, and 25 MB together."
        ),
        HTTP_429_TOO_MANY_REQUESTS: shown.text("This was tried too often. Wait a few minutes, and try again."),
        HTTP_503_SERVICE_UNAVAILABLE: shown.text("Too much is being sent at the moment. Try again in a few seconds."),
    }
    return words.get(status, shown.text("This cannot be done. Go back, and look at what you wrote."))
