"""The dead man's switch: a real server is asked while all is well, and hears nothing while it is not."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve

from sla_engine import load_policies
from sla_engine.engine.dead_man import DeadMan
from sla_engine.policy import PolicySet
from sla_engine.policy.documents import PingTable
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.http import HttpTransport
from sla_engine.store import Store, open_store


class Elsewhere:
    """A server that counts how often it is asked, and answers as it is told to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.status = "200 OK"
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heard.append(head.decode().split(" ")[1])
        writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK".encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    made = Elsewhere()
    async with await asyncio.start_server(made.answer, "127.0.0.1", 0) as server:
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ping/7f3a"
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'sla.db'}") as opened:
        opened.start_writer()
        yield opened


@pytest.fixture
def policies(elsewhere: Elsewhere, tmp_path: Path) -> PolicySet:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "engine.toml").write_text('[engine.ping]\nurl = "${PING_URL}"\nevery = "10s"\n')
    return load_policies(tmp_path / "policies", environ={"PING_URL": elsewhere.url})


def dead_man(policies: PolicySet, store: Store, troubles: list[str]) -> DeadMan:
    return DeadMan(lambda: policies, lambda: troubles, store.writer, SystemClock())


async def look(made: DeadMan, policies: PolicySet) -> None:
    transport = HttpTransport()
    assert policies.ping is not None
    await made.look(policies.ping, transport)
    await transport.aclose()


async def test_while_all_is_well_it_is_asked(elsewhere: Elsewhere, policies: PolicySet, store: Store) -> None:
    made = dead_man(policies, store, [])

    await look(made, policies)
    await look(made, policies)

    assert elsewhere.heard == ["/ping/7f3a", "/ping/7f3a"]
    assert made.asked == 2


async def test_while_the_scheduler_is_late_nobody_is_asked(
    elsewhere: Elsewhere, policies: PolicySet, store: Store
) -> None:
    troubles = ["the scheduler is 60 s late"]
    made = dead_man(policies, store, troubles)

    await look(made, policies)
    assert elsewhere.heard == []

    troubles.clear()
    await look(made, policies)
    assert elsewhere.heard == ["/ping/7f3a"]


async def test_while_the_store_cannot_be_written_nobody_is_asked(
    elsewhere: Elsewhere, policies: PolicySet, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla_engine.engine.dead_man._WRITTEN_WITHIN", 0.5)
    made = dead_man(policies, store, [])
    other = sa.create_engine(f"sqlite:///{tmp_path / 'sla.db'}")

    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")  # somebody else keeps the database
        store.writer.record_event(0, "test", "waits to be written")
        await look(made, policies)
        assert elsewhere.heard == []
        connection.exec_driver_sql("ROLLBACK")
    other.dispose()

    assert await asyncio.to_thread(store.writer.flush, 20)
    await look(made, policies)
    assert elsewhere.heard == ["/ping/7f3a"]


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "301 Moved Permanently"])
async def test_who_does_not_say_that_we_were_heard_has_not_heard_us(
    status: str, elsewhere: Elsewhere, policies: PolicySet, store: Store, capsys: Any
) -> None:
    elsewhere.status = status
    made = dead_man(policies, store, [])

    await look(made, policies)
    await look(made, policies)

    assert made.asked == 0
    assert len(elsewhere.heard) == 2


async def test_where_nothing_is_named_nobody_is_asked(elsewhere: Elsewhere, policies: PolicySet, store: Store) -> None:
    task = asyncio.create_task(dead_man(evolve(policies, ping=None), store, []).run())

    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.wait([task])

    assert elsewhere.heard == []


async def test_what_the_policies_deny_is_not_asked(elsewhere: Elsewhere, policies: PolicySet, store: Store) -> None:
    targets = evolve(policies.engine.targets, deny=("127.0.0.1",))
    denied = evolve(policies, engine=evolve(policies.engine, targets=targets))

    await look(dead_man(denied, store, []), denied)

    assert elsewhere.heard == []


async def test_it_goes_on_until_it_is_cancelled(elsewhere: Elsewhere, policies: PolicySet, store: Store) -> None:
    assert policies.ping is not None
    often = evolve(policies, ping=PingTable(policies.ping.url, evolve(policies.ping.every, microseconds=20_000)))
    task = asyncio.create_task(dead_man(often, store, []).run())

    async with asyncio.timeout(10):
        while len(elsewhere.heard) < 3:
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
