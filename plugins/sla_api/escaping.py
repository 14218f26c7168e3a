"""How a text is written for a channel that would read more into it than a text: a link, a tag, a call to everybody."""

import html
import re
from collections.abc import Callable, Mapping
from typing import Literal

Escape = Literal["slack", "markdown", "html"]

_AT_SOMEBODY = re.compile(r"((?<!\w)@(?=\w)|<(?=[!@#]))")  # not the @ of an e-mail address
_NOTHING_SEEN = "\u200b"  # after that mark, which then calls nobody
_MARKS = re.compile(r"[\\`*_\[\]|~]")
_AT_LINE_START = re.compile(r"(?m)^([ \t]*(?:\d{1,9}(?=[.)]))?)([#+=.)-])")


def slack(text: str) -> str:
    """For Slack's mrkdwn: with ``&``, ``<`` and ``>`` begins all that Slack takes for more than a text."""
    return calls_nobody(_entities(text))


def markdown(text: str) -> str:
    """For Markdown, CommonMark's and its older kinds alike, which pass HTML through."""
    marked = _MARKS.sub(r"\\\g<0>", _entities(text))
    return calls_nobody(_AT_LINE_START.sub(r"\1\\\2", marked))


def _entities(text: str) -> str:
    return html.escape(text, quote=False)


def calls_nobody(text: str) -> str:
    """A text that reads the same, and makes no messenger call a person, a channel or everybody (``@here``)."""
    return _AT_SOMEBODY.sub(rf"\1{_NOTHING_SEEN}", text)


ESCAPES: Mapping[Escape | None, Callable[[str], str]] = {
    None: str,
    "slack": slack,
    "markdown": markdown,
    "html": html.escape,
}
"""How values are written, by the name that a policy gives."""
