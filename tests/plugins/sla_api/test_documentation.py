"""``docs/probes/api.md`` says what the probe does: each key in the code's words, and examples that are policies."""

import re
from pathlib import Path
from typing import Any

import attrs
import pytest

from sla_api.describing import OpenApi
from sla_api.expectations import ExpectJson
from sla_api.graphql import GraphQL
from sla_api.oauth2 import OAuth2
from sla_api.paths import AtPath
from sla_api.probe import ApiProbe
from sla_api.signing import Hmac
from sla_api.steps import ApiStep
from sla_api.taking import Take
from sla_engine.policy import Plugins, compile_policies
from sla_engine.policy.schema import field_comments
from sla_engine.registry.host import load_plugins
from sla_http.expectations import Expect
from sla_http.probe import HttpProbe

TEXT = (Path(__file__).parents[3] / "docs" / "probes" / "api.md").read_text(encoding="utf-8")
OTHERS = {ApiProbe: HttpProbe, ExpectJson: Expect}


@pytest.mark.parametrize("table", [ApiProbe, ExpectJson, AtPath, ApiStep, Take, GraphQL, OAuth2, Hmac, OpenApi])
def test_every_key_is_there_in_the_words_of_the_code(table: Any) -> None:
    known = set(attrs.fields_dict(OTHERS[table])) if table in OTHERS else set()
    comments = {name: comment for name, comment in field_comments(table).items() if name not in known}
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]

    missing = [
        name
        for name, comment in comments.items()
        if not any(row.startswith(f"| `{name}` |") and row.endswith(f"| {comment} |") for row in rows)
    ]

    assert comments
    assert missing == []


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL))
def test_every_example_is_a_policy(example: str, tmp_path: Path) -> None:
    host = load_plugins()
    path = tmp_path / "policy.toml"
    path.write_text(example if "every" in example else f'[service.shop]\nevery = "1m"\n{example}', encoding="utf-8")

    compilation = compile_policies([path], plugins=Plugins(host.probes, host.notifiers), environ={})

    assert compilation.policies is not None, compilation.text
