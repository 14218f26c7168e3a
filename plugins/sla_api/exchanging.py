"""One request and what its answer is found to be."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from sla_api.asking import Session
from sla_api.documents import read_json
from sla_api.expectations import asks_for_json, json_findings
from sla_api.graphql import graphql_findings
from sla_api.placeholders import fill, fill_url
from sla_engine.plugin import Finding, HttpRequest, HttpResponse, State
from sla_http.expectations import findings

if TYPE_CHECKING:
    from sla_api.probe import ApiProbe
    from sla_api.steps import ApiStep

_MOST_FINDINGS = 200


@frozen
class Exchange:
    """An answer, and what was found of it.

    Attributes:
        document: its JSON; None also where none was asked for.
    """

    answer: HttpResponse
    findings: list[Finding]
    document: Any


def filled(check: "ApiProbe", asked: "ApiProbe | ApiStep", values: Mapping[str, str]) -> "ApiProbe":
    """The check that asks for one thing, with the known values in its texts.

    Args:
        asked: the check itself, or one of its steps.

    Raises:
        ValueError: a value leads to an address that may not be asked.
    """
    graphql = asked.graphql
    return evolve(
        check,
        url=fill_url(check.url, asked.url, values),
        method=asked.method,
        headers=fill({**check.headers, **asked.headers}, values),
        body=fill(asked.body, values),
        form=fill(asked.form, values),
        json=fill(asked.json, values),
        graphql=graphql and evolve(graphql, variables=fill(graphql.variables, values)),
        expect=asked.expect,
        degraded=asked.degraded,
        secrets={},
        step=[],
    )


async def exchange(check: "ApiProbe", session: Session, base: str, *, wants_json: bool) -> Exchange:
    """Ask, and judge the answer in a thread, where a large one holds up nobody.

    Args:
        base: the address that the one of the OpenAPI document is relative to.
        wants_json: whether the answer must be JSON though no expectation needs it.

    Raises:
        HttpError: no answer was had.
        LookupError: a secret is not there.
    """
    request = check.request(session.run)
    answer = await session.ask(request)
    judged = await asyncio.to_thread(_judge, check, request, answer, session.run.clock.now(), wants_json)
    if check.openapi is not None:
        judged.findings.extend(await _described(check, session, base, request, answer))
    return evolve(judged, findings=_fewer(judged.findings))


def _judge(check: "ApiProbe", request: HttpRequest, answer: HttpResponse, now: int, wants_json: bool) -> Exchange:
    found = [*findings(check.expect, answer, now), *findings(check.degraded, answer, now, State.DEGRADED)]
    needs_json = asks_for_json(check.expect) or asks_for_json(check.degraded) or check.graphql is not None
    if not needs_json and not (wants_json and _has_content(request, answer)):
        return Exchange(answer, found, None)
    try:
        document = read_json(answer)
    except ValueError as error:
        found.append(Finding("body", "JSON", str(error), State.DOWN))
        return Exchange(answer, found, None)
    if check.graphql is not None:
        found += graphql_findings(check.graphql, document)
    found += json_findings(check.expect, document, State.DOWN)
    found += json_findings(check.degraded, document, State.DEGRADED)
    return Exchange(answer, found, document)


def _has_content(request: HttpRequest, answer: HttpResponse) -> bool:
    """Whether an answer to be judged is one that carries content (RFC 9110, sections 9.3.2 and 15)."""
    return request.method != "HEAD" and answer.status != 204 and not 300 <= answer.status < 400


async def _described(
    check: "ApiProbe", session: Session, base: str, request: HttpRequest, answer: HttpResponse
) -> list[Finding]:
    from sla_api.describing import Absent, description_for
    from sla_api.openapi import openapi_findings

    assert check.openapi is not None
    try:
        description = await description_for(check.openapi, session.run, base, request)
    except Absent as error:
        return [
            Finding("OpenAPI document", "one to hold the answer against", f"not to be had: {error}", State.DEGRADED)
        ]
    return await asyncio.to_thread(lambda: list(openapi_findings(description, request.method, request.url, answer)))


def _fewer(found: list[Finding]) -> list[Finding]:
    """As many as an outcome may hold; those that are not met go before the others."""
    if len(found) <= _MOST_FINDINGS:
        return found
    return sorted(found, key=lambda one: one.state is State.UP)[:_MOST_FINDINGS]
