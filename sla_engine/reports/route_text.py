"""Who would be told of an outage, for people at a terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sla_engine.engine.escalation.explaining import Answer, Explained, Silence, Word
from sla_engine.engine.escalation.reaching import Reached, Wait
from sla_engine.model.duration import Duration
from sla_engine.model.instant import Instant, to_datetime
from sla_engine.model.zone import Zone

_ABOUTS = {"opened": "", "repeated": ", again", "recovered": ", that it is over"}


def route_text(answer: Answer, zone: Zone) -> str:
    """An answer in lines; instants are wall time of a zone, which is named."""
    lines = [_head(answer, zone), *(_hold(start, end, zone) for start, end in answer.held)]
    if answer.opened_at is None:
        lines.append("over before the maintenance ends: no incident opens")
    elif answer.opened_at != answer.question.at:
        lines.append(f"the incident opens when the maintenance ends, {_full(answer.opened_at, zone)}")
    if answer.parents:
        lines.append(f"held while it depends on something that is down: {', '.join(answer.parents)}")
    lines.append("")
    for explained in answer.escalations:
        lines += [*_escalation(explained, answer, zone), ""]
    if not answer.escalations:
        lines += ["nobody is told", ""]
    lines += [f"not by {name}: {reason}" for name, reason in answer.others.items()]
    return "\n".join(lines).rstrip()


def _head(answer: Answer, zone: Zone) -> str:
    asked = answer.question
    until = "" if asked.closed_at is None else f" until {_at(asked.closed_at, asked.at, zone)}"
    shown = "" if asked.closed_at is not None else f" (as if it lasted until {_at(answer.until, asked.at, zone)})"
    begin = to_datetime(asked.at, zone.tz)
    return f"{asked.service.id} is {asked.state} from {begin:%Y-%m-%d %H:%M:%S} {zone.name}{until}{shown}"


def _hold(start: Instant, end: Instant, zone: Zone) -> str:
    return f"held in maintenance from {_full(start, zone)} to {_full(end, zone)}"


def _escalation(explained: Explained, answer: Answer, zone: Zone) -> Iterator[str]:
    table, customers = explained.route.table, explained.route.customers
    whose = f", for {' and '.join(customers)}" if customers else ""
    yield f"escalation {explained.route.escalation}{whose}: {_confirmed(table.confirm)}"
    for word in explained.words:
        yield from _word(word, answer.question.at, zone)
    if table.repeat is not None and answer.question.closed_at is None:
        yield f"  and every {table.repeat} while it lasts"
    for silence in explained.silences:
        yield from _silence(silence, answer.question.at, zone)


def _confirmed(confirm: int) -> str:
    return "opens at the first failure" if confirm == 1 else f"opens after {confirm} failures in a row"


def _word(word: Word, since: Instant, zone: Zone) -> Iterator[str]:
    whom = f": {', '.join(word.recipients)}" if word.recipients else ""
    step = "" if word.name is None else f"step {word.step}, "
    yield f"  {_at(word.at, since, zone)}  {step}{_who(word.name, word.reached)}{whom}{_ABOUTS[word.about]}"
    yield from _waits(word.reached.waits, since, zone)


def _silence(silence: Silence, since: Instant, zone: Zone) -> Iterator[str]:
    who = silence.name if silence.reached is None else _who(silence.name, silence.reached)
    yield f"  not told: step {silence.step}, {who}, due {_at(silence.due_at, since, zone)}: {silence.reason}"
    yield from _waits(() if silence.reached is None else silence.reached.waits, since, zone)


def _who(name: str | None, reached: Reached) -> str:
    if name is None or name == reached.notifier:
        return reached.notifier
    return f"{reached.notifier} ({'stands in for' if reached.stands_in else 'on call by'} {name})"


def _waits(waits: Sequence[Wait], since: Instant, zone: Zone) -> Iterator[str]:
    for wait in waits:
        why = {
            "hold": "held",
            "calendar": f"waits for calendar {wait.name} to open",
            "turn": f"waits for the next turn of {wait.name}, as whoever is on call cannot be reached",
        }[wait.cause]
        yield f"           {why}, from {_at(wait.since, since, zone)} to {_at(wait.until, since, zone)}"


def _at(at: Instant, since: Instant, zone: Zone) -> str:
    """A moment, with its date where that is another, and how long after the beginning it comes."""
    local, begin = to_datetime(at, zone.tz), to_datetime(since, zone.tz)
    after = "" if at == since else f" (+{Duration(at - since)})"
    return f"{_clock(local, begin)}{after}"


def _clock(local: datetime, begin: datetime) -> str:
    date = "" if local.date() == begin.date() else f"{local:%Y-%m-%d} "
    return f"{date}{local:%H:%M:%S}" if local.second else f"{date}{local:%H:%M}"


def _full(at: Instant, zone: Zone) -> str:
    return f"{to_datetime(at, zone.tz):%Y-%m-%d %H:%M}"
