"""Tickets for people: agents see what falls due and work on it, customers see what is theirs and write."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, Literal, TypeAlias, cast

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, PathParameter, QueryParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from sla_engine.engine.access import Visitor
from sla_engine.engine.faq.shown import searched_text
from sla_engine.engine.tickets.acting import Desk
from sla_engine.engine.tickets.changing import Case
from sla_engine.engine.tickets.front import Front, Wanted
from sla_engine.engine.tickets.levels import NoSuchTicketError, TicketError
from sla_engine.engine.tickets.words import fit_facts, one_line
from sla_engine.store.tickets import TicketState
from sla_engine.web.access import sign_in, sign_out, signed_in, visitor_of
from sla_engine.web.bounds import BoundedBodies
from sla_engine.web.faq import is_article
from sla_engine.web.files import download
from sla_engine.web.forms import LARGEST_FORM, Form, own_origin, read_form
from sla_engine.web.pages import language_of, page
from sla_engine.web.problems import status_of
from sla_engine.web.ticket_view import (
    NothingSaidError,
    agents_view,
    customers_view,
    listed,
    said,
    trouble,
    zone_of,
)

_A_PAGE = 50

_Request: TypeAlias = Request[Any, Any, State]
_Number: TypeAlias = Annotated[str, PathParameter(max_length=100)]
_Act: TypeAlias = Callable[[Desk, str, Form], Case]
_Show: TypeAlias = Literal["due", "open", "answered", "waiting", "resolved", "all"]


@get("/", sync_to_thread=True, guards=[signed_in])
def ticket_list(
    request: _Request,
    show: FromQuery[_Show] = "due",
    level: Annotated[str | None, QueryParameter(max_length=100)] = None,
    customer: Annotated[str | None, QueryParameter(max_length=100)] = None,
    before: Annotated[str | None, QueryParameter(max_length=100)] = None,
) -> Response[str]:
    """The tickets that wait for an answer, what falls due first at the top; or those of a state, the newest first."""
    visitor, front = visitor_of(request), _front(request)
    states = () if show in {"due", "all"} else (cast("TicketState", show),)
    wanted = Wanted(visitor.customer or customer or None, states, level or None, before, _A_PAGE + 1)
    found = front.owed(wanted) if show == "due" else front.select(wanted)
    is_more = len(found) > _A_PAGE
    content = {
        "rows": [listed(case) for case in found[:_A_PAGE]],
        "more": len(found) - _A_PAGE if show == "due" and is_more else 0,
        "after": found[_A_PAGE - 1].ticket.number if show != "due" and is_more else None,
        "show": show,
        "wanted_level": level or "",
        "levels": front.policies().support,
        "wanted_customer": customer or "",
        "customers": front.policies().customers if visitor.role == "agent" else {},
        "now": front.clock.now(),
    }
    return page(request, "tickets.html", content)


@get("/{number:str}", sync_to_thread=True, guards=[signed_in])
def ticket_page(request: _Request, number: _Number) -> Response[str]:
    """A ticket: for agents with everything, and forms for what can be done; for its customer as they see it."""
    visitor = visitor_of(request)
    return _page(request, visitor, _front(request).case(number, visitor.customer))


@post(
    "/{number:str}/{act:str}",
    guards=[signed_in, own_origin],
    status_code=HTTP_303_SEE_OTHER,
    request_max_body_size=LARGEST_FORM,
)
async def ticket_act(
    request: _Request, number: _Number, act: Annotated[str, PathParameter(max_length=20)]
) -> Response[Any]:
    """Do something with a ticket, as a form of its page says it."""
    form = await read_form(request)
    return await asyncio.to_thread(_act, request, number, act, form)


@get("/{number:str}/files/{file:int}", sync_to_thread=True, guards=[signed_in])
def ticket_file(request: _Request, number: _Number, file: FromPath[int]) -> Response[bytes]:
    """An attachment, as a file to keep."""
    visitor, front = visitor_of(request), _front(request)
    found = front.file(front.case(number, visitor.customer), file, for_customer=visitor.role == "customer")
    if found is None:
        raise NoSuchTicketError("there is no such file")
    return download(found)


ticket_pages = Router(
    path="/tickets",
    route_handlers=[ticket_list, sign_in, sign_out, ticket_page, ticket_act, ticket_file],
    middleware=[BoundedBodies()],
    include_in_schema=False,
)


def _act(request: _Request, number: str, act: str, form: Form) -> Response[Any]:
    visitor, front = visitor_of(request), _front(request)
    case = front.case(number, visitor.customer)
    acts: Mapping[str, _Act] = (
        {**_OF_AGENTS, "faq": partial(_look, front)} if visitor.role == "agent" else _OF_CUSTOMERS
    )
    if act not in acts or (case.ticket.foreign_id is not None and act not in _ELSEWHERE):
        raise NotFoundException
    desk = front.desk(visitor.id if visitor.role == "agent" else None)
    try:
        acts[act](desk, case.ticket.number, form)
    except TicketError as error:
        return _page(request, visitor, front.case(number, visitor.customer), error, {act: form.fields})
    return Redirect(f"/tickets/{case.ticket.number}", status_code=HTTP_303_SEE_OTHER)


def _page(
    request: _Request,
    visitor: Visitor,
    case: Case,
    error: TicketError | None = None,
    typed: Mapping[str, Mapping[str, Any]] | None = None,
) -> Response[str]:
    is_agent = visitor.role == "agent"
    faq = _front(request).faq() if is_agent else None
    content = {
        **(agents_view(case, faq) if is_agent else customers_view(case)),
        "address": f"/tickets/{case.ticket.number}",
        "trouble": None if error is None else trouble(language_of(request), error),
        "typed": typed or {},
    }
    status = HTTP_200_OK if error is None else status_of(error)
    zone = None if is_agent else zone_of(case)
    return page(request, "ticket.html" if is_agent else "view.html", content, status=status, zone=zone)


def _front(request: _Request) -> Front:
    front: Front = request.app.state.site.desk
    return front


def _answer(desk: Desk, number: str, form: Form) -> Case:
    return desk.answer(
        number, said(form), level=form.field("level") or None, files=form.files("files"), article=_article(form)
    )


def _wait(desk: Desk, number: str, form: Form) -> Case:
    return desk.wait(number, form.field("text"))


def _resume(desk: Desk, number: str, form: Form) -> Case:
    return desk.resume(number, form.field("text"))


def _escalate(desk: Desk, number: str, form: Form) -> Case:
    return desk.escalate(number, form.field("level"), form.field("text"), topic=form.field("topic") or None)


def _resolve(desk: Desk, number: str, form: Form) -> Case:
    return desk.resolve(number, form.field("text"), article=_article(form))


def _reopen(desk: Desk, number: str, form: Form) -> Case:
    return desk.reopen(number, form.field("text"), level=form.field("level") or None)


def _note(desk: Desk, number: str, form: Form) -> Case:
    facts = {name.removeprefix("fact."): form.field(name) for name in form.fields if name.startswith("fact.")}
    facts |= {form.field("fact_name"): form.field("fact_value")}
    found = fit_facts({name: value for name, value in facts.items() if name.strip() and value.strip()})
    files, text, topic = form.files("files"), form.field("text"), one_line(form.field("topic"))
    if not (found or files or text.strip() or topic):
        raise NothingSaidError("nothing was written")
    return desk.note(number, text, facts=found, files=files, topic=topic or None)


def _look(front: Front, desk: Desk, number: str, form: Form) -> Case:
    """Look into the FAQ, and keep for the checklist that it was done, and what was found."""
    words, faq = one_line(form.field("words")), front.faq()
    if not words or faq is None:
        raise NothingSaidError("nothing was looked for")
    found = faq.search(words, front.case(number, None).ticket.language)
    return desk.note(number, facts={"faq_searched": searched_text(words, found)})


def _article(form: Form) -> str | None:
    named = form.field("article")
    return named if is_article(named) else None


def _write(desk: Desk, number: str, form: Form) -> Case:
    return desk.hear(number, said(form), files=form.files("files"))


_OF_AGENTS: Mapping[str, _Act] = {
    "answer": _answer,
    "wait": _wait,
    "resume": _resume,
    "escalate": _escalate,
    "resolve": _resolve,
    "reopen": _reopen,
    "note": _note,
}
_OF_CUSTOMERS: Mapping[str, _Act] = {"write": _write}
_ELSEWHERE = frozenset({"note", "faq", "resolve"})
"""What may be done from here with a ticket that lives in another help desk."""
