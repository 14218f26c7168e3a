"""``docs/probes/sms.md`` says what the probe does: each key in the code's words, and examples that are policies."""

import re
from pathlib import Path
from typing import Any

import pytest

from sla_engine.policy import Plugins, compile_policies
from sla_engine.policy.faults import key_of
from sla_engine.policy.schema import field_comments
from sla_engine.registry.host import load_plugins
from sla_sms import keys
from sla_sms.probe import SmsProbe

TEXT = (Path(__file__).parents[3] / "docs" / "probes" / "sms.md").read_text(encoding="utf-8")
TABLES = [
    SmsProbe,
    keys.SmsSubmit,
    keys.SmsReceipt,
    keys.SmsRequest,
    keys.SmsStatus,
    keys.SmsBalance,
    keys.SmsDegraded,
]


@pytest.mark.parametrize("table", TABLES)
def test_every_key_is_there_in_the_words_of_the_code(table: Any) -> None:
    comments = field_comments(table).items()
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]

    missing = [
        name
        for name, comment in comments
        if name not in {"timeout", "retries"}
        and not any(row.startswith(f"| `{key_of(name)}` |") and row.endswith(f"| {comment} |") for row in rows)
    ]

    assert missing == []


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL))
def test_every_example_is_a_policy(example: str, tmp_path: Path) -> None:
    host = load_plugins()
    path = tmp_path / "policy.toml"
    path.write_text(example if "every" in example else f'[service.sms]\nevery = "15m"\n{example}', encoding="utf-8")

    compilation = compile_policies([path], plugins=Plugins(host.probes, host.notifiers), environ={})

    assert compilation.policies is not None, compilation.text
