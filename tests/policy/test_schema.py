"""The schema knows the whole language, and the editors' own validators agree with it."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from sla_engine.policy import Plugins, compile_policies
from sla_engine.policy import schema as schema_package
from sla_engine.policy.catalogue import catalogue
from sla_engine.policy.codes import Code
from sla_engine.policy.documents import ENGINE, KINDS
from sla_engine.policy.schema import as_draft_7, field_comments, json_schema
from sla_engine.registry.host import PluginHost, load_plugins

MAXONY = Path(__file__).parents[2] / "policies" / "maxony"
SCHEMA = "sla.schema.json"
EXAMPLES = Path(schema_package.__file__).with_name("examples.toml")
BUILT_IN = {"sla_http", "sla_api", "sla_smtp", "sla_sms", "sla_webhook", "sla_apprise", "sla_dns", "sla_desks"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    host = load_plugins()
    return json_schema(Plugins(host.probes, host.notifiers, host.ticket_sources))


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


def test_whatever_an_editor_may_hover_over_has_a_text(schema: dict[str, Any]) -> None:
    bare = [path for path, entry in _keys(schema, "") if not {"description", "const"} & entry.keys()]

    assert bare == []


def _keys(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that is described anywhere in a schema, and how."""
    if isinstance(schema, dict):
        yield from ((f"{path}.{key}", entry) for key, entry in schema.get("properties", {}).items())
        for key, inner in schema.items():
            if key != "examples":
                yield from _keys(inner, f"{path}.{key}")
    elif isinstance(schema, list):
        for index, inner in enumerate(schema):
            yield from _keys(inner, f"{path}.{index}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"service": {"x": {"up_when": {"at_least": 0}}}},
        {"service": {"x": {"up_when": {"at_least": 1, "at_most": 2}}}},
        {"service": {"x": {"cron": "@daily"}}},
        {"calendar": {"x": {"hours": {"all": []}}}},
        {"accounting": {"x": {"stale_after": "2.x"}}},
    ],
)
def test_an_editor_marks_what_the_linter_refuses(wrong: dict[str, Any], schema: dict[str, Any]) -> None:
    assert not Draft202012Validator(schema).is_valid(wrong)


def test_each_probe_is_a_branch_with_its_own_keys_and_texts(schema: dict[str, Any]) -> None:
    branches = {branch["properties"]["probe"]["const"]: branch for branch in schema["$defs"]["Check"]["oneOf"]}

    assert set(branches) == {"http", "api", "smtp", "sms", "dns"}
    assert branches["http"]["required"] == ["probe", "url"]
    assert branches["smtp"]["properties"]["host"]["description"] == "name or address of the server"
    assert "timeout" in branches["http"]["properties"]


def test_the_comments_of_a_class_are_those_of_its_bases_too() -> None:
    from sla_api.probe import ApiProbe

    comments = field_comments(ApiProbe)

    assert comments["url"] == "address, in full"
    assert comments["json"] == "value to send as JSON"


def test_the_examples_are_policies(tmp_path: Path) -> None:
    host = load_plugins()
    (tmp_path / "examples.toml").write_bytes(EXAMPLES.read_bytes())

    compilation = compile_policies(
        [tmp_path], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ={}
    )

    assert compilation.diagnostics == ()


@pytest.mark.parametrize("draft", ["2020-12", "7"])
def test_the_schema_is_one_by_the_drafts_own_schema_and_takes_the_examples(schema: dict[str, Any], draft: str) -> None:
    written = schema if draft == "2020-12" else as_draft_7(schema)
    validator = Draft202012Validator if draft == "2020-12" else Draft7Validator

    validator.check_schema(written)

    examples = {kind: table["examples"][0] for kind, table in written["properties"].items()}
    assert [error.message for error in validator(written).iter_errors(examples)] == []
    assert not validator(written).is_valid({"sla": {"b": {"availability": {"web": 99}}}})


@pytest.mark.parametrize("code", [code for code, explanation in catalogue().items() if explanation.good])
def test_what_the_linter_takes_the_schema_takes_too(code: Code, schema: dict[str, Any]) -> None:
    written = tomllib.loads(catalogue()[code].good)
    in_json = json.loads(json.dumps(written, default=lambda moment: moment.isoformat()))

    assert [error.message for error in Draft202012Validator(schema).iter_errors(in_json)] == []


def test_draft_7_has_no_word_that_it_does_not_know(schema: dict[str, Any]) -> None:
    text = json.dumps(as_draft_7(schema))

    assert "$defs" not in text
    assert not re.search(r'"\$ref": "[^"]*", |, "\$ref"', text), "beside a reference, draft 7 reads nothing"


@pytest.mark.parametrize("draft", ["2020-12", "7"])
def test_an_editors_validator_takes_the_shipped_policies_and_refuses_a_wrong_one(
    schema: dict[str, Any], draft: str, tmp_path: Path
) -> None:
    shutil.copytree(MAXONY, tmp_path / "set")
    written = schema if draft == "2020-12" else as_draft_7(schema)
    (tmp_path / "set" / SCHEMA).write_text(json.dumps(written))
    (tmp_path / "wrong.toml").write_text(f"#:schema ./set/{SCHEMA}\n[sla.b]\navailability.web = 99\n")

    assert tombi("set", tmp_path) == 0
    assert tombi("wrong.toml", tmp_path) == 1


def test_every_shipped_file_names_the_schema_that_is_shipped_beside_it() -> None:
    for path in (path for path in MAXONY.rglob("*.toml") if not path.name.endswith(".scenario.toml")):
        header = path.read_text().partition("\n")[0]

        assert header.startswith("#:schema ")
        assert (path.parent / header.removeprefix("#:schema ")).resolve() == (MAXONY / SCHEMA).resolve(), path


def test_the_shipped_schema_is_the_languages_own() -> None:
    host = load_plugins()
    shipped = json.loads((MAXONY / SCHEMA).read_text())

    assert shipped == json_schema(built_in(host)), f"write it anew: sla schema --out policies/maxony/{SCHEMA}"


def built_in(host: PluginHost) -> Plugins:
    """What this package brings, whatever else is installed beside it."""

    def ours(classes: Mapping[str, type]) -> dict[str, type]:
        return {name: one for name, one in classes.items() if one.__module__.partition(".")[0] in BUILT_IN}

    return Plugins(ours(host.probes), ours(host.notifiers), ours(host.ticket_sources))


def tombi(path: str, folder: Path) -> int:
    binary = Path(sys.executable).with_name("tombi")
    return subprocess.run([binary, "lint", "--offline", path], cwd=folder, capture_output=True, check=False).returncode
