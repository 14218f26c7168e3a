"""An instant explained, for people: what it counts as, the rule that decided, and everything that was said."""

from collections.abc import Iterator, Sequence

from sla_engine.evaluation.votes import Opinion, Voice, Vote
from sla_engine.evaluation.why import Counted, Rule, Touching, Why
from sla_engine.model.accounting import Accounting
from sla_engine.model.maintenance import Maintenance
from sla_engine.model.percent import format_percent
from sla_engine.model.service import AtLeast, Service
from sla_engine.model.zone import Zone
from sla_engine.reports.evidence_text import exact_length, exact_moment, outage_lines, refusal_text, source_name
from sla_engine.reports.verdict_text import printable, table


def why_text(told: Why, agreement: str) -> str:
    """The explanation, on the wall clock of the contract's zone.

    Args:
        agreement: whose it is, as in ``standard``.
    """
    zone = told.period.zone
    name = told.grounds.service.id
    heading = f"{name} at {exact_moment(told.at, zone)} ({zone}), by {agreement}: {told.kind}"
    blocks = [
        "\n".join([heading, rule_text(told), *_promise(told, agreement)]),
        _checks(told, zone),
        "\n".join(["How that adds up", *(f"  {line}" for line in arithmetic(told))]),
        _what_counts(told.counted, told.accounting, zone),
        f"Agreed time\n  {opening_text(told, zone)}",
        _maintenance(told, zone),
        _outage(told, zone),
    ]
    return "\n\n".join(block for block in blocks if block)


def rule_text(told: Why) -> str:
    """The rule that decided, in a sentence."""
    texts: dict[Rule, str] = {
        "future": "The instant has not come yet, so nothing is known of it.",
        "dates": "The contract does not stand then.",
        "calendar": f"It lies outside the agreed time, the calendar {told.grounds.objective.during}.",
        "maintenance": "Maintenance that was announced as agreed is taken out of the agreed time.",
        "exclusion": "A person took it out of the agreed time.",
        "min_outage": f"It was down for less than min_outage, {told.accounting.min_outage}, which counts as up.",
        "checks": f"Its {_noun(told.grounds.service)}s decided: "
        + ("nothing is known that could decide it." if told.seen is None else f"they make it {told.seen}."),
    }
    return texts[told.rule]


def arithmetic(told: Why) -> Iterator[str]:
    """How the locations make the checks, the checks the services, and these what is composed of them."""
    for vote in told.votes:
        yield from _agreeing(vote)
        unknown, what = vote.count - vote.up - vote.down, counted(vote.count, _noun(vote.service))
        yield (
            f"{vote.service.id}: {vote.up} up, {vote.down} down, {unknown} unknown of {what}; "
            f"{up_when_text(vote.service)}: {vote.says or 'unknown'}"
        )


def counted(number: int, noun: str) -> str:
    """``1 check``, ``2 checks``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def up_when_text(service: Service) -> str:
    """When the service is up, in words."""
    if isinstance(service.up_when, AtLeast):
        return f"up when {service.up_when.count} of them are"
    return f"up when {service.up_when} of them {'are' if service.up_when == 'all' else 'is'}"


def opening_text(told: Why, zone: Zone) -> str:
    """The calendar about the instant."""
    opening = told.opening
    edges = [
        *([f"since {exact_moment(opening.since, zone)}"] if opening.since is not None else []),
        *([f"until {exact_moment(opening.until, zone)}"] if opening.until is not None else []),
    ]
    during = told.grounds.objective.during
    return " ".join([f"the calendar {during} is {'open' if opening.is_open else 'closed'}", *edges])


def _agreeing(vote: Vote) -> Iterator[str]:
    """How the locations make each check, where there are several or a number must agree."""
    agree = vote.service.agree
    rule = "most that are heard must say down" if agree is None else f"{agree} must say down"
    for opinion in vote.opinions:
        if len(opinion.voices) > 1 or agree is not None:
            heard, says = counted(opinion.up + opinion.down, "location"), opinion.says or "unknown"
            yield f"{opinion.check}: {opinion.down} of {heard} heard say down, and {rule}: {says}"


def _noun(service: Service) -> str:
    """What makes its state."""
    return "part" if service.parts else "check"


def _promise(told: Why, agreement: str) -> Iterator[str]:
    """What is really promised, where it is not the availability."""
    if told.grounds.promised == "latency":
        yield f"{agreement} promises how fast it is, not that it is up: it is explained in the agreed time of that."
    if told.grounds.promised == "nothing":
        yield f"{agreement} promises nothing of it: it is explained by its rules as if it did, around the clock."


def _what_counts(found: Counted | None, accounting: Accounting, zone: Zone) -> str:
    """What the profile makes of the instant where it measures no time."""
    if found is None:
        return ""
    checks, so_far = f"{found.good} good and {found.bad} bad", f"{found.total} in the period so far"
    if found.slot is None:
        line = f"the profile counts checks, not time: {checks} speak for the instant, of {so_far}"
    else:
        start, end = (exact_moment(at, zone) for at in found.slot)
        rate = f"an error rate of {format_percent(found.error_rate)}%"
        line = (
            f"the profile counts slots of {accounting.slot}, not time: {checks} from {start} to {end}, {rate}; "
            f"the slot is one of {so_far}"
        )
    return f"What counts\n  {line}"


def _checks(told: Why, zone: Zone) -> str:
    rows: list[Sequence[str]] = [("check", "location", "scheduled", "age", "result", "says", "what was seen")]
    for opinion in told.opinions:
        rows += [_voice(opinion, voice, told, zone) for voice in opinion.voices]
        if not opinion.voices:
            rows.append((opinion.check, "", "never", "", "", "unknown", ""))
    return f"Checks\n{table(rows)}"


def _voice(opinion: Opinion, voice: Voice, told: Why, zone: Zone) -> Sequence[str]:
    result = voice.result
    if voice.says is not None:
        says = f"{voice.says}, until {exact_moment(voice.speaks_until, zone)} at most"
    elif voice.is_stale(told.at):
        says = f"unknown, stale since {exact_moment(voice.speaks_until, zone)}"
    else:
        says = "unknown, as the monitor failed"
    scheduled, age = exact_moment(result.at, zone), exact_length(told.at - result.at)
    return opinion.check, result.location, scheduled, age, str(result.state), says, result.reason or ""


def _maintenance(told: Why, zone: Zone) -> str:
    lines = [f"  {printable(_touching(one, told, zone))}" for one in told.touching]
    return "\n".join(["Maintenance and exclusions", *lines]) if lines else ""


def _touching(one: Touching, told: Why, zone: Zone) -> str:
    source = one.source
    start, end = (exact_moment(at, zone) for at in source.window)
    if isinstance(source, Maintenance):
        announced = (
            "never announced" if source.announced_at is None else f"announced {exact_moment(source.announced_at, zone)}"
        )
        about = f"{announced} by {source.channel}" if source.channel else announced
    else:
        about = f"entered by {source.author}: {source.reason}"
    valid = (
        "valid" if one.refusal is None else f"takes nothing out, {refusal_text(one.refusal, source, told.accounting)}"
    )
    return f"{source_name(source)}, {start} to {end}, {about}; {valid}"


def _outage(told: Why, zone: Zone) -> str:
    if told.outage is None:
        return ""
    start, end = (exact_moment(at, zone) for at in told.outage.span)
    lines = [f"  {printable(line)}" for line in outage_lines(told.outage, told.accounting, zone)]
    return "\n".join([f"The outage that it lies in, {start} to {end}", *lines])
