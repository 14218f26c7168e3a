"""Opening a connection for a probe."""

import asyncio
import resource
import socket
from collections.abc import Iterator

import pytest

from sla_engine.plugin import AddressRefused
from sla_engine.registry.connect import has_descriptors, has_route, is_own_fault, resolve_and_connect
from sla_engine.registry.guard import NetworkGuard


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


async def test_a_name_leads_to_a_connected_socket_that_does_not_block(listener: socket.socket) -> None:
    with await resolve_and_connect(NetworkGuard(), "localhost", listener.getsockname()[1], 2.0) as connected:
        assert connected.getpeername() == listener.getsockname()
        assert connected.gettimeout() == 0


@pytest.mark.parametrize("spelling", ["127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1"])
async def test_a_refused_address_sees_no_connection(listener: socket.socket, spelling: str) -> None:
    with pytest.raises(AddressRefused):
        await resolve_and_connect(NetworkGuard(public_only=True), spelling, listener.getsockname()[1], 2.0)

    with pytest.raises(BlockingIOError):
        listener.accept()


async def test_a_closed_port_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(ConnectionRefusedError):
        await resolve_and_connect(NetworkGuard(), "127.0.0.1", port, 2.0)


@pytest.mark.parametrize("name", ["nosuch.invalid", "a" * 70 + ".example", "."])
async def test_a_name_without_an_address_does_not_resolve(name: str) -> None:
    with pytest.raises(socket.gaierror):
        await resolve_and_connect(NetworkGuard(), name, 80, 5.0)


async def test_a_backlog_that_is_full_ends_at_the_timeout() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        started = asyncio.get_running_loop().time()

        with pytest.raises(TimeoutError):
            await resolve_and_connect(NetworkGuard(), "127.0.0.1", full.getsockname()[1], 0.2)

        assert asyncio.get_running_loop().time() - started < 0.4
        for filler in fillers:
            filler.close()


async def test_no_descriptors_are_our_own_fault(listener: socket.socket) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    spare = socket.socket()
    lowest = spare.fileno()
    spare.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        with pytest.raises(OSError, match="Too many open files") as failed:
            await resolve_and_connect(NetworkGuard(), "127.0.0.1", listener.getsockname()[1], 2.0)
        exhausted = not has_descriptors()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert is_own_fault(failed.value)
    assert exhausted
    assert has_descriptors()


def test_loopback_always_has_a_route() -> None:
    assert has_route("127.0.0.1", 80)
    assert has_route("::1", 80)
