"""The page on scenarios says what the code does."""

import inspect
import re
import shutil
from pathlib import Path

import pytest

from sla_engine.exchange.scenarios import tables
from sla_engine.exchange.scenarios.judging import play
from sla_engine.exchange.scenarios.series import WORDS
from sla_engine.exchange.scenarios.suite import load_suite
from sla_engine.policy.faults import key_of
from sla_engine.policy.schema.comments import field_comments

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "scenarios.md").read_text()
TABLES = [table for _, table in inspect.getmembers(tables, inspect.isclass) if table.__module__ == tables.__name__]


@pytest.mark.parametrize("table", TABLES)
def test_every_key_is_documented(table: type) -> None:
    missing = [key for key, comment in field_comments(table).items() if f"| `{key_of(key)}` | {comment} |" not in PAGE]

    assert missing == []
    assert field_comments(table)


def test_every_state_of_a_series_is_documented() -> None:
    assert [word for word in WORDS if f"| `{word}` |" not in PAGE] == []


def test_the_example_holds(tmp_path: Path) -> None:
    [example] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    folder = shutil.copytree(ROOT / "policies" / "maxony", tmp_path / "maxony")
    (folder / "example.scenario.toml").write_text(example)

    suite = load_suite(folder, [folder / "example.scenario.toml"])

    assert [str(failure) for one in suite.scenarios for failure in play(one, suite.policies).failures] == []
