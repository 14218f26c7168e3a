"""``graphql``: errors are errors, also with the status 200 and beside data."""

from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from sla_engine.testing.fixtures import RunProbe

CHECK = """
probe = "api"
url = "{url}"
expect.json = [{{ path = "$.data.user.name", equals = "Ana" }}]
[service.tested.check.check.graphql]
query = "query Who($id: ID!) {{ user(id: $id) {{ name }} }}"
variables = {{ id = "7" }}
operation = "Who"
"""
ERROR = {"message": "no such user", "path": ["user", 0, "name"]}


def test_a_query_is_sent_by_post_with_its_variables(run_probe: RunProbe, httpserver: HTTPServer) -> None:
    sent = {"query": "query Who($id: ID!) { user(id: $id) { name } }", "variables": {"id": "7"}, "operationName": "Who"}
    httpserver.expect_request("/graphql", method="POST", json=sent).respond_with_json(
        {"data": {"user": {"name": "Ana"}}}
    )

    outcome = run_probe(CHECK.format(url=httpserver.url_for("/graphql")))

    assert (outcome.state, outcome.reason) == ("up", None)
    assert ("GraphQL errors", "none") in [(one.what, one.seen) for one in outcome.findings]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            {"errors": [ERROR, ERROR], "data": {"user": {"name": "Ana"}}},
            'GraphQL errors "no such user" at user.0.name and 1 more, with partial data, expected none',
        ),
        (
            {"errors": [{"message": "syntax"}], "data": None},
            'GraphQL errors "syntax", without data, expected none; $.data.user.name missing, expected "Ana"',
        ),
        ({"errors": []}, 'GraphQL errors [], without data, expected none; $.data.user.name missing, expected "Ana"'),
        (["no"], 'GraphQL answer ["no"], expected data or errors; $.data.user.name missing, expected "Ana"'),
        ({"data": {"user": {"name": "Rui"}}}, '$.data.user.name "Rui", expected "Ana"'),
    ],
)
def test_errors_are_down_though_the_status_is_200(
    run_probe: RunProbe, httpserver: HTTPServer, answer: Any, reason: str
) -> None:
    httpserver.expect_request("/graphql").respond_with_json(answer)

    outcome = run_probe(CHECK.format(url=httpserver.url_for("/graphql")))

    assert (outcome.state, outcome.reason) == ("down", reason)


def test_partial_data_is_degraded_where_the_policy_says_so(run_probe: RunProbe, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/graphql").respond_with_json({"errors": [ERROR], "data": {"user": {"name": "Ana"}}})

    outcome = run_probe(CHECK.format(url=httpserver.url_for("/graphql")) + 'partial = "degraded"')

    assert outcome.state == "degraded"
