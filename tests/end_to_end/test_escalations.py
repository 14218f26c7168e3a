"""Who is told by an engine that runs, as their mail server has it: steps, those on call, the engine's own trouble."""

import signal
from collections.abc import Callable
from typing import Any

from sla_engine.testing.servers.smtp import SmtpServer
from sla_engine.testing.servers.web import Page, WebServer

POLICIES = """
[service.shop]
severity = "critical"
every = "1s"
[service.shop.check.home]
probe = "http"
url = "{web}/shop"
[sla.standard]
availability.shop = "99%"

[rotation.oncall]
of = ["anna"]
from = 2026-01-05T09:00:00
override = [{{ from = 2026-01-05T09:00:00, until = 2126-01-05T09:00:00, notify = "bruno" }}]

[escalation.shop]
on = {{ services = ["shop"] }}
confirm = 2
step = [{{ notify = ["it"] }}, {{ after = "2s", notify = ["oncall"] }}, {{ after = "1h", notify = ["chief"] }}]
[escalation.ours]
on = {{ engine = true }}
step = [{{ notify = ["it"] }}]
"""

NOTIFIER = """
[notifier.{name}]
via = "email"
server = "{mail}"
tls = "none"
from = "us@m.example"
to = ["{name}@m.example"]
gather = "1s"
"""

Wait = Callable[[Callable[[], Any], str], Any]


def test_steps_tell_those_on_call_and_everybody_who_was_told_hears_of_the_end(
    installation: Any, wait_until: Wait
) -> None:
    with SmtpServer() as mail, WebServer({"/shop": Page("fine"), "/pulse": Page("fine")}) as web:
        address = f"smtp://{mail.host}:{mail.port}"
        notifiers = "".join(NOTIFIER.format(name=name, mail=address) for name in ("it", "anna", "bruno", "chief"))
        installation.write("policy.toml", POLICIES.format(web=web.url) + notifiers)
        engine = (installation.policies / "engine.toml").read_text()
        installation.write("engine.toml", f'{engine}[engine.ping]\nurl = "{web.url}/pulse"\nevery = "10s"\n')

        def told() -> set[tuple[str, str]]:
            return {
                (recipient, str(received.message["subject"]))
                for received in mail.mailbox
                for recipient in received.recipients
            }

        def hears(recipient: str, *words: str) -> None:
            wait_until(
                lambda: any(whom == recipient and all(word in text for word in words) for whom, text in told()),
                f"{recipient} hears {' '.join(words)}",
            )

        installation.start()
        installation.wait_for(shop="up")
        web.break_("/shop", 500)

        hears("it@m.example", "down")
        hears("bruno@m.example", "down")  # who stands in for whoever is on call

        web.mend()
        hears("it@m.example", "recovered")
        hears("bruno@m.example", "recovered")

        installation.write("broken.toml", "[service")
        installation.process.send_signal(signal.SIGHUP)
        hears("it@m.example", "monitoring")
        wait_until(lambda: "/pulse" in web.requests, "somebody elsewhere is asked")
        installation.stop()

        assert {whom for whom, _ in told()} == {"it@m.example", "bruno@m.example"}
