"""The api notifier: a table is the request, and what a message says stays within its place."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from attrs import evolve
from pytest_httpserver import HTTPServer
from werkzeug import Request

from sla_api.composing import Variant
from sla_api.notifier import ApiNotifier
from sla_api.paths import AtPath
from sla_engine.plugin import Delivery, Message, Secret

Deliver = Callable[..., Awaitable[Delivery]]


@pytest.fixture
def interface(httpserver: HTTPServer) -> HTTPServer:
    httpserver.expect_request(re.compile(".*")).respond_with_json({"id": 7, "ok": True, "queue": "night shift"})
    return httpserver


def notifier_of(interface: HTTPServer, path: str = "/messages", **fields: Any) -> ApiNotifier:
    return ApiNotifier(url=interface.url_for(path), **fields)


def received(interface: HTTPServer) -> list[Request]:
    return [request for request, _ in interface.log]


def sent(interface: HTTPServer) -> Any:
    [request] = received(interface)
    return json.loads(request.get_data())


async def test_the_message_stands_where_its_names_are(interface: HTTPServer, deliver: Deliver) -> None:
    template = {
        "head": "[{importance}] {subject}",
        "deep": [{"list": ["{service}", 5, True]}],
        "all": "{key} {about} {thread} {language} {at} {short}",
        "none": "<{customer}>",
        "braces": "{{text}} {{}}",
    }

    delivery = await deliver(notifier_of(interface, json=template))

    assert delivery.sent
    assert sent(interface) == {
        "head": "[critical] API is down",
        "deep": [{"list": ["api", 5, True]}],
        "all": "m-17-1 opened incident/17/infrastructure en 2026-10-31T23:00:00Z API down",
        "none": "<>",
        "braces": "{text} {}",
    }
    [request] = received(interface)
    assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
    assert request.headers["idempotency-key"] == "m-17-1"


async def test_a_form_is_sent_as_browsers_send_it(interface: HTTPServer, deliver: Deliver) -> None:
    await deliver(notifier_of(interface, form={"title": "{subject}", "body": "a=b&{text}"}))

    [request] = received(interface)
    assert parse_qs(request.get_data(as_text=True)) == {
        "title": ["API is down"],
        "body": ["a=b&API is down since 23:00.\nstatus 503, expected 200"],
    }


async def test_secrets_and_what_a_message_is_called_stand_in_address_and_headers(
    interface: HTTPServer, deliver: Deliver
) -> None:
    notifier = notifier_of(
        interface,
        "/{about}/{thread}?k={token}",
        headers={"Authorization": "Bearer {token}", "X-Whole": Secret("env", "WHOLE"), "X-Key": "{key}"},
        secrets={"token": Secret("env", "TOKEN")},
        idempotency_header="",
    )

    await deliver(notifier, secrets={"TOKEN": "a/b&c", "WHOLE": "whole"})

    [request] = received(interface)
    assert request.environ["REQUEST_URI"] == "/opened/incident%2F17%2Finfrastructure?k=a%2Fb%26c"
    assert [request.headers[name] for name in ("authorization", "x-whole", "x-key")] == [
        "Bearer a/b&c",
        "whole",
        "m-17-1",
    ]
    assert "idempotency-key" not in request.headers


async def test_the_whole_address_may_be_a_secret(interface: HTTPServer, deliver: Deliver) -> None:
    delivery = await deliver(ApiNotifier(url=Secret("env", "URL")), secrets={"URL": interface.url_for("/T0/B0/s3cret")})

    assert delivery.sent
    assert received(interface)[0].path == "/T0/B0/s3cret"


@pytest.mark.parametrize(
    ("secrets", "told"),
    [
        ({}, "secret: the environment has no URL"),
        ({"URL": "T0/B0/s3cret"}, "request: the secret from env URL holds no address, written in full"),
    ],
)
async def test_an_address_that_is_none_is_told_without_telling_it(
    deliver: Deliver, secrets: dict[str, str], told: str
) -> None:
    delivery = await deliver(ApiNotifier(url=Secret("env", "URL")), secrets=secrets)

    assert delivery == Delivery(sent=False, certain=True, detail=told)


async def test_no_secret_is_told_though_the_answer_tells_it(httpserver: HTTPServer, deliver: Deliver) -> None:
    httpserver.expect_request("/").respond_with_data("no such token: s3cret-token", status=401)
    notifier = notifier_of(httpserver, "/", headers={"X": "{token}"}, secrets={"token": Secret("env", "TOKEN")})

    delivery = await deliver(notifier, secrets={"TOKEN": "s3cret-token"})

    assert delivery.detail == "answered 401: 'no such token: ***'"


VARIANTS = {
    "acknowledged": Variant(json={"act": "acknowledge"}),
    "over": Variant(method="PUT", url="http://{host}/tickets/{{reference}}", json={"act": "close"}),
    "later": Variant(json={"act": "add to {reference}"}),
}


@pytest.mark.parametrize(
    ("about", "is_over", "reference", "asked"),
    [
        ("opened", False, None, ("POST", "/messages", "open")),
        ("repeated", False, None, ("POST", "/messages", "open")),
        ("repeated", False, "7", ("POST", "/messages", "add to 7")),
        ("acknowledged", False, None, ("POST", "/messages", "acknowledge")),
        ("acknowledged", False, "7", ("POST", "/messages", "acknowledge")),
        ("recovered", True, "7", ("PUT", "/tickets/7", "close")),
        ("burn-over", True, "7", ("PUT", "/tickets/7", "close")),
        ("recovered", True, None, ("POST", "/messages", "open")),
    ],
)
async def test_some_messages_are_asked_otherwise(
    interface: HTTPServer,
    deliver: Deliver,
    message: Message,
    about: str,
    is_over: bool,
    reference: str | None,
    asked: tuple[str, str, str],
) -> None:
    over = Variant(method="PUT", url=interface.url_for("/tickets/{reference}"), json={"act": "close"})
    notifier = notifier_of(interface, json={"act": "open"}, when={**VARIANTS, "over": over})

    await deliver(notifier, evolve(message, about=about, is_over=is_over, reference=reference))

    [request] = received(interface)
    assert (request.method, request.path, sent(interface)["act"]) == asked


async def test_a_severity_has_the_name_that_the_interface_gives_it(
    interface: HTTPServer, deliver: Deliver, message: Message
) -> None:
    notifier = notifier_of(interface, json=["{importance}"], severities={"major": "error"})

    await deliver(notifier, evolve(message, severity="major"))
    await deliver(notifier, evolve(message, severity="minor"))

    assert [json.loads(request.get_data()) for request in received(interface)] == [["error"], ["minor"]]


ANSWERS: list[tuple[Any, dict[str, Any], tuple[bool, bool, str | None]]] = [
    # the answer, the notifier's keys, and whether it is sent, whether that is certain, and the reference
    ({"ok": True, "id": 7}, {"reference": "$.id"}, (True, True, "7")),
    ({"ok": True, "ts": "1503435956.000247"}, {"reference": "$.ts"}, (True, True, "1503435956.000247")),
    ({"ok": True}, {"reference": "$.id"}, (True, True, None)),
    ({"id": True}, {"reference": "$.id"}, (True, True, None)),
    ({"id": {"a": 1}}, {"reference": "$.id"}, (True, True, None)),
    ("taken", {"reference": "$.id"}, (True, True, None)),
    ({"ok": True}, {"expect": [AtPath("$.ok", equals=True)]}, (True, True, None)),
    ({"ok": False, "error": "no_channel"}, {"expect": [AtPath("$.ok", equals=True)]}, (False, True, None)),
    ({}, {"expect": [AtPath("$.ok", equals=True)]}, (False, True, None)),
    ("<html>", {"expect": [AtPath("$.ok", equals=True)]}, (False, False, None)),
    ("", {"expect": [AtPath("$.ok", equals=True)]}, (False, False, None)),
    ('{"ok": true' + " " * 70_000 + "}", {"expect": [AtPath("$.ok", equals=True)]}, (False, False, None)),
]


@pytest.mark.parametrize(("answer", "keys", "told"), ANSWERS)
async def test_an_answer_is_taken_at_its_word(
    httpserver: HTTPServer, deliver: Deliver, answer: Any, keys: dict[str, Any], told: tuple[bool, bool, str | None]
) -> None:
    body = answer if isinstance(answer, str) else json.dumps(answer)
    httpserver.expect_request("/").respond_with_data(body, status=201)

    delivery = await deliver(notifier_of(httpserver, "/", **keys))

    assert (delivery.sent, delivery.certain, delivery.reference) == told


async def test_what_was_not_as_expected_is_told(httpserver: HTTPServer, deliver: Deliver) -> None:
    httpserver.expect_request("/").respond_with_json({"ok": False, "error": "channel_not_found"})

    delivery = await deliver(notifier_of(httpserver, "/", expect=[AtPath("$.ok", equals=True)]))

    assert "channel_not_found" in delivery.detail
    assert delivery.detail.endswith("; $.ok false, expected true")
