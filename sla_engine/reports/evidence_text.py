"""Evidence in sentences: each outage and each late answer, so that it can be followed by hand to the last second.

What a server or a help desk wrote stands in them as it is; whoever prints them makes it printable.
"""

from collections.abc import Iterator

from sla_engine.model.accounting import Accounting
from sla_engine.model.duration import Duration
from sla_engine.model.instant import SECOND, Instant, to_datetime
from sla_engine.model.maintenance import Exclusion, Maintenance
from sla_engine.model.verdict import Clock, Evidence, Outage, Refusal, Witness
from sla_engine.model.zone import Zone


def outage_lines(outage: Outage, accounting: Accounting, zone: Zone) -> Iterator[str]:
    """What is counted of an outage, what covers it, and who said down."""
    evidence = outage.evidence
    if evidence is None:
        return
    counted, whole = exact_length(outage.counted), exact_length(outage.span.length)
    yield f"counted {counted} of {whole}: {_because(evidence, accounting)}"
    for cover in evidence.covers:
        if cover.refusal is not None:
            covers = "covers no more of it" if cover.excluded else "covers nothing of it"
            yield f"{source_name(cover.source)} {covers}: {refusal_text(cover.refusal, cover.source, accounting)}"
    for witness in evidence.witnesses:
        yield _witness_text(witness, zone)


def clock_line(clock: Clock, zone: Zone) -> str:
    """How a clock came to its elapsed time, and to what was due."""
    parts = [
        f"{clock.within} of {clock.during} from {exact_moment(clock.started_at, zone)}",
        *_pauses(clock, zone),
        "nothing is due while the customer is waited for"
        if clock.due_at is None
        else f"due {exact_moment(clock.due_at, zone)}",
        _answered(clock, zone),
    ]
    return "; ".join(parts)


def exact_length(duration: int) -> str:
    """A length of time to the microsecond: ``4m``, ``1h0.25s``."""
    whole, rest = divmod(duration, SECOND)
    if not rest:
        return str(Duration(duration))
    minutes, seconds = divmod(whole, 60)
    return f"{Duration(minutes * 60 * SECOND) if minutes else ''}{seconds}.{rest:06d}".rstrip("0") + "s"


def exact_moment(at: Instant, zone: Zone) -> str:
    """An instant on the wall clock of a zone, with a fraction of a second only where there is one."""
    moment = to_datetime(at, zone.tz)
    return f"{moment:%Y-%m-%d %H:%M:%S}" + (f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else "")


def source_name(source: Maintenance | Exclusion) -> str:
    """``maintenance database-upgrade``."""
    return f"{'maintenance' if isinstance(source, Maintenance) else 'exclusion'} {source.id}"


def refusal_text(refusal: Refusal, source: Maintenance | Exclusion, accounting: Accounting) -> str:
    """Why maintenance or an exclusion takes nothing out."""
    channel = source.channel if isinstance(source, Maintenance) else None
    ahead = ""
    if isinstance(source, Maintenance) and source.announced_at is not None:
        early = source.window.start - source.announced_at
        ahead = f"{exact_length(abs(early))} {'ahead' if early >= 0 else 'after it began'}"
    texts: dict[Refusal, str] = {
        "counted": "by the profile maintenance counts",
        "unannounced": "no announcement is on record",
        "channel": f"announced by {channel or 'no channel on record'}, and what counts is "
        + " or ".join(accounting.maintenance_channels),
        "notice": f"announced {ahead}, and {accounting.maintenance_notice} ahead is agreed",
        "cap": f"the {accounting.maintenance_cap} of maintenance that a period may have are used up",
    }
    return texts[refusal]


def _because(evidence: Evidence, accounting: Accounting) -> str:
    """Why not all of it counts; the parts add up."""
    parts = [
        *([f"{exact_length(evidence.beyond)} lie outside the period"] if evidence.beyond else []),
        *([f"{exact_length(evidence.unagreed)} lie outside the agreed time"] if evidence.unagreed else []),
        *(
            f"{source_name(cover.source)} covers {exact_length(cover.excluded)}"
            for cover in evidence.covers
            if cover.excluded
        ),
    ]
    if evidence.is_short:
        parts.append(f"it is shorter than min_outage, {accounting.min_outage}, as a whole")
    return ", ".join(parts) or "all of it is agreed time that nothing covers"


def _witness_text(witness: Witness, zone: Zone) -> str:
    place = f" from {witness.location}" if witness.location else ""
    first = exact_moment(witness.first_at, zone)
    if witness.last_at is None:
        said = f"said down from {first} on"
    elif witness.count == 1:
        said = f"said down once, at {first}"
    else:
        said = f"said down {witness.count} times, from {first} to {exact_moment(witness.last_at, zone)}"
    return f"{witness.check}{place} {said}" + (f": {witness.reason}" if witness.reason else "")


def _pauses(clock: Clock, zone: Zone) -> Iterator[str]:
    if not clock.pauses:
        return
    spans = (
        f"{exact_moment(begin, zone)} to {'now' if end is None else exact_moment(end, zone)}"
        for begin, end in clock.pauses
    )
    yield f"waited {exact_length(clock.paused)} of open time for the customer ({', '.join(spans)})"


def _answered(clock: Clock, zone: Zone) -> str:
    used = f"after {exact_length(clock.elapsed)}"
    if clock.elapsed > clock.allowed:
        used += f", {exact_length(clock.elapsed - clock.allowed)} late"
    return (
        f"not answered {used}"
        if clock.stopped_at is None
        else f"answered {exact_moment(clock.stopped_at, zone)} {used}"
    )
