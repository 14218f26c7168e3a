"""Telling customers of maintenance: what is done, when, and which services it touches."""

from collections.abc import Mapping, Sequence

from sla_engine.engine.wording.incidents import MOST_ITEMS, MOST_NAMED
from sla_engine.engine.wording.passage import Passage
from sla_engine.engine.wording.reading import Reader, Thing
from sla_engine.engine.wording.short import brief, fitted
from sla_engine.model.instant import Instant
from sla_engine.model.visible import one_line

_MOST = 100


def tell_maintenance(things: Sequence[Thing], reader: Reader) -> Passage:
    """Maintenance that is planned, moved or cancelled, begins or ends."""
    [thing] = things
    what, starts = work_of(thing), thing.instant("starts")
    tag, touched = _tags(reader)[thing.about], services_of(thing)
    gist = reader.labelled(_gists(reader)[thing.about], what)
    date = "" if starts is None else reader.language.date(starts, reader.zone)
    return Passage(
        tag=tag,
        mark=_marks(reader)[thing.about],
        subject=f"{what}, {date}" if date else what,
        gist=gist,
        headline=gist,
        short=fitted(lambda names: _short(thing, names, reader), reader.language.list(touched, 4) if touched else ""),
        rows=tuple(_rows(thing, reader)),
        items=tuple(touched[:MOST_ITEMS]) if len(touched) > MOST_NAMED else (),
        more=max(0, len(touched) - MOST_ITEMS) if len(touched) > MOST_NAMED else 0,
        body=thing.fact("message") if thing.fact("message") != what else "",
        notes=tuple(_notes(thing, reader)),
    )


def work_of(thing: Thing) -> str:
    """What is done, on one line."""
    return one_line(thing.fact("title") or thing.fact("message") or thing.fact("maintenance"), _MOST)


def services_of(thing: Thing) -> Sequence[str]:
    """The titles of the services that it touches."""
    services = thing.facts.get("services") or ()
    found = [one.get("title") or one.get("id") if isinstance(one, Mapping) else one for one in services]
    return [str(title) for title in found if title]


def previous(thing: Thing) -> tuple[Instant | None, Instant | None]:
    """When it was to begin and to end before it was moved; None where it was not."""
    was = thing.facts.get("was") or {}
    return was.get("starts"), was.get("ends")


def _tags(reader: Reader) -> Mapping[str, str]:
    return {
        "maintenance-planned": reader.say("planned maintenance"),
        "maintenance-changed": reader.say("maintenance changed"),
        "maintenance-cancelled": reader.say("maintenance cancelled"),
        "maintenance-reminder": reader.say("planned maintenance"),
        "maintenance-started": reader.say("maintenance begun"),
        "maintenance-ended": reader.say("maintenance ended"),
    }


def _gists(reader: Reader) -> Mapping[str, str]:
    return {
        "maintenance-planned": reader.say("We have planned maintenance"),
        "maintenance-changed": reader.say("The planned maintenance has changed"),
        "maintenance-cancelled": reader.say("The planned maintenance will not take place"),
        "maintenance-reminder": reader.say("We would like to remind you of planned maintenance"),
        "maintenance-started": reader.say("The maintenance has begun"),
        "maintenance-ended": reader.say("The maintenance has ended"),
    }


def _marks(reader: Reader) -> Mapping[str, str]:
    """The first words of a short message, in letters that every telephone has."""
    return {
        "maintenance-planned": reader.say("MAINTENANCE"),
        "maintenance-changed": reader.say("MAINTENANCE CHANGED"),
        "maintenance-cancelled": reader.say("MAINTENANCE CANCELLED"),
        "maintenance-reminder": reader.say("MAINTENANCE"),
        "maintenance-started": reader.say("MAINTENANCE BEGUN"),
        "maintenance-ended": reader.say("MAINTENANCE ENDED"),
    }


def _short(thing: Thing, names: str, reader: Reader) -> str:
    when = reader.clocks(thing.instant("starts"), thing.instant("ends"), thing.at)
    told = f"{_marks(reader)[thing.about]}: {brief(work_of(thing))}, {when}"
    return f"{told}: {names}" if names else told


def _rows(thing: Thing, reader: Reader) -> Sequence[tuple[str, str]]:
    starts, ends = thing.instant("starts"), thing.instant("ends")
    touched, before = services_of(thing), reader.stretch(*previous(thing))
    rows = [
        (reader.say("When"), reader.stretch(starts, ends)),
        (reader.say("Before"), before if before != reader.stretch(starts, ends) else ""),
        (reader.say("Duration"), reader.length(starts, ends)),
        (reader.say("Services"), reader.language.list(touched, MOST_NAMED) if touched else ""),
    ]
    return [(name, value) for name, value in rows if value]


def _notes(thing: Thing, reader: Reader) -> Sequence[str]:
    if thing.about == "maintenance-cancelled":
        return [reader.say("You do not have to do anything.")]
    if thing.about == "maintenance-ended":
        return [reader.say("The services are available again. Thank you for your patience.")]
    return [
        reader.say("During this time the services may not be available."),
        reader.say("Thank you for your understanding."),
    ]
