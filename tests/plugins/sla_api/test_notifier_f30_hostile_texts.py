"""Texts from outside do nothing in a channel (F30): no field, no tag, no link, no call to everybody."""

import html
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from attrs import evolve
from markdown import markdown as older_markdown
from markdown_it import MarkdownIt
from pytest_httpserver import HTTPServer

from sla_api.composing import Variant
from sla_api.escaping import ESCAPES
from sla_api.notifier import ApiNotifier
from sla_engine.plugin import Delivery, Message

Deliver = Callable[..., Awaitable[Delivery]]


@pytest.fixture
def interface(httpserver: HTTPServer) -> HTTPServer:
    httpserver.expect_request(re.compile(".*")).respond_with_data("taken")
    return httpserver


def notifier_of(interface: HTTPServer, **fields: Any) -> ApiNotifier:
    return ApiNotifier(url=interface.url_for("/messages"), **fields)


def sent(interface: HTTPServer) -> Any:
    [(request, _)] = interface.log
    return json.loads(request.get_data())


HOSTILE = [
    '"}, {"act": "delete", "x": "',
    "{text} {token} {{text}} {0.__class__} %s ${HOME}",
    "\\u0022 \\",
    "<!here> <!channel|x> <@U012AB3CD> <#C012AB3CD> <https://evil.example|click>",
    "@here @channel @everyone @all hello @bob",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png) <https://evil.example>",
    "# big\n1. one\n- two\n+ three\n* four\n***\n===\n> quote\n```\ncode\n```\n~~gone~~ _it_ **b** `c`",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "[x]: https://evil.example\n[x]",
    "a\r\nBcc: x@evil.example\u2028b\x0bc",
    "&lt;b&gt; &amp; &#60;",
    "\u202egnp.exe",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("escape", [None, "slack", "markdown", "html"])
async def test_no_text_gets_out_of_its_place(
    interface: HTTPServer, deliver: Deliver, message: Message, text: str, escape: Any
) -> None:
    hostile = evolve(message, subject=text, text=text, names={"reason": text})
    template = {"act": "tell", "text": "{text}", "more": ["{subject}", {"deep": "{reason}"}]}

    await deliver(notifier_of(interface, json=template, escape=escape, headers={"X": "{key}"}), hostile)

    document = sent(interface)
    assert list(document) == ["act", "text", "more"]
    assert document["act"] == "tell"
    assert document["text"] == document["more"][0] == document["more"][1]["deep"]
    if escape is None:
        assert document["text"] == text.replace("\x0b", "�")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_left_for_slack_to_read(text: str) -> None:
    written = ESCAPES["slack"](text)

    assert not re.search(r"<|>|&(?!amp;|lt;|gt;)", written)
    assert html.unescape(written).replace("\u200b", "") == text
    assert not re.search(r"(?<!\w)@\w", written)


TAGS = re.compile(r"<(?!/?p>|br)[a-z/!][^>]*>")
SEPARATE = re.compile(r"\s+")


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_a_text_as_it_is(text: str) -> None:
    shown = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(ESCAPES["markdown"](text))

    assert TAGS.findall(shown) == []
    plain = html.unescape(re.sub(r"</?p>|<br ?/?>", "", shown)).replace("\u200b", "")
    assert SEPARATE.sub(" ", plain).strip() == SEPARATE.sub(" ", text).strip()


@pytest.mark.parametrize("text", HOSTILE)
def test_older_kinds_of_markdown_make_nothing_of_it_either(text: str) -> None:
    assert TAGS.findall(older_markdown(ESCAPES["markdown"](text), extensions=["extra"])) == []


async def test_html_is_for_html(interface: HTTPServer, deliver: Deliver, message: Message) -> None:
    await deliver(notifier_of(interface, json="<p>{text}</p>", escape="html"), evolve(message, text='<a b="c">'))

    assert sent(interface) == "<p>&lt;a b=&quot;c&quot;&gt;</p>"


@pytest.mark.parametrize("reference", ["..", ".", "../../admin", "7?x=1", "7/close", "7#"])
async def test_what_an_answer_called_a_message_leads_nowhere_else(
    interface: HTTPServer, deliver: Deliver, message: Message, reference: str
) -> None:
    later = Variant(url=interface.url_for("/tickets/{reference}/notes"))

    delivery = await deliver(
        notifier_of(interface, when={"later": later}), evolve(message, about="repeated", reference=reference)
    )

    if delivery.sent:
        [(request, _)] = interface.log
        assert re.fullmatch(r"/tickets/[^/?#]+/notes", request.environ["REQUEST_URI"])
    else:
        assert delivery.detail == f"request: {reference!r} cannot stand in an address"
        assert interface.log == []
