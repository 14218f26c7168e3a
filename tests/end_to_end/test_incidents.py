"""Incidents of an engine as an operator runs it: killed, flapping, acknowledged from another process."""

import json
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from sla_engine.testing.servers.smtp import SmtpServer
from sla_engine.testing.servers.web import Page, WebServer
from tests.end_to_end.conftest import TOKEN

POLICY = """
[service.shop]
every = "1s"
check.home = {{ probe = "http", url = "{url}/", timeout = "800ms" }}
[notifier.mail]
via = "email"
server = "smtp://{mail}"
tls = "none"
from = "sla@maxony.com"
to = ["it@maxony.com"]
gather = "0s"
[escalation.all]
on = {{ services = "all" }}
confirm = 2
recover = 2
step = [ {{ notify = ["mail"] }} ]
"""
PAGES = {"/": Page("shop")}


def incidents(installation: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        installation.sla("incident", "list", "--all", "--format", "json").stdout
    )["incidents"]  # fmt: skip
    return found


def kill(installation: Any) -> None:
    os.kill(installation.process.pid, signal.SIGKILL)
    installation.process.wait()


def different(mail: SmtpServer) -> int:
    """How many mails there are; one whose answer was lost by a kill comes again by the same id, and is one."""
    return len({one.message["Message-ID"] for one in mail.mailbox})


def test_f46_an_engine_that_is_killed_goes_on_with_its_incident_and_tells_what_changed_meanwhile(
    installation: Any, wait_until: Callable[..., Any]
) -> None:
    with WebServer(PAGES) as web, SmtpServer() as mail:
        installation.write("policy.toml", POLICY.format(url=web.url, mail=f"{mail.host}:{mail.port}"))
        installation.start()
        installation.wait_for(shop="up")
        web.break_("/", status=503)
        wait_until(lambda: different(mail) == 1, "the mail of the outage")

        kill(installation)
        installation.start()
        installation.wait_for(shop="down")
        time.sleep(3)  # nothing is to come in a time in which something would have
        assert different(mail) == 1
        kill(installation)
        web.break_("/")
        installation.start()
        wait_until(lambda: different(mail) == 2, "the mail of the recovery")

        [one] = incidents(installation)
        assert one["closed"] is not None
        installation.stop()


def test_an_incident_is_taken_in_hand_from_another_process_and_the_engine_sees_it_at_once(
    installation: Any, wait_until: Callable[..., Any]
) -> None:
    with WebServer(PAGES) as web, SmtpServer() as mail:
        installation.write("policy.toml", POLICY.format(url=web.url, mail=f"{mail.host}:{mail.port}"))
        web.break_("/", status=503)
        installation.start()
        wait_until(lambda: installation.status()["incidents"], "an open incident in the status")

        installation.sla("incident", "acknowledge", "1", "--who", "anna")

        wait_until(lambda: len(mail.mailbox) == 2, "the mail that says so to whoever was told")
        [shown], [seen] = installation.status()["incidents"], installation.status(TOKEN)["incidents"]
        assert (shown["acknowledged"]["by"], seen["acknowledged"]["by"]) == (None, "anna")
        assert shown["acknowledged"]["at"] == seen["acknowledged"]["at"]
        installation.stop()


def test_f49_a_target_that_goes_up_and_down_keeps_one_incident_open(
    installation: Any, wait_until: Callable[..., Any]
) -> None:
    """A square wave: down for a second, up for a second."""
    policy = POLICY.replace("confirm = 2", "confirm = 1").replace("recover = 2", "recover = 1")
    with WebServer(PAGES) as web, SmtpServer() as mail:
        installation.write("policy.toml", policy.format(url=web.url, mail=f"{mail.host}:{mail.port}"))
        installation.start()
        installation.wait_for(shop="up")

        deadline = time.monotonic() + 25
        while time.monotonic() < deadline and not any(one["flapping"] for one in incidents(installation)):
            for status in (503, None):
                web.break_("/", status=status) if status else web.break_("/")
                time.sleep(1)

        found = incidents(installation)
        assert [one["closed"] is None for one in found][-1]
        assert found[-1]["flapping"]
        kinds = [
            event["kind"]
            for event in json.loads(
                installation.sla("incident", "show", str(found[-1]["incident"]), "--format", "json").stdout
            )["events"]
        ]
        assert kinds.count("flapping") == 1
        installation.stop()
