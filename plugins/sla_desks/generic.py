"""Any help desk that can tell its events as JSON lines: at an address that is asked, by what it posts, or both."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from attrs import frozen

from sla_desks.asking import Asking, UnreadableError
from sla_desks.signing import check_signature
from sla_engine.plugin import (
    CallRefused,
    Secret,
    SourceError,
    SourceEvent,
    SourceNews,
    SourceRun,
    TicketSource,
    WebhookCall,
    source_event,
)
from sla_http.asking import check_url

_SIGNATURE = "x-hub-signature-256"
_OVERLAP = timedelta(minutes=10)
"""What was entered in these is asked for again, as clocks differ."""


@frozen
class GenericSource(TicketSource):
    """Follow any help desk that tells its events as JSON lines, where it is asked, by what it posts, or both."""

    url: str | None = None  # address that answers ?since=INSTANT with the events entered since; default: none is asked
    token: Secret | None = None  # sent along as Authorization: Bearer
    secret: Secret | None = None  # signs what is posted (X-Hub-Signature-256); default: nothing is taken
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)

    def __attrs_post_init__(self) -> None:
        if self.url is not None:
            check_url(self.url)
        if self.url is None and self.secret is None:
            raise ValueError("nothing is asked and nothing is taken: write url, secret, or both")

    async def fetch(self, position: str | None, run: SourceRun) -> SourceNews:
        if self.url is None:
            return SourceNews()
        began = datetime.fromtimestamp(run.clock.now() / 1_000_000, UTC)
        path = "" if position is None else f"{'&' if '?' in self.url else '?'}{urlencode({'since': position})}"
        try:
            answer = await Asking(self.url, self._headers(run), self.ca_file, run).answer(path)
            if answer.truncated:
                raise UnreadableError("it answered more than can be read at once")
            events = tuple(_events(answer.body))
        except (UnreadableError, ValueError) as error:
            raise SourceError(str(error)) from error
        return SourceNews(events, f"{began - _OVERLAP:%Y-%m-%dT%H:%M:%SZ}")

    async def hear(self, call: WebhookCall, run: SourceRun) -> SourceNews:
        check_signature(call, _SIGNATURE, self.secret, run)
        try:
            return SourceNews(tuple(_events(call.body)))
        except ValueError as error:
            raise CallRefused(str(error)) from error

    def _headers(self, run: SourceRun) -> dict[str, str]:
        if self.token is None:
            return {}
        try:
            return {"Authorization": f"Bearer {run.secrets.reveal(self.token)}"}
        except LookupError as error:
            raise SourceError(f"secret: {error.args[0]}") from error


def _events(content: bytes) -> Iterator[SourceEvent]:
    """The events of JSON lines, or of one JSON list.

    Raises:
        ValueError: a line tells none.
    """
    for number, entry in _entries(content):
        try:
            yield source_event(entry)
        except ValueError as error:
            raise ValueError(f"entry {number}: {error}") from None


def _entries(content: bytes) -> Iterator[tuple[int, Any]]:
    if content.lstrip().startswith(b"["):
        yield from enumerate(_json(content, 1), start=1)
        return
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            yield number, _json(line, number)


def _json(content: bytes, number: int) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"entry {number}: this is no JSON: {error}") from None
