import asyncio
import logging
import socket
import time
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import define, field

from sla_engine.plugin import HttpClient, Secret
from sla_engine.testing.servers.certificates import LocalAuthority


@define
class LoopbackRun:
    """A try without an engine: real sockets, real time, secrets from a mapping."""

    seconds: float = 5.0
    secrets_by_reference: Mapping[str, str] = field(factory=dict)
    log: Any = field(factory=logging.getLogger)

    def __attrs_post_init__(self) -> None:
        self.deadline = time.monotonic() + self.seconds

    deadline: float = 0.0

    @property
    def clock(self) -> "LoopbackRun":
        return self

    @property
    def secrets(self) -> "LoopbackRun":
        return self

    @property
    def http(self) -> HttpClient:
        raise AssertionError("no test here speaks HTTP")

    def now(self) -> int:
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        return time.monotonic()

    def reveal(self, secret: Secret) -> str:
        return self.secrets_by_reference[secret.reference]

    def remaining(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    def check_address(self, address: str) -> None:
        return None

    async def open_socket(self, host: str, port: int) -> socket.socket:
        sock = socket.socket()
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, (host, port))
        except BaseException:
            sock.close()
            raise
        return sock

    async def connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(sock=await self.open_socket(host, port))


@pytest.fixture(scope="session")
def authority() -> LocalAuthority:
    return LocalAuthority()


@pytest.fixture(scope="session")
def ca_file(authority: LocalAuthority, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(authority.write(tmp_path_factory.mktemp("authority") / "ca.pem"))
