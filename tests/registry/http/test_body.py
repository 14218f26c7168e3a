"""A body is what was sent, however it is cut into chunks, and never more than the limit."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_engine.registry.http.body import DecodeError, body_for


def raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "plain": ("identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "gzip in two members": ("gzip", lambda content: gzip.compress(content[:99]) + gzip.compress(content[99:])),
    "gzip with something after it": ("x-gzip", lambda content: gzip.compress(content) + b"trailing"),
    "deflate": ("deflate", zlib.compress),
    "deflate without zlib's header": ("deflate", raw_deflate),
}
CONTENTS = st.one_of(
    st.binary(max_size=2_000),
    st.builds(lambda piece, times: piece * times, st.binary(min_size=1, max_size=300), st.integers(1, 2_000)),
)


def take(encoding: str, packed: bytes, limit: int, chunk: int, *, keep: bool = True) -> tuple[bytes, int, bool]:
    body = body_for([encoding], limit, keep=keep)
    for start in range(0, len(packed), chunk):
        if not body.feed(packed[start : start + chunk]):
            break
    return body.finish(), body.size, body.truncated


@pytest.mark.parametrize("name", PACKED)
@settings(max_examples=60, deadline=None)
@given(content=CONTENTS, chunk=st.integers(1, 20_000))
def test_what_was_sent_is_what_is_had(name: str, content: bytes, chunk: int) -> None:
    encoding, pack = PACKED[name]

    assert take(encoding, pack(content), 10_000_000, chunk) == (content, len(content), False)


@pytest.mark.parametrize("name", PACKED)
@settings(max_examples=60, deadline=None)
@given(content=CONTENTS, chunk=st.integers(1, 20_000), limit=st.integers(0, 3_000))
def test_never_more_than_the_limit_is_had(name: str, content: bytes, chunk: int, limit: int) -> None:
    encoding, pack = PACKED[name]

    try:
        had, size, truncated = take(encoding, pack(content), limit, chunk)
    except DecodeError as error:
        assert "decompression bomb" in str(error)  # noqa: PT017 (whether it is one depends on the example)
        return

    assert content.startswith(had)
    assert size == len(had) <= limit
    assert truncated or had == content


def test_what_follows_the_end_for_ever_is_cut_too() -> None:
    assert take("gzip", gzip.compress(b"ok") + b"x" * 50_000, 1_000, 100) == (b"ok", 2, True)


def test_what_is_not_kept_is_counted() -> None:
    assert take("gzip", gzip.compress(b"x" * 500_000), 1_000_000, 100, keep=False) == (b"", 500_000, False)


def test_what_is_far_larger_than_it_looks_is_called_a_bomb() -> None:
    with pytest.raises(DecodeError, match="taken for a decompression bomb"):
        take("gzip", gzip.compress(bytes(10_000_000)), 1_000_000, 16_384)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_what_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(DecodeError, match="asked for"):
        body_for([encoding], 100, keep=True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_what_is_damaged_or_ends_early_is_refused(encoding: str) -> None:
    packed = PACKED[encoding][1](b"hello, " * 200)

    with pytest.raises(DecodeError, match="ended before its end"):
        take(encoding, packed[:-8], 10_000, 7)
    with pytest.raises(DecodeError, match=r"damaged|ended"):
        take(encoding, packed[:9] + b"\xff\xff\xff\xff" + packed[13:], 10_000, 7)
