"""Forms: read within bounds, and only from pages of our own.

A form of ours holds a word that its visitor's cookie holds too, which a page of somebody else can neither read nor set;
and where a browser says from which site a form was sent, that must be ours.
"""

import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, State, UploadFile
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from sla_engine.engine.tickets.files import MOST_FILES, MOST_TOGETHER, attachment, check_together
from sla_engine.store.tickets import Attachment
from sla_engine.web.site import Site

WORD = "sla_form"
LARGEST_FORM = MOST_TOGETHER + 1024 * 1024
MOST_PARTS = MOST_FILES + 30


def own_origin(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse what a browser says that it sends for a page of another site."""
    said = connection.headers.get("sec-fetch-site")
    if said is not None and said not in {"same-origin", "none"}:
        raise PermissionDeniedException("sent from another site")
    origin = connection.headers.get("origin", "null")
    if origin != "null" and urlsplit(origin).netloc not in _own_hosts(connection):
        raise PermissionDeniedException("sent from another site")


@frozen
class Form:
    """What was sent."""

    fields: dict[str, Any]

    def field(self, name: str) -> str:
        """What was written in a field; empty where there is none."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""

    def uploads(self, name: str) -> tuple[UploadFile, ...]:
        """The files of a field that hold anything or have a name."""
        value = self.fields.get(name, ())
        return tuple(one for one in (value if isinstance(value, list) else [value]) if isinstance(one, UploadFile))

    def files(self, name: str) -> tuple[Attachment, ...]:
        """The files of a field, as they are attached; reads them, so it is asked off the event loop.

        Raises:
            TicketError: they cannot be attached.
        """
        uploads = self.uploads(name)
        found = tuple(attachment(one.filename, one.file.read()) for one in uploads)
        check_together(found)
        return found


async def read_form(request: Request[Any, Any, State]) -> Form:
    """The form that was sent, from a page of our own."""
    sent = await request.form()
    fields = {name: sent.getall(name) for name in sent}
    form = Form({name: values[0] if len(values) == 1 else values for name, values in fields.items()})
    word = request.cookies.get(WORD, "")
    if not word or not hmac.compare_digest(word.encode(), form.field("form").encode()):
        raise PermissionDeniedException("the form is too old, or cookies are not taken")
    return form


def word_of(request: Request[Any, Any, State]) -> tuple[str, tuple[Cookie, ...]]:
    """The word that a form has to hold, and the cookie that has to hold it too, if it is new."""
    if (known := request.cookies.get(WORD)) and known.isascii() and 20 <= len(known) <= 64:
        return known, ()
    word = secrets.token_urlsafe(24)
    return word, (Cookie(key=WORD, value=word, path="/", httponly=True, samesite="lax"),)


def _own_hosts(connection: ASGIConnection[Any, Any, Any, Any]) -> set[str]:
    site: Site = connection.app.state.site
    return {connection.headers.get("host", ""), urlsplit(site.address() or "").netloc} - {""}
