"""Diagnostics for other tools: each form is read back by somebody else's parser."""

import json
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from sla_engine.policy import Compilation
from sla_engine.policy.diagnostics import Diagnostic
from sla_engine.policy.formats import FORMATS

Compiled = Callable[..., Compilation]
WRONG = '[support.s]\n  chanels = []\n[sla.b]\navailability.web = "100%"\n'


@pytest.fixture
def found(compiled: Compiled, small: str) -> tuple[Diagnostic, ...]:
    return compiled({"a.toml": small, "b.toml": WRONG}).diagnostics


def test_github_annotates_each_at_its_line(found: tuple[Diagnostic, ...]) -> None:
    lines = FORMATS["github"](found).splitlines()

    pattern = r"::(\w+) file=[^,]*b\.toml,line=(\d+),col=(\d+),endLine=\d+,endColumn=\d+,title=(SLA\d+)::(.*)"
    assert [re.fullmatch(pattern, line).groups() for line in lines] == [  # type: ignore[union-attr]
        ("error", "2", "3", "SLA101", "unknown key 'chanels'. did you mean 'channels'?"),
        ("warning", "4", "20", "SLA206", lines[1].partition("SLA206::")[2]),
    ]


def test_github_cannot_be_given_a_command_by_a_policy(compiled: Compiled) -> None:
    found = compiled('[support.s]\n"a\\n::error::b" = 1').diagnostics

    assert len(FORMATS["github"](found).splitlines()) == 1


def test_sarif_names_rules_places_and_fixes(found: tuple[Diagnostic, ...]) -> None:
    log = json.loads(FORMATS["sarif"](found))

    [run] = log["runs"]
    first, second = run["results"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["SLA101", "SLA206"]
    assert (first["ruleId"], first["level"], second["level"]) == ("SLA101", "error", "warning")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].startswith("file:///")
    assert place["region"] == {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 10}
    [replacement] = first["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"]["text"] == "channels"
    assert "fixes" not in second


def test_junit_counts_errors_as_failures(found: tuple[Diagnostic, ...]) -> None:
    suite = ElementTree.fromstring(FORMATS["junit"](found))

    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.get("classname") for case in suite] == ["SLA101", "SLA206"]
    assert suite.find("testcase/failure").get("message") == "unknown key 'chanels'"  # type: ignore[union-attr]


def test_a_sound_policy_set_is_one_case_that_passes() -> None:
    suite = ElementTree.fromstring(FORMATS["junit"](()))

    assert (suite.get("tests"), suite.get("failures"), len(suite)) == ("1", "0", 1)
