"""An engine that follows a help desk as an operator runs it: asked, called, killed, and the desk gone in between."""

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sla_engine.plugin import WebhookCall
from tests.plugins.sla_desks.look_alikes import Zammad

POLICY = """
[service.shop]
every = "1h"
check.home = {{ probe = "http", url = "http://127.0.0.1:1/" }}
[sla.standard]
timezone = "UTC"
availability.shop = "99%"
response.first = {{ within = "4h" }}
[support.first]
title = "First level"
[customer.acme]
name = "ACME S.A."
sla = "standard"
response.first = {{ within = "30m" }}
[ticket-source.helpdesk]
via = "zammad"
url = "{url}"
token = {{ env = "TOKEN" }}
secret = {{ env = "HOOK" }}
every = "10s"
levels = {{ "1st Level" = "first" }}
customers = {{ "ACME S.A." = "acme" }}
"""


def ago(seconds: float) -> str:
    return f"{datetime.fromtimestamp(time.time() - seconds, UTC):%Y-%m-%dT%H:%M:%S.000Z}"


def shown(installation: Any, number: str) -> dict[str, Any] | None:
    answer = installation.sla("ticket", "show", f"helpdesk:{number}", "--format", "json")
    return json.loads(answer.stdout) if answer.returncode == 0 else None


def post(installation: Any, call: WebhookCall) -> int:
    url = f"http://{installation.listen}/api/v1/sources/helpdesk"
    request = urllib.request.Request(url, call.body, dict(call.headers), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_tickets_of_a_help_desk_have_their_clocks_whatever_happens_to_either(
    installation: Any, wait_until: Callable[..., Any]
) -> None:
    with Zammad() as zammad:
        installation.environ |= {"TOKEN": Zammad.token, "HOOK": "hook-secret"}
        installation.write("policy.toml", POLICY.format(url=zammad.url))
        first = zammad.open(ago(3600))
        installation.start()
        wait_until(lambda: shown(installation, "22001"), "the ticket that was there before the engine")

        zammad.write(first, ago(2000))
        called = [post(installation, zammad.call(first, secret)) for secret in ("hook-secret", "wrong")]
        answered = shown(installation, "22001")
        os.kill(installation.process.pid, signal.SIGKILL)
        installation.process.wait()
        second = zammad.open(ago(60), "Meanwhile")
        zammad.put(second, "state", "closed", ago(30))
        installation.start()
        meanwhile = wait_until(lambda: shown(installation, "22002"), "what happened while the engine was dead")
        zammad.refuse()
        ready = wait_until(
            lambda: (said := installation.readiness()).count("ticket source helpdesk") and said, "the trouble"
        )
        late = post(installation, zammad.call(first, "hook-secret"))
        took = installation.stop()

    assert called == [204, 401]
    assert answered is not None
    [clock] = answered["clocks"]
    assert (answered["state"], clock["within"], clock["met"]) == ("answered", "30m", True)
    assert (meanwhile["subject"], meanwhile["state"]) == ("Meanwhile", "resolved")
    assert ready.startswith("ready\ndegraded: the ticket source helpdesk cannot be read: connect: ")
    assert late == 503
    assert took < 10
