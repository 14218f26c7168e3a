"""GLPI: changes by its search, each changed ticket by its own, and sooner where it posts that one has changed.

By the documentation that comes with GLPI (apirest.php), and of its webhooks (GLPI 11). Its times are wall times without
a zone.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from attrs import evolve, field, frozen

from sla_desks.asking import Asking, UnreadableError
from sla_desks.following import Row, follow, read_position
from sla_desks.glpi_events import GlpiTicket, events_of
from sla_desks.reading import State, number_in, part, records, text_in
from sla_desks.signing import check_digest, posted
from sla_desks.wall import wall_of, zone_named
from sla_engine.plugin import (
    CallRefused,
    Duration,
    Secret,
    SourceError,
    SourceEvent,
    SourceNews,
    SourceRun,
    TicketSource,
    WebhookCall,
)
from sla_http.asking import check_url

_PAGE = 100
_ID, _CHANGED = "2", "19"
"""GLPI's own numbers of what a search shows of tickets."""
_OVERLAP = timedelta(minutes=65)
"""What changed in these is asked for again: once a year an hour of wall time comes twice."""


@frozen
class GlpiSource(TicketSource):
    """Follow the tickets of a GLPI by its REST interface, and sooner by its webhooks."""

    url: str  # address of GLPI, such as https://glpi.example.com
    user_token: Secret  # remote access key of a user who sees the tickets
    timezone: str  # of the times that GLPI shows this user, such as Europe/Lisbon
    app_token: Secret | None = None  # of the client that its interface expects; default: none
    secret: Secret | None = None  # signs its webhooks; default: none are taken
    states: Mapping[str, State] = field(factory=dict)  # what its statuses mean, by their numbers 1 to 6
    history: Duration = Duration(31 * 24 * 3_600_000_000)  # how far back the changes go that are read at first
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)

    def __attrs_post_init__(self) -> None:
        check_url(self.url)
        zone_named(self.timezone)

    async def fetch(self, position: str | None, run: SourceRun) -> SourceNews:
        start = wall_of(run.clock.now() - self.history.microseconds, zone_named(self.timezone))
        async with self._session(run) as asking:

            async def look(ticket: str) -> Sequence[SourceEvent]:
                return await self._look(asking, ticket)

            return await follow(
                read_position(position, start), lambda since: _changes(asking, since), look, _overlap, run
            )

    async def hear(self, call: WebhookCall, run: SourceRun) -> SourceNews:
        stamp = call.headers.get("x-glpi-timestamp", "")
        signature = call.headers.get("x-glpi-signature", "")
        check_digest(call.body + stamp.encode(), "sha256", signature, self.secret, run)
        ticket = _ticket_in(posted(call))
        async with self._session(run) as asking:
            try:
                return SourceNews(tuple(await self._look(asking, str(ticket))))
            except UnreadableError as error:
                raise SourceError(str(error)) from error

    @asynccontextmanager
    async def _session(self, run: SourceRun) -> AsyncIterator[Asking]:
        """Logged in, and out again."""
        try:
            login = {"Authorization": f"user_token {run.secrets.reveal(self.user_token)}"}
            app = {} if self.app_token is None else {"App-Token": run.secrets.reveal(self.app_token)}
        except LookupError as error:
            raise SourceError(f"secret: {error.args[0]}") from error
        asking = Asking(f"{self.url.rstrip('/')}/apirest.php", {**login, **app}, self.ca_file, run)
        try:
            token = text_in(part({"session": await asking.get("/initSession")}, "session"), "session_token")
        except UnreadableError as error:
            raise SourceError(f"it lets nobody in: {error}") from error
        inside = evolve(asking, headers={"Session-Token": token, **app})
        try:
            yield inside
        finally:
            await _leave(inside)

    async def _look(self, asking: Asking, ticket: str) -> Sequence[SourceEvent]:
        """Everything that happened to a ticket."""
        shown = await asking.get(f"/Ticket/{ticket}?expand_dropdowns=true&get_hateoas=false")
        if not isinstance(shown, Mapping):
            raise UnreadableError(f"/Ticket/{ticket} answered no ticket")
        found = GlpiTicket(
            shown,
            await _all(asking, f"/Ticket/{ticket}/ITILFollowup"),
            await _all(asking, f"/Ticket/{ticket}/Log"),
            await _all(asking, f"/Ticket/{ticket}/Ticket_User"),
        )
        return events_of(found, zone_named(self.timezone), self.states)


async def _leave(asking: Asking) -> None:
    try:
        await asking.answer("/killSession")
    except (SourceError, UnreadableError) as error:
        asking.run.log.debug("GLPI does not end a session", reason=str(error))


async def _changes(asking: Asking, since: str) -> AsyncIterator[Row]:
    """The tickets that changed after an instant, the first first."""
    first = 0
    while True:
        asked = {
            "criteria[0][field]": _CHANGED,
            "criteria[0][searchtype]": "morethan",
            "criteria[0][value]": since,
            "sort": _CHANGED,
            "order": "ASC",
            "forcedisplay[0]": _ID,
            "forcedisplay[1]": _CHANGED,
            "range": f"{first}-{first + _PAGE - 1}",
        }
        try:
            answer = await asking.get(f"/search/Ticket?{urlencode(asked)}")
            rows = [
                Row(str(number_in(one, _ID)), text_in(one, _CHANGED))
                for one in records(list(_values(part({"answer": answer}, "answer").get("data"))))
            ]
        except UnreadableError as error:
            if first and "ERROR_RANGE_EXCEED_TOTAL" in str(error):
                return
            raise SourceError(f"its search does not answer: {error}") from error
        for row in sorted(rows, key=lambda row: row.stamp):
            yield row
        if len(rows) < _PAGE:
            return
        first += _PAGE


def _values(data: Any) -> Sequence[Any]:
    """Rows, which come as a list or by their numbers; none where nothing was found."""
    if isinstance(data, Mapping):
        return list(data.values())
    return data if isinstance(data, list) else []


async def _all(asking: Asking, path: str) -> Sequence[Mapping[str, Any]]:
    """All records of a list, page by page."""
    found: list[Mapping[str, Any]] = []
    while True:
        span = f"{len(found)}-{len(found) + _PAGE - 1}"
        try:
            page = records(await asking.get(f"{path}?range={span}&get_hateoas=false"))
        except UnreadableError as error:
            if found and "ERROR_RANGE_EXCEED_TOTAL" in str(error):
                return found
            raise
        found += page
        if len(page) < _PAGE:
            return found


def _ticket_in(document: Mapping[str, Any]) -> int:
    """The ticket that a post is about."""
    item = part(document, "item")
    named = (document.get("ticket_id"), item.get("tickets_id"), item.get("id"))
    for value in named:
        if isinstance(value, int | str) and not isinstance(value, bool) and str(value).isdecimal():
            return int(value)
    raise CallRefused("it names no ticket: the webhook must be of tickets, or post ticket_id")


def _overlap(stamp: str) -> str:
    try:
        return f"{datetime.fromisoformat(stamp) - _OVERLAP:%Y-%m-%d %H:%M:%S}"
    except ValueError:
        raise SourceError(f"a ticket changed at {stamp!r:.100}, which is no time") from None
