"""Text that either database keeps, whatever is in it: what a stranger sent must not stop the writer."""

import re

import sqlalchemy as sa

_INSTEAD = "\N{REPLACEMENT CHARACTER}"
_REFUSED = re.compile("[\0\ud800-\udfff]")


class Text(sa.types.TypeDecorator[str]):
    """Text without what one of the databases refuses: NUL, and halves of characters (lone surrogates)."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """The text as it is kept, and as it is looked for."""
        return None if value is None else keepable(value)


def keepable(text: str) -> str:
    """The text, with a replacement character for each one that cannot be kept."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _REFUSED.sub(_INSTEAD, text)
    return text.replace("\0", _INSTEAD)
