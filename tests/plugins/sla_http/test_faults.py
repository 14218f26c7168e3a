"""Each fault of a web server, and what it comes to: state, doubt, stage and reason, as golden text."""

import asyncio
import gzip
import re
import socket
import ssl
import struct
import threading
import warnings
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from sla_engine.model.duration import Duration
from sla_engine.model.service import Check
from sla_engine.plugin import Outcome, Secret
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import PluginHost
from sla_engine.registry.runs import make_equipment, make_guards, run_try
from sla_engine.testing.servers.certificates import LocalAuthority, self_signed_context
from sla_engine.testing.servers.proxy import Proxy
from sla_http.expectations import Expect
from sla_http.probe import HttpProbe

Serve = Callable[..., Awaitable[int]]
Shake = Callable[[ssl.SSLContext], int]
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\n"
SECONDS = 4.0


def says(*parts: bytes, then: float = 0.0) -> Answer:
    """Reads a request and writes these parts."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
        await asyncio.sleep(then)

    return answer


def repeats(first: bytes, part: bytes, pause: float = 0.0) -> Answer:
    """Writes for ever."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(first)
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


def resets(first: bytes) -> Answer:
    """Breaks the connection off."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(first)
        await asyncio.sleep(0.05)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return answer


async def greets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"220 mail.example.com ready\r\n")


async def closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


def redirects(to: str, status: int = 302) -> Answer:
    return says(f"HTTP/1.1 {status} -\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode())


RAW: dict[str, Answer] = {
    "says nothing": says(then=60),
    "drips its headers": repeats(OK, b"x", 0.1),
    "drips its body": repeats(OK + b"\r\n", b"x", 0.1),
    "closes at once": says(),
    "resets at once": resets(b""),
    "resets in its body": resets(OK + b"Content-Length: 9\r\n\r\nx"),
    "speaks SSH": says(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "speaks TLS": says(b"\x15\x03\x03\x00\x02\x02\x46"),
    "has no number as status": says(b"HTTP/1.1 abc OK\r\n\r\n"),
    "has a status of 9": says(b"HTTP/1.1 9 OK\r\n\r\n"),
    "speaks HTTP/9": says(b"HTTP/9 200 OK\r\n\r\n"),
    "says 100 for ever": repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "ends its headers early": says(OK + b"Content-Le"),
    "ends its body early": says(OK + b"Content-Length: 9\r\n\r\nx"),
    "ends its chunks early": says(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"),
    "has a chunk of size zz": says(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "has a chunk of 2^80 bytes": says(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" + b"0" * 20 + b"\r\n"),
    "has two lengths": says(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    "has a negative length": says(OK + b"Content-Length: -5\r\n\r\nab"),
    "has a header of 1 MB": says(OK + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n"),
    "has 1,000 headers": says(OK + b"X: y\r\n" * 1_000 + b"\r\n"),
    "has 80 kB of headers": says(OK + (b"X: " + b"y" * 997 + b"\r\n") * 80 + b"\r\n"),
    "has a header with NUL": says(OK + b"X: \0\r\n\r\n"),
    "is a gzip bomb": says(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(bytes(20 * 1024 * 1024))),
    "is gzip in gzip": says(OK + b"Content-Encoding: gzip, gzip\r\n\r\nx"),
    "is brotli": says(OK + b"Content-Encoding: br\r\n\r\nx"),
    "is damaged gzip": says(OK + b"Content-Encoding: gzip\r\n\r\nxxxxxxxx"),
    "is gzip that ends early": says(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"hello" * 99)[:-9]),
    "has a body without end": repeats(OK + b"\r\n", b"x" * 65536),
    "answers 503": says(b"HTTP/1.1 503 -\r\nContent-Length: 0\r\n\r\n"),
    "redirects to itself": redirects("/"),
    "redirects to a file": redirects("file:///etc/passwd"),
    "redirects to no host": redirects("http:///"),
    "redirects to metadata": redirects("http://0xa9fea9fe/latest/meta-data/"),
    "redirects to a closed port": redirects("http://127.0.0.1:1/"),
    "redirects to no name": redirects("http://unknown.test/"),
}


def old_protocol(authority: LocalAuthority) -> ssl.SSLContext:
    context = authority.server_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that they are old is the point
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def old_ciphers(authority: LocalAuthority) -> ssl.SSLContext:
    context = authority.server_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0")
    return context


TLS: dict[str, Callable[[LocalAuthority], ssl.SSLContext]] = {
    "has a certificate that expired": lambda authority: authority.server_context(valid_for=timedelta(days=-1)),
    "has one that is not yet valid": lambda authority: authority.server_context(valid_in=timedelta(days=2)),
    "has one for another name": lambda authority: authority.server_context("www.maxony.com", "maxony.com"),
    "has a self-signed one": lambda authority: self_signed_context(),
    "has one of an unknown authority": lambda authority: LocalAuthority().server_context(),
    "has a chain of an unknown one": lambda authority: LocalAuthority().chain_context(),
    "forgot the intermediate one": lambda authority: authority.chain_context(complete=False),
    "speaks TLS 1.1 only": old_protocol,
    "has old ciphers only": old_ciphers,
    "wants a client certificate": LocalAuthority.asking_context,
    "has one that ends in 10 days": lambda authority: authority.server_context(valid_for=timedelta(days=10, hours=1)),
}
DAYS = Expect(certificate_days=14)


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Names that resolve as no name server of this machine could be made to."""
    real, over = socket.getaddrinfo, threading.Event()

    def getaddrinfo(host: str, *rest: Any, **more: Any) -> Any:
        match host:
            case "unknown.test":
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            case "unanswered.test":
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            case "hanging.test":
                over.wait(60)
            case "old.test":
                return real("127.0.0.1", *rest, **more)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield
    over.set()


@pytest.fixture
def shake() -> Iterator[Shake]:
    """Answers one connection with TLS, in a thread: asyncio closes a failed handshake before its alert is sent."""
    listeners: list[socket.socket] = []

    def serve_one(listener: socket.socket, context: ssl.SSLContext) -> None:
        connection, _ = listener.accept()
        connection.settimeout(SECONDS)
        with connection.dup() as plain:
            try:
                with context.wrap_socket(connection, server_side=True) as encrypted:
                    encrypted.recv(65536)
                    encrypted.sendall(OK + b"Content-Length: 0\r\n\r\n")
            except OSError:  # which is what is tested; a close with something unread would overtake the alert
                plain.settimeout(SECONDS)
                while plain.recv(65536):
                    pass

    def begin(context: ssl.SSLContext) -> int:
        listeners.append(listener := socket.create_server(("127.0.0.1", 0)))
        threading.Thread(target=serve_one, args=(listener, context), daemon=True).start()
        return int(listener.getsockname()[1])

    yield begin
    for listener in listeners:
        listener.close()


async def raw_probes(serve: Serve) -> Mapping[str, HttpProbe]:
    return {name: HttpProbe(url=f"http://127.0.0.1:{await serve(answer)}/") for name, answer in RAW.items()}


async def tls_probes(serve: Serve, shake: Shake, authority: LocalAuthority, ca_file: str) -> Mapping[str, HttpProbe]:
    answer = says(OK + b"Content-Length: 0\r\n\r\n")
    probes = {
        name: HttpProbe(url=f"https://127.0.0.1:{shake(context(authority))}/", ca_file=ca_file, expect=DAYS)
        for name, context in TLS.items()
    }
    good = f"https://127.0.0.1:{await serve(answer, ssl=authority.server_context())}/"
    return {
        **probes,
        "has no TLS": HttpProbe(url=f"https://127.0.0.1:{await serve(greets)}/"),
        "closes in the handshake": HttpProbe(url=f"https://127.0.0.1:{await serve(closes)}/"),
        "hangs in the handshake": HttpProbe(url=f"https://127.0.0.1:{await serve(hangs)}/"),
        "and we have no such CA file": HttpProbe(url=good, ca_file="/nowhere/ca.pem"),
        "and we have no such certificate": HttpProbe(url=good, ca_file=ca_file, certificate_file="/nowhere/client.pem"),
    }


async def other_probes(serve: Serve) -> Mapping[str, HttpProbe]:
    busy = f"http://127.0.0.1:{await serve(says(OK))}/"
    away = redirects(f"http://localhost:{await serve(says(OK))}/", 307)
    closed = "http://127.0.0.1:1/"
    proxies = {status: f"http://127.0.0.1:{await serve(Proxy(refusal=status))}" for status in (407, 502)}
    return {
        "is not there": HttpProbe(url=closed),
        "has a name that does not exist": HttpProbe(url="http://unknown.test/"),
        "has a name nobody answers for": HttpProbe(url="http://unanswered.test/"),
        "has a name that takes for ever": HttpProbe(url="http://hanging.test/"),
        "has no IPv6 address": HttpProbe(url="http://old.test/", family="ipv6"),
        "has an address of IPv4 only": HttpProbe(url=busy, family="ipv6"),
        "wants our body elsewhere": HttpProbe(url=f"http://127.0.0.1:{await serve(away)}/", method="POST", body="x"),
        "is asked with a line break": HttpProbe(url=busy, headers={"X": "a\r\nb"}),
        "is asked with no such secret": HttpProbe(url=busy, headers={"X": Secret("env", "NOT_THERE")}),
        "has no HTTP/3": HttpProbe(url="https://127.0.0.1:1/", version="3"),
        "is behind a proxy that is away": HttpProbe(url=closed, proxy="http://127.0.0.1:1"),
        "is behind a proxy that says 407": HttpProbe(url="https://127.0.0.1:1/", proxy=proxies[407]),
        "is behind a proxy that says 502": HttpProbe(url="https://127.0.0.1:1/", proxy=proxies[502]),
        "is behind a proxy with no name": HttpProbe(url=closed, proxy="http://unknown.test:3128"),
    }


async def test_every_fault_has_a_state_a_stage_and_words_of_its_own(
    serve: Serve,
    shake: Shake,
    authority: LocalAuthority,
    ca_file: str,
    fault_table: Callable[[Mapping[str, Outcome]], str],
    golden: Callable[[str, str], None],
) -> None:
    probes = {
        **await raw_probes(serve),
        **await tls_probes(serve, shake, authority, ca_file),
        **await other_probes(serve),
    }

    # On one set of equipment, for to make so many would take the first probes' time.
    equipment = make_equipment(PluginHost(), make_guards((), ()), SystemClock(), {}, isolate=False)
    timeout = Duration(round(SECONDS * 1_000_000))
    checks = (Check("service", "check", "http", probe, timeout) for probe in probes.values())
    outcomes = await asyncio.gather(*(run_try(check, equipment) for check in checks))
    await equipment.aclose()

    golden("faults.txt", fault_table(dict(zip(probes, map(steady, outcomes), strict=True))))


def steady(outcome: Outcome) -> Outcome:
    """The outcome without what is different on each run: ports, and the names that trustme makes up."""
    reason = re.sub(r"(127\.0\.0\.1|localhost):\d\d+", r"\1:PORT", outcome.reason or "")
    return evolve(outcome, reason=re.sub(r"#[\w-]{16}", "#ID", reason))
