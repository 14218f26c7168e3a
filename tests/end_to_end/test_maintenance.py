"""Maintenance as customers hear of it: an engine in a process of its own, a real mail server, and the web."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import fastfeedparser
from icalendar import Calendar

from sla_engine.testing.servers.smtp import Received, SmtpServer
from sla_engine.testing.servers.web import Page, WebServer

POLICY = """
[service.api]
title = {{ en = "API", pt = "Interface" }}
every = "1h"
check.health = {{ probe = "http", url = "{url}/" }}
[accounting.default]
maintenance_notice = "24h"
[sla.standard]
timezone = "UTC"
availability.api = "99%"
[customer.acme]
sla = "standard"
contacts = ["ops@acme.example"]
language = "pt"
[customer.bolt]
sla = "standard"
contacts = ["it@bolt.example"]
language = "de"
[notifier.customers-mail]
via = "email"
server = "smtp://127.0.0.1:{port}"
tls = "none"
from = "sla@maxony.example"
gather = "1s"
[escalation.all]
on = {{ services = "all" }}
step = []
[maintenance.upgrade]
services = ["api"]
starts = {starts}
lasts = "2h"
title = {{ en = "Database upgrade", pt = "Atualização da base de dados" }}
announce = ["customers-mail", "in-app"]
"""


def text_of(mail: Received) -> str:
    body = mail.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_move_by_a_day_reaches_mailboxes_banners_calendars_and_feeds(
    installation: Any, wait_until: Callable[..., Any]
) -> None:
    starts = datetime.now(UTC).replace(hour=22, minute=0, second=0, microsecond=0) + timedelta(days=9)
    moved = starts + timedelta(days=1)

    with WebServer({"/": Page("ok")}) as web, SmtpServer() as mail:

        def write(at: datetime) -> None:
            installation.write("policy.toml", POLICY.format(url=web.url, port=mail.port, starts=at.isoformat()))

        write(starts)
        installation.start()
        wait_until(lambda: len(mail.mailbox) == 2, "both customers are told")
        [before] = announced(installation)
        write(moved)
        wait_until(lambda: len(mail.mailbox) == 4, "both customers are told of the move")
        wait_until(lambda: announced(installation)[0]["sequence"] == 1, "the banner tells of the move")

        [after] = announced(installation)
        [event] = Calendar.from_ical(installation.get("/maintenance.ics")[1]).walk("VEVENT")
        [entry] = fastfeedparser.parse(installation.get("/feed.atom?lang=pt")[1]).entries
        installation.stop()

    mails = {received.recipients[0]: received for received in mail.mailbox[2:]}
    assert set(mails) == {"ops@acme.example", "it@bolt.example"}
    portuguese = mails["ops@acme.example"].message
    assert portuguese["Content-Language"] == "pt"
    assert "Atualização da base de dados" in portuguese["Subject"]
    assert f"{moved.day} de " in text_of(mails["ops@acme.example"])
    assert f"{starts.day} de " in text_of(mails["ops@acme.example"])  # and when it was to be before
    assert "Database upgrade" in mails["it@bolt.example"].message["Subject"]
    first = {received.recipients[0]: received.message for received in mail.mailbox[:2]}
    assert portuguese["In-Reply-To"] or portuguese["References"]
    assert first["ops@acme.example"]["Message-ID"] != portuguese["Message-ID"]

    assert (before["starts"], after["starts"]) == (zulu(starts), zulu(moved))
    assert (after["id"], after["was"]["starts"]) == (before["id"], zulu(starts))
    assert (event["UID"], int(event["SEQUENCE"]), event.decoded("DTSTART")) == (before["id"], 1, moved)
    assert entry.id == f"urn:uuid:{before['id']}"
    assert f"{moved.day} de " in entry.content[0]["value"]

    shown = json.loads(installation.sla("maintenance", "show", "upgrade", "--format", "json").stdout)
    told = shown["occurrences"][0]["told"]
    assert [(one["about"], one["state"]) for one in told] == [
        ("maintenance-planned", "sent"), ("maintenance-planned", "sent"),
        ("maintenance-changed", "sent"), ("maintenance-changed", "sent"),
    ]  # fmt: skip


def announced(installation: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(installation.get("/announcements.json?lang=en")[1])["announcements"]
    return found


def zulu(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
