"""The FAQ for everybody: articles as the texts that they are, found by their words."""

import re
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import PathParameter, QueryParameter

from sla_engine.engine.faq.searching import Faq
from sla_engine.engine.tickets.front import Front
from sla_engine.web.access import once
from sla_engine.web.bounds import Bounds, address_of
from sla_engine.web.pages import language_of, page

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


def is_article(name: str) -> bool:
    """Whether that can be the id of an article."""
    return _ID.fullmatch(name) is not None


def not_too_often(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Have whoever looks too often wait."""
    bounds: Bounds = connection.app.state.bounds
    once(bounds.looks, address_of(connection))


@get("/", sync_to_thread=True)
def faq_search(
    request: Request[Any, Any, State], q: Annotated[str, QueryParameter(max_length=200)] = ""
) -> Response[str]:
    """The articles that have some words, the best first."""
    faq = _faq(request)
    found = faq.search(q, language_of(request).code) if q.strip() else ()
    return page(request, "faq.html", {"asked": q.strip(), "articles": found})


@get("/{article:str}", sync_to_thread=True)
def faq_article(
    request: Request[Any, Any, State], article: Annotated[str, PathParameter(max_length=100)]
) -> Response[str]:
    """An article, in another language where it is not written in the reader's."""
    found = _faq(request).articles.get(article, language_of(request).code)
    if found is None:
        raise NotFoundException
    return page(request, "article.html", {"article": found})


faq_pages = Router(
    path="/support/faq",
    route_handlers=[faq_search, faq_article],
    guards=[not_too_often],
    include_in_schema=False,
)


def _faq(request: Request[Any, Any, State]) -> Faq:
    front: Front = request.app.state.site.desk
    faq = front.faq()
    if faq is None:
        raise NotFoundException
    return faq
