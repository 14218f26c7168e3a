"""Does an interface answer with the JSON that it should, in one request or over several steps?"""

import json
from collections.abc import Mapping

from attrs import evolve, field, frozen

from sla_api.asking import Session
from sla_api.describing import OpenApi
from sla_api.exchanging import exchange, filled
from sla_api.expectations import DegradedJson, ExpectJson
from sla_api.graphql import ACCEPT, GraphQL, payload
from sla_api.hiding import clean_outcome
from sla_api.oauth2 import OAuth2
from sla_api.placeholders import check_name
from sla_api.sending import check_one_body
from sla_api.sequence import run_steps
from sla_api.signing import Hmac
from sla_api.steps import ApiStep, check_steps
from sla_engine.plugin import HttpError, HttpRequest, Outcome, ProbeRun, Secret
from sla_http.asking import with_body
from sla_http.probe import HttpProbe, from_error, outcome_of

__all__ = ["ApiProbe", "ExpectJson"]


@frozen
class ApiProbe(HttpProbe):
    """Ask an interface, and hold its JSON against what is expected; besides, all that the http probe does.

    Stages: token (where oauth2 asks for one), then those of http. With steps, each step is a stage.
    """

    json: object | None = None  # value to send as JSON
    graphql: GraphQL | None = None  # or a GraphQL query to send
    secrets: Mapping[str, Secret] = field(factory=dict)  # by name, for {name} in addresses, headers and bodies
    oauth2: OAuth2 | None = None  # sends an access token with each request
    hmac: Hmac | None = None  # signs each request
    openapi: OpenApi | None = None  # holds each answer against the service's own description
    step: list[ApiStep] = field(factory=list)  # several requests instead of one
    expect: ExpectJson = field(factory=ExpectJson)  # what the answer must be like; otherwise it is down
    degraded: DegradedJson = field(factory=DegradedJson)  # what makes an answer that is up degraded

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        for name in self.secrets:
            check_name(name)
        check_one_body(self.body, self.form, self.json, self.graphql)
        _check_one_login(self)
        _check_addresses(self)
        if self.step:
            _check_beside_steps(self)
            check_steps(self.step, self.secrets)

    async def run(self, run: ProbeRun) -> Outcome:
        session = Session(run, self.oauth2, self.hmac)
        try:
            values = {name: run.secrets.reveal(secret) for name, secret in self.secrets.items()}
            for value in values.values():
                session.hidden.add(value)
            outcome = await (run_steps(self, session, values) if self.step else _ask(self, session, values))
        except LookupError as error:
            return Outcome.error(f"secret: {error.args[0]}")
        except HttpError as error:
            outcome = from_error(error)
        return clean_outcome(outcome, session.hidden)

    def request(self, run: ProbeRun) -> HttpRequest:
        """The request that the check's keys describe."""
        request = super().request(run)
        if self.graphql is not None:
            asking = evolve(request, method="POST", headers={"Accept": ACCEPT, **request.headers})
            return with_body(asking, json.dumps(payload(self.graphql)).encode(), "application/json")
        if self.json is not None:
            return with_body(request, json.dumps(self.json).encode(), "application/json")
        return request


async def _ask(check: ApiProbe, session: Session, values: Mapping[str, str]) -> Outcome:
    single = filled(check, check, values) if values else check
    found = await exchange(single, session, check.url, wants_json=True)
    return outcome_of(found.findings, found.answer, session.run.clock.now())


def _check_one_login(check: ApiProbe) -> None:
    """Both ``oauth2`` and the keys of http can log in; a step may not do so beside ``oauth2`` either."""
    every: tuple[ApiProbe | ApiStep, ...] = (check, *check.step)
    names = {name.lower() for asked in every for name in asked.headers}
    if check.oauth2 is not None and (check.username is not None or "authorization" in names):
        raise ValueError("oauth2 sends the header Authorization: drop username, or your own header of that name")


def _check_addresses(check: ApiProbe) -> None:
    """What is signed is the address as the policy gives it, so that it must be what is sent."""
    for url in (check.url, *(step.url for step in check.step)):
        if check.hmac is not None and not (url.isascii() and url.isprintable() and " " not in url):
            raise ValueError(f"url {url!r} is signed as it is sent: write blanks and accents encoded, as in %20")


def _check_beside_steps(check: ApiProbe) -> None:
    """With steps, the check itself sends nothing, and expects nothing but a time."""
    for name in ("body", "form", "json", "graphql"):
        if getattr(check, name) not in (None, {}):
            raise ValueError(f"with steps, each of them says what it sends: write {name} in a step")
    if evolve(check.expect, latency=None) != ExpectJson() or evolve(check.degraded, latency=None) != DegradedJson():
        raise ValueError("with steps, the check itself expects only a latency: write other expectations in a step")
