"""Articles of the FAQ: Markdown files in a folder of each language, ``faq/pt/spf.md``; the same name is a translation.

The first line is the title, ``# Why is my mail rejected?``. A line under it that begins with ``tags:`` names further
words by which the article is found, with commas between them.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from sla_engine.model import visible
from sla_engine.model.text import LANGUAGES

LONGEST = 200_000
"""Bytes of an article."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_LONGEST_TITLE = 200
_LONGEST_SUMMARY = 160
_TAGS = "tags:"


class FaqError(ValueError):
    """The FAQ cannot be used; the message says why and what to do."""


@frozen
class Article:
    """An answer in one language.

    Attributes:
        id: the same in every language.
        tags: further words by which it is found.
        text: Markdown, without the title.
        digest: of its file.
    """

    id: str
    language: str
    title: str
    tags: tuple[str, ...]
    text: str
    digest: str

    @property
    def summary(self) -> str:
        """The beginning of its text, on one line."""
        for paragraph in self.text.split("\n\n"):
            if paragraph.strip() and not paragraph.lstrip().startswith(("#", "-", "*", ">", "`", "|")):
                return visible.one_line(paragraph.replace("**", "").replace("`", ""), _LONGEST_SUMMARY)
        return ""

    @property
    def as_text(self) -> str:
        """The whole of it, for a mail."""
        return f"{self.title}\n\n{self.text}"


@frozen
class Fault:
    """A file that is no article.

    Attributes:
        message: why, and what to do.
    """

    path: Path
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@frozen
class Articles:
    """What a folder holds.

    Attributes:
        known: those that can be read, by id, then language.
        faults: what is wrong with the others.
    """

    known: tuple[Article, ...]
    faults: tuple[Fault, ...] = ()

    def get(self, name: str, language: str) -> Article | None:
        """An article in a language, else in the first that it is written in: English, then as `LANGUAGES` has them."""
        own = {one.language: one for one in self.known if one.id == name}
        return next((own[code] for code in (language, "en", *LANGUAGES) if code in own), None)

    def languages_of(self, name: str) -> tuple[str, ...]:
        """The languages that an article is written in."""
        return tuple(one.language for one in self.known if one.id == name)


def read_articles(folder: Path) -> Articles:
    """The articles of a folder, by id and language.

    Raises:
        FaqError: there is no such folder.
    """
    if not folder.is_dir():
        raise FaqError(f"there is no folder {folder}: engine.desk.faq names it, as seen from the policy file")
    known, faults = [], []
    for path in sorted(folder.rglob("*.md")):
        try:
            known.append(_read(path, path.relative_to(folder)))
        except OSError as error:
            faults.append(Fault(path, f"it cannot be read, {error.strerror}: give the engine's user the right to"))
        except ValueError as error:
            faults.append(Fault(path, str(error)))
    return Articles(tuple(sorted(known, key=lambda one: (one.id, LANGUAGES.index(one.language)))), tuple(faults))


def _read(path: Path, place: Path) -> Article:
    if len(place.parts) != 2 or place.parts[0] not in LANGUAGES:
        raise ValueError(f"it stands in no folder of a language: put it into one of {', '.join(LANGUAGES)}")
    if not _ID.fullmatch(path.stem):
        raise ValueError("its name is its id: write small letters, digits and -, as in opt-in.md")
    with path.open("rb") as file:
        content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise ValueError(f"it has more than {LONGEST:,} bytes: write it shorter, or make several of it")
    try:
        lines = visible.visible_lines(content.decode("utf-8-sig"), LONGEST).split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"this is not UTF-8 text: byte {error.start + 1}, {error.reason}: save it as UTF-8") from None
    title = lines[0].removeprefix("# ").strip()
    if not lines[0].startswith("# ") or not title:
        raise ValueError("its first line is its title: write # and the question that it answers")
    tags, body = _front(lines[1:])
    return Article(
        id=path.stem,
        language=place.parts[0],
        title=visible.one_line(title, _LONGEST_TITLE),
        tags=tags,
        text="\n".join(body).strip(),
        digest=hashlib.sha256(content).hexdigest(),
    )


def _front(lines: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """The tags, and the text that follows."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if not lines or not lines[first].lower().startswith(_TAGS):
        return (), lines
    return tuple(_words(lines[first][len(_TAGS) :])), lines[first + 1 :]


def _words(text: str) -> Iterator[str]:
    for word in text.split(","):
        if word.strip():
            yield word.strip()
