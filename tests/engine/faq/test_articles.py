"""What a file of the FAQ says, and what is wrong with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.engine.faq import FaqError, read_articles

Write = Callable[[str, str | bytes], None]


def test_an_article_has_a_title_tags_and_a_text(folder: Path) -> None:
    article = read_articles(folder).get("spf", "en")

    assert article is not None
    assert (article.title, article.tags) == ("How do I set up SPF?", ("dns", "sender"))
    assert article.text == "Publish **one** TXT record."
    assert article.summary == "Publish one TXT record."


def test_it_is_read_in_the_wanted_language_else_in_english_else_in_any(folder: Path) -> None:
    articles = read_articles(folder)

    read = [articles.get(name, "pt") for name in ("spf", "bounces", "sms-length", "opt-in")]
    assert [one.language for one in read if one] == ["pt", "en", "en", "pt"]
    assert (articles.get("opt-in", "de") or read[0]).language == "pt"  # type: ignore[union-attr]
    assert articles.get("nothing", "en") is None
    assert articles.languages_of("spf") == ("en", "pt")


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("spf.md", "# Title\n", "it stands in no folder of a language: put it into one of en, pt, es, fr, de"),
        ("it/spf.md", "# Titolo\n", "it stands in no folder of a language: put it into one of en, pt, es, fr, de"),
        ("en/more/spf.md", "# Title\n", "it stands in no folder of a language: put it into one of en, pt, es, fr, de"),
        ("en/My file.md", "# Title\n", "its name is its id: write small letters, digits and -, as in opt-in.md"),
        ("en/a.md", "Title\n", "its first line is its title: write # and the question that it answers"),
        ("en/a.md", "#  \n", "its first line is its title: write # and the question that it answers"),
        ("en/a.md", "", "its first line is its title: write # and the question that it answers"),
        ("en/a.md", b"# T\xff", "this is not UTF-8 text: byte 4, invalid start byte: save it as UTF-8"),
        ("en/a.md", b"# " + b"a" * 200_000, "it has more than 200,000 bytes: write it shorter, or make several of it"),
    ],
)
def test_a_file_that_is_no_article_is_named_and_the_others_stay(
    name: str, content: str | bytes, fault: str, folder: Path, write: Write
) -> None:
    write(name, content)

    articles = read_articles(folder)

    assert [str(one) for one in articles.faults] == [f"{folder / name}: {fault}"]
    assert len(articles.known) == 8


def test_what_cannot_be_seen_is_left_out(folder: Path, write: Write) -> None:
    write("en/a.md", "\ufeff# A\u202e title\x1b[31m\r\n\r\ntext\x00 here\u200b\r\n")

    article = read_articles(folder).get("a", "en")

    assert article is not None
    assert (article.title, article.text) == ("A title[31m", "text here")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FaqError, match=r"there is no folder .*/nowhere: engine\.desk\.faq names it"):
        read_articles(tmp_path / "nowhere")
