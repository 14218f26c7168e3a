"""Rules about words of one's own for messages."""

from collections.abc import Iterator

from sla_engine.plugin.abouts import ABOUTS
from sla_engine.plugin.names import NAMES, misplaced
from sla_engine.policy.codes import Code
from sla_engine.policy.faults import meant, suggest
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.merge import Entry, Merged


def own_texts(merged: Merged, findings: Findings) -> None:
    """Texts about what no message is about, and names that no message has."""
    for about, entry in merged.tables("text").items():
        if about not in ABOUTS:
            help_, close = suggest(about, list(ABOUTS)), meant(about, list(ABOUTS))
            message = f"no message is about {about!r}"
            findings.error(Code.UNKNOWN_REFERENCE, entry.place, message, help_, at_key=True, meant=close)
        for place, text in _texts(entry):
            _names(text, place, findings)


def _texts(entry: Entry) -> Iterator[tuple[Place, str]]:
    for key in ("subject", "text", "short"):
        written = getattr(entry.table, key)
        for language, text in {} if written is None else written.translations.items():
            yield entry.place.at(key, *([language] if language else [])), text


def _names(text: str, place: Place, findings: Findings) -> None:
    for found in misplaced(text):
        if found.name is None:
            message = f"{found.written!r} alone stands for nothing"
            findings.error(Code.UNKNOWN_NAME, place, message, f"write {found.written * 2!r} for a brace")
        else:
            close = meant(found.name, list(NAMES))
            findings.error(
                Code.UNKNOWN_NAME,
                place,
                f"no message has a name {found.written!r}",
                suggest(found.name, list(NAMES)),
                meant=None if close is None else f"{{{close}}}",
                part=found.written,
            )
