"""The worked examples in ``policies/examples/notifiers``, sent to what behaves as those services tell in public."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve, field
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sla_engine.plugin import Delivery, Message
from sla_engine.policy import Plugins, compile_policies
from sla_engine.registry.host import load_plugins

Deliver = Callable[..., Awaitable[Delivery]]
FOLDER = Path(__file__).parents[3] / "policies" / "examples" / "notifiers"
HOST = load_plugins()
TOKEN = "s3cret-token"
ROUTING_KEY = "0123456789abcdef0123456789abcdef"
HOSTILE = '<!channel> *@here* "},"x":{" <https://evil.example|click> & [a](b) `'


def notifiers_of(name: str, **environ: str) -> dict[str, Any]:
    compilation = compile_policies(
        [FOLDER / f"{name}.toml"], plugins=Plugins(HOST.probes, HOST.notifiers, HOST.ticket_sources), environ=environ
    )
    assert compilation.policies is not None, compilation.text
    return {name: one.settings for name, one in compilation.policies.notifiers.items()}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_an_example_has_no_fault_and_no_warning(path: Path) -> None:
    compilation = compile_policies(
        [path], plugins=Plugins(HOST.probes, HOST.notifiers, HOST.ticket_sources), environ={}
    )

    assert compilation.text.splitlines()[-1:] in ([], ["no errors, no warnings"])


@define
class Slack:
    """Incoming webhooks and ``chat.postMessage``, by api.slack.com.

    Attributes:
        shown: the texts, as people see them, by thread.
        called: whoever a message would have called.
    """

    shown: dict[str, list[str]] = field(factory=dict)
    called: list[str] = field(factory=list)

    def hook(self, request: Request) -> Response:
        if not self._take(json.loads(request.get_data()), "hook"):
            return Response("no_text", 400)
        return Response("ok")

    def post(self, request: Request) -> Response:
        asked = json.loads(request.get_data())
        if request.headers["authorization"] != f"Bearer {TOKEN}":
            return _json({"ok": False, "error": "invalid_auth"})
        if not asked["channel"].startswith("C"):
            return _json({"ok": False, "error": "channel_not_found"})
        thread = asked.get("thread_ts") or f"{1503435956 + len(self.shown)}.000247"
        if asked.get("thread_ts") and thread not in self.shown:
            return _json({"ok": False, "error": "thread_not_found"})
        self._take(asked, thread)
        return _json({"ok": True, "channel": asked["channel"], "ts": thread, "message": {"text": asked["text"]}})

    def _take(self, asked: Any, thread: str) -> bool:
        text = asked.get("text")
        if text:
            self.called += re.findall(r"<[!@#][^>]*>", text)
            self.shown.setdefault(thread, []).append(re.sub(r"&(amp|lt|gt);", _plain, text))
        return bool(text)


def _plain(found: re.Match[str]) -> str:
    return {"amp": "&", "lt": "<", "gt": ">"}[found[1]]


@define
class PagerDuty:
    """Events API v2, by its OpenAPI document.

    Attributes:
        alerts: their states, by ``dedup_key``.
    """

    alerts: dict[str, str] = field(factory=dict)
    summaries: list[str] = field(factory=list)

    def enqueue(self, request: Request) -> Response:
        event = json.loads(request.get_data())
        faults = list(self._faults(event))
        if faults:
            told = {"status": "invalid event", "message": "Event object is invalid", "errors": faults}
            return _json(told, 400)
        key = event["dedup_key"]
        if event["event_action"] == "trigger":
            self.summaries.append(event["payload"]["summary"])
        if event["event_action"] == "trigger" or key in self.alerts:
            self.alerts[key] = {"trigger": "triggered", "acknowledge": "acknowledged", "resolve": "resolved"}[
                event["event_action"]
            ]
        return _json({"status": "success", "message": "Event processed", "dedup_key": key}, 202)

    def _faults(self, event: Any) -> Iterator[str]:
        if len(event.get("routing_key", "")) != 32:
            yield "Length of 'routing_key' is incorrect (should be 32 characters)"
        if event.get("event_action") not in {"trigger", "acknowledge", "resolve"}:
            yield "'event_action' is invalid"
        if not 0 < len(event.get("dedup_key", "")) <= 255:
            yield "'dedup_key' is missing or too long"
        if event.get("event_action") == "trigger":
            payload = event.get("payload", {})
            if not 0 < len(payload.get("summary", "")) <= 1024 or not payload.get("source"):
                yield "'payload.summary' or 'payload.source' is missing"
            if payload.get("severity") not in {"critical", "error", "warning", "info"}:
                yield "'payload.severity' is invalid (must be one of critical, error, warning, info)"
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", payload.get("timestamp", "")):
                yield "'payload.timestamp' is invalid"


@define
class Zammad:
    """Tickets, by docs.zammad.org.

    Attributes:
        tickets: by their ids, from 1.
    """

    tickets: list[dict[str, Any]] = field(factory=list)

    def create(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Token token={TOKEN}":
            return _json({"error": "Invalid token!"}, 401)
        asked = json.loads(request.get_data())
        if not {"title", "group", "customer", "article"} <= set(asked):
            return _json({"error": "Group can't be blank"}, 422)
        if asked.get("priority") not in {"1 low", "2 normal", "3 high"}:
            return _json({"error": "No lookup value found for 'priority'"}, 422)
        self.tickets.append({"title": asked["title"], "state": "new", "articles": [asked["article"]]})
        return _json({"id": len(self.tickets), "number": f"{22000 + len(self.tickets)}"}, 201)

    def update(self, request: Request) -> Response:
        number = int(request.path.rpartition("/")[2])
        if number > len(self.tickets):
            return _json({"error": f"Couldn't find Ticket with 'id'={number}"}, 404)
        asked, ticket = json.loads(request.get_data()), self.tickets[number - 1]
        ticket["articles"].append(asked["article"])
        ticket["state"] = asked.get("state", ticket["state"])
        return _json({"id": number, "state": ticket["state"]})


def _json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status, content_type="application/json")


@pytest.fixture
def life(message: Message) -> tuple[Message, ...]:
    """What is told of one incident, in texts that mean harm."""
    first = evolve(message, subject=f"API is down {HOSTILE}", text=HOSTILE, names={"service": "api"})
    return (
        first,
        evolve(first, key="m-17-2", about="acknowledged", subject="Ana is on it", is_first=False),
        evolve(first, key="m-17-3", about="recovered", subject="API is up", is_first=False, is_over=True),
    )


async def told_in_turn(deliver: Deliver, notifier: Any, life: tuple[Message, ...], secrets: dict[str, str]) -> None:
    reference = None
    for one in life:
        delivery = await deliver(notifier, evolve(one, reference=reference), secrets=secrets)
        assert delivery.sent, delivery.detail
        reference = reference or delivery.reference


async def test_slack_shows_texts_and_calls_nobody(
    httpserver: HTTPServer, deliver: Deliver, life: tuple[Message, ...]
) -> None:
    slack = Slack()
    httpserver.expect_request("/services/T0/B0/x", method="POST").respond_with_handler(slack.hook)

    await told_in_turn(
        deliver, notifiers_of("slack")["slack"], life, {"SLACK_WEBHOOK": httpserver.url_for("/services/T0/B0/x")}
    )

    assert slack.called == []
    assert slack.shown["hook"][0].replace("\u200b", "") == f"*{life[0].subject}*\n{HOSTILE}"
    assert len(slack.shown["hook"]) == 3


async def test_slack_has_one_thread_for_one_incident(
    httpserver: HTTPServer, deliver: Deliver, life: tuple[Message, ...]
) -> None:
    slack = Slack()
    httpserver.expect_request("/api/chat.postMessage", method="POST").respond_with_handler(slack.post)
    notifier = notifiers_of("slack", SLACK=httpserver.url_for(""))["slack-threads"]

    await told_in_turn(deliver, notifier, life, {"SLACK_TOKEN": TOKEN})
    await told_in_turn(deliver, notifier, life[:1], {"SLACK_TOKEN": TOKEN})

    assert slack.called == []
    assert [len(texts) for texts in slack.shown.values()] == [3, 1]
    assert [json.loads(request.get_data()).get("reply_broadcast") for request, _ in httpserver.log] == [
        None,
        None,
        True,
        None,
    ]


async def test_what_slack_refuses_with_status_200_is_not_sent(
    httpserver: HTTPServer, deliver: Deliver, message: Message
) -> None:
    httpserver.expect_request("/api/chat.postMessage").respond_with_handler(Slack().post)
    notifier = notifiers_of("slack", SLACK=httpserver.url_for(""))["slack-threads"]

    delivery = await deliver(notifier, message, secrets={"SLACK_TOKEN": "another"})

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, False)
    assert "invalid_auth" in delivery.detail


async def test_teams_gets_a_card_in_which_no_text_is_markdown(
    httpserver: HTTPServer, deliver: Deliver, life: tuple[Message, ...]
) -> None:
    httpserver.expect_request("/workflows/x", method="POST").respond_with_data("", status=202)

    await told_in_turn(
        deliver, notifiers_of("teams")["teams"], life, {"TEAMS_WORKFLOW": httpserver.url_for("/workflows/x")}
    )

    document = json.loads(httpserver.log[0][0].get_data())
    [attachment] = document["attachments"]
    card = attachment["content"]
    assert (document["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    runs = [run for block in card["body"] for run in block["inlines"]]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for run in runs} == {"TextRun"}
    assert [run["text"] for run in runs] == [life[0].subject, HOSTILE]


@pytest.mark.parametrize("severity", ["critical", "major", "minor", "info"])
async def test_pagerduty_has_one_alert_for_one_incident(
    httpserver: HTTPServer, deliver: Deliver, life: tuple[Message, ...], severity: Any
) -> None:
    pagerduty = PagerDuty()
    httpserver.expect_request("/v2/enqueue", method="POST").respond_with_handler(pagerduty.enqueue)
    notifier = notifiers_of("pagerduty", PAGERDUTY=httpserver.url_for(""))["pagerduty"]
    states = []

    for one in life:
        await told_in_turn(deliver, notifier, (evolve(one, severity=severity),), {"PAGERDUTY_KEY": ROUTING_KEY})
        states.append(dict(pagerduty.alerts))

    assert states == [
        {"incident/17/infrastructure": "triggered"},
        {"incident/17/infrastructure": "acknowledged"},
        {"incident/17/infrastructure": "resolved"},
    ]
    assert pagerduty.summaries == [life[0].subject]


async def test_what_pagerduty_finds_invalid_is_final(
    httpserver: HTTPServer, deliver: Deliver, message: Message
) -> None:
    httpserver.expect_request("/v2/enqueue").respond_with_handler(PagerDuty().enqueue)
    notifier = notifiers_of("pagerduty", PAGERDUTY=httpserver.url_for(""))["pagerduty"]

    delivery = await deliver(notifier, message, secrets={"PAGERDUTY_KEY": "too short"})

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, True)
    assert "should be 32 characters" in delivery.detail


async def test_zammad_has_one_ticket_for_one_incident_which_closes_with_it(
    httpserver: HTTPServer, deliver: Deliver, life: tuple[Message, ...]
) -> None:
    zammad = Zammad()
    httpserver.expect_request("/api/v1/tickets", method="POST").respond_with_handler(zammad.create)
    httpserver.expect_request(re.compile(r"/api/v1/tickets/\d+"), method="PUT").respond_with_handler(zammad.update)
    notifier = notifiers_of("zammad", ZAMMAD=httpserver.url_for(""))["zammad"]

    await told_in_turn(deliver, notifier, life, {"ZAMMAD_TOKEN": TOKEN})

    [ticket] = zammad.tickets
    assert (ticket["title"], ticket["state"]) == (life[0].subject, "closed")
    assert [article["subject"] for article in ticket["articles"]] == [one.subject for one in life]
    assert {article["content_type"] for article in ticket["articles"]} == {"text/plain"}
    assert ticket["articles"][0]["body"] == HOSTILE
