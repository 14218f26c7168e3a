"""One run for people: what came of it, where the time went, and each expectation with what was seen."""

from collections.abc import Iterator, Mapping

from sla_engine.cli.probing.looks import dim, mark, milliseconds, moment, width, word, wrapped
from sla_engine.cli.probing.rounds import Run
from sla_engine.engine.status import Condition
from sla_engine.model.instant import SECOND
from sla_engine.plugin import Doubt, Finding, Outcome

_DOUBTS = {
    Doubt.RESOLVER: "the resolver may be at fault rather than the target",
    Doubt.NETWORK: "nothing was heard from the target, so that our own network may be at fault",
}
_NO_CONTROLS = "controls, named in [engine.control], would tell"
_REFUSED = "engine.targets says what checks may reach; those of a customer's file may reach public addresses only"
_UNITS = {"days": "days", "seconds": "s", "ms": "ms", "bytes": "B", "size": "B", "percent": "%"}
_LEAST_BAR = 10


def run_text(run: Run, *, has_controls: bool) -> str:
    """A run in full.

    Args:
        has_controls: whether there are controls, which settle any doubt.
    """
    return "\n".join([*_head(run), *_notes(run, has_controls), *_sections(run.tried.outcome)])


def target_text(name: str, state: Condition, rule: str) -> str:
    """What its checks make of a service, and by which rule."""
    return f"{mark(state)} {name}  {word(state)}  {dim(f'(up when {rule})')}"


def waterfall(phases: Mapping[str, float], indent: int) -> Iterator[str]:
    """A line a phase, with a bar that begins where that of the phase before ended."""
    total = sum(phases.values())
    names = max((len(name) for name in phases), default=0)
    numbers = max((len(milliseconds(length * SECOND)) for length in phases.values()), default=0)
    room = max(_LEAST_BAR, width() - indent - names - numbers - len("   ms  "))
    passed = 0.0
    for name, length in phases.items():
        begin, end = (round(room * part / total) if total else 0 for part in (passed, passed + length))
        bar = " " * min(begin, room - 1) + ("█" * (end - begin) or "▏")
        yield f"{' ' * indent}{name.ljust(names)}  {milliseconds(length * SECOND).rjust(numbers)} ms  {bar}"
        passed += length


def _head(run: Run) -> Iterator[str]:
    tried = run.tried
    tries = f"  in {tried.tries} tries" if tried.tries > 1 else ""
    took = f"{milliseconds(tried.latency)} ms{tries}"
    yield f"{mark(run.state)} {run.check.id}  {word(run.state)}  {took}  {dim(moment(run.at))}"
    if tried.outcome.reason:
        yield wrapped(tried.outcome.reason, 2)


def _notes(run: Run, has_controls: bool) -> Iterator[str]:
    doubt = run.tried.outcome.doubt
    if doubt is not None and not has_controls:
        yield wrapped(f"{_DOUBTS[doubt]}: {_NO_CONTROLS}", 2)
    if run.is_refused:
        yield wrapped(_REFUSED, 2)


def _sections(outcome: Outcome) -> Iterator[str]:
    if outcome.phases:
        yield f"  {dim('time')}"
        yield from waterfall(outcome.phases, 4)
    if outcome.findings:
        yield f"  {dim('expectations')}"
        yield from map(_finding, outcome.findings)
    if outcome.values:
        yield f"  {dim('measured')}"
        names = max(map(len, outcome.values))
        yield from (f"    {name.ljust(names)}  {_value(name, number)}" for name, number in outcome.values.items())
    if outcome.evidence:
        yield f"  {dim('seen')}"
        yield from (wrapped(line, 4, hanging=2) for line in outcome.evidence.splitlines() if line.strip())


def _finding(finding: Finding) -> str:
    return f"    {mark(finding.state)} {wrapped(str(finding), 6, hanging=2).lstrip()}"


def _value(name: str, number: float) -> str:
    """A value with the unit that its name tells."""
    shown = f"{number:.0f}" if number == round(number) else f"{number:.1f}" if abs(number) >= 10 else f"{number:.3g}"
    unit = next((unit for part, unit in _UNITS.items() if part in name.split("_")), "")
    return f"{shown} {unit}".rstrip()
