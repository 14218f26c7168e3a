"""Reading ``*.scenario.toml`` files, with the same care and the same diagnostics as policy files."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast

from attrs import frozen

from sla_engine.exchange.scenarios.checking import Checker
from sla_engine.exchange.scenarios.tables import ScenarioTable
from sla_engine.policy import Diagnostic, PolicySet
from sla_engine.policy.codes import Code
from sla_engine.policy.faults import meant, suggest
from sla_engine.policy.findings import Findings, Place, related_to
from sla_engine.policy.source import SourceFile, read_sources
from sla_engine.policy.structure import structure

SUFFIX = ".scenario.toml"
_KIND = "scenario"
_ID = re.compile(r"[a-z][a-z0-9-]*")
_HOW_IDS_ARE = "ids are of the form [a-z][a-z0-9-]*: small letters, digits and hyphens"


@frozen
class Scenario:
    """A scenario and where it stands."""

    id: str
    table: ScenarioTable
    place: Place

    @property
    def title(self) -> str:
        """What it is about, for people."""
        return self.table.title or self.id


@frozen
class Reading:
    """What files hold: their scenarios in order, and what is wrong with them; with an error they are not played."""

    scenarios: tuple[Scenario, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def has_errors(self) -> bool:
        """Whether any of them cannot be played."""
        return any(diagnostic.level == "error" for diagnostic in self.diagnostics)


def check_id(name: str) -> None:
    """See that a scenario may have that id.

    Raises:
        ValueError: it may not.
    """
    if not _ID.fullmatch(name):
        raise ValueError(f"{name!r} is no id: {_HOW_IDS_ARE}")


def scenario_files(path: Path) -> list[Path]:
    """The scenario files of a folder, in order; a file is its own."""
    if not path.is_dir():
        return [path]
    found = path.rglob(f"*{SUFFIX}")
    return sorted(file for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts))


def read_scenarios(paths: Iterable[Path], policies: PolicySet) -> Reading:
    """Read scenario files, and folders with all of theirs; each name in them is looked up in the policies."""
    sources, unreadable = read_sources([file for path in paths for file in scenario_files(path)])
    findings = Findings(unreadable)
    checker = Checker(policies, findings)
    places: dict[str, Place] = {}
    scenarios = []
    for source in sources:
        for name, raw, place in _tables(source, findings):
            if not _is_new(name, place, places, findings):
                continue
            places[name] = place
            table = _read(raw, place, findings)
            if table is not None:
                checker.check(table, place)
                scenarios.append(Scenario(name, table, place))
    return Reading(tuple(scenarios), findings.in_order())


def _tables(source: SourceFile, findings: Findings) -> Iterator[tuple[str, object, Place]]:
    for kind, content in source.tables.items():
        place = Place(source, (kind,))
        if kind != _KIND or not isinstance(content, Mapping):
            message = f"a scenario file holds scenarios, not {kind!r}"
            help_ = suggest(kind, [_KIND]) if kind != _KIND else "write [scenario.some-id]"
            findings.error(Code.UNKNOWN_KIND, place, message, help_, at_key=True, meant=meant(kind, [_KIND]))
            continue
        for name, raw in content.items():
            yield name, raw, place.at(name)


def _is_new(name: str, place: Place, known: Mapping[str, Place], findings: Findings) -> bool:
    if not _ID.fullmatch(name):
        findings.error(Code.BAD_ID, place, f"{name!r} is no id", _HOW_IDS_ARE, at_key=True)
        return False
    if name in known:
        first = related_to("it is defined first here", known[name])
        message, help_ = f"scenario {name!r} is defined twice", "rename one of them"
        findings.error(Code.DUPLICATE_ID, place, message, help_, at_key=True, related=[first])
        return False
    return True


def _read(raw: object, place: Place, findings: Findings) -> ScenarioTable | None:
    table, faults = structure(raw, ScenarioTable)
    for fault in faults:
        findings.error(
            fault.code, place.at(*fault.path), fault.message, fault.help, at_key=fault.at_key, meant=fault.meant
        )
    return cast(ScenarioTable | None, table)
