"""docs/messages.md says what the code does."""

import re
import tomllib
from pathlib import Path

import sla_engine
from sla_engine.plugin.abouts import ABOUTS
from sla_engine.plugin.names import MESSAGE_NAMES, NAMES
from sla_engine.policy.documents import TextTable
from sla_engine.policy.structure import structure
from tests.engine.wording.noticing import noticed, told

PAGE = (Path(sla_engine.__file__).parents[1] / "docs" / "messages.md").read_text(encoding="utf-8")


def rows(first: str) -> dict[str, str]:
    """The rows of the tables whose first column has that name."""
    tables = re.findall(rf"^\| {first} \| meaning \|\n\|---\|---\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return dict(re.findall(r"^\| `(.+?)` \| (.+) \|$", "".join(tables), re.MULTILINE))


def test_every_name_stands_in_the_page_with_its_meaning_and_no_other_does() -> None:
    assert rows("name") == {**NAMES, **MESSAGE_NAMES}


def test_everything_that_messages_are_about_stands_in_the_page() -> None:
    assert rows("about") == dict(ABOUTS)


def test_the_message_that_is_shown_is_the_one_that_is_written() -> None:
    message = told(noticed("opened"))

    assert f"{message.subject}\n\n{message.text}```" in PAGE


def test_the_texts_of_ones_own_that_are_shown_are_policies() -> None:
    [example] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)

    for about, raw in tomllib.loads(example)["text"].items():
        table, faults = structure(raw, TextTable)
        assert faults == []
        assert "{" not in told(noticed(about), texts={about: table}).text
