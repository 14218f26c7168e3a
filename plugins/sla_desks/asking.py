"""Asking a help desk over HTTP: what it answers as JSON, or why it could not be read."""

import json
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from sla_engine.plugin import HttpError, HttpRequest, HttpResponse, SourceError, SourceRun
from sla_http.posting import told, wait_of

MOST_READ = 32 * 1024 * 1024
"""Bytes of an answer."""
_PATIENCE = 15.0
_OF_ONE_TICKET = frozenset({400, 403, 404, 410, 422, 500})
"""Statuses that may come of what is asked for, and not of the help desk as a whole."""


class UnreadableError(Exception):
    """What was asked for cannot be read, while others may be.

    Attributes:
        is_gone: whether it is not there, or not for us to see.
    """

    def __init__(self, reason: str, *, is_gone: bool = False) -> None:
        super().__init__(reason)
        self.is_gone = is_gone


@frozen
class Asking:
    """How a help desk is asked.

    Attributes:
        url: where its interface begins.
        headers: of every request, which hold what vouches for us.
    """

    url: str
    headers: Mapping[str, str] = field(repr=False)
    ca_file: str | None
    run: SourceRun

    async def get(self, path: str) -> Any:
        """The JSON at a path.

        Raises:
            SourceError: the help desk cannot be read now.
            UnreadableError: this cannot be read.
        """
        answer = await self.answer(path)
        return json_of(answer, path)

    async def answer(self, path: str) -> HttpResponse:
        """The answer for a path, which is 2xx; as for `get`."""
        request = HttpRequest(
            url=f"{self.url}{path}",
            headers={"Accept": "application/json", **self.headers},
            private_headers=frozenset(self.headers),
            ca_file=self.ca_file,
            redirects=0,
            max_body=MOST_READ,
            reuse=True,
            timeout=_PATIENCE,
        )
        try:
            answer = await self.run.http.fetch(request)
        except HttpError as error:
            raise SourceError(str(error)) from error
        if 200 <= answer.status < 300:
            return answer
        reason = f"{path.partition('?')[0]} {told(answer)}"
        if answer.status in _OF_ONE_TICKET:
            raise UnreadableError(reason, is_gone=answer.status in {403, 404, 410})
        raise SourceError(reason, wait_of(answer, self.run))


def json_of(answer: HttpResponse, path: str) -> Any:
    """What an answer's body says as JSON.

    Raises:
        UnreadableError: it says nothing so, or is too long.
    """
    place = path.partition("?")[0]
    if answer.truncated:
        raise UnreadableError(f"{place} answered more than {MOST_READ:,} bytes")
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{place} answered what is no JSON: {error}") from None
