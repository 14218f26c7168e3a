"""Support for everybody: a public form that opens a ticket, and the customer's own view by the link from the mail.

Who writes here has shown nothing of who they are. So an address that is a customer's is written to, but what it opens
is not shown to whoever typed it: the link goes there by mail.
"""

import asyncio
import re
import secrets
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from litestar import Request, Response, Router, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, PathParameter
from litestar.response import Redirect
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_201_CREATED,
    HTTP_303_SEE_OTHER,
    HTTP_422_UNPROCESSABLE_ENTITY,
)

from sla_engine.engine.mail.headers import is_address
from sla_engine.engine.tickets.changing import Case
from sla_engine.engine.tickets.files import TooMuchError
from sla_engine.engine.tickets.front import Front
from sla_engine.engine.tickets.levels import NoSuchTicketError, TicketError
from sla_engine.engine.tickets.opening import Opening, customer_of
from sla_engine.engine.tickets.words import fit_facts, one_line
from sla_engine.languages import Language
from sla_engine.model.text import LANGUAGES
from sla_engine.policy import PolicySet
from sla_engine.store.tickets import Attachment
from sla_engine.web.access import once, refuse_for_now
from sla_engine.web.bounds import BoundedBodies, Bounds, address_of
from sla_engine.web.files import download
from sla_engine.web.forms import LARGEST_FORM, Form, own_origin, read_form
from sla_engine.web.pages import language_of, page
from sla_engine.web.problems import status_of
from sla_engine.web.ticket_view import customers_view, said, topics_of, trouble, zone_of

_LONGEST_SUBJECT = 200
_LONGEST_TEXT = 20_000
_MOST_ASKED = 5_000
_KEY = re.compile(r"[A-Za-z0-9_-]{20,64}")

_Request: TypeAlias = Request[Any, Any, State]
_Token: TypeAlias = Annotated[str, PathParameter(max_length=100)]


def is_offered(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse what the policies do not offer: support at all, and a form for everybody."""
    front: Front = connection.app.state.site.desk
    if not front.has_form:
        raise NotFoundException


def not_too_often(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Have whoever sends too much wait, before it is read."""
    bounds, address = _bounds(connection), address_of(connection)
    refuse_for_now(bounds.forms.wait(address))
    refuse_for_now(bounds.form.wait(""))
    once(bounds.posts, address)


@get("/support", guards=[is_offered], sync_to_thread=True)
def support_form(request: _Request) -> Response[str]:
    """The form that opens a ticket."""
    typed = {"browser": one_line(request.headers.get("user-agent", ""))}
    return _form(request, typed, {})


@post(
    "/support",
    guards=[is_offered, own_origin, not_too_often],
    status_code=HTTP_201_CREATED,
    request_max_body_size=LARGEST_FORM,
)
async def support_send(request: _Request) -> Response[str]:
    """Open a ticket, and tell its number."""
    form = await read_form(request)
    return await asyncio.to_thread(_open, request, form)


async def known_link(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Find the ticket of a link; whoever tries many that lead nowhere waits."""
    bounds, address = _bounds(connection), address_of(connection)
    refuse_for_now(bounds.guesses.wait(address))
    front: Front = connection.app.state.site.desk
    try:
        case = await asyncio.to_thread(front.case_by_token, connection.path_params["token"])
    except NoSuchTicketError:
        bounds.guesses.take(address)
        raise
    connection.state.case = case


@get("/tickets/view/{token:str}", guards=[known_link], sync_to_thread=True)
def own_view(request: _Request, token: _Token) -> Response[str]:
    """A ticket as its customer sees it."""
    return _view(request, token, request.state.case)


@post(
    "/tickets/view/{token:str}",
    guards=[known_link, own_origin],
    status_code=HTTP_303_SEE_OTHER,
    request_max_body_size=LARGEST_FORM,
)
async def own_write(request: _Request, token: _Token) -> Response[Any]:
    """Have the customer write, and attach files."""
    once(_bounds(request).words, token)
    form = await read_form(request)
    return await asyncio.to_thread(_write, request, token, form)


@get("/tickets/view/{token:str}/files/{file:int}", guards=[known_link], sync_to_thread=True)
def own_file(request: _Request, token: _Token, file: FromPath[int]) -> Response[bytes]:
    """An attachment, as a file to keep."""
    found = _front(request).file(request.state.case, file, for_customer=True)
    if found is None:
        raise NoSuchTicketError("there is no such file")
    return download(found)


support_pages = Router(
    path="/",
    route_handlers=[support_form, support_send, own_view, own_write, own_file],
    middleware=[BoundedBodies()],
    include_in_schema=False,
)


def _open(request: _Request, form: Form) -> Response[str]:
    shown, front, bounds = language_of(request), _front(request), _bounds(request)
    wrong = _wrong(shown, form)
    files, too_much = _files(shown, form)
    if wrong | too_much:
        return _form(request, _typed(form), wrong | too_much, status=HTTP_422_UNPROCESSABLE_ENTITY)
    sender = form.field("sender").strip()
    once(bounds.letters, sender.casefold())
    once(bounds.form, "")
    once(bounds.forms, address_of(request))
    case = front.open(_opening(front.policies(), form, sender, files))
    asked = f"{form.field('subject')}\n{form.field('text')}"[:_MOST_ASKED]
    content = {**_sent(case), "articles": front.suggest(asked, shown.code)}
    return page(request, "support_sent.html", content, status=HTTP_201_CREATED)


def _opening(policies: PolicySet, form: Form, sender: str, files: tuple[Attachment, ...]) -> Opening:
    customer = customer_of(policies, sender)
    number = None if customer is None else policies.customers[customer].number
    # What is known of the customer is not replaced by what somebody typed.
    said_of = {"browser": form.field("browser")} | (
        {} if number else {"customer_number": form.field("customer_number")}
    )
    topic = one_line(form.field("topic"))
    key = form.field("once")
    return Opening(
        subject=form.field("subject"),
        text=form.field("text"),
        customer=customer,
        sender=sender,
        name=form.field("name") or None,
        language=form.field("language") or None,
        topic=topic if topic in topics_of(policies) else None,
        files=files,
        key=f"form/{key}" if _KEY.fullmatch(key) else None,
        found=fit_facts({name: value for name, value in said_of.items() if value.strip()}),
    )


def _sent(case: Case) -> Mapping[str, Any]:
    ticket, desk = case.ticket, case.policies.engine.desk
    is_own = ticket.customer is None
    return {
        "ticket": ticket,
        "due": None if case.owed is None or not is_own else case.owed.clock.due_at,
        "path": f"/tickets/view/{ticket.token}" if is_own else None,
        "is_mailed": desk.notifier is not None,
    }


def _wrong(shown: Language, form: Form) -> dict[str, str]:
    """What is wrong with a form, by its fields."""
    wrong = {}
    if not form.field("subject").strip():
        wrong["subject"] = shown.text("Say in a few words what it is about.")
    if not form.field("text").strip():
        wrong["text"] = shown.text("Describe what happens.")
    if len(form.field("text")) > _LONGEST_TEXT:
        wrong["text"] = shown.text("This is too long: attach it as a file.")
    if not is_address(form.field("sender").strip()):
        wrong["sender"] = shown.text("Write an e-mail address that we can answer, such as name@example.com.")
    if form.field("language") and form.field("language") not in LANGUAGES:
        wrong["language"] = shown.text("Choose one of the languages.")
    if form.field("website"):
        wrong["website"] = shown.text("Leave this field empty: it is there for programs that fill in every field.")
    return wrong


def _files(shown: Language, form: Form) -> tuple[tuple[Attachment, ...], dict[str, str]]:
    try:
        return form.files("files"), {}
    except TooMuchError:
        said_why = shown.text("This is more than can be taken at once: at most 10 MB for a file, and 25 MB together.")
    except TicketError:
        said_why = shown.text("This file is empty.")
    return (), {"files": said_why}


def _typed(form: Form) -> Mapping[str, str]:
    return {name: form.field(name) for name in form.fields}


def _form(
    request: _Request, typed: Mapping[str, str], wrong: Mapping[str, str], *, status: int = HTTP_200_OK
) -> Response[str]:
    policies = _front(request).policies()
    content = {
        "typed": {"language": language_of(request).code, "once": secrets.token_urlsafe(24), **typed},
        "wrong": wrong,
        "topics": topics_of(policies),
        "longest_subject": _LONGEST_SUBJECT,
        "longest_text": _LONGEST_TEXT,
        "has_faq": policies.faq_folder is not None,
    }
    return page(request, "support.html", content, status=status)


def _view(
    request: _Request,
    token: str,
    case: Case,
    error: TicketError | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Response[str]:
    content = {
        **customers_view(case),
        "address": f"/tickets/view/{token}",
        "trouble": None if error is None else trouble(language_of(request), error),
        "typed": {"write": typed or {}},
    }
    status = HTTP_200_OK if error is None else status_of(error)
    return page(request, "view.html", content, status=status, zone=zone_of(case))


def _write(request: _Request, token: str, form: Form) -> Response[Any]:
    front, case = _front(request), request.state.case
    try:
        front.desk(None).hear(case.ticket.number, said(form), files=form.files("files"))
    except TicketError as error:
        return _view(request, token, front.case_by_token(token), error, form.fields)
    return Redirect(f"/tickets/view/{token}", status_code=HTTP_303_SEE_OTHER)


def _front(request: _Request) -> Front:
    front: Front = request.app.state.site.desk
    return front


def _bounds(connection: ASGIConnection[Any, Any, Any, Any]) -> Bounds:
    bounds: Bounds = connection.app.state.bounds
    return bounds
