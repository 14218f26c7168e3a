"""The facts that a verdict was made of, in a form of which there is only one: the same facts, the same bytes.

Of a run that began before the period and is not down, only that it goes on into it counts.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias

from sla_engine.calendars.periods import Period
from sla_engine.engine.standing import known_from
from sla_engine.evaluation import History
from sla_engine.evaluation.samples import Samples
from sla_engine.model.contract import Contract
from sla_engine.model.instant import Instant
from sla_engine.model.result import Result, Run, State
from sla_engine.model.service import all_checks

Inputs: TypeAlias = Mapping[str, Any]
"""``runs`` and ``results`` by source, ``samples`` by check, ``tickets``, ``maintenance`` and ``exclusions``."""


def inputs_of(history: History, contract: Contract, period: Period) -> Inputs:
    """What of a history a contract's verdict over a period is made of."""
    services = contract.services
    checks = {check.id for check in all_checks(services.values())}
    return {
        "runs": {
            source: said(own, known_from(contract, period))
            for source, own in _by_source(run for run in history.runs if run.check in checks)
        },
        "results": {
            source: counted(own) for source, own in _by_source(one for one in history.results if one.check in checks)
        },
        "samples": {check: _of_columns(own) for check, own in _by_check(history.samples, checks)},
        "tickets": sorted(
            ([one.ticket, one.at, one.act, one.level, one.customer] for one in set(history.tickets)), key=json.dumps
        ),
        "maintenance": sorted(
            [one.id, *one.window, sorted(touched), one.announced_at, one.channel]
            for one in history.maintenance
            if (touched := set(one.services) & services.keys())
        ),
        "exclusions": sorted(
            [one.id, *one.window, sorted(touched), one.author, one.reason]
            for one in history.exclusions
            if (touched := set(one.services) & services.keys())
        ),
    }


def packed(inputs: Inputs) -> bytes:
    """The inputs, for keeping."""
    return zlib.compress(_canonical(inputs), 9)


def unpacked(content: bytes) -> Inputs:
    """The inputs as they were kept."""
    inputs: Inputs = json.loads(zlib.decompress(content))
    return inputs


def digest(inputs: Inputs) -> str:
    """SHA-256 of the inputs, in hexadecimal."""
    return hashlib.sha256(_canonical(inputs)).hexdigest()


def said(runs: Iterable[Run], start: Instant) -> list[list[Any]]:
    """What the runs of one source say from the start of a period on, and the one before, which still may speak.

    Of each its state, first and last instant, interval, number of results, and reason; of how one began that was there
    before and is not down nothing is told, nor how many results it has, nor of the last, which may still be going on.
    """
    in_order = sorted(runs, key=attrgetter("first_at"))
    before = [run for run in in_order if run.last_at < start]
    speaking = [*before[-1:], *in_order[len(before) :]]
    return [_statement(run, start, is_last=run is speaking[-1]) for run in speaking]


def _statement(run: Run, start: Instant, *, is_last: bool) -> list[Any]:
    is_whole = run.first_at >= start or run.state is State.DOWN
    return [
        run.state,
        run.first_at if is_whole else None,
        run.last_at,
        run.interval,
        run.count if is_whole and not is_last else None,
        run.reason if is_whole else None,
    ]


def counted(results: Sequence[Result]) -> Mapping[str, Any]:
    """Single results of one source, by their number and a digest."""
    lines = "".join(f"{one.at} {one.state} {one.latency}\n" for one in sorted(results, key=attrgetter("at")))
    return {"count": len(results), "digest": hashlib.sha256(lines.encode()).hexdigest()}


def _of_columns(samples: Sequence[Samples]) -> Mapping[str, Any]:
    """Latencies of one check, from each of its locations in turn, by their number and a digest."""
    columns = [column.astype("<i8").tobytes() for one in samples for column in one.columns()]
    content = b"".join(len(column).to_bytes(8, "little") + column for column in columns)
    return {"count": sum(len(one.at) for one in samples), "digest": hashlib.sha256(content).hexdigest()}


def _by_check(samples: Iterable[Samples], checks: Set[str]) -> Iterable[tuple[str, list[Samples]]]:
    in_order = sorted((one for one in samples if one.check in checks), key=attrgetter("check"))
    return ((check, list(own)) for check, own in groupby(in_order, key=attrgetter("check")))


def _by_source(facts: Iterable[Any]) -> Iterable[tuple[str, list[Any]]]:
    """Runs or results by ``check`` or ``check@location``."""
    source = attrgetter("check", "location")
    for (check, location), own in groupby(sorted(facts, key=source), key=source):
        yield (f"{check}@{location}" if location else check), list(own)


def _canonical(inputs: Inputs) -> bytes:
    return json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode()
