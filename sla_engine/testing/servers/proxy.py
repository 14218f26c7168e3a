"""A proxy on loopback that speaks what clients ask of proxies: CONNECT, whole addresses, and SOCKS 5 (RFC 1928)."""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

from attrs import define, field

_SOCKS = 5
_BY_NAME = 3
_SOCKS_OK = bytes((_SOCKS, 0, 0, 1, 0, 0, 0, 0, 0, 0))


@define
class Proxy:
    """Passes on; a coroutine function of ``asyncio.start_server``.

    Attributes:
        names: where the names that only this proxy knows are.
        login: user and password that it insists on, or None.
        refusal: the status with which it answers everything, or None.
        asked: the hosts that were asked for, in order.
    """

    names: Mapping[str, str] = field(factory=dict)
    login: tuple[str, str] | None = None
    refusal: int | None = None
    asked: list[str] = field(factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(1)
        if first[0] == _SOCKS:
            await self._socks(reader, writer)
        else:
            await self._http(first + await reader.readuntil(b"\r\n\r\n"), reader, writer)

    async def _http(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, address, _ = head.split(b" ", 2)
        if (status := self.refusal or self._refusal(head)) is not None:
            writer.write(f"HTTP/1.1 {status} -\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
        elif method == b"CONNECT":
            host, _, port = address.decode().rpartition(":")
            await self._join(host, int(port), b"HTTP/1.1 200 OK\r\n\r\n", b"", reader, writer)
        else:
            parts = urlsplit(address.decode())
            await self._join(parts.hostname or "", parts.port or 80, b"", head, reader, writer)

    def _refusal(self, head: bytes) -> int | None:
        if self.login is None:
            return None
        return None if b64encode(":".join(self.login).encode()) in head else 407

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(bytes((_SOCKS, 0)))
        kind = (await reader.readexactly(4))[3]
        length = (await reader.readexactly(1))[0] if kind == _BY_NAME else 4
        address = await reader.readexactly(length)
        host = address.decode() if kind == _BY_NAME else ".".join(map(str, address))
        port = int.from_bytes(await reader.readexactly(2))
        await self._join(host, port, _SOCKS_OK, b"", reader, writer)

    async def _join(
        self, host: str, port: int, said: bytes, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Connect, say so, and pass on in both directions until one side ends."""
        self.asked.append(host)
        far_reader, far_writer = await asyncio.open_connection(self.names.get(host, host), port)
        writer.write(said)
        far_writer.write(head)
        try:
            await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
        finally:
            far_writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()
    writer.close()
