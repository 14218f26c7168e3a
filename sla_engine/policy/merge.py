"""One set out of many files: tables are keyed by kind and id, and file names carry no meaning."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from attrs import define, field, frozen

from sla_engine.policy.codes import Code
from sla_engine.policy.documents import ENGINE, KINDS
from sla_engine.policy.faults import meant, suggest
from sla_engine.policy.findings import Findings, Place, TableKey, related_to
from sla_engine.policy.scalars import ID, ID_FORM
from sla_engine.policy.source import SourceFile
from sla_engine.policy.structure import structure


@frozen
class Entry:
    """One table and where it stands.

    Attributes:
        raw: as TOML has it.
        table: as its attrs class, or None where it has faults.
        is_customers: whether its file may be a sales person's, so that what it names is not trusted.
    """

    place: Place
    raw: Mapping[str, Any]
    table: Any
    is_customers: bool


@define
class Merged:
    """All tables by kind and id.

    Attributes:
        kinds: those with faults too.
    """

    kinds: dict[str, dict[str, Entry]] = field(factory=lambda: {kind: {} for kind in KINDS})
    _sound: dict[str, dict[str, Entry]] = field(factory=lambda: {kind: {} for kind in KINDS}, init=False)
    engine: Entry | None = None

    def add(self, kind: str, name: str, entry: Entry) -> None:
        """Take a table in, whose id is new."""
        self.kinds[kind][name] = entry
        if entry.table is not None:
            self._sound[kind][name] = entry

    def without(self, faulty: Collection[TableKey]) -> "Merged":
        """The same, as if some of its tables were not there."""
        rest = Merged()
        for kind, entries in self.kinds.items():
            for name, entry in entries.items():
                if entry.table is not None and entry.place.table not in faulty:
                    rest.add(kind, name, entry)
        engine = self.engine
        if engine is not None and engine.table is not None and not any(path[0] == ENGINE for _, path in faulty if path):
            rest.engine = engine
        return rest

    def tables(self, kind: str) -> Mapping[str, Entry]:
        """The tables of a kind, by id, those with faults left out."""
        return self._sound[kind]

    def find(self, kind: str, name: str | None) -> Entry | None:
        """A table by its id, or None where there is none without faults."""
        return self._sound[kind].get(name or "")

    def names(self, kind: str) -> list[str]:
        """The ids of a kind, those of tables with faults too, so that a reference to them is no second fault."""
        return list(self.kinds[kind])


def merge(sources: Iterable[SourceFile], findings: Findings, *, strict_customers: bool) -> Merged:
    """Read every table of every file; faults go to ``findings``."""
    merged = Merged()
    for source in sources:
        for kind, content in source.tables.items():
            place = Place(source, (kind,))
            if strict_customers and source.is_customers and kind != "customer":
                findings.error(
                    Code.NOT_FOR_CUSTOMERS,
                    place,
                    f"a file under customers/ may hold only customer tables, not {kind!r}",
                    "move it to a file of the operators, outside customers/",
                    at_key=True,
                )
            elif kind == ENGINE:
                _add_engine(merged, place, content, findings)
            elif kind in KINDS:
                _add_kind(merged, kind, place, content, findings)
            else:
                kinds = [*KINDS, ENGINE]
                message, help_ = f"unknown kind {kind!r}", suggest(kind, kinds)
                findings.error(Code.UNKNOWN_KIND, place, message, help_, at_key=True, meant=meant(kind, kinds))
    return merged


def _add_kind(merged: Merged, kind: str, place: Place, content: Any, findings: Findings) -> None:
    if not isinstance(content, dict):
        findings.error(Code.WRONG_VALUE, place, f"{kind!r} is a kind of table", f"write [{kind}.some-id]", at_key=True)
        return
    known = merged.kinds[kind]
    for name, raw in content.items():
        here = place.at(name)
        if not ID.fullmatch(name):
            findings.error(Code.BAD_ID, here, f"{name!r} is no id", ID_FORM, at_key=True)
        elif name in known:
            first = related_to("it is defined first here", known[name].place)
            help_ = "rename one of them, or put both into one table"
            message = f"{kind} {name!r} is defined twice"
            findings.error(Code.DUPLICATE_ID, here, message, help_, at_key=True, related=[first])
        else:
            merged.add(kind, name, _read(here, raw, KINDS[kind], findings))


def _add_engine(merged: Merged, place: Place, raw: Any, findings: Findings) -> None:
    from sla_engine.policy.documents import EngineTable

    if merged.engine is not None:
        first = related_to("it is defined first here", merged.engine.place)
        findings.error(
            Code.DUPLICATE_ID, place, "the engine is set up twice", "keep one [engine]", at_key=True, related=[first]
        )
    else:
        merged.engine = _read(place, raw, EngineTable, findings)


def _read(place: Place, raw: Any, kind: type, findings: Findings) -> Entry:
    table, faults = structure(raw, kind)
    for fault in faults:
        findings.error(
            fault.code, place.at(*fault.path), fault.message, fault.help, at_key=fault.at_key, meant=fault.meant
        )
    return Entry(place, raw if isinstance(raw, dict) else {}, table, place.file.is_customers)
