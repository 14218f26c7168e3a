"""Maintenance for feed readers and calendars."""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import Parameter

from sla_engine.exchange.announcements.as_atom import atom_feed
from sla_engine.exchange.announcements.as_ics import calendar_feed
from sla_engine.web.announcements import Asked, answer, asked_for, language_of
from sla_engine.web.described import answers, errors
from sla_engine.web.site import Site

_Language = Annotated[str | None, Parameter(max_length=5)]
_Services = Annotated[str | None, Parameter(max_length=2000)]


@get("/feed.atom", sync_to_thread=True, responses=answers(str, "application/atom+xml", "The feed.") | errors(400))
def feed_atom(
    request: Request[Any, Any, State], state: State, lang: _Language = None, services: _Services = None
) -> Response[bytes]:
    """Maintenance as an Atom feed: planned, changed, cancelled, and of the last 90 days."""
    site: Site = state.site
    language = language_of(request, lang)
    wanted = asked_for(services)
    query = {"lang": language.code} | ({"services": ",".join(sorted(wanted))} if wanted else {})
    address = f"feed.atom?{urlencode(query)}"
    content = atom_feed(state.board().about(wanted), language, site.zone(), address=address)
    return answer(request, Asked(content, "application/atom+xml; charset=utf-8", language.code))


@get("/maintenance.ics", sync_to_thread=True, responses=answers(str, "text/calendar", "The calendar.") | errors(400))
def maintenance_ics(
    request: Request[Any, Any, State], state: State, lang: _Language = None, services: _Services = None
) -> Response[bytes]:
    """Maintenance as a calendar that can be subscribed to."""
    site: Site = state.site
    language = language_of(request, lang)
    content = calendar_feed(state.board().about(asked_for(services)), language, site.zone())
    return answer(request, Asked(content, "text/calendar", language.code))
