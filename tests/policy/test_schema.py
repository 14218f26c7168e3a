import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sla_engine.policy import Plugins
from sla_engine.policy.documents import ENGINE, KINDS
from sla_engine.policy.schema import field_comments, json_schema
from sla_engine.registry.host import load_plugins

MAXONY = Path(__file__).parents[2] / "policies" / "maxony"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    host = load_plugins()
    return json_schema(Plugins(host.probes, host.notifiers))


def test_every_kind_of_the_language_is_in_it(schema: dict[str, Any]) -> None:
    assert set(schema["properties"]) == {*KINDS, ENGINE}


def test_every_key_is_described_by_the_comment_beside_it(schema: dict[str, Any]) -> None:
    bare = [
        f"{name}.{key}"
        for name, definition in schema["$defs"].items()
        for key, entry in definition.get("properties", {}).items()
        if "description" not in entry
    ]

    assert bare == []


def test_each_probe_is_a_branch_with_its_own_keys_and_texts(schema: dict[str, Any]) -> None:
    branches = {branch["properties"]["probe"]["const"]: branch for branch in schema["$defs"]["Check"]["oneOf"]}

    assert set(branches) == {"http", "api", "smtp", "sms"}
    assert branches["http"]["required"] == ["probe", "url"]
    assert branches["smtp"]["properties"]["host"]["description"] == "name or address of the server"
    assert "timeout" in branches["http"]["properties"]


def test_the_comments_of_a_class_are_those_of_its_bases_too() -> None:
    from sla_api.probe import ApiProbe

    comments = field_comments(ApiProbe)

    assert comments["url"] == "address, in full"
    assert comments["json"] == "value to send as JSON"


def test_an_independent_validator_takes_the_shipped_policies_and_refuses_a_wrong_one(
    schema: dict[str, Any], tmp_path: Path
) -> None:
    import json

    (tmp_path / "schema.json").write_text(json.dumps(schema))
    for path in MAXONY.rglob("*.toml"):
        (tmp_path / path.name).write_text(f"#:schema ./schema.json\n{path.read_text()}")
    (tmp_path / "wrong.toml").write_text("#:schema ./schema.json\n[sla.b]\navailability.web = 99\n")
    tombi = Path(sys.executable).with_name("tombi")

    def lint(*names: str) -> int:
        return subprocess.run(
            [tombi, "lint", "--offline", *names], cwd=tmp_path, capture_output=True, check=False
        ).returncode

    assert lint(*(path.name for path in MAXONY.rglob("*.toml"))) == 0
    assert lint("wrong.toml") == 1
