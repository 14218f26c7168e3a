"""The status page and its JSON: every service's state, and what the running period still allows.

The page is everybody's; programs that show an agent's token are told all that ``sla status`` tells.
"""

from typing import Annotated, Any, cast

from litestar import Request, get
from litestar.datastructures import State
from litestar.params import Parameter
from litestar.response import Template

from sla_engine.engine.status import Status, public_json, status_json
from sla_engine.exchange.announcements.phrases import state_text
from sla_engine.languages import Language, language
from sla_engine.model.text import LANGUAGES
from sla_engine.web.access import is_agent, with_or_without_token
from sla_engine.web.described import errors
from sla_engine.web.languages import choose_language
from sla_engine.web.shapes import StatusShown
from sla_engine.web.site import Site

_SHAPES = {
    "up": "●",
    "met": "●",
    "on_track": "●",
    "degraded": "▲",
    "at_risk": "▲",
    "down": "■",
    "breached": "■",
    "unknown": "◇",
    "no_data": "◇",
    "planned": "○",
    "in_progress": "▲",
    "cancelled": "×",
}
"""A state is told by shape, word and colour, so that none of them has to be seen."""


@get("/", sync_to_thread=True)
def status_page(
    request: Request[Any, Any, State], state: State, lang: Annotated[str | None, Parameter(max_length=5)] = None
) -> Template:
    """The status page, in the visitor's language."""
    site: Site = state.site
    status: Status = state.status()
    shown = choose_language(lang, request.headers.get("accept-language", ""))
    return Template(
        "status.html",
        context={
            "status": status,
            "overall": status.overall,
            "headline": _headlines(shown)[status.overall],
            "language": shown,
            "languages": [language(code) for code in LANGUAGES],
            "zone": site.zone(),
            "shapes": _SHAPES,
            "states": _states(shown),
            "verdicts": _verdicts(shown),
            "unknown_rules": _unknown_rules(shown),
            "maintenance": state.board().current(),
            "state_text": state_text,
            "has_form": site.desk is not None and site.desk.has_form,
            "_": shown.text,
        },
        headers={"Content-Language": shown.code, "Vary": "Accept-Language"},
    )


@get("/api/v1/status", guards=[with_or_without_token], sync_to_thread=True, responses=errors(401, 429))
def status_api(request: Request[Any, Any, State], state: State) -> StatusShown:
    """How things stand: the same facts as ``sla status --format json``, or what of them everybody may see."""
    status: Status = state.status()
    return cast("StatusShown", status_json(status) if is_agent(request) else public_json(status))


def _headlines(shown: Language) -> dict[str, str]:
    return {
        "up": shown.text("All services are up"),
        "degraded": shown.text("Some services are slower or worse than they should be"),
        "down": shown.text("At least one service is down"),
        "unknown": shown.text("Not every service is known to be up"),
    }


def _states(shown: Language) -> dict[str, str]:
    return {
        "up": shown.text("up"),
        "degraded": shown.text("degraded"),
        "down": shown.text("down"),
        "unknown": shown.text("unknown"),
    }


def _verdicts(shown: Language) -> dict[str, str]:
    return {
        "met": shown.text("met"),
        "on_track": shown.text("on track"),
        "at_risk": shown.text("at risk"),
        "breached": shown.text("breached"),
        "no_data": shown.text("no data"),
    }


def _unknown_rules(shown: Language) -> dict[str, str]:
    return {
        "exclude": shown.text("unknown time is left out"),
        "up": shown.text("unknown time counts as up"),
        "down": shown.text("unknown time counts as down"),
    }
