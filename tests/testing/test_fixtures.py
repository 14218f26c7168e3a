from typing import Any

import pytest

from sla_engine.plugin import Message
from sla_engine.testing.fixtures import RunNotifier, RunProbe
from sla_engine.testing.servers.smtp import SmtpServer
from sla_engine.testing.servers.web import Page, WebServer


def test_a_check_is_tried_from_its_toml(run_probe: RunProbe) -> None:
    with WebServer({"/": Page("hello")}) as web:
        up = run_probe(f'probe = "http"\nurl = "{web.url}/"')
        web.break_("/", status=500)
        down = run_probe('probe = "http"\nurl = "${WEB}/"', {"WEB": web.url})

    assert (up.state, down.state) == ("up", "down")
    assert down.reason == "status 500, expected 2xx"


async def test_it_works_in_a_coroutine_too(run_probe: RunProbe) -> None:
    assert run_probe('probe = "http"\nurl = "http://127.0.0.1:1/"').reason == "connect: connection refused"


def test_a_table_with_faults_is_told_as_the_linter_tells_it(run_probe: RunProbe) -> None:
    with pytest.raises(ValueError, match="did you mean 'url'"):
        run_probe('probe = "http"\nurI = "http://x"')


def test_the_fake_clock_goes_when_told_to(fake_clock: Any) -> None:
    before = fake_clock.now(), fake_clock.monotonic(), fake_clock.boot()

    fake_clock.pass_by(1)
    fake_clock.suspend(10)
    fake_clock.set_by(-5)

    after = fake_clock.now(), fake_clock.monotonic(), fake_clock.boot()
    assert [later - earlier for earlier, later in zip(before, after, strict=True)] == [6_000_000, 1.0, 11.0]


def test_a_notifier_is_tried_from_its_toml(run_notifier: RunNotifier) -> None:
    with SmtpServer() as server:
        toml = f'via = "email"\nserver = "smtp://{server.host}:{server.port}"\nfrom = "a@b.example"\ntls = "none"\n'
        sent = run_notifier(f'{toml}to = ["it@b.example"]')
        server.break_("rcpt", "550 nobody")
        refused = run_notifier(f'{toml}to = ["it@b.example"]', Message("key-1", "A subject", "A text"))

    assert (sent.sent, refused.sent, refused.is_final) == (True, False, True)
    [received] = server.mailbox
    assert received.message["Subject"] == "A test"


def test_a_notifier_with_faults_is_told_as_the_linter_tells_it(run_notifier: RunNotifier) -> None:
    with pytest.raises(ValueError, match="did you mean 'server'"):
        run_notifier('via = "email"\nserwer = "smtp://localhost"\nfrom = "a@b.example"')
