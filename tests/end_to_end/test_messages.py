"""An outage from the probe to the mailbox, by an engine as an operator runs it, and killed at the worst moment (F3)."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sla_engine.testing.servers.smtp import Received, SmtpServer
from sla_engine.testing.servers.web import Page, WebServer

POLICY = """
[service.shop]
title = "Shop"
every = "1s"
severity = "{severity}"
check.home = {{ probe = "http", url = "{url}/", timeout = "800ms" }}
[sla.standard]
timezone = "GMT+1"
availability.shop = "99%"
[notifier.it-mail]
via = "email"
gather = "1s"
server = "smtp://{host}:{port}"
tls = "none"
from = "sla@maxony.com"
to = ["it@maxony.com"]
[escalation.all]
on = {{ services = "all" }}
step = [{{ notify = ["it-mail"] }}]
"""
Wait = Callable[[Callable[[], Any], str], Any]


class Deadly(list[Received]):
    """A mailbox whose first mail kills whoever sent it, before it is told that the mail was taken."""

    def __init__(self, kill: Callable[[], None]) -> None:
        super().__init__()
        self.kill = kill

    def append(self, mail: Received) -> None:
        super().append(mail)
        if len(self) == 1:
            self.kill()


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer({"/": Page("shop")}) as server:
        yield server


def begin_outage(installation: Any, web: WebServer, smtp: SmtpServer, severity: str) -> None:
    """Run an engine that is killed by the first mail that it sends."""
    policy = POLICY.format(severity=severity, url=web.url, host=smtp.host, port=smtp.port)
    installation.write("policy.toml", policy)
    installation.start()
    installation.wait_for(shop="up")
    engine = installation.process.pid
    smtp.mailbox = Deadly(lambda: os.kill(engine, signal.SIGKILL))
    web.break_("/", status=503)
    assert installation.process.wait(30) == -signal.SIGKILL


def listed(installation: Any, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(installation.sla("notifications", *arguments, "--format", "json").stdout)[
        "notifications"
    ]
    return found


def test_f3_killed_between_taken_and_recorded_the_mail_comes_again_by_the_same_id_and_then_the_recovery(
    installation: Any, web: WebServer, smtp: SmtpServer, wait_until: Wait
) -> None:
    begin_outage(installation, web, smtp, "major")

    installation.start()
    wait_until(lambda: len(smtp.mailbox) == 2, "the mail comes again")
    web.break_("/")
    wait_until(lambda: len(smtp.mailbox) == 3, "the recovery comes")
    wait_until(lambda: len(listed(installation, "--state", "sent")) == 2, "both stand as sent")
    metrics = installation.get("/metrics")[1]
    installation.stop()

    first, again, recovery = (one.message for one in smtp.mailbox)
    assert first["Message-ID"] == again["Message-ID"] != recovery["Message-ID"]
    assert "Shop" in first["Subject"]
    assert "Shop" in recovery["Subject"]
    assert listed(installation) == []
    assert [one["tries"] for one in listed(installation, "--state", "sent")] == [2, 1]
    assert "sla_messages_sent 2.0" in metrics.replace("_total", "")


def test_f3_where_a_person_decides_nothing_comes_twice_until_somebody_says_so(
    installation: Any, web: WebServer, smtp: SmtpServer, wait_until: Wait
) -> None:
    begin_outage(installation, web, smtp, "minor")

    installation.start()
    wait_until(lambda: listed(installation), "it is known that nobody knows")
    [held] = listed(installation)
    assert (held["state"], held["answer"]) == ("uncertain", "the engine ended during the try")
    assert "delivery unknown" in installation.sla("notifications").stdout
    assert len(smtp.mailbox) == 1

    done = installation.sla("notifications", "retry", held["key"][:12], "--who", "ana")
    wait_until(lambda: len(smtp.mailbox) == 2, "the engine that runs sends it again")
    installation.stop()

    assert done.returncode == 0, done.stderr
    assert smtp.mailbox[0].message["Message-ID"] == smtp.mailbox[1].message["Message-ID"]
    assert listed(installation) == []
