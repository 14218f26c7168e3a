"""The body of an answer, kept up to a limit that holds before and after decompression."""

import zlib
from typing import Protocol

BOMB_RATIO = 200
"""How many bytes one compressed byte may become before a body over the limit is called a bomb. Web pages stay under 30,
zeros reach 1,030."""

_PIECE = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"


class DecodeError(Exception):
    """A body cannot be decompressed, or must not be."""


class Body(Protocol):
    """Takes a body as it arrives.

    Attributes:
        truncated: whether there was more than the limit.
        size: how many bytes were taken.
    """

    @property
    def truncated(self) -> bool: ...

    @property
    def size(self) -> int: ...

    def feed(self, chunk: bytes) -> bool:
        """Take what has arrived; False asks for no more.

        Raises:
            DecodeError: it cannot be decompressed.
        """
        ...

    def finish(self) -> bytes:
        """All of it that is kept.

        Raises:
            DecodeError: it ended too early.
        """
        ...


def body_for(encodings: list[str], limit: int, *, keep: bool) -> Body:
    """What can take a body with these values of ``content-encoding``.

    Args:
        limit: bytes to take, before and after decompression.
        keep: whether to keep what is taken.

    Raises:
        DecodeError: it is encoded more than once, or in a way that was not asked for.
    """
    named = [name for value in encodings for name in value.replace(" ", "").lower().split(",")]
    wanted = [name for name in named if name not in ("", "identity")]
    if not wanted:
        return PlainBody(limit, keep=keep)
    if len(wanted) > 1:
        raise DecodeError(f"the body is encoded {len(wanted)} times ({', '.join(wanted[:9])}), which nobody asked for")
    if wanted[0] not in ("gzip", "x-gzip", "deflate"):
        raise DecodeError(f"the body is encoded as {wanted[0]!r}, which was not asked for")
    return DeflatedBody(limit, keep=keep, is_gzip=wanted[0] != "deflate")


class PlainBody:
    """A body as it was sent."""

    __slots__ = ("_keep", "_kept", "_limit", "size", "truncated")

    def __init__(self, limit: int, *, keep: bool) -> None:
        self._limit = limit
        self._keep = keep
        self._kept = bytearray()
        self.size = 0
        self.truncated = False

    @property
    def room(self) -> int:
        """Bytes that may still come."""
        return self._limit - self.size

    def feed(self, chunk: bytes) -> bool:
        if len(chunk) > self.room:
            chunk = chunk[: self.room]
            self.truncated = True
        if self._keep:
            self._kept += chunk
        self.size += len(chunk)
        return not self.truncated

    def finish(self) -> bytes:
        return bytes(self._kept)


class DeflatedBody:
    """A body in ``gzip``, of one or more members, or in ``deflate``, with zlib's header or without, as some send it."""

    __slots__ = ("_after", "_inflator", "_is_gzip", "_plain", "_received", "_room_for_raw")

    def __init__(self, limit: int, *, keep: bool, is_gzip: bool) -> None:
        self._plain = PlainBody(limit, keep=keep)
        self._is_gzip = is_gzip
        self._after = b""
        self._inflator = zlib.decompressobj(_GZIP) if is_gzip else None
        self._received = 0
        self._room_for_raw = limit

    @property
    def truncated(self) -> bool:
        return self._plain.truncated

    @property
    def size(self) -> int:
        return self._plain.size

    def feed(self, chunk: bytes) -> bool:
        if self._inflator is None:
            has_header = chunk[0] & 0x0F == zlib.DEFLATED
            self._inflator = zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
        self._received += len(chunk)
        is_more = True
        while is_more and not self._plain.truncated:
            if self._inflator.eof:
                chunk = self._after + chunk
                if not self._begins_member(chunk):
                    self._after = chunk[:2]
                    break
                self._inflator, self._after = zlib.decompressobj(_GZIP), b""
            chunk, is_more = self._inflate(self._inflator, chunk)
        if self._received > self._room_for_raw:
            self._plain.truncated = True
        return not self._plain.truncated

    def finish(self) -> bytes:
        if self._inflator is not None and not self._inflator.eof and not self._plain.truncated:
            raise DecodeError("the compressed body ended before its end")
        return self._plain.finish()

    def _begins_member(self, rest: bytes) -> bool:
        """Whether another member follows the end of one; anything else is ignored, as browsers do."""
        return self._is_gzip and rest.startswith(_GZIP_MAGIC)

    def _inflate(self, inflator: "zlib._Decompress", chunk: bytes) -> tuple[bytes, bool]:
        """Decompress a piece, just over the limit at the most; gives what is left of the chunk, and whether to go on.

        A piece that is full may have left something inside of zlib, also where nothing is left of the chunk.
        """
        most = min(self._plain.room + 1, _PIECE)
        try:
            plain = inflator.decompress(chunk, most)
        except zlib.error as error:
            raise DecodeError(f"the compressed body is damaged: {error}") from error
        left = inflator.unused_data if inflator.eof else inflator.unconsumed_tail
        if not self._plain.feed(plain):
            self._refuse_bomb(self._received - len(left))
        return left, bool(left) or (len(plain) == most and not inflator.eof)

    def _refuse_bomb(self, consumed: int) -> None:
        kept = self._room_for_raw
        if kept > consumed * BOMB_RATIO:
            raise DecodeError(f"{consumed} compressed bytes became more than {kept}: taken for a decompression bomb")
