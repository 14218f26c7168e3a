"""What the servers say: conversations on a stream, good ones and bad ones."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

PAGE = b"<h1>Maxony</h1>"
OK = b"HTTP/1.1 200 OK\r\n"
FOR_EVER = 1_000_000


def says(*parts: bytes, after: float = 0.0) -> Answer:
    """Read a request, wait, write these parts, and hang up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(after)
        for part in parts:
            writer.write(part)
            await writer.drain()

    return answer


def page(body: bytes = PAGE, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """An answer with its length."""
    lines = (b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def zipped(body: bytes) -> bytes:
    """An answer in gzip."""
    return page(gzip.compress(body), b"Content-Encoding: gzip")


def zips(body: bytes) -> Answer:
    """Answer in gzip where the client takes it, and else in clear."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(zipped(body) if b"gzip" in request else page(body))

    return answer


def drips(head: bytes, drop: bytes) -> Answer:
    """Begin at once, and never end."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.1)

    return answer


def opens_with(greeting: bytes, *, hears: int = 0) -> Answer:
    """Speak first, hear so many times what the client says, and hang up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        for _ in range(hears):
            if not await reader.read(65536):
                return  # the client has hung up

    return answer


def resets(before: bytes = b"") -> Answer:
    """Break the connection off, after these bytes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(before)
        await writer.drain()
        writer.transport.abort()

    return answer


def redirects_to(location: bytes) -> Answer:
    """Send every request there, but answer the page that is called ``good``."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        there = page(b"", b"Location: " + location, status=b"302 Found")
        writer.write(page() if request.startswith(b"GET /good ") else there)

    return answer


async def takes_mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A mail server of a few words that greets in three lines."""
    writer.write(b"220-mail.test ESMTP\r\n220-We log what you do.\r\n220 Go ahead.\r\n")
    while line := await reader.readline():
        is_over = line.upper().startswith(b"QUIT")
        writer.write(b"221 bye\r\n" if is_over else b"250 as you like\r\n")
        if is_over:
            return
