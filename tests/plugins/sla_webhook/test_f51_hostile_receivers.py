"""What a receiver can do to notifiers over HTTP, and what each makes of it (F51): the table of ``docs/notifiers``."""

import asyncio
import re
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from sla_api.notifier import ApiNotifier
from sla_apprise.notifier import AppriseNotifier
from sla_engine.plugin import Delivery, Notifier, Secret
from sla_engine.testing.servers.certificates import self_signed_context
from sla_webhook.notifier import WebhookNotifier

Deliver = Callable[..., Awaitable[Delivery]]
Serve = Callable[..., Awaitable[int]]
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PAGE = Path(__file__).parents[3] / "docs" / "notifiers" / "webhook.md"
SECRET = "whsec_" + "c2VjcmV0" * 5
OK = b"HTTP/1.1 200 OK\r\n"
SECONDS = {"webhook": 2.0, "api": 2.0, "apprise": 9.0}


async def reads(reader: asyncio.StreamReader) -> None:
    """The whole request: what is left unread would make the system reset the connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    await reader.readexactly(int(length[1]) if length else 0)


def says(*parts: bytes, then: float = 0.0) -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reads(reader)
        for part in parts:
            writer.write(part)
            await writer.drain()
        await asyncio.sleep(then)

    return answer


def repeats(part: bytes, pause: float) -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reads(reader)
        writer.write(OK + b"\r\n")
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


def status(number: int, more: str = "") -> Answer:
    return says(f"HTTP/1.1 {number} -\r\n{more}Content-Length: 2\r\n\r\nno".encode())


def resets(after: bool) -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if after:
            await reads(reader)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return answer


async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


@frozen
class Happening:
    """What happens at an address, which may stand for a port that is taken when it is needed."""

    answer: Answer | None = None
    url: str = "http://127.0.0.1:{port}/"
    context: Any = None
    deny: tuple[str, ...] = ()
    has_secrets: bool = True


HAPPENINGS: dict[str, Happening] = {
    "answers 2xx": Happening(says(OK + b"Content-Length: 2\r\n\r\nok")),
    "answers 2xx, and 1 MB": Happening(says(OK + b"Content-Length: 1000000\r\n\r\n", b"x" * 1_000_000)),
    "answers 2xx, without end": Happening(repeats(b"x" * 4096, 0.01)),
    "answers 2xx, drop by drop": Happening(repeats(b"x", 0.1)),
    "answers nothing": Happening(says(then=60)),
    "answers what is no HTTP": Happening(says(b"SSH-2.0-OpenSSH_9.2\r\n")),
    "closes after the request": Happening(says()),
    "resets after the request": Happening(resets(after=True)),
    "resets before the request": Happening(resets(after=False)),
    "refuses the connection": Happening(url="http://127.0.0.1:1/"),
    "has a bad certificate": Happening(says(OK + b"\r\n"), "https://127.0.0.1:{port}/", self_signed_context()),
    "resets in the handshake": Happening(resets(after=False), "https://127.0.0.1:{port}/"),
    "hangs in the handshake": Happening(hangs, "https://127.0.0.1:{port}/"),
    "has a name that does not resolve": Happening(url="http://nowhere.invalid/"),
    "has an address that the guard refuses": Happening(says(OK + b"Content-Length: 0\r\n\r\n"), deny=("127.0.0.1",)),
    "has a secret that is not there": Happening(has_secrets=False),
    "redirects": Happening(status(302, "Location: http://127.0.0.1:1/\r\n")),
    **{f"answers {number}": Happening(status(number)) for number in (400, 401, 403, 404, 410, 422, 500, 503, 504)},
    "answers 429": Happening(status(429, "Retry-After: 120\r\n")),
}


def webhook(url: str) -> Notifier:
    return WebhookNotifier(url=url, secrets=[Secret("env", "SECRET")])


def api(url: str) -> Notifier:
    return ApiNotifier(url=url, json={"text": "{text}"}, secrets={"secret": Secret("env", "SECRET")})


def apprise(_url: str) -> Notifier:
    return AppriseNotifier(urls=[Secret("env", "URL")])


NOTIFIERS = {"webhook": webhook, "api": api, "apprise": apprise}


def word(delivery: Delivery) -> str:
    if delivery.sent:
        return "sent"
    if not delivery.certain:
        return "lost"
    return "final" if delivery.is_final else "again"


def documented(column: int) -> dict[str, str]:
    lines = PAGE.read_text(encoding="utf-8").partition("| what happens |")[2].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return {row[0]: row[column] for row in rows if len(row) == 4}


@pytest.mark.parametrize(("column", "name"), list(enumerate(NOTIFIERS, 1)))
async def test_it_is_what_the_page_says(serve: Serve, deliver: Deliver, column: int, name: str) -> None:
    at_once = asyncio.Semaphore(4 if name == "apprise" else 99)  # each try of apprise is a process

    async def attempt(happening: Happening) -> Delivery:
        port = 0 if happening.answer is None else await serve(happening.answer, ssl=happening.context)
        url = happening.url.format(port=port)
        secrets = {"SECRET": SECRET, "URL": url.replace("http", "json", 1)} if happening.has_secrets else {}
        async with at_once:
            return await deliver(NOTIFIERS[name](url), seconds=SECONDS[name], deny=happening.deny, secrets=secrets)

    deliveries = await asyncio.gather(*map(attempt, HAPPENINGS.values()))

    table = {what: word(delivery) for what, delivery in zip(HAPPENINGS, deliveries, strict=True)}
    assert table == documented(column), "\n".join(map(str, zip(HAPPENINGS, deliveries, strict=True)))
    waits = {what for what, delivery in zip(HAPPENINGS, deliveries, strict=True) if delivery.retry_after is not None}
    assert waits == (set() if name == "apprise" else {"answers 429"})


@pytest.mark.parametrize("make", [webhook, api])
@pytest.mark.parametrize("number", [301, 302, 303, 307, 308])
async def test_no_redirect_takes_a_message_elsewhere(
    serve: Serve, deliver: Deliver, make: Callable[[str], Notifier], number: int
) -> None:
    visits: list[int] = []

    async def elsewhere(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        visits.append(1)

    target = f"http://127.0.0.1:{await serve(elsewhere)}/"
    port = await serve(status(number, f"Location: {target}\r\n"))

    delivery = await deliver(make(f"http://127.0.0.1:{port}/"), secrets={"SECRET": SECRET})

    assert not delivery.sent
    assert f"answered {number}: it leads to {target!r}, which is not followed" == delivery.detail
    assert visits == []


@pytest.mark.parametrize("make", [webhook, api])
async def test_no_more_is_read_than_64_kilobytes(
    serve: Serve, deliver: Deliver, make: Callable[[str], Notifier]
) -> None:
    written = 0

    async def floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await reads(reader)
        writer.write(OK + b"\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()
            written += 65_536

    delivery = await deliver(make(f"http://127.0.0.1:{await serve(floods)}/"), secrets={"SECRET": SECRET})

    assert delivery.sent
    assert written < 16 * 1024 * 1024  # what the system's buffers take, and not for ever


async def test_nobody_keeps_a_try_longer_than_15_seconds(serve: Serve, deliver: Deliver) -> None:
    port = await serve(repeats(b"x", 0.2))
    urls = [make(f"http://127.0.0.1:{port}/") for make in (webhook, api)]
    began = time.monotonic()

    deliveries = await asyncio.gather(*(deliver(one, seconds=60, secrets={"SECRET": SECRET}) for one in urls))

    assert [word(delivery) for delivery in deliveries] == ["lost", "lost"]
    assert 14.5 < time.monotonic() - began < 18
