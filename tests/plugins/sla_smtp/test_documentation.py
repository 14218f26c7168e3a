"""``docs/probes/smtp.md`` says what the probe does: each key in the code's words, and examples that are policies."""

import re
from pathlib import Path
from typing import Any

import pytest

from sla_engine.policy import Plugins, compile_policies
from sla_engine.policy.faults import key_of
from sla_engine.policy.schema import field_comments
from sla_engine.registry.host import load_plugins
from sla_smtp.delivery import Deliver, Imap
from sla_smtp.expectations import Expect
from sla_smtp.probe import STAGES, SmtpProbe

TEXT = (Path(__file__).parents[3] / "docs" / "probes" / "smtp.md").read_text(encoding="utf-8")
TABLES = [SmtpProbe, Deliver, Imap, Expect]


@pytest.mark.parametrize("table", TABLES)
def test_every_key_is_there_in_the_words_of_the_code(table: Any) -> None:
    comments = field_comments(table).items()
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]

    missing = [
        name
        for name, comment in comments
        if not any(row.startswith(f"| `{key_of(name)}` |") and row.endswith(f"| {comment} |") for row in rows)
    ]

    assert missing == []


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL))
def test_every_example_is_a_policy(example: str, tmp_path: Path) -> None:
    host = load_plugins()
    path = tmp_path / "policy.toml"
    path.write_text(example if "every" in example else f'[service.mail]\nevery = "5m"\n{example}', encoding="utf-8")

    compilation = compile_policies([path], plugins=Plugins(host.probes, host.notifiers), environ={})

    assert compilation.policies is not None, compilation.text


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_named(stage: str) -> None:
    assert f"`{stage}`" in TEXT
