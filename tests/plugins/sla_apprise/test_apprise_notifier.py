"""The apprise notifier: real services on loopback receive what the real library sends, from a process of its own."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from pytest_httpserver import HTTPServer

from sla_apprise.notifier import AppriseNotifier
from sla_engine.plugin import Delivery, Message, Secret
from sla_engine.testing.fixtures import RunNotifier
from sla_engine.testing.servers.smtp import SmtpServer

Deliver = Callable[..., Awaitable[Delivery]]
Serve = Callable[..., Awaitable[int]]


def notifier_of(*names: str) -> AppriseNotifier:
    return AppriseNotifier(urls=[Secret("env", name) for name in names or ("OPS",)])


def address(httpserver: HTTPServer, path: str = "/ops") -> str:
    httpserver.expect_request(path, method="POST").respond_with_data("ok")
    return httpserver.url_for(path).replace("http://", "json://")


def bodies(httpserver: HTTPServer) -> list[Any]:
    return [json.loads(request.get_data()) for request, _ in httpserver.log]


async def test_a_message_arrives_by_http(httpserver: HTTPServer, deliver: Deliver, message: Message) -> None:
    delivery = await deliver(notifier_of(), seconds=20, secrets={"OPS": address(httpserver)})

    assert delivery == Delivery(sent=True, certain=True, detail="OPS: JSON: success")
    [body] = bodies(httpserver)
    assert (body["title"], body["message"], body["type"]) == (message.subject, message.text, "failure")


async def test_a_message_arrives_by_mail(deliver: Deliver, message: Message) -> None:
    hostile = evolve(message, text="<b>503</b> @here\n")
    with SmtpServer() as server:
        url = f"mailto://{server.host}:{server.port}?from=sla@maxony.example&to=it@maxony.example&mode=insecure"

        delivery = await deliver(notifier_of(), hostile, seconds=20, secrets={"OPS": url})

    assert delivery.sent, delivery.detail
    [mail] = server.mailbox
    assert mail.message["Subject"] == message.subject
    html = mail.message.get_body(("html",))
    assert html is None or "<b>503" not in html.get_content()


@pytest.mark.parametrize(
    ("severity", "is_over", "kind"),
    [("critical", False, "failure"), ("minor", False, "warning"), ("info", False, "info"), ("major", True, "success")],
)
async def test_services_show_how_much_it_matters(
    httpserver: HTTPServer, deliver: Deliver, message: Message, severity: Any, is_over: bool, kind: str
) -> None:
    said = evolve(message, severity=severity, is_over=is_over)

    await deliver(notifier_of(), said, seconds=20, secrets={"OPS": address(httpserver)})

    assert bodies(httpserver)[0]["type"] == kind


async def test_a_text_from_outside_calls_nobody(httpserver: HTTPServer, deliver: Deliver, message: Message) -> None:
    said = evolve(message, subject="@everyone", text="@here <@123> it@maxony.example :smile: \\n ${HOME} {{x}} \0")

    await deliver(notifier_of(), said, seconds=20, secrets={"OPS": address(httpserver)})

    [body] = bodies(httpserver)
    assert body["title"] == "@\u200beveryone"
    assert body["message"] == "@\u200bhere <\u200b@\u200b123> it@maxony.example :smile: \\n ${HOME} {{x}} �"


async def test_each_address_is_tried_by_itself(httpserver: HTTPServer, deliver: Deliver, message: Message) -> None:
    notifier = notifier_of("OPS", "BOSS")
    secrets = {"OPS": address(httpserver, "/ops"), "BOSS": address(httpserver, "/boss")}
    assert notifier.recipients() == ("OPS", "BOSS")

    await deliver(notifier, evolve(message, to=("BOSS",)), seconds=20, secrets=secrets)

    assert [request.path for request, _ in httpserver.log] == ["/boss"]


async def test_where_only_some_took_it_a_repeat_would_reach_them_twice(
    httpserver: HTTPServer, deliver: Deliver
) -> None:
    secrets = {"OPS": address(httpserver), "BOSS": "nonsense"}

    delivery = await deliver(notifier_of("OPS", "BOSS"), seconds=20, secrets=secrets)

    assert (delivery.sent, delivery.certain) == (False, False)
    assert delivery.detail == "OPS: JSON: success; BOSS: the secret holds no address that apprise knows"


@pytest.mark.parametrize(
    ("secrets", "told"),
    [
        ({}, "secret: the environment has no OPS"),
        ({"OPS": "carrier-pigeon://loft"}, "OPS: the secret holds no address that apprise knows"),
    ],
)
async def test_what_is_no_address_is_told(deliver: Deliver, secrets: dict[str, str], told: str) -> None:
    delivery = await deliver(notifier_of(), seconds=20, secrets=secrets)

    assert delivery == Delivery(sent=False, certain=True, detail=told)


async def test_no_part_of_an_address_is_told(httpserver: HTTPServer, deliver: Deliver) -> None:
    httpserver.expect_request("/tok-en-123/s3cret").respond_with_data("no tok-en-123", status=401)
    url = httpserver.url_for("/tok-en-123/s3cret").replace("http://", "json://us3r:pa55word@")

    delivery = await deliver(notifier_of(), seconds=20, secrets={"OPS": url})

    assert not delivery.sent
    assert not {part for part in ("tok-en-123", "s3cret", "us3r", "pa55word") if part in delivery.detail}


async def test_what_it_still_waits_for_at_its_deadline_is_ended(serve: Serve, deliver: Deliver) -> None:
    over = asyncio.Event()

    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.1)
        finally:
            over.set()

    url = f"json://127.0.0.1:{await serve(drips)}/"
    began = time.monotonic()

    delivery = await deliver(notifier_of(), seconds=3, secrets={"OPS": url})

    assert delivery == Delivery(sent=False, certain=False, detail="OPS: not done before the deadline")
    assert time.monotonic() - began < 4
    await asyncio.wait_for(over.wait(), 5)


async def test_a_process_whose_engine_was_killed_ends_by_itself(serve: Serve) -> None:
    connected = asyncio.Event()

    async def hangs(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        connected.set()
        await reader.read()
        await asyncio.sleep(60)

    order = {"urls": [f"json://127.0.0.1:{await serve(hangs)}/"], "title": "t", "body": "b", "kind": "info"}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "sla_apprise.sending", "1.5"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(order).encode())
    process.stdin.close()

    await asyncio.wait_for(connected.wait(), 20)

    assert await asyncio.to_thread(process.wait, 10) != 0


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("urls = []", "urls names nobody"),
        ('urls = ["discord://a/b"]', "a secret must"),
        ('urls = [{ env = "A" }, { env = "A" }]', "two urls have one name"),
    ],
)
def test_a_mistake_is_told_when_the_policy_is_read(run_notifier: RunNotifier, keys: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        run_notifier(f'via = "apprise"\n{keys}\n')


NOTIFIER = '[notifier.ops]\nvia = "apprise"\nurls = [{ env = "OPS" }]\n'


def lint(folder: Path, *, without_apprise: bool = False) -> subprocess.CompletedProcess[str]:
    missing = "sys.modules['apprise'] = None; " if without_apprise else ""
    program = f"import sys; {missing}from sla_engine.cli.main import main; sys.exit(main())"
    arguments = [sys.executable, "-c", program, "lint", str(folder)]
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=60)


def test_without_the_library_lint_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "ops.toml").write_text(NOTIFIER)

    found = lint(tmp_path, without_apprise=True)

    assert found.returncode == 1
    assert "the library apprise is not installed" in found.stdout
    assert "pip install 'sla-engine[apprise]'" in found.stdout
    assert "ops.toml:1:" in found.stdout
    assert "Traceback" not in found.stdout + found.stderr


def test_only_operators_may_name_it(tmp_path: Path) -> None:
    (tmp_path / "customers").mkdir()
    (tmp_path / "customers" / "acme.toml").write_text(NOTIFIER)

    found = lint(tmp_path)

    assert found.returncode == 1
    assert "SLA110" in found.stdout
