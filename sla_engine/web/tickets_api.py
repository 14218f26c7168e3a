"""Tickets for programs: agents' see all and do everything, a customer's see their own and write."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeAlias, cast

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.params import FromPath, HeaderParameter, JSONBody, MultipartBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_422_UNPROCESSABLE_ENTITY

from sla_engine.engine.access import Visitor
from sla_engine.engine.mail.headers import is_address
from sla_engine.engine.tickets.acting import Desk
from sla_engine.engine.tickets.changing import Case
from sla_engine.engine.tickets.front import Front, Wanted
from sla_engine.engine.tickets.levels import NoSuchTicketError
from sla_engine.engine.tickets.opening import Opening
from sla_engine.engine.tickets.shown import case_json, row_json
from sla_engine.engine.tickets.words import fit_facts, one_line
from sla_engine.store.tickets import TicketState
from sla_engine.web.access import agents_only, visitor_of, with_token
from sla_engine.web.bodies import (
    AnswerBody,
    EscalateBody,
    NoteBody,
    OpenBody,
    RemarkBody,
    ReopenBody,
    ResolveBody,
    SaidBody,
    Strict,
)
from sla_engine.web.bounds import BoundedBodies
from sla_engine.web.described import errors
from sla_engine.web.faq import is_article
from sla_engine.web.files import download
from sla_engine.web.forms import LARGEST_FORM, Form
from sla_engine.web.shapes import TicketList, TicketShown

LARGEST_BODY = 1024 * 1024
_MOST_LISTED = 200

_Request: TypeAlias = Request[Any, Any, State]
_Number: TypeAlias = Annotated[str, PathParameter(max_length=100, description="As people write it: T-1042.")]
_Once: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        max_length=200,
        description="Makes the same request once only, however often it is sent.",
    ),
]

_READING = errors(400, 401, 404, 429)
_ACTING = errors(400, 401, 403, 404, 409, 413, 422, 429, 503)


@get("/", sync_to_thread=True, responses=_READING)
def list_tickets(
    request: _Request,
    state_: Annotated[
        list[Literal["open", "answered", "waiting", "resolved"]] | None,
        QueryParameter(name="state", description="Only these; may be given several times."),
    ] = None,
    customer: Annotated[str | None, QueryParameter(max_length=100, description="Only this customer's.")] = None,
    level: Annotated[str | None, QueryParameter(max_length=100, description="Only those at this level.")] = None,
    before: Annotated[
        str | None, QueryParameter(max_length=100, description="Only those opened before this one.")
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=_MOST_LISTED, description="How many.")] = 50,
) -> TicketList:
    """Tickets, the newest first."""
    visitor = visitor_of(request)
    if visitor.customer is not None and customer not in {None, visitor.customer}:
        return {"tickets": [], "next": None}
    states = cast("tuple[TicketState, ...]", tuple(state_ or ()))
    wanted = Wanted(visitor.customer or customer, states, level, before, limit + 1)
    found = _front(request).select(wanted)
    shown = [cast("Any", row_json(case)) for case in found[:limit]]
    return {"tickets": shown, "next": found[limit - 1].ticket.number if len(found) > limit else None}


@post("/", dto=Strict[OpenBody], return_dto=None, status_code=HTTP_201_CREATED, sync_to_thread=True, responses=_ACTING)
def open_ticket(request: _Request, data: JSONBody[OpenBody], once: _Once = None) -> Response[TicketShown]:
    """Open a ticket; its number is sent to the customer."""
    visitor, front = visitor_of(request), _front(request)
    customer = _customer_of(visitor, data, front)
    if not data.subject.strip():
        raise _refused("subject: say what it is about")
    opening = Opening(
        subject=data.subject,
        text=data.text,
        customer=customer,
        sender=_sender(data.sender),
        name=data.name,
        language=data.language,
        topic=_topic(data.topic),
        level=data.level,
        who=_who(visitor),
        key=_key(visitor, "open", once),
        found=fit_facts(data.facts),
    )
    case = front.open(opening)
    place = {"Location": f"/api/v1/tickets/{case.ticket.number}"}
    return Response(_shown(visitor, case), status_code=HTTP_201_CREATED, headers=place)


@get("/{number:str}", sync_to_thread=True, responses=_READING)
def read_ticket(request: _Request, number: _Number) -> TicketShown:
    """A ticket with its clocks and everything that happened."""
    visitor = visitor_of(request)
    return _shown(visitor, _front(request).case(number, visitor.customer))


def _act(path: str, body: type, does: Callable[[Desk, str, Any], Case], told: str, *, is_agents: bool = True) -> Any:
    """A route that does one act upon a ticket."""

    def handler(request: _Request, number: _Number, data: Any, once: _Once = None) -> TicketShown:
        visitor, front = visitor_of(request), _front(request)
        known = front.case(number, visitor.customer).ticket.number
        desk = front.desk(_who(visitor), _key(visitor, f"{known}/{path}", once))
        return _shown(visitor, does(desk, known, data))

    handler.__name__ = path
    handler.__doc__ = told
    handler.__annotations__["data"] = JSONBody[body]  # type: ignore[misc, valid-type]
    return post(
        f"/{{number:str}}/{path}",
        dto=Strict[body],  # type: ignore[valid-type]
        return_dto=None,
        guards=[agents_only] if is_agents else [],
        status_code=HTTP_200_OK,
        sync_to_thread=True,
        responses=_ACTING,
    )(handler)


def _answer(desk: Desk, number: str, data: AnswerBody) -> Case:
    return desk.answer(number, _said(data.text), level=data.level, article=_article(data.article))


def _hear(desk: Desk, number: str, data: SaidBody) -> Case:
    return desk.hear(number, _said(data.text))


def _note(desk: Desk, number: str, data: NoteBody) -> Case:
    return desk.note(number, data.text, facts=fit_facts(data.facts), topic=_topic(data.topic))


_ACTS = (
    _act("answer", AnswerBody, _answer, "Answer the customer, which stops the clock."),
    _act(
        "wait",
        RemarkBody,
        lambda desk, number, data: desk.wait(number, data.text),
        "Wait for the customer, who is sent the text; all clocks pause.",
    ),
    _act(
        "resume",
        RemarkBody,
        lambda desk, number, data: desk.resume(number, data.text),
        "Wait no longer; the clocks go on.",
    ),
    _act(
        "escalate",
        EscalateBody,
        lambda desk, number, data: desk.escalate(number, data.level, data.text, topic=_topic(data.topic)),
        "Hand the ticket on to a level, once all is known that the level requires; 409 lists what is missing.",
    ),
    _act(
        "resolve",
        ResolveBody,
        lambda desk, number, data: desk.resolve(number, data.text, article=_article(data.article)),
        "Close the ticket; the customer is sent the text.",
    ),
    _act(
        "reopen",
        ReopenBody,
        lambda desk, number, data: desk.reopen(number, data.text, level=data.level),
        "Take the ticket up again; another clock begins.",
    ),
    _act("note", NoteBody, _note, "Keep something that the customer does not see."),
    _act("write", SaidBody, _hear, "Keep what the customer wrote.", is_agents=False),
)


@post(
    "/{number:str}/files",
    status_code=HTTP_201_CREATED,
    request_max_body_size=LARGEST_FORM,
    responses=_ACTING,
)
async def attach(
    request: _Request,
    number: _Number,
    data: MultipartBody[dict[str, Any]],
    once: _Once = None,
) -> TicketShown:
    """Attach ``files``, one or several, with a ``text`` along: at most 10 MB each and 25 MB together.

    What an agent attaches is a note, which the customer does not see; what a customer does is part of what they write.
    """
    visitor, form = visitor_of(request), Form(data)
    if strange := sorted(set(data) - {"files", "text"}):
        raise _refused(f"{strange[0]}: unknown field; there is files and text")
    return await asyncio.to_thread(_attach, _front(request), visitor, number, form, once)


def _attach(front: Front, visitor: Visitor, number: str, form: Form, once: str | None) -> TicketShown:
    known = front.case(number, visitor.customer).ticket.number
    files = form.files("files")
    if not files:
        raise _refused("files: send at least one")
    desk = front.desk(_who(visitor), _key(visitor, f"{known}/files", once))
    if visitor.role == "agent":
        return _shown(visitor, desk.note(known, form.field("text"), files=files))
    return _shown(visitor, desk.hear(known, form.field("text"), files=files))


@get(
    "/{number:str}/files/{file:int}",
    sync_to_thread=True,
    responses=errors(400, 401, 404, 410, 429),
    media_type="application/octet-stream",
)
def read_file(request: _Request, number: _Number, file: FromPath[int]) -> Response[bytes]:
    """An attachment, as a file to keep."""
    visitor, front = visitor_of(request), _front(request)
    case = front.case(number, visitor.customer)
    found = front.file(case, file, for_customer=visitor.role == "customer")
    if found is None:
        raise NoSuchTicketError("there is no such file")
    return download(found)


tickets_api = Router(
    path="/api/v1/tickets",
    route_handlers=[list_tickets, open_ticket, read_ticket, *_ACTS, attach, read_file],
    guards=[with_token],
    middleware=[BoundedBodies()],
    request_max_body_size=LARGEST_BODY,
    security=[{"token": []}],
    tags=["tickets"],
)


def _front(request: _Request) -> Front:
    front: Front = request.app.state.site.desk
    return front


def _shown(visitor: Visitor, case: Case) -> TicketShown:
    found: Mapping[str, Any] = case_json(case, for_customer=visitor.role == "customer")
    return cast("TicketShown", found)


def _who(visitor: Visitor) -> str | None:
    """As it is entered; what a customer does is nobody's of the desk."""
    return visitor.id if visitor.role == "agent" else None


def _key(visitor: Visitor, act: str, key: str | None) -> str | None:
    """Each visitor's keys are their own, so that nobody comes upon what was another's."""
    return None if key is None else f"api/{visitor.id}/{act}/{key}"


def _customer_of(visitor: Visitor, data: OpenBody, front: Front) -> str | None:
    if visitor.customer is None:
        if data.customer is not None and data.customer not in front.policies().customers:
            raise _refused(f"customer: there is no customer {data.customer!r}")
        return data.customer
    if data.customer not in {None, visitor.customer} or data.level is not None:
        raise _refused("customer, level: these are not a customer's to say")
    return visitor.customer


def _sender(address: str | None) -> str | None:
    if address is None:
        return None
    if not is_address(address.strip()):
        raise _refused("sender: this is no mail address")
    return address.strip()


def _topic(text: str | None) -> str | None:
    return None if text is None else one_line(text) or None


def _article(name: str | None) -> str | None:
    if name is not None and not is_article(name):
        raise _refused("article: this is no id of an article")
    return name


def _said(text: str) -> str:
    if not text.strip():
        raise _refused("text: say something")
    return text


def _refused(why: str) -> HTTPException:
    return HTTPException(status_code=HTTP_422_UNPROCESSABLE_ENTITY, detail=why)
