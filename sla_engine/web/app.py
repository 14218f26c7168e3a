"""The web application: routes to pages, and the headers that every answer carries."""

from pathlib import Path

from litestar import Litestar
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig

from sla_engine.version import __version__
from sla_engine.web.announcements import announcements, banner
from sla_engine.web.feeds import feed_atom, maintenance_ics
from sla_engine.web.health import healthz, metrics, readyz
from sla_engine.web.site import Remembered, Site
from sla_engine.web.status import status_api, status_page

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


def create_app(site: Site) -> Litestar:
    """The application that shows one site."""
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
            create_static_files_router(path="/static", directories=[_HERE / "static"]),
        ],
        state=State(
            {
                "site": site,
                "status": Remembered(site.status, _STATUS_AGE),
                "board": Remembered(site.board, _STATUS_AGE),
            }
        ),
        template_config=TemplateConfig(directory=_HERE / "templates", engine=JinjaTemplateEngine),
        openapi_config=OpenAPIConfig(
            title="sla_engine", version=__version__, path="/api/docs", render_plugins=[JsonRenderPlugin(path="/")]
        ),
        response_headers=_HEADERS,
        logging_config=None,
    )
