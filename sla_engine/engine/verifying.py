"""Verification: a period is judged again from the results themselves, and every difference is told in words.

The run-lengths that verdicts are read from are only a cache of the results; here they are made anew.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from sla_engine.engine.freezing import Judgement, Render, judge, judge_from, judged_again
from sla_engine.engine.in_force import Judged
from sla_engine.engine.inputs import Inputs, unpacked
from sla_engine.engine.standing import history_with, known_from
from sla_engine.model.instant import Instant, format_instant
from sla_engine.model.service import all_checks
from sla_engine.store import FrozenReport, Store

_MOST = 5
"""Differences of one kind that are told; the rest are counted."""


@frozen
class Verification:
    """What judging a period again showed.

    Attributes:
        frozen: the revision that it was held against, or None where the period is not frozen.
        differences: sentences; none where all agrees.
    """

    frozen: FrozenReport | None
    differences: tuple[str, ...]


def verify(judged: Judged, store: Store, render: Render, now: Instant) -> Verification:
    """Judge a period again from raw results, and hold that against the run-lengths and the newest frozen report.

    Raises:
        StoreError: the policies of the frozen report cannot be read.
    """
    reports = store.frozen(judged.holder, judged.period.label)
    if not reports:
        until = judged.known_until(now)
        cached, raw = judge_from(judged, store, until), _from_results(judged, store, until)
        return Verification(None, tuple(_changes(cached.inputs, raw.inputs, "in the run-lengths", "by the results")))
    newest = reports[-1]
    judged = judged_again(newest, store)
    cached, raw = judge_from(judged, store, newest.known_until), _from_results(judged, store, newest.known_until)
    found = [
        *_damage(newest, judged),
        *_changes(cached.inputs, raw.inputs, "in the run-lengths", "by the results"),
        *_changes(_inputs(newest), raw.inputs, "when it was frozen", "now"),
        *_other_verdict(newest, raw, render),
    ]
    return Verification(newest, tuple(found))


def changes_between(older: FrozenReport, newer: FrozenReport) -> tuple[str, ...]:
    """What two revisions of a report were made of otherwise, and say otherwise."""
    facts = _changes(_inputs(older), _inputs(newer), f"in revision {older.revision}", f"in revision {newer.revision}")
    return *facts, *_in_json(json.loads(older.verdict), json.loads(newer.verdict), "", both=True)


def _from_results(judged: Judged, store: Store, until: Instant) -> Judgement:
    contract, period = judged.contract, judged.period
    checks = [check.id for check in all_checks(contract.services.values())]
    runs = [run for check in checks for run in store.raw_runs(check, known_from(contract, period), until)]
    return judge(judged, history_with(runs, judged.policies, store, contract, period), until)


def _inputs(report: FrozenReport) -> Inputs:
    try:
        return unpacked(report.inputs)
    except (zlib.error, ValueError):
        return {}


def _damage(report: FrozenReport, judged: Judged) -> Iterator[str]:
    """Where what is kept of a report does not fit together."""
    try:
        content = zlib.decompress(report.inputs)
    except zlib.error:
        content = b""
    if hashlib.sha256(content).hexdigest() != report.digest:
        yield f"the inputs that are kept with it are not those of its digest {report.digest[:12]}"
    if judged.policies.hash != report.policy_hash:
        yield f"the policies that are kept with it are not those of its hash {report.policy_hash[:12]}"


def _other_verdict(report: FrozenReport, raw: Judgement, render: Render) -> Iterator[str]:
    again = render(raw.verdict).json
    if again != report.verdict:
        yield from _in_json(json.loads(report.verdict), json.loads(again), "", both=False)


def _changes(then: Inputs, now: Inputs, before: str, after: str) -> Iterator[str]:
    """What was added to the facts of a verdict, taken from them, or changed."""
    runs_then, runs_now = then.get("runs", {}), now["runs"]
    for source in sorted({*runs_then, *runs_now}):
        own = runs_then.get(source, []), runs_now.get(source, [])
        yield from _entries(*own, source, _statement_text, before, after)
    for kind, what in (("results", "single results"), ("samples", "latencies")):
        counts_then, counts_now = then.get(kind, {}), now[kind]
        for source in sorted({*counts_then, *counts_now}):
            yield from _count(source, what, counts_then.get(source), counts_now.get(source), before, after)
    for kind in ("tickets", "maintenance", "exclusions"):
        yield from _entries(then.get(kind, []), now[kind], kind, _row_text, before, after)


def _entries(then: Sequence[Any], now: Sequence[Any], what: str, text: Any, before: str, after: str) -> Iterator[str]:
    gone = [f"{what}: {text(entry)}, {before} and not {after}" for entry in then if entry not in now]
    new = [f"{what}: {text(entry)}, {after} and not {before}" for entry in now if entry not in then]
    told = [*gone[:_MOST], *new[:_MOST]]
    yield from told
    if left := len(gone) + len(new) - len(told):
        yield f"{what}: and {left} more"


def _count(source: str, what: str, then: Any, now: Any, before: str, after: str) -> Iterator[str]:
    if then == now:
        return
    counts = [0 if one is None else one["count"] for one in (then, now)]
    if counts[0] != counts[1]:
        yield f"{source}: {counts[0]} {what} {before}, {counts[1]} {after}"
    else:
        yield f"{source}: of its {counts[0]} {what} some are others {after} than {before}"


def _statement_text(statement: Sequence[Any]) -> str:
    state, first, last, _, count, reason = statement
    start = "before the period" if first is None else format_instant(first)
    details = ", ".join(str(one) for one in (f"{count} results" if count else None, reason) if one)
    return f"{state} from {start} to {format_instant(last)}" + (f" ({details})" if details else "")


def _row_text(row: Sequence[Any]) -> str:
    return " ".join(_word(part) for part in row if part not in (None, []))


def _word(part: Any) -> str:
    if isinstance(part, list):
        return ", ".join(part)
    return format_instant(part) if isinstance(part, int) else str(part)


def _in_json(then: Any, now: Any, path: str, *, both: bool) -> Iterator[str]:
    """Where two verdicts differ; what only a later program says is no difference unless ``both`` are its own."""
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for key in sorted({*then, *now} if both else then):
            yield from _in_json(then.get(key), now.get(key), f"{path}.{key}" if path else key, both=both)
    elif isinstance(then, list) and isinstance(now, list) and _names(then) == _names(now):
        for name, one, other in zip(_names(then), then, now, strict=True):
            yield from _in_json(one, other, f"{path}[{name}]", both=both)
    elif then != now:
        yield f"{path}: {_short(then)} then, {_short(now)} now"


def _names(entries: Sequence[Any]) -> list[str]:
    """What tells the entries of a list apart, for people."""
    return [_name(entry) or str(position) for position, entry in enumerate(entries)]


def _name(entry: Any) -> str | None:
    if not isinstance(entry, Mapping):
        return None
    return next((str(entry[key]) for key in ("service", "level", "ticket", "id", "start") if key in entry), None)


def _short(value: Any) -> str:
    if not isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    more = f" and {len(value) - _MOST} more" if len(value) > _MOST else ""
    return ", ".join(_names(value)[:_MOST]) + more if value else "none"
