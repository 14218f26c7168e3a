"""Telling of error budgets that burn too fast: what was promised may soon be broken."""

from collections.abc import Sequence

from sla_engine.engine.wording.incidents import MOST_ITEMS, MOST_NAMED
from sla_engine.engine.wording.passage import Passage
from sla_engine.engine.wording.reading import Reader, Thing, units
from sla_engine.engine.wording.short import brief, fitted, in_telephone_letters


def tell_burns(things: Sequence[Thing], reader: Reader) -> Passage:
    """Error budgets that burn too fast, or do so no more."""
    first, is_over = things[0], things[0].about == "burn-over"
    gist = _gist(things, reader)
    return Passage(
        tag=reader.say("error budget"),
        mark=_mark(first, reader),
        subject=first.title if len(things) == 1 else _services(things, reader),
        gist=gist,
        headline=f"{gist}." if len(things) == 1 else reader.labelled(gist, f"{_names(things, reader, MOST_NAMED)}."),
        short=_short(things, reader),
        counted=_counted(things, reader),
        rows=tuple(_rows(first, reader)) if len(things) == 1 else (),
        items=tuple(_item(thing, reader) for thing in things[:MOST_ITEMS]) if len(things) > 1 else (),
        more=max(0, len(things) - MOST_ITEMS),
        notes=() if is_over else (reader.say("You will be told when it burns slowly enough again."),),
    )


def rate_of(thing: Thing, reader: Reader) -> str:
    """How many times too fast it burns, or nothing."""
    try:
        return reader.language.number(float(thing.fact("rate")))
    except (ValueError, ArithmeticError):
        return ""


def left_of(thing: Thing, reader: Reader) -> str:
    """The downtime that is still allowed, or nothing where it is not known."""
    left = thing.instant("left")
    return "" if left is None else reader.language.length(max(left, 0))


def _gist(things: Sequence[Thing], reader: Reader) -> str:
    first, count = things[0], reader.language.number(len(things))
    if first.about == "burn-over":
        if len(things) > 1:
            return reader.say("{count} error budgets no longer burn too fast", count=count)
        return reader.say("The error budget of {title} no longer burns too fast", title=first.title)
    if len(things) > 1:
        return reader.say("{count} error budgets burn too fast", count=count)
    return reader.say("The error budget of {title} burns too fast", title=first.title)


def _mark(thing: Thing, reader: Reader) -> str:
    return reader.say("BUDGET STEADY") if thing.about == "burn-over" else reader.say("BUDGET BURNS")


def _names(things: Sequence[Thing], reader: Reader, most: int) -> str:
    return reader.language.list(list(dict.fromkeys(thing.title for thing in things)), most)


def _services(things: Sequence[Thing], reader: Reader) -> str:
    """How many services it is about, of which each may have several budgets."""
    count = len({thing.title for thing in things})
    return things[0].title if count == 1 else reader.plural("{count} service", "{count} services", count)


def _counted(things: Sequence[Thing], reader: Reader) -> str:
    return in_telephone_letters(_services(things, reader)) if len({thing.title for thing in things}) > 1 else ""


def _short(things: Sequence[Thing], reader: Reader) -> str:
    first = things[0]
    mark = _mark(first, reader)
    if len(things) > 1:
        counted = _counted(things, reader)
        told = f"{mark}: {counted}" if counted else mark
        return fitted(lambda names: f"{told}: {names}", _names(things, reader, 4))
    left = first.instant("left")
    parts = [f"{mark}: {brief(first.title)}"]
    if left is not None:
        parts.append(reader.say("{left} left", left=units(left)))
    if (used_up := first.instant("breach_at")) is not None and first.about == "burn":
        parts.append(reader.say("used up by {at}", at=reader.clock(used_up, first.at)))
    return fitted(lambda agreement: ", ".join([*parts, *([agreement] if agreement else [])]), first.fact("agreement"))


def _item(thing: Thing, reader: Reader) -> str:
    return reader.labelled(thing.title, "; ".join(reader.labelled(name, value) for name, value in _rows(thing, reader)))


def _rows(thing: Thing, reader: Reader) -> Sequence[tuple[str, str]]:
    rate = rate_of(thing, reader)
    is_over = thing.about == "burn-over"
    rows = [
        (reader.say("Rate"), reader.say("{rate} times too fast", rate=rate) if rate and not is_over else ""),
        (reader.say("Downtime still allowed"), left_of(thing, reader)),
        (reader.say("Used up by"), "" if is_over else reader.when(thing.instant("breach_at"))),
        (reader.say("Agreement"), thing.fact("agreement")),
        (reader.say("Customer"), thing.customers(reader.language)),
    ]
    return [(name, value) for name, value in rows if value]
