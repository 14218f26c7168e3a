"""Lists of ``tag=value``, as DKIM keys and DMARC records are written (RFC 6376, 3.2)."""

import re
from collections.abc import Mapping

_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class TagError(ValueError):
    """A text is no such list."""


def read_tags(text: str) -> Mapping[str, str]:
    """The values by their tags, in the order in which they stand.

    Raises:
        TagError: something is no ``tag=value``, or a tag stands twice.
    """
    tags: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        name, equals, value = part.partition("=")
        name = name.strip()
        if not equals or not _TAG.fullmatch(name):
            raise TagError(f"{part.strip()[:40]!r} is no tag=value")
        if name in tags:
            raise TagError(f"{name}= stands twice")
        tags[name] = value.strip()
    return tags
