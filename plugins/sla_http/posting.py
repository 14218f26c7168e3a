"""A request that tells somebody something, and what became of it: the same for every notifier over HTTP."""

import re
from collections.abc import Container
from email.utils import parsedate_to_datetime

from attrs import evolve

from sla_engine.plugin import Delivery, HttpError, HttpRequest, HttpResponse, NotifyRun, ProbeRun
from sla_http.bodies import text_of

LONGEST_ANSWER = 64 * 1024
"""Bytes of an answer that are read."""
PATIENCE = 15.0
"""Seconds in which the whole answer must be there."""
LONGEST_WAIT = 24 * 3600.0
"""Seconds that an answer can ask us to wait at the most."""
NOTHING_WAS_SENT = frozenset({"request", "guard", "proxy", "resolve", "connect", "tls"})
"""Stages of an `HttpError` after which it is certain that the other side has nothing of the request."""

_GATEWAY_TIMEOUT = 504
_LONGEST_QUOTE = 200
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_MICRO = 1_000_000


async def post(request: HttpRequest, run: NotifyRun) -> HttpResponse | Delivery:
    """The answer to a request, or what became of one that got none. No redirect is followed: it would lead the message,
    and what vouches for it, to whomever the answer names.
    """
    bounded = evolve(request, redirects=0, max_body=LONGEST_ANSWER, timeout=PATIENCE)
    try:
        return await run.http.fetch(bounded)
    except HttpError as error:
        return Delivery(sent=False, certain=error.stage in NOTHING_WAS_SENT, detail=str(error))


def sound(text: str) -> str:
    """A text without what some receivers cannot read: halves of characters, and control characters but tabs and line
    ends.
    """
    return _UNREADABLE.sub("\ufffd", text)


def not_sent(detail: str) -> Delivery:
    """What becomes of a message for which there is not even a request."""
    return Delivery(sent=False, certain=True, detail=detail)


def is_taken(answer: HttpResponse) -> bool:
    """Whether an answer says that the message was taken (RFC 9110, 15.3)."""
    return 200 <= answer.status < 300


def refused(answer: HttpResponse, run: NotifyRun, final: Container[int]) -> Delivery:
    """What an answer that is not 2xx comes to.

    A gateway that waited in vain (504) does not know whether what is behind it took the message.

    Args:
        final: the statuses after which no further try can succeed.
    """
    return Delivery(
        sent=False,
        certain=answer.status != _GATEWAY_TIMEOUT,
        detail=told(answer),
        is_final=answer.status in final,
        retry_after=wait_of(answer, run),
    )


def told(answer: HttpResponse) -> str:
    """An answer in one line."""
    if answer.redirects_to is not None and 300 <= answer.status < 400:
        return f"answered {answer.status}: it leads to {_quote(answer.redirects_to)}, which is not followed"
    text = text_of(answer).strip()
    return f"answered {answer.status}: {_quote(text)}" if text else f"answered {answer.status}"


def wait_of(answer: HttpResponse, run: ProbeRun | NotifyRun) -> float | None:
    """Seconds that ``Retry-After`` asks for, by number or date (RFC 9110, 10.2.3); None where it says neither."""
    value = next(iter(answer.headers.get("retry-after", ())), "")
    if value.isascii() and value.isdecimal():
        seconds = float(value[:20])
    else:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - run.clock.now() / _MICRO
        except (ValueError, OverflowError):
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _quote(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…")
