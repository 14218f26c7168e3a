"""A verdict as plain text: what was promised, what was measured, and what it is made of."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from sla_engine.evaluation.percentiles import USUAL
from sla_engine.model.accounting import Accounting
from sla_engine.model.duration import Duration
from sla_engine.model.instant import MILLISECOND, SECOND, Instant, to_datetime
from sla_engine.model.percent import format_percent
from sla_engine.model.verdict import AvailabilityVerdict, Clock, Finding, LatencyVerdict, ResponseVerdict, Verdict
from sla_engine.model.zone import Zone
from sla_engine.reports.credit_text import credit_text
from sla_engine.reports.evidence_text import clock_line, exact_moment, outage_lines

_FINDINGS: dict[Finding, str] = {
    "met": "met",
    "breached": "BREACHED",
    "on_track": "on track",
    "at_risk": "AT RISK",
    "no_data": "no data",
}


def verdict_text(verdict: Verdict) -> str:
    """The verdict for people, in the contract's zone; durations are cut to whole seconds, never rounded up."""
    blocks = [_heading(verdict)]
    for name, rows in (
        ("Availability", list(_availability_rows(verdict.availability))),
        ("Time", list(_time_rows(verdict.availability))),
        ("Latency", list(_latency_rows(verdict.latency))),
        ("Percentiles", list(_percentile_rows(verdict.latency))),
        ("Response", list(_response_rows(verdict.response))),
    ):
        if len(rows) > 1:
            blocks.append(f"{name}\n{table(rows)}")
    blocks += [
        block
        for block in (
            _outages(verdict),
            _evidence(verdict),
            _exclusions(verdict),
            _late_clocks(verdict),
            _clocks_followed(verdict),
            _credit(verdict),
        )
        if block
    ]
    blocks.append(_accounting(verdict.accounting))
    return "\n\n".join(blocks)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells, in columns; the first row is the heading.

    What a probe or a help desk wrote cannot break the columns or reach the terminal: control characters are replaced.
    """
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(f"  {line}".rstrip() for line in lines)


def printable(text: str) -> str:
    """The text on one line, with a question mark for each character that would not show."""
    return text if text.isprintable() else "".join(mark if mark.isprintable() else "?" for mark in text)


def length_text(duration: int) -> str:
    """A length of time, cut to whole seconds."""
    whole = Duration(abs(duration) // SECOND * SECOND)
    return f"-{whole}" if duration < 0 else str(whole)


def moment_text(at: Instant, zone: Zone) -> str:
    """An instant on the wall clock of a zone."""
    return f"{to_datetime(at, zone.tz):%Y-%m-%d %H:%M:%S}"


def _heading(verdict: Verdict) -> str:
    holder = f"{verdict.customer} (on {verdict.agreement})" if verdict.customer else verdict.agreement
    ended = "ended" if verdict.has_ended else "running, so that its verdicts are provisional"
    return (
        f"Agreement {holder}\n"
        f"Period    {moment_text(verdict.start, verdict.zone)} to {moment_text(verdict.end, verdict.zone)} "
        f"({verdict.zone}), {ended}\n"
        f"Policies  {verdict.policy_hash[:12]}"
    )


def _availability_rows(verdicts: Sequence[AvailabilityVerdict]) -> Iterator[Sequence[str]]:
    yield "service", "target", "measured", "verdict", "coverage", "budget", "budget left"
    for verdict in verdicts:
        yield (
            verdict.objective.service,
            f"{verdict.objective.target}",
            _share(verdict.measured),
            _FINDINGS[verdict.finding],
            _share(verdict.coverage),
            length_text(verdict.budget),
            length_text(verdict.budget_left),
        )


def _time_rows(verdicts: Sequence[AvailabilityVerdict]) -> Iterator[Sequence[str]]:
    yield "service", "during", "up", "down", "unknown", "excluded", "unscheduled", "real down"
    for verdict in verdicts:
        kinds = verdict.kinds
        lengths = (kinds.up, kinds.down, kinds.unknown, kinds.excluded, kinds.unscheduled, verdict.real_down)
        yield verdict.objective.service, verdict.objective.during, *map(length_text, lengths)


def _latency_rows(verdicts: Sequence[LatencyVerdict]) -> Iterator[Sequence[str]]:
    yield "service", "target", "under", "measured", "verdict", "in time", "checks"
    for verdict in verdicts:
        objective = verdict.objective
        yield (
            objective.service,
            f"{objective.target}",
            f"{objective.under}",
            _share(verdict.measured),
            _FINDINGS[verdict.finding],
            str(verdict.good),
            str(verdict.valid),
        )


def _percentile_rows(verdicts: Sequence[LatencyVerdict]) -> Iterator[Sequence[str]]:
    """What each share of the checks did not exceed; that at the target is the one to hold against the bound."""
    yield "service", "under", "p50", "p90", "p95", "p99", "at target", "slowest", "failed"
    for verdict in verdicts:
        if not verdict.percentiles:
            continue
        objective = verdict.objective
        found = {one.share: _latency_text(one.latency) for one in verdict.percentiles}
        slowest = "-" if verdict.slowest is None else _latency_text(verdict.slowest)
        shown = (found[share] for share in (*USUAL, objective.target))
        yield objective.service, f"{objective.under}", *shown, slowest, str(verdict.failed)


def _latency_text(latency: int | None) -> str:
    return "failed" if latency is None else f"{latency / MILLISECOND:,.3f}".rstrip("0").rstrip(".") + "ms"


def _response_rows(verdicts: Sequence[ResponseVerdict]) -> Iterator[Sequence[str]]:
    yield "level", "within", "during", "target", "measured", "verdict", "in time", "late", "open"
    for verdict in verdicts:
        objective = verdict.objective
        yield (
            objective.level,
            f"{objective.within}",
            objective.during,
            f"{objective.target}",
            _share(verdict.measured),
            _FINDINGS[verdict.finding],
            str(verdict.met),
            str(verdict.breached),
            str(verdict.open),
        )


def _outages(verdict: Verdict) -> str:
    rows: list[Sequence[str]] = [("service", "from", "to", "counted", "what was seen")]
    for entry in verdict.availability:
        for outage in entry.outages:
            seen = f"{outage.check}: {outage.reason}" if outage.reason else outage.check
            start, end = (moment_text(at, verdict.zone) for at in outage.span)
            rows.append((entry.objective.service, start, end, length_text(outage.counted), seen))
    return f"Outages\n{table(rows)}" if len(rows) > 1 else ""


def _evidence(verdict: Verdict) -> str:
    """How each outage came to what is counted of it, where that was worked out."""
    lines = ["Evidence"]
    for entry in verdict.availability:
        for outage in entry.outages:
            if told := list(outage_lines(outage, verdict.accounting, verdict.zone)):
                start, end = (exact_moment(at, verdict.zone) for at in outage.span)
                lines.append(f"  {entry.objective.service}, {start} to {end}")
                lines += [f"    {printable(line)}" for line in told]
    return "\n".join(lines) if len(lines) > 1 else ""


def _exclusions(verdict: Verdict) -> str:
    rows: list[Sequence[str]] = [("id", "services", "from", "to", "by", "reason")]
    for exclusion in verdict.exclusions:
        start, end = (moment_text(at, verdict.zone) for at in exclusion.window)
        rows.append((exclusion.id, ", ".join(exclusion.services), start, end, exclusion.author, exclusion.reason))
    return f"Exclusions\n{table(rows)}" if len(rows) > 1 else ""


def _late_clocks(verdict: Verdict) -> str:
    rows: list[Sequence[str]] = [("ticket", "level", "reached", "was due", "answered")]
    for entry in verdict.response:
        rows += [_late_row(clock, entry, verdict.zone) for clock in entry.clocks if clock.breached_at is not None]
    return f"Late answers\n{table(rows)}" if len(rows) > 1 else ""


def _clocks_followed(verdict: Verdict) -> str:
    """The late clocks once more, each in the steps by which it became late."""
    lines = [
        printable(f"  {clock.ticket} {entry.objective.level}: {clock_line(clock, verdict.zone)}")
        for entry in verdict.response
        for clock in entry.clocks
        if clock.breached_at is not None and clock.allowed
    ]
    return "\n".join(["How they became late", *lines]) if lines else ""


def _late_row(clock: Clock, entry: ResponseVerdict, zone: Zone) -> Sequence[str]:
    answered = "not yet" if clock.stopped_at is None else moment_text(clock.stopped_at, zone)
    due = "" if clock.breached_at is None else moment_text(clock.breached_at, zone)
    return clock.ticket, entry.objective.level, moment_text(clock.started_at, zone), due, answered


def _credit(verdict: Verdict) -> str:
    return "" if verdict.credit is None else credit_text(verdict.credit)


def _accounting(accounting: Accounting) -> str:
    channels = " ".join(accounting.maintenance_channels)
    cap = "none" if accounting.maintenance_cap is None else str(accounting.maintenance_cap)
    choices = [
        f"measure {accounting.measure}",
        *(_slots(accounting) if accounting.measure == "slots" else []),
        f"min_outage {accounting.min_outage}",
        f"unknown {accounting.unknown}",
        f"stale_after {accounting.stale_after}",
        f"maintenance {accounting.maintenance}",
        f"maintenance_notice {accounting.maintenance_notice}",
        f"maintenance_cap {cap}",
        *([f"maintenance_channels {channels}"] if channels else []),
    ]
    return f"Accounting {accounting.name}: {', '.join(choices)}"


def _slots(accounting: Accounting) -> Iterator[str]:
    yield f"slot {accounting.slot}"
    if accounting.slot_errors is not None:
        yield f"slot_errors {accounting.slot_errors}"
    if accounting.slot_checks != 1:
        yield f"slot_checks {accounting.slot_checks}"


def _share(ratio: Fraction | None) -> str:
    return "-" if ratio is None else f"{format_percent(ratio)}%"
