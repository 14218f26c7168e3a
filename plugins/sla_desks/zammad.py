"""Zammad: changes by its search, each changed ticket by its own, and sooner where it posts that one has changed.

By https://docs.zammad.org (tickets, articles, search) and https://admin-docs.zammad.org (webhooks).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from attrs import field, frozen

from sla_desks.asking import Asking, UnreadableError
from sla_desks.following import Row, follow, read_position
from sla_desks.reading import State, part, records, text_in
from sla_desks.signing import check_signature, posted
from sla_desks.zammad_events import STATES, events_of
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
_OVERLAP = timedelta(minutes=10)
"""What changed in these is asked for again: the search shows a change some seconds late."""
_SIGNATURE = "x-hub-signature"


@frozen
class ZammadSource(TicketSource):
    """Follow the tickets of a Zammad by its REST interface, and sooner by its webhooks."""

    url: str  # address of Zammad, such as https://helpdesk.example.com
    token: Secret  # access token of an agent who sees the tickets
    secret: Secret | None = None  # signs its webhooks, the "HMAC SHA1 Signature Token"; default: none are taken
    states: Mapping[str, State] = field(factory=dict)  # what its states mean, beside those that it has by itself
    history: Duration = Duration(31 * 24 * 3_600_000_000)  # how far back the changes go that are read at first
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)

    def __attrs_post_init__(self) -> None:
        check_url(self.url)

    async def fetch(self, position: str | None, run: SourceRun) -> SourceNews:
        start = datetime.fromtimestamp((run.clock.now() - self.history.microseconds) / 1_000_000, UTC)
        asking = self._asking(run)

        async def look(ticket: str) -> Sequence[SourceEvent]:
            return await self._look(asking, ticket)

        return await follow(
            read_position(position, _stamp(start)), lambda since: _changes(asking, since), look, _overlap, run
        )

    async def hear(self, call: WebhookCall, run: SourceRun) -> SourceNews:
        check_signature(call, _SIGNATURE, self.secret, run)
        ticket = part(posted(call), "ticket").get("id")
        if isinstance(ticket, bool) or not isinstance(ticket, int):
            raise CallRefused("it names no ticket: the webhook must post Zammad's own payload")
        try:
            return SourceNews(tuple(await self._look(self._asking(run), str(ticket))))
        except UnreadableError as error:
            raise SourceError(str(error)) from error

    def _asking(self, run: SourceRun) -> Asking:
        try:
            token = run.secrets.reveal(self.token)
        except LookupError as error:
            raise SourceError(f"secret: {error.args[0]}") from error
        headers = {"Authorization": f"Token token={token}"}
        return Asking(f"{self.url.rstrip('/')}/api/v1", headers, self.ca_file, run)

    async def _look(self, asking: Asking, ticket: str) -> Sequence[SourceEvent]:
        """Everything that happened to a ticket."""
        shown = await asking.get(f"/tickets/{ticket}?expand=true")
        articles = await asking.get(f"/ticket_articles/by_ticket/{ticket}?expand=true")
        history = await asking.get(f"/ticket_history/{ticket}")
        if not isinstance(shown, Mapping):
            raise UnreadableError(f"/tickets/{ticket} answered no ticket")
        changes = history.get("history") if isinstance(history, Mapping) else history
        return events_of(shown, records(articles), records(changes), {**STATES, **self.states})


async def _changes(asking: Asking, since: str) -> AsyncIterator[Row]:
    """The tickets that changed since, the first first."""
    page = 0
    while True:
        page += 1
        asked = {
            "query": f"updated_at:[{since} TO *]",
            "sort_by": "updated_at",
            "order_by": "asc",
            "limit": _PAGE,
            "per_page": _PAGE,
            "page": page,
            "expand": "true",
        }
        try:
            found = _found(await asking.get(f"/tickets/search?{urlencode(asked)}"))
        except UnreadableError as error:
            raise SourceError(f"its search does not answer: {error}") from error
        rows = [Row(str(one.get("id")), text_in(one, "updated_at")) for one in found]
        for row in sorted(rows, key=lambda row: row.stamp):
            yield row
        if len(rows) < _PAGE:
            return


def _found(answer: Any) -> Sequence[Mapping[str, Any]]:
    """The tickets of a search, which some versions give as a list, and some among what belongs to them."""
    if isinstance(answer, Mapping):
        shown = part(part(answer, "assets"), "Ticket")
        return records(list(shown.values()))
    return records(answer)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def _overlap(stamp: str) -> str:
    try:
        return _stamp(datetime.fromisoformat(stamp) - _OVERLAP)
    except ValueError:
        raise SourceError(f"a ticket changed at {stamp!r:.100}, which is no instant") from None
