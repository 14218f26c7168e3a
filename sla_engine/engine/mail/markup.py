"""HTML of a mail as plain text: only what a reader would see, with the addresses of links beside their words.

Nothing of it is kept as markup, so that nothing in it can be shown as such.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape

_MOST = 400_000
"""Characters of markup that are looked at."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})([^<>]{0,4000})>|<!--|<[!?][^<>]{0,2000}>")
_HREF = re.compile(r"""\bhref\s{0,5}=\s{0,5}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))""", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "math", "object"})
_BREAKS = frozenset({"br", "hr", "p", "div", "tr", "ul", "ol", "table", "pre", "section", "article",
                     "header", "footer", "h1", "h2", "h3", "h4", "h5", "h6"})  # fmt: skip
_PARAGRAPHS = frozenset({"p", "ul", "ol", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_LINES = re.compile(r"[ \t]*\n[ \t]*")
_DEEPEST = 5
_QUOTE, _END_OF_QUOTE = "\x02", "\x03"
"""Stand among the pieces where a quotation begins and ends; markup that has such characters itself loses them."""


def plain(markup: str) -> str:
    """The text, its paragraphs parted by blank lines; a blockquote's lines are marked as quoted ones are."""
    seen = markup[:_MOST].replace(_QUOTE, "").replace(_END_OF_QUOTE, "")
    return _Stripped(seen).text


class _Stripped:
    """One reading of markup, from its beginning to its end, each character once."""

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._pieces: list[str] = []
        self._link: tuple[str, int] | None = None
        self._read()

    @property
    def text(self) -> str:
        """What was read."""
        lines = _LINES.sub("\n", "".join(self._pieces)).strip()
        return "\n".join(_marked(re.sub(r"\n{3,}", "\n\n", lines).split("\n"))).strip()

    def _read(self) -> None:
        at = 0
        while (found := _TAG.search(self._markup, at)) is not None:
            self._say(self._markup[at : found.start()])
            at = found.end()
            if found[0] == "<!--":
                at = self._after("-->", at)
            elif found[2]:
                at = self._tag(found[2].lower(), found[3], at, is_end=found[1] == "/")
        self._say(self._markup[at:])

    def _tag(self, name: str, attributes: str, at: int, *, is_end: bool) -> int:
        """Do what a tag asks for; gives where to read on."""
        if name in _UNSEEN and not is_end and not attributes.rstrip().endswith("/"):
            return self._after(">", self._after(f"</{name}", at))
        if name == "a":
            self._anchor(attributes, is_end=is_end)
        elif name == "li" and not is_end:
            self._pieces.append("\n- ")
        elif name in {"td", "th"} and is_end:
            self._pieces.append(" ")
        elif name == "blockquote":
            self._pieces.append(f"\n{_END_OF_QUOTE}\n" if is_end else f"\n{_QUOTE}\n")
        elif name in _BREAKS:
            self._pieces.append("\n\n" if name in _PARAGRAPHS else "\n")
        return at

    def _anchor(self, attributes: str, *, is_end: bool) -> None:
        if not is_end:
            href = _HREF.search(attributes)
            address = "" if href is None else unescape(href[1] or href[2] or href[3] or "").strip()
            self._link = (address, len(self._pieces)) if address.startswith(("http://", "https://")) else None
        elif self._link is not None:
            address, since = self._link
            if address.rstrip("/") not in "".join(self._pieces[since:]):
                self._pieces.append(f" <{address}>")
            self._link = None

    def _after(self, mark: str, at: int) -> int:
        """Behind the next such mark, or at the end where there is none."""
        found = re.compile(re.escape(mark), re.IGNORECASE).search(self._markup, at)
        return len(self._markup) if found is None else found.end()

    def _say(self, markup: str) -> None:
        if text := _BLANKS.sub(" ", unescape(markup)):
            self._pieces.append(text)


def _marked(lines: Iterable[str]) -> Iterator[str]:
    """The lines, those of quotations with the mark that they have in plain text."""
    depth = 0
    for line in lines:
        if line in {_QUOTE, _END_OF_QUOTE}:
            depth = max(0, depth + (1 if line == _QUOTE else -1))
        else:
            yield f"{'>' * min(depth, _DEEPEST)} {line}".rstrip() if depth else line
