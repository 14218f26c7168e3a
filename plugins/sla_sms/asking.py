"""One request to an HTTP gateway and its answer, as far as every gateway is alike."""

import math
import re
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

from attrs import evolve, frozen

from sla_api.documents import read_json
from sla_engine.plugin import HttpRequest, HttpResponse, NotifyRun, ProbeRun, StageFailed, Stages, Trace
from sla_http.certificates import certificate_days_left
from sla_http.posting import wait_of
from sla_sms.failures import Busy, Refused, printable
from sla_sms.gateway import Answer

_LARGEST_ANSWER = 64 * 1024
_TOO_MANY_REQUESTS, _GATEWAY_TIMEOUT = 429, 504
# The client gives up a little before the conversation is cut off, because only the client knows how far it came.
_HEAD_START = 0.1
_MESSAGE_ID = re.compile(r"[\w.:=+@~-]{1,128}", re.ASCII)


@frozen
class Line:
    """The way to a gateway, for one run.

    Attributes:
        verify, ca_file: as for `HttpRequest`.
        trace: takes what was answered.
    """

    run: ProbeRun | NotifyRun
    stages: Stages
    verify: bool
    ca_file: str | None
    trace: Trace | None = None

    async def ask(self, request: HttpRequest) -> Answer:
        """Send a request, once.

        A redirect is not followed: what it says was not done, and a message that is sent twice is paid for twice.

        Raises:
            Busy: the gateway throttles.
            HttpError: no answer was had.
        """
        run = self.run
        response = await run.http.fetch(
            evolve(
                request,
                redirects=0,
                verify=self.verify,
                ca_file=self.ca_file,
                max_body=_LARGEST_ANSWER,
                timeout=max(run.remaining() - _HEAD_START, 0.01),
            )
        )
        if (left := certificate_days_left(response, run.clock.now())) is not None:
            self.stages.values["certificate_days_left"] = left
        answer = evolve(_read(response), retry_after=wait_of(response, run))
        if self.trace:
            self.trace(f"* answered {answer.text}")
        if answer.status == _TOO_MANY_REQUESTS:
            raise Busy(_refusal(answer, ""), answer.retry_after)
        return answer


def form(url: str, headers: dict[str, str], fields: dict[str, str]) -> HttpRequest:
    """A form to send."""
    typed = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return HttpRequest(url=url, method="POST", headers=typed, body=urlencode(fields).encode())


def basic(user: str, password: str) -> dict[str, str]:
    """The header that logs in (RFC 7617)."""
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")}


def refusal(answer: Answer, said: str = "") -> StageFailed:
    """What a status that is no success comes to: only whoever waited in vain (504) does not know what was done."""
    reason = _refusal(answer, said)
    return StageFailed(reason) if answer.status == _GATEWAY_TIMEOUT else Refused(reason, answer.retry_after)


def _refusal(answer: Answer, said: str) -> str:
    """That the gateway refuses, with what it says of that, as a reason."""
    message = answer.at("message")
    told = said or (printable(message) if isinstance(message, str) else answer.text)
    return f"refused with status {answer.status}" + (f" ({told})" if told else "")


def insist_on_json(answer: Answer) -> None:
    """Refuse an answer that is no object in JSON."""
    if not isinstance(answer.document, dict):
        told = answer.fault or "JSON, but no object"
        raise StageFailed(f"status {answer.status}, but the body is {told}: {answer.text[:80]!r}")


def read_number(value: Any, what: str) -> float:
    """A number, also one that is written as a text; many gateways do so to keep the cents."""
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not abs(number) < 1e15:
        raise StageFailed(f"{what} is no number but {shown(value)}")
    return number


def read_message_id(value: Any) -> str:
    """A message's id, which goes into addresses and so must hold nothing that has a meaning there."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _MESSAGE_ID.fullmatch(text) or set(text) == {"."}:
        raise StageFailed(f"the message was taken, but its id is {shown(value)}")
    return text


def shown(value: Any) -> str:
    """A value from a document, for people."""
    return "missing" if value is None else printable(repr(value))


def _read(response: HttpResponse) -> Answer:
    text = printable(response.body[:1000])
    try:
        return Answer(response.status, read_json(response), text)
    except ValueError as error:
        return Answer(response.status, None, text, str(error))
