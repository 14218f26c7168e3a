"""What is open to all answers as its description (OpenAPI) says, and tells its reader what went wrong."""

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

Visit = Callable[..., TestClient[Litestar]]
OPEN = ("/api/v1/status", "/healthz", "/readyz", "/metrics", "/announcements.json", "/announcements.js", "/feed.atom")


def described(client: TestClient[Litestar]) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/docs").json()
    return found


def content_of(answer: Response, document: dict[str, Any], path: str) -> dict[str, Any]:
    """What the description says of such an answer's content."""
    told = document["paths"][path]["get"]["responses"][str(answer.status_code)]["content"]
    found: dict[str, Any] = told[answer.headers["content-type"].partition(";")[0]]
    return found


@pytest.mark.parametrize("path", [*OPEN, "/maintenance.ics"])
def test_each_answer_is_what_is_said_of_it(visit: Visit, path: str) -> None:
    client = visit()
    document, answer = described(client), client.get(path)

    content = content_of(answer, document, path)

    assert document["paths"][path]["get"]["description"]
    if "json" in answer.headers["content-type"]:
        jsonschema.validate(answer.json(), {**content["schema"], "components": document["components"]})


@pytest.mark.parametrize("path", ["/announcements.json", "/feed.atom", "/maintenance.ics"])
def test_programs_are_told_what_is_wrong_as_a_problem_document(visit: Visit, path: str) -> None:
    client = visit()

    answer = client.get(path, params={"lang": "far too long"})

    content = content_of(answer, described(client), path)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    jsonschema.validate(answer.json(), {**content["schema"], "components": described(client)["components"]})
    assert (answer.json()["title"], answer.json()["status"]) == ("Bad Request", 400)


def test_people_who_look_for_a_page_that_is_not_there_are_told_so_on_a_page(visit: Visit) -> None:
    answer = visit().get("/nothing", headers={"accept-language": "pt"})

    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert '<html lang="pt">' in answer.text


def test_programs_that_ask_for_what_is_not_there_get_a_problem_document(visit: Visit) -> None:
    answer = visit().get("/api/v1/nothing")

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Not Found",
        "error": "Not Found",
    }
