"""The least that a server must say for a request over HTTP/2 to be answered (RFC 9113)."""

import asyncio
import ssl

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _SETTINGS = 0x0, 0x1, 0x4
_ACK, _END_STREAM, _END_HEADERS = 0x1, 0x1, 0x4
_STATUS_200 = b"\x88"  # an entry of HPACK's static table (RFC 7541, appendix A)


def offering_http2(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context, with HTTP/2 offered before HTTP/1.1."""
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


async def answer_http2(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer every request of a connection with status 200 and the body ``h2``."""
    if await reader.readexactly(len(_PREFACE)) != _PREFACE:
        return
    writer.write(_frame(_SETTINGS, 0, 0))
    while True:
        header = await reader.readexactly(9)
        length, kind, flags = int.from_bytes(header[:3]), header[3], header[4]
        stream = int.from_bytes(header[5:])
        await reader.readexactly(length)
        if kind == _SETTINGS and not flags & _ACK:
            writer.write(_frame(_SETTINGS, _ACK, 0))
        elif kind == _HEADERS:
            writer.write(_frame(_HEADERS, _END_HEADERS, stream, _STATUS_200))
            writer.write(_frame(_DATA, _END_STREAM, stream, b"h2"))
        await writer.drain()


def _frame(kind: int, flags: int, stream: int, content: bytes = b"") -> bytes:
    return len(content).to_bytes(3) + bytes((kind, flags)) + stream.to_bytes(4) + content
