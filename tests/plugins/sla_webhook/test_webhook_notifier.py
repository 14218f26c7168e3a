"""The webhook notifier: what a receiver with the library of Standard Webhooks makes of it."""

import base64
import json
import re
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from pathlib import Path
from time import time
from typing import Any

import pytest
from attrs import evolve
from jsonschema import Draft202012Validator
from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook, WebhookVerificationError
from werkzeug import Request, Response

from sla_engine.plugin import Delivery, Message, Secret
from sla_webhook.notifier import WebhookNotifier

Deliver = Callable[..., Awaitable[Delivery]]
PAGE = Path(__file__).parents[3] / "docs" / "notifiers" / "webhook.md"
SECRET, OTHER = ("whsec_" + base64.b64encode(bytes([first] * 32)).decode() for first in (7, 8))
SECRETS = {"SECRET": SECRET, "OTHER": OTHER}


@pytest.fixture
def receiver(httpserver: HTTPServer) -> HTTPServer:
    httpserver.expect_request("/hook").respond_with_data("kept")
    return httpserver


def notifier_of(receiver: HTTPServer, *names: str, **fields: Any) -> WebhookNotifier:
    secrets = [Secret("env", name) for name in names or ("SECRET",)]
    return WebhookNotifier(url=receiver.url_for("/hook"), secrets=secrets, **fields)


def received(receiver: HTTPServer) -> list[Request]:
    return [request for request, _ in receiver.log]


def verified(request: Request, secret: str = SECRET) -> Any:
    return Webhook(secret).verify(request.get_data(), dict(request.headers))


async def test_a_receiver_can_tell_who_sent_it(receiver: HTTPServer, deliver: Deliver, message: Message) -> None:
    delivery = await deliver(notifier_of(receiver), secrets=SECRETS)

    assert delivery == Delivery(sent=True, certain=True, detail="answered 200: 'kept'")
    [request] = received(receiver)
    assert verified(request)["data"]["subject"] == message.subject
    with pytest.raises(WebhookVerificationError):
        verified(request, OTHER)


async def test_every_try_has_the_same_id_and_says_the_same(receiver: HTTPServer, deliver: Deliver) -> None:
    await deliver(notifier_of(receiver), secrets=SECRETS)
    await deliver(notifier_of(receiver), secrets=SECRETS)

    first, second = received(receiver)
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "m-17-1"
    assert first.get_data() == second.get_data()


async def test_while_a_secret_is_replaced_either_will_do(receiver: HTTPServer, deliver: Deliver) -> None:
    await deliver(notifier_of(receiver, "SECRET", "OTHER"), secrets=SECRETS)

    [request] = received(receiver)
    assert len(request.headers["webhook-signature"].split(" ")) == 2
    assert verified(request, SECRET) == verified(request, OTHER)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


async def test_the_body_is_what_the_page_says(receiver: HTTPServer, deliver: Deliver, message: Message) -> None:
    example, schema = map(json.loads, blocks("json"))
    said = evolve(message, text=example["data"]["text"])

    await deliver(notifier_of(receiver), said, secrets=SECRETS)
    await deliver(notifier_of(receiver), Message("m-2", "Test", "It works."), secrets=SECRETS)

    full, bare = (json.loads(request.get_data()) for request in received(receiver))
    assert full == example
    Draft202012Validator(schema).validate(full)
    Draft202012Validator(schema).validate(bare)
    fields = {"type", "timestamp", *(f"data.{name}" for name in full["data"])}
    assert set(re.findall(r"^\| `([a-z_.]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)) >= fields


HOSTILE = [
    '"},"data":{"about":"recovered',
    "\r\nwebhook-id: other",
    "{subject} {{key}}",
    "<script>alert(1)</script>",
    "日本 🔥",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_hostile_text_stays_the_text_that_it_is(receiver: HTTPServer, deliver: Deliver, text: str) -> None:
    await deliver(notifier_of(receiver), Message("m-1", text, text, names={"reason": text}), secrets=SECRETS)

    [request] = received(receiver)
    data = verified(request)["data"]
    assert (data["subject"], data["text"], data["names"]["reason"]) == (text, text, text)
    assert data["about"] == "test"
    assert request.headers.getlist("webhook-id") == ["m-1"]


async def test_what_cannot_be_read_is_replaced(receiver: HTTPServer, deliver: Deliver) -> None:
    await deliver(notifier_of(receiver), Message("m-1", "a\0b\ud800c\x1b[2Jd\te", "x"), secrets=SECRETS)

    assert verified(received(receiver)[0])["data"]["subject"] == "a�b�c�[2Jd\te"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "secret: the environment has no SECRET"),
        ("open sesame", "secret: the secret from env SECRET does not begin with whsec_, so it is none for webhooks"),
        ("whsec_open sesame", "secret: the secret from env SECRET is no base64 after whsec_"),
        ("whsec_", "secret: the secret from env SECRET has 0 bytes: it must be from 24 to 64"),
        ("whsec_c2hvcnQ=", "secret: the secret from env SECRET has 5 bytes: it must be from 24 to 64"),
        (
            "whpk_" + SECRET[6:],
            "secret: the secret from env SECRET does not begin with whsec_, so it is none for webhooks",
        ),
    ],
)
async def test_a_secret_that_is_none_is_told_and_nothing_is_sent(
    receiver: HTTPServer, deliver: Deliver, text: str | None, told: str
) -> None:
    delivery = await deliver(notifier_of(receiver), secrets={} if text is None else {"SECRET": text})

    assert delivery == Delivery(sent=False, certain=True, detail=told)
    assert received(receiver) == []


async def test_a_secret_may_do_without_padding(receiver: HTTPServer, deliver: Deliver) -> None:
    await deliver(notifier_of(receiver), secrets={"SECRET": SECRET.rstrip("=") + "\n"})

    assert verified(received(receiver)[0])


async def test_further_headers_go_along(receiver: HTTPServer, deliver: Deliver) -> None:
    headers = {"X-Team": "operations", "Authorization": Secret("env", "TOKEN")}

    await deliver(notifier_of(receiver, headers=headers), secrets={**SECRETS, "TOKEN": "Bearer abc"})

    [request] = received(receiver)
    assert (request.headers["x-team"], request.headers["authorization"]) == ("operations", "Bearer abc")


@pytest.mark.parametrize(
    ("value", "at_least", "at_most"),
    [
        ("120", 120, 120),
        (+90, 60, 90),  # as a date so many seconds from now
        (-90, 0, 0),
        ("99999999999999999999999999", 86_400, 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400, 86_400),
    ],
)
async def test_a_receiver_says_when_to_try_again(
    receiver: HTTPServer, deliver: Deliver, value: str | int, at_least: float, at_most: float
) -> None:
    written = value if isinstance(value, str) else formatdate(time() + value, usegmt=True)
    receiver.clear()
    receiver.expect_request("/hook").respond_with_response(Response("later", 503, {"Retry-After": written}))

    delivery = await deliver(notifier_of(receiver), secrets=SECRETS)

    assert delivery.detail == "answered 503: 'later'"
    assert delivery.retry_after is not None
    assert at_least <= delivery.retry_after <= at_most


@pytest.mark.parametrize("value", ["soon", "-5", "1.5", "٣", "", "Fri, 99 Dec 2026 25:61:61 GMT"])
async def test_what_says_no_time_is_passed_over(receiver: HTTPServer, deliver: Deliver, value: str) -> None:
    receiver.clear()
    headers = {"Retry-After": value.encode().decode("latin-1")}
    receiver.expect_request("/hook").respond_with_response(Response("", 429, headers))

    delivery = await deliver(notifier_of(receiver), secrets=SECRETS)

    assert (delivery.sent, delivery.certain, delivery.is_final, delivery.retry_after) == (False, True, False, None)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"url": "hooks.example.com"}, "is no address"),
        ({"url": "ftp://hooks.example.com"}, "is no address"),
        ({"secrets": []}, "secrets is empty"),
        ({"headers": {"Webhook-Id": "x"}}, "the header Webhook-Id is what the notifier itself sends"),
    ],
)
def test_what_makes_no_sense_is_refused_when_the_policy_is_read(fields: dict[str, Any], told: str) -> None:
    usual: dict[str, Any] = {"url": "https://hooks.example.com/", "secrets": [Secret("env", "SECRET")]}

    with pytest.raises(ValueError, match=told):
        WebhookNotifier(**{**usual, **fields})
