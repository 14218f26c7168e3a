"""The web application: routes to pages, and the headers that every answer carries."""

import time
from collections.abc import Callable
from pathlib import Path

from litestar import Litestar
from litestar.datastructures import MutableScopeHeaders, State
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.types import Message, Scope

from sla_engine.version import __version__
from sla_engine.web.announcements import announcements, banner
from sla_engine.web.bounds import make_bounds
from sla_engine.web.faq import faq_pages
from sla_engine.web.feeds import feed_atom, maintenance_ics
from sla_engine.web.forms import MOST_PARTS
from sla_engine.web.health import healthz, metrics, readyz
from sla_engine.web.problems import problem
from sla_engine.web.site import Remembered, Site
from sla_engine.web.sources import source_webhook
from sla_engine.web.status import status_api, status_page
from sla_engine.web.support import support_pages
from sla_engine.web.support_figures import support_figures
from sla_engine.web.tickets import ticket_pages
from sla_engine.web.tickets_api import tickets_api

_HERE = Path(__file__).parent
_STATUS_AGE = 1.0

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Pages run no script and load nothing from elsewhere, so the policy can forbid both."""


async def _add_headers(message: Message, _: Scope) -> None:
    """Give every answer its headers, those of errors and of files too, unless it has its own."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)


def create_app(site: Site, monotonic: Callable[[], float] = time.monotonic) -> Litestar:
    """The application that shows one site.

    Args:
        monotonic: seconds, by which visitors are held to their bounds.
    """
    return Litestar(
        route_handlers=[
            status_page,
            status_api,
            healthz,
            readyz,
            metrics,
            announcements,
            banner,
            feed_atom,
            maintenance_ics,
            *([tickets_api, ticket_pages, support_pages, faq_pages] if site.desk is not None else []),
            *([source_webhook] if site.hear is not None else []),
            *([support_figures] if site.desk is not None and site.figures is not None else []),
            create_static_files_router(path="/static", directories=[_HERE / "static"]),
        ],
        state=State(
            {
                "site": site,
                "status": Remembered(site.status, _STATUS_AGE),
                "board": Remembered(site.board, _STATUS_AGE),
                "bounds": make_bounds(monotonic),
            }
        ),
        template_config=TemplateConfig(directory=_HERE / "templates", engine=JinjaTemplateEngine),
        openapi_config=OpenAPIConfig(
            title="sla_engine",
            version=__version__,
            path="/api/docs",
            use_handler_docstrings=True,
            render_plugins=[JsonRenderPlugin(path="/")],
            components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
        ),
        multipart_form_part_limit=MOST_PARTS,
        before_send=[_add_headers],
        exception_handlers={Exception: problem, HTTPException: problem},
        logging_config=None,
    )
