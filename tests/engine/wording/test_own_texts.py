"""Texts of an operator's own: names, and nothing but names, in the reader's language."""

import pytest

from sla_engine.model.text import Text, plain
from sla_engine.plugin.names import fill_places, misplaced
from sla_engine.policy.documents import TextTable
from tests.engine.wording.noticing import noticed, told


def test_a_text_of_ones_own_replaces_ours_where_it_says_something() -> None:
    texts = {"opened": TextTable(subject=plain("{title} ist hin ({incident})"))}

    message = told(noticed("opened"), texts=texts)

    assert message.subject == "Orders ist hin (7)"
    assert message.text == told(noticed("opened")).text
    assert message.short == told(noticed("opened")).short


def test_all_three_texts_can_be_ones_own() -> None:
    texts = {
        "opened": TextTable(
            subject=plain("{service}: {state}"),
            text=plain("{title} fails since {since}.\n\nWe saw: {reason}\nCall Ana."),
            short=plain("{title}! {reason}"),
        )
    }

    message = told(noticed("opened"), texts=texts)

    assert message.subject == "orders: down"
    assert message.text == (
        "Orders fails since 26 November 2026, 08:30 (Europe/Lisbon).\n\nWe saw: status 503, expected 2xx\nCall Ana.\n"
    )
    assert message.short == "Orders! status 503, expected 2xx"
    assert "<p" in message.html
    assert "We saw: status 503, expected 2xx<br>Call Ana.</p>" in message.html


def test_only_messages_about_the_same_are_told_in_ones_own_words() -> None:
    texts = {"recovered": TextTable(text=plain("hurrah"))}

    assert "hurrah" not in told(noticed("opened"), texts=texts).text
    assert told(noticed("recovered"), texts=texts).text == "hurrah\n"


def test_who_reads_a_language_that_a_text_is_not_written_in_is_told_in_our_words() -> None:
    texts = {"opened": TextTable(subject=Text({"pt": "{title} em baixo", "fr": "{title} en panne"}))}

    assert told(noticed("opened"), language="pt", texts=texts).subject == "Encomendas em baixo"
    assert told(noticed("opened"), language="de", texts=texts).subject == "[ausgefallen] Auftraege"


def test_a_text_of_ones_own_tells_of_many_by_their_list_and_count() -> None:
    texts = {"opened": TextTable(subject=plain("{count} down on {cause}: {services}"))}
    notices = [noticed("opened", n, title={"": f"S{n}"}, cause="db1") for n in (1, 2, 3)]

    assert told(*notices, texts=texts).subject == "3 down on db1: S1, S2 and S3"


def test_the_title_of_many_says_that_there_are_more() -> None:
    texts = {"opened": TextTable(subject=plain("{title} is in trouble"))}
    notices = [noticed("opened", n, title={"": f"S{n}"}, cause="db1") for n in (1, 2, 3)]

    assert told(*notices, texts=texts).subject == "S1 and 2 more is in trouble"
    assert told(*notices[:2], texts=texts).subject == "S1 and S2 is in trouble"


def test_beside_other_news_each_is_told_in_its_own_words() -> None:
    texts = {"opened": TextTable(text=plain("Wake up: {title}"))}

    text = told(noticed("opened", 1), noticed("recovered", 2), texts=texts).text

    assert text.startswith("Orders is down. Orders is up again.\n\nWake up: Orders\n")
    assert "Orders is up again. Duration: 40 minutes." in text


def test_a_name_without_a_value_leaves_nothing() -> None:
    texts = {"opened": TextTable(subject=plain("{title}{maintenance}!"))}

    assert told(noticed("opened"), texts=texts).subject == "Orders!"


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{title}", "{reason}"),
        ("{{title}}", "{title}"),
        ("{{{title}}}", "{{reason}}"),
        ("}}{{", "}{"),
        ("{title}{title}", "{reason}{reason}"),
        ("{reason}", "<b> & \\g<0> %s $x"),
        ("{unknown}", ""),
        ("no names", "no names"),
    ],
)
def test_what_is_put_in_is_never_looked_at_again(text: str, filled: str) -> None:
    values = {"title": "{reason}", "reason": "<b> & \\g<0> %s $x"}

    assert fill_places(text, values) == filled


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{title} {since}", []),
        ("{{anything at all}}", []),
        ("{title.__class__}", ["{title.__class__}"]),
        ("{title!r} {title:>9} {0} {}", ["{title!r}", "{title:>9}", "{0}", "{}"]),
        ("{ title }", ["{ title }"]),
        ("{title", ["{"]),
        ("title}", ["}"]),
        ("{ti{tle}", ["{", "{tle}"]),
    ],
)
def test_everything_in_braces_that_is_no_name_is_found(text: str, found: list[str]) -> None:
    assert [one.written for one in misplaced(text)] == found
