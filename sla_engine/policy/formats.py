"""Diagnostics in the forms that other tools read: GitHub's annotations, SARIF, JUnit."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from sla_engine.policy.catalogue import catalogue
from sla_engine.policy.codes import Code
from sla_engine.policy.diagnostics import Diagnostic, render, render_json
from sla_engine.version import __version__

_SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Workflow commands, which GitHub shows as annotations at the lines of a change."""
    return "\n".join(_annotation(diagnostic) for diagnostic in diagnostics)


def render_sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """SARIF 2.1.0, for code scanning."""
    found = list(diagnostics)
    codes = sorted({diagnostic.code for diagnostic in found})
    run = {
        "tool": {"driver": {"name": "sla lint", "version": __version__, "rules": [_rule(code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes) for diagnostic in found],
    }
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def render_junit(diagnostics: Iterable[Diagnostic]) -> str:
    """JUnit's XML: one case for each diagnostic, of which errors are failures; one that passes where there is none."""
    from xml.etree import ElementTree

    found = list(diagnostics)
    errors = sum(diagnostic.level == "error" for diagnostic in found)
    suite = ElementTree.Element(
        "testsuite", name="sla lint", tests=str(max(len(found), 1)), failures=str(errors), errors="0"
    )
    for diagnostic in found:
        place = f"{diagnostic.file}:{diagnostic.span.line}:{diagnostic.span.column}"
        case = ElementTree.SubElement(suite, "testcase", classname=diagnostic.code, name=place)
        is_error = diagnostic.level == "error"
        told = ElementTree.SubElement(case, "failure" if is_error else "system-out")
        if is_error:
            told.set("message", diagnostic.message)
        told.text = diagnostic.text()
    if not found:
        ElementTree.SubElement(suite, "testcase", classname="sla lint", name="no errors, no warnings")
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


FORMATS: Mapping[str, Callable[[Sequence[Diagnostic]], str]] = {
    "text": render,
    "json": render_json,
    "github": render_github,
    "sarif": render_sarif,
    "junit": render_junit,
}
"""Every form by its name."""


def _annotation(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    fields = {
        "file": diagnostic.file,
        "line": span.line,
        "col": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
        "title": diagnostic.code,
    }
    written = ",".join(f"{name}={_escaped(str(value), ':', ',')}" for name, value in fields.items())
    told = f"{diagnostic.message}. {diagnostic.help}" if diagnostic.help else diagnostic.message
    return f"::{diagnostic.level} {written}::{_escaped(told)}"


def _escaped(text: str, *further: str) -> str:
    """As workflow commands want it: percent signs, line ends, and in a property also what separates properties."""
    for character in ("%", "\r", "\n", *further):
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _rule(code: str) -> Mapping[str, Any]:
    explanation = catalogue()[Code(code)]
    return {
        "id": code,
        "shortDescription": {"text": explanation.title},
        "fullDescription": {"text": explanation.reason},
        "help": {"text": explanation.text()},
    }


def _result(diagnostic: Diagnostic, codes: Sequence[str]) -> Mapping[str, Any]:
    told = f"{diagnostic.message}. {diagnostic.help}" if diagnostic.help else diagnostic.message
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": diagnostic.level,
        "message": {"text": told},
        "locations": [_location(diagnostic)],
    }
    if diagnostic.fix is not None:
        replacement = {
            "deletedRegion": _region(diagnostic.fix.span),
            "insertedContent": {"text": diagnostic.fix.text},
        }
        change = {"artifactLocation": _artifact(diagnostic.file), "replacements": [replacement]}
        result["fixes"] = [{"description": {"text": diagnostic.help}, "artifactChanges": [change]}]
    return result


def _location(diagnostic: Diagnostic) -> Mapping[str, Any]:
    place = {"artifactLocation": _artifact(diagnostic.file), "region": _region(diagnostic.span)}
    return {"physicalLocation": place}


def _artifact(file: str) -> Mapping[str, str]:
    path = PurePath(file)
    return {"uri": path.as_uri() if path.is_absolute() else path.as_posix()}


def _region(span: Any) -> Mapping[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
