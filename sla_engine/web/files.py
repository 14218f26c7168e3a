"""Attachments on their way out: to be kept, and never to be shown by a browser as if they were a page of ours."""

from urllib.parse import quote

from litestar import Response

from sla_engine.engine.tickets.files import kept
from sla_engine.store.tickets import Attachment

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


def download(file: Attachment) -> Response[bytes]:
    """A file for the disk of whoever asked for it.

    Raises:
        NotKeptError: its content was pruned.
    """
    # The plain name is for old programs; nothing but letters, digits and dots is safe from what they make of it.
    plain = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in file.name
    )
    named = f"attachment; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(
        kept(file).content, media_type=_media_type(file.media_type), headers={**_HEADERS, "Content-Disposition": named}
    )


def _media_type(name: str) -> str:
    """What the file is called; texts without a word on how they are written, as that is not known."""
    return name if name.startswith("image/") or name == "application/pdf" else "application/octet-stream"
