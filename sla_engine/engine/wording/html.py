"""A message laid out as HTML for mail: small, with its styles inline, readable on dark and on light, without images.

Everything is escaped here and nowhere else. No colour is set for text or ground, so that the reader's own hold; the one
accent can be seen on both. The only link is one of the engine's own, by http or https.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from sla_engine.engine.wording.passage import Passage, Tone
from sla_engine.engine.wording.plain import further
from sla_engine.engine.wording.reading import Reader

_PAGE = (
    '<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="color-scheme" content="light dark">\n<title>{title}</title>\n</head>\n'
    '<body style="margin:0;padding:16px;font:16px/1.5 sans-serif;overflow-wrap:anywhere;color-scheme:light dark">\n'
    '<main style="max-width:640px">\n{main}\n</main>\n</body>\n</html>\n'
)
_HEADING = "margin:0 0 12px;padding-left:12px;border-left:6px solid {accent};font-size:18px;line-height:1.4"
_ACCENTS: Mapping[Tone, str] = {"alarm": "#d0342c", "relief": "#2e8540", "notice": "#2f6fb2"}
"""Colours that stand out from white and from black by 3 to 1 or more (WCAG 2.2, 1.4.11); words tell the same."""


def html_text(passages: Sequence[Passage], subject: str, summary: str, reader: Reader) -> str:
    """The passages one after the other, as a whole document."""
    parts = [_heading("h1", summary, passages[0].tone)] if summary else []
    for passage in passages:
        parts += _parts(passage, "h2" if summary else "h1", reader)
    main = "\n".join(parts)
    return _PAGE.format(language=reader.language.code, title=escape(subject), main=main)


def _parts(passage: Passage, level: str, reader: Reader) -> Iterator[str]:
    if passage.own_text is not None:
        yield _paragraphs(passage.own_text)
        return
    yield _heading(level, passage.headline, passage.tone)
    if passage.rows:
        yield _table(passage.rows)
    if passage.items:
        yield _list([*passage.items, *([more] if (more := further(passage, reader)) else [])])
    if passage.body:
        yield _paragraphs(passage.body)
    yield from (_paragraphs(note) for note in passage.notes)
    if passage.link:
        link = escape(passage.link)
        yield f'<p style="margin:0 0 12px"><a href="{link}" style="color:inherit">{link}</a></p>'


def _heading(level: str, text: str, tone: Tone) -> str:
    return f'<{level} style="{_HEADING.format(accent=_ACCENTS[tone])}">{escape(text)}</{level}>'


def _table(rows: Sequence[tuple[str, str]]) -> str:
    shown = "".join(
        f'<tr><th scope="row" style="padding:2px 16px 2px 0;text-align:left;vertical-align:top">{escape(name)}</th>'
        f'<td style="padding:2px 0">{escape(value)}</td></tr>'
        for name, value in rows
    )
    return f'<table style="margin:0 0 12px;border-collapse:collapse">{shown}</table>'


def _list(items: Sequence[str]) -> str:
    shown = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f'<ul style="margin:0 0 12px;padding-left:20px">{shown}</ul>'


def _paragraphs(text: str) -> str:
    """Blank lines part paragraphs, and single ones lines."""
    paragraphs = [escape(part).replace("\n", "<br>") for part in text.split("\n\n") if part.strip()]
    return "\n".join(f'<p style="margin:0 0 12px">{part}</p>' for part in paragraphs)
