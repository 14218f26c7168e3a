"""Any other gateway with an HTTP interface, by what the policy says of it."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from attrs import evolve, field, frozen

from sla_api.paths import AtPath, path_findings
from sla_api.select import TooMuchWork, select
from sla_engine.plugin import HttpRequest, NotifyRun, ProbeRun, Secret, StageFailed, State
from sla_http.asking import form_body, header_values, with_body
from sla_sms.asking import read_message_id, read_number, refusal, shown
from sla_sms.failures import printable
from sla_sms.gateway import Answer, Delivery, ShortMessage, Taken
from sla_sms.judging import is_down
from sla_sms.keys import SmsBalance, SmsRequest, SmsStatus

_PLACES = re.compile(r"\{(?:to|from|text|key)\}")
_IDEMPOTENCY = "Idempotency-Key"  # draft-ietf-httpapi-idempotency-key-header; who does not know it passes over it


@frozen
class Generic:
    """A gateway as a policy describes it.

    Attributes:
        run: reveals the secrets.
        headers: for every request.
        accepted: what must stand in the answer where the message was taken; the HTTP status must be 2xx anyhow.
        message_id: where in the answer the message's id stands, or None.
    """

    run: ProbeRun | NotifyRun = field(repr=False)
    headers: Mapping[str, str | Secret]
    submit: ShortMessage | None
    request: SmsRequest | None
    accepted: Sequence[AtPath]
    message_id: str | None
    status: SmsStatus | None
    balance: SmsBalance | None

    @property
    def delivered(self) -> tuple[str, ...]:
        return self.status.delivered if self.status else ()

    def ask_balance(self) -> HttpRequest | None:
        return self._get(self.balance.url) if self.balance else None

    def read_balance(self, answer: Answer) -> float:
        assert self.balance is not None
        return read_number(_one(self.balance.path, answer), f"the balance at {self.balance.path}")

    def send(self) -> HttpRequest:
        assert self.request is not None
        assert self.submit is not None
        query = {name: self._filled(value) for name, value in self.request.query.items()}
        url = fill(self.request.url, self.submit, partial(quote, safe=""))
        request = evolve(self._get(_with_query(url, query)), method=self.request.method)
        if self.submit.key and _IDEMPOTENCY.lower() not in {name.lower() for name in request.headers}:
            request = evolve(request, headers={**request.headers, _IDEMPOTENCY: self.submit.key})
        if self.request.json is not None:
            return with_body(request, json.dumps(self._filled(self.request.json)).encode(), "application/json")
        if self.request.form:
            fields = {name: self._filled(value) for name, value in self.request.form.items()}
            return with_body(request, form_body(fields, self.run), "application/x-www-form-urlencoded")
        return request

    def read_taken(self, answer: Answer) -> Taken:
        if not answer.is_success:
            raise refusal(answer)
        findings = tuple(
            evolve(finding, what=f"submit {finding.what}")
            for finding in path_findings(self.accepted, answer.document, State.DOWN)
        )
        if self.message_id is None or is_down(findings):
            return Taken(None, findings=findings)
        return Taken(read_message_id(_one(self.message_id, answer)), findings=findings)

    def ask_delivery(self, message_id: str) -> HttpRequest:
        assert self.status is not None
        return self._get(self.status.url.replace("{id}", quote(message_id, safe="")))

    def read_delivery(self, answer: Answer) -> Delivery:
        assert self.status is not None
        state = _one(self.status.path, answer)
        if not isinstance(state, str | int):
            raise StageFailed(f"the state at {self.status.path} is {shown(state)}")
        told = printable(str(state))
        return Delivery(told, told in self.status.delivered or told in self.status.failed)

    def _get(self, url: str) -> HttpRequest:
        headers, private = header_values(self.headers, self.run)
        return HttpRequest(url=url, headers=headers, private_headers=private)

    def _filled(self, value: Any) -> Any:
        """The value with {to}, {from}, {text} and {key} replaced in every text, at any depth."""
        assert self.submit is not None
        if isinstance(value, dict):
            return {name: self._filled(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        if isinstance(value, Secret):
            return self.run.secrets.reveal(value)
        return fill(value, self.submit) if isinstance(value, str) else value


def fill(text: str, submit: ShortMessage, encode: Callable[[str], str] = str) -> str:
    """A text with what its places stand for; what is put in is not looked at again."""
    values = {"{to}": submit.to, "{from}": submit.from_, "{text}": submit.text, "{key}": submit.key or "{key}"}
    return _PLACES.sub(lambda place: encode(values[place[0]]), text)


def _with_query(url: str, query: Mapping[str, str]) -> str:
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def _one(path: str, answer: Answer) -> Any:
    """The first value at a path of the answer, or None."""
    if not answer.is_success:
        raise refusal(answer)
    try:
        found = select(path, answer.document)
    except TooMuchWork as error:
        raise StageFailed(f"the answer takes too much work to search: {error}") from error
    return found[0] if found else None
