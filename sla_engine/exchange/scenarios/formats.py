"""What came of scenarios, for people and for programs."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from sla_engine.exchange.scenarios.judging import Played
from sla_engine.policy.findings import Place


def render_text(played: Sequence[Played]) -> str:
    """One line a scenario, and under one that failed each expectation that was not met, with its place."""
    lines = []
    for one in played:
        lines.append(f"{'FAILED' if one.failures else 'ok':<6}  {one.scenario.id}: {one.scenario.title}")
        lines += [f"        {failure.where}: {failure}" for failure in one.failures]
    failed = sum(bool(one.failures) for one in played)
    counted = f"{len(played)} scenario{'' if len(played) == 1 else 's'}"
    return "\n".join([*lines, f"{counted}, {failed or 'none'} failed"])


def render_json(played: Sequence[Played]) -> str:
    """All of it as one object."""
    return json.dumps({"scenarios": [_as_json(one) for one in played]}, indent=2, ensure_ascii=False)


def render_junit(played: Sequence[Played]) -> str:
    """JUnit's XML: one case for each scenario."""
    failed = sum(bool(one.failures) for one in played)
    suite = ElementTree.Element("testsuite", name="sla test", tests=str(len(played)), failures=str(failed), errors="0")
    for one in played:
        file = one.scenario.place.file.name
        case = ElementTree.SubElement(suite, "testcase", classname=file, name=one.scenario.id)
        if one.failures:
            told = ElementTree.SubElement(case, "failure", message=str(one.failures[0]))
            told.text = "\n".join(f"{failure.where}: {failure}" for failure in one.failures)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


FORMATS: Mapping[str, Callable[[Sequence[Played]], str]] = {
    "text": render_text,
    "json": render_json,
    "junit": render_junit,
}
"""Every form by its name."""


def _as_json(played: Played) -> Mapping[str, Any]:
    scenario = played.scenario
    return {
        "scenario": scenario.id,
        "title": scenario.title,
        **_place(scenario.place),
        "passed": not played.failures,
        "failures": [
            {"what": one.what, "expected": one.expected, "came": one.came, **_place(one.place)}
            for one in played.failures
        ],
    }


def _place(place: Place) -> Mapping[str, Any]:
    span = place.file.spot(place.path).value
    return {"file": place.file.name, "line": span.line, "column": span.column}
