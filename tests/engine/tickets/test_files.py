"""What comes attached: named harmlessly, called by what is in it, and bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.engine.tickets.files import MOST_BYTES, attachment, check_together, file_name
from sla_engine.engine.tickets.levels import TicketError


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(8), "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(8), "image/jpeg"),
        (b"GIF89a" + bytes(8), "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7", "application/pdf"),
        (b"a line\nanother", "text/plain"),
        (b"<html><script>alert(1)</script>", "text/plain"),
        (b"<svg onload=alert(1)>", "text/plain"),
        (b"MZ\x90\0", "application/octet-stream"),
    ],
)
def test_it_is_called_by_what_is_in_it(content: bytes, media_type: str) -> None:
    assert attachment("picture.png", content).media_type == media_type


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("shot.png", "shot.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\shot.png", "shot.png"),
        ('x".png\r\nContent-Type: text', "x_.png Content-Type_ text"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("caf\u00e9 \u65e5\u672c.png", "caf\u00e9 \u65e5\u672c.png"),
        ("gnp.\u202eexe", "gnp.exe"),
    ],
)
def test_its_name_leads_nowhere(given_name: str, kept: str) -> None:
    assert file_name(given_name) == kept


@given(st.text(max_size=400))
def test_whatever_its_name_it_is_short_and_of_one_part(name: str) -> None:
    kept = file_name(name)

    assert 0 < len(kept) <= 100
    assert not set(kept) & set('/\\"<>\r\n\0:')
    assert kept not in {".", ".."}


def test_an_empty_one_and_one_that_is_too_large_are_refused() -> None:
    with pytest.raises(TicketError, match=r"shot\.png is empty"):
        attachment("shot.png", b"")
    with pytest.raises(TicketError, match="at most 10,485,760"):
        attachment("shot.png", bytes(MOST_BYTES + 1))


def test_many_at_once_are_refused_by_number_and_by_size() -> None:
    small, large = attachment("a", b"a"), attachment("b", bytes(MOST_BYTES))

    check_together([small] * 20)
    with pytest.raises(TicketError, match="these are 21 files"):
        check_together([small] * 21)
    with pytest.raises(TicketError, match="bytes together"):
        check_together([large] * 3)
