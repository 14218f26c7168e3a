"""A server for HTTP/3, over UDP, by aioquic."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aioquic.asyncio.protocol import QuicConnectionProtocol
from aioquic.asyncio.server import serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import H3Event, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ProtocolNegotiated, QuicEvent


class _Answering(QuicConnectionProtocol):
    """Answers every request with status 200 and the body ``h3``."""

    _http: H3Connection | None = None

    def quic_event_received(self, event: QuicEvent) -> None:
        if isinstance(event, ProtocolNegotiated):
            self._http = H3Connection(self._quic)
        if self._http is not None:
            for told in self._http.handle_event(event):
                self._answer(self._http, told)

    def _answer(self, http: H3Connection, event: H3Event) -> None:
        if isinstance(event, HeadersReceived):
            http.send_headers(event.stream_id, [(b":status", b"200"), (b"x-protocol", b"h3")])
            http.send_data(event.stream_id, b"h3", end_stream=True)
            self.transmit()


@asynccontextmanager
async def serving_http3(pair: Path) -> AsyncIterator[int]:
    """Serve on a UDP port of 127.0.0.1, which it gives.

    Args:
        pair: the file with the certificate and its key.
    """
    configuration = QuicConfiguration(is_client=False, alpn_protocols=H3_ALPN)
    configuration.load_cert_chain(pair)
    server = await serve("127.0.0.1", 0, configuration=configuration, create_protocol=_Answering)
    try:
        assert server._transport is not None
        yield server._transport.get_extra_info("sockname")[1]
    finally:
        server.close()
