"""Who reads a page: in which language, and by which clocks. What a reader chose is kept in cookies of their own."""

from typing import Any
from urllib.parse import urlencode

from attrs import frozen
from litestar import Request
from litestar.datastructures import Cookie, State

from sla_engine.languages import Language
from sla_engine.model.text import LANGUAGES
from sla_engine.model.zone import Zone, parse_zone
from sla_engine.web.languages import choose_language

ZONES = (
    "UTC",
    "Atlantic/Azores",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)
"""What is suggested; every other zone can be written."""

_YEAR = 365 * 24 * 3600


@frozen
class Reader:
    """Who reads.

    Attributes:
        zone: whose clocks the page shows.
        chosen: what the reader chose just now, to be kept.
    """

    language: Language
    zone: Zone
    chosen: tuple[Cookie, ...]

    def link(self, request: Request[Any, Any, State], **changed: str) -> str:
        """The address of the same page with other parameters."""
        kept = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
        return f"?{urlencode({**kept, **changed})}"


def reader_of(request: Request[Any, Any, State], usual: Zone) -> Reader:
    """Who reads a page.

    Args:
        usual: the zone of whoever chose none.
    """
    wanted = request.query_params.get("lang")
    shown = choose_language(wanted or request.cookies.get("sla_lang"), request.headers.get("accept-language", ""))
    named = request.query_params.get("zone")
    zone = _zone(named) or _zone(request.cookies.get("sla_zone")) or usual
    chosen = [("sla_lang", shown.code)] if wanted in LANGUAGES else []
    if named is not None and _zone(named) is not None:
        chosen.append(("sla_zone", zone.name))
    return Reader(shown, zone, tuple(_kept(name, value) for name, value in chosen))


def _zone(name: str | None) -> Zone | None:
    if not name or len(name) > 40:
        return None
    try:
        return parse_zone(name)
    except ValueError:
        return None


def _kept(name: str, value: str) -> Cookie:
    return Cookie(key=name, value=value, path="/", max_age=_YEAR, httponly=True, samesite="lax")
