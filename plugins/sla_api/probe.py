"""Does an interface answer with the JSON that it should?"""

import json
from typing import Any

from attrs import field, frozen

from sla_api.paths import AtPath, all_findings
from sla_engine.plugin import Finding, HttpRequest, HttpResponse, Outcome, ProbeRun, State
from sla_http.asking import with_body
from sla_http.expectations import Expect, findings
from sla_http.probe import HttpProbe, outcome_of


@frozen
class ExpectJson(Expect):
    """What the answer must be like, and what must stand in its JSON."""

    json: list[AtPath] = field(factory=list)  # values at paths of the document


@frozen
class ApiProbe(HttpProbe):
    """Ask an interface, and hold its JSON against what is expected; besides, all that the http probe does."""

    json: object | None = None  # value to send as JSON
    expect: ExpectJson = ExpectJson()  # what the answer must be like; otherwise it is down

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.json is not None and (self.body is not None or self.form):
            raise ValueError("json, body and form each say what to send: give one of them")

    def request(self, run: ProbeRun) -> HttpRequest:
        """The request that the check's keys describe."""
        request = super().request(run)
        if self.json is None:
            return request
        return with_body(request, json.dumps(self.json).encode(), "application/json")

    def judge(self, answer: HttpResponse, now: int) -> Outcome:
        """The outcome for an answer; one that is no JSON fails, whatever else it is."""
        found = [*findings(self.expect, answer, now), *findings(self.degraded, answer, now, State.DEGRADED)]
        try:
            document = _parse(answer)
        except ValueError as error:
            found.append(Finding("body", "JSON", str(error), State.DOWN))
        else:
            found += all_findings(self.expect.json, document)
        return outcome_of(found, answer, now)


def _parse(answer: HttpResponse) -> Any:
    if answer.truncated:
        raise ValueError(f"is longer than the {len(answer.body)} bytes that are read")
    try:
        return json.loads(answer.body)
    except RecursionError:
        raise ValueError("is JSON that is nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("is no UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is none: {error.msg} at line {error.lineno}, column {error.colno}") from None
