"""An HTTP probe, from check to outcome, beside libcurl bare and blocking, against a server in another process."""

import asyncio
import multiprocessing
import socket

import pycurl
from measuring import compare

from sla_engine.model.duration import parse_duration
from sla_engine.model.service import Check
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import load_plugins
from sla_engine.registry.runs import make_equipment, make_guards, run_try
from sla_http.probe import HttpProbe

PROBES, AT_ONCE = 1_000, 20
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


def serve(listener: socket.socket) -> None:
    """Answer every request at once."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(answer, sock=listener, backlog=512) as server:
            await server.serve_forever()

    asyncio.run(run())


def main() -> None:
    """Print what a probe costs."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    server = multiprocessing.get_context("fork").Process(target=serve, args=(listener,), daemon=True)
    server.start()
    try:
        compare(
            f"{PROBES} probes",
            PROBES,
            {"pycurl, bare and blocking": lambda: bare(url), "ours": lambda: asyncio.run(ours(url))},
        )
    finally:
        server.terminate()
        server.join()


def bare(url: str) -> None:
    """What libcurl alone takes, a fresh connection each time."""
    for _ in range(PROBES):
        curl = pycurl.Curl()
        curl.setopt(pycurl.URL, url)
        curl.setopt(pycurl.FRESH_CONNECT, 1)
        curl.setopt(pycurl.FORBID_REUSE, 1)
        curl.setopt(pycurl.WRITEFUNCTION, lambda _: None)
        curl.perform()
        curl.close()


async def ours(url: str) -> None:
    """The whole path: guard, transfer, phases, expectations, outcome."""
    check = Check("web", "home", "http", HttpProbe(url=url), parse_duration("5s"))
    equipment = make_equipment(load_plugins(), make_guards((), ()), SystemClock(), {})
    for _ in range(PROBES // AT_ONCE):
        outcomes = await asyncio.gather(*(run_try(check, equipment) for _ in range(AT_ONCE)))
        assert all(outcome.state == "up" for outcome in outcomes)
    await equipment.aclose()


if __name__ == "__main__":
    main()
