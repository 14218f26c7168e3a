"""Telling of incidents: what is down, since when and why, and what comes next."""

from collections.abc import Mapping, Sequence

from sla_engine.engine.wording.passage import Passage
from sla_engine.engine.wording.reading import Reader, Thing, units
from sla_engine.engine.wording.short import brief, fitted, in_telephone_letters
from sla_engine.model.instant import Instant

MOST_NAMED = 10
"""How many parts the list of services in a sentence has, the count of the further ones included."""
MOST_ITEMS = 20
"""How many services a message tells of one by one."""


def tell_incidents(things: Sequence[Thing], reader: Reader) -> Passage:
    """One incident, or several of one kind with one cause."""
    return _one(things[0], reader) if len(things) == 1 else _several(things, reader)


def began(thing: Thing) -> Instant:
    """Since when it is down."""
    found = thing.instant("began_at")
    return thing.at if found is None else found


def ended(thing: Thing) -> Instant:
    """Up to when it was down, or has been so far."""
    found = thing.instant("ended_at")
    return thing.at if found is None else found


def is_closed_unseen(thing: Thing) -> bool:
    """Whether it was closed although the service was not seen up."""
    return thing.about == "recovered" and thing.fact("closed_as") != ""


def _one(thing: Thing, reader: Reader) -> Passage:
    phase = _phase(thing)
    return Passage(
        tag=_tags(reader)[phase],
        mark=_marks(reader)[phase],
        subject=thing.title,
        gist=_gists(thing.title, reader)[phase],
        headline=_headlines(thing, reader)[phase],
        short=fitted(lambda reason: _short(thing, reason, reader), thing.fact("reason")),
        rows=tuple(_rows(thing, reader)),
        notes=tuple(_notes([thing], reader)),
    )


def _several(things: Sequence[Thing], reader: Reader) -> Passage:
    phase, cause, count = _phase(things[0]), things[0].fact("cause"), len(things)
    titles = [thing.title for thing in things]
    services = reader.plural("{count} service", "{count} services", count)
    subject, counted = _on(services, cause, reader), _on(in_telephone_letters(services), cause, reader)
    gist = _on(_gists_of_many(count, reader)[phase], cause, reader)
    return Passage(
        tag=_tags(reader)[phase],
        mark=_marks(reader)[phase],
        subject=subject,
        gist=gist,
        headline=reader.labelled(gist, f"{reader.language.list(titles, MOST_NAMED)}."),
        short=fitted(lambda names: f"{_marks(reader)[phase]}: {counted}: {names}", reader.language.list(titles, 4)),
        counted=counted,
        items=tuple(_item(thing, reader) for thing in things[:MOST_ITEMS]),
        more=max(0, count - MOST_ITEMS),
        notes=tuple(_notes(things, reader)),
    )


def _phase(thing: Thing) -> str:
    """What is told of an incident: of one that lasts, how the service is."""
    if is_closed_unseen(thing):
        return "closed"
    if thing.about not in {"opened", "repeated"}:
        return thing.about
    state = "degraded" if thing.fact("state") == "degraded" else "down"
    return state if thing.about == "opened" else f"still {state}"


def _tags(reader: Reader) -> Mapping[str, str]:
    """What stays the same as long as the incident lasts, so that programs for mail keep its messages together."""
    return {
        "down": reader.say("down"),
        "still down": reader.say("down"),
        "degraded": reader.say("degraded"),
        "still degraded": reader.say("degraded"),
        "flapping": reader.say("flapping"),
        "acknowledged": reader.say("acknowledged"),
        "recovered": reader.say("recovered"),
        "closed": reader.say("closed"),
    }


def _marks(reader: Reader) -> Mapping[str, str]:
    """The first word of a short message, in letters that every telephone has."""
    return {
        "down": reader.say("DOWN"),
        "still down": reader.say("STILL DOWN"),
        "degraded": reader.say("DEGRADED"),
        "still degraded": reader.say("STILL DEGRADED"),
        "flapping": reader.say("FLAPPING"),
        "acknowledged": reader.say("ACKNOWLEDGED"),
        "recovered": reader.say("UP AGAIN"),
        "closed": reader.say("CLOSED"),
    }


def _gists(title: str, reader: Reader) -> Mapping[str, str]:
    return {
        "down": reader.say("{title} is down", title=title),
        "still down": reader.say("{title} is still down", title=title),
        "degraded": reader.say("{title} is degraded", title=title),
        "still degraded": reader.say("{title} is still degraded", title=title),
        "flapping": reader.say("{title} keeps going down and up", title=title),
        "acknowledged": reader.say("The incident of {title} is acknowledged", title=title),
        "recovered": reader.say("{title} is up again", title=title),
        "closed": reader.say("The incident of {title} is closed", title=title),
    }


def _gists_of_many(count: int, reader: Reader) -> Mapping[str, str]:
    shown = reader.language.number(count)
    return {
        "down": reader.say("{count} services are down", count=shown),
        "still down": reader.say("{count} services are still down", count=shown),
        "degraded": reader.say("{count} services are degraded", count=shown),
        "still degraded": reader.say("{count} services are still degraded", count=shown),
        "flapping": reader.say("{count} services keep going down and up", count=shown),
        "acknowledged": reader.say("The incidents of {count} services are acknowledged", count=shown),
        "recovered": reader.say("{count} services are up again", count=shown),
        "closed": reader.say("The incidents of {count} services are closed", count=shown),
    }


def _headlines(thing: Thing, reader: Reader) -> Mapping[str, str]:
    title, since = thing.title, reader.when(began(thing))
    lasted = reader.length(began(thing), ended(thing))
    who = thing.fact("acknowledged_by") or reader.say("Somebody")
    return {
        "down": reader.say("{title} has been down since {since}.", title=title, since=since),
        "still down": reader.say("{title} is still down. Duration so far: {lasted}.", title=title, lasted=lasted),
        "degraded": reader.say("{title} has been degraded since {since}.", title=title, since=since),
        "still degraded": reader.say(
            "{title} is still degraded. Duration so far: {lasted}.", title=title, lasted=lasted
        ),
        "flapping": reader.say("{title} has kept going down and up since {since}.", title=title, since=since),
        "acknowledged": reader.say("{who} has taken on the incident of {title}.", who=who, title=title),
        "recovered": reader.say("{title} is up again. Duration: {lasted}.", title=title, lasted=lasted),
        "closed": reader.say("The incident of {title} is closed: the service is no longer watched.", title=title)
        if thing.fact("closed_as") == "unwatched"
        else reader.say("The incident of {title} is closed: by later results there was none.", title=title),
    }


def _on(text: str, cause: str, reader: Reader) -> str:
    return reader.say("{what}, all on {cause}", what=text, cause=cause) if cause else text


def _short(thing: Thing, reason: str, reader: Reader) -> str:
    is_over = thing.about == "recovered" and not is_closed_unseen(thing)
    since = reader.clock(ended(thing) if is_over else began(thing), thing.at)
    told = reader.say("{title} since {since}", title=brief(thing.title), since=since)
    if is_over:
        after = reader.say("after {lasted}", lasted=units(ended(thing) - began(thing)))
        told, reason = f"{told}, {after}", ""
    if thing.fact("incident"):
        told = f"{told}, {reader.say('incident {incident}', incident=thing.fact('incident'))}"
    return f"{_marks(reader)[_phase(thing)]}: {told}{reason and f': {reason}'}"


def _item(thing: Thing, reader: Reader) -> str:
    if thing.about == "recovered" and not is_closed_unseen(thing):
        told = reader.say("after {lasted}", lasted=units(ended(thing) - began(thing)))
    else:
        told = reader.say("since {since}", since=reader.clock(began(thing), thing.at))
    number = thing.fact("incident")
    parts = [told, number and reader.say("incident {incident}", incident=number), thing.fact("reason")]
    return reader.labelled(thing.title, ", ".join(part for part in parts if part))


def _rows(thing: Thing, reader: Reader) -> Sequence[tuple[str, str]]:
    # Where the headline says since when, it need not be said again.
    phase = _phase(thing)
    when = reader.when(began(thing)) if thing.about == "repeated" or phase in {"acknowledged", "closed"} else ""
    if phase == "recovered":
        when = reader.stretch(began(thing), ended(thing))
    step = thing.instant("step") or 1
    escalation = reader.say("{escalation}, step {step}", escalation=thing.fact("escalation"), step=step)
    rows = [
        (reader.say("Reason"), thing.fact("reason")),
        (reader.say("When") if phase == "recovered" else reader.say("Since"), when),
        (reader.say("Incident"), thing.fact("incident")),
        (reader.say("Service"), thing.fact("service") if thing.title != thing.fact("service") else ""),
        (reader.say("Customer"), thing.customers(reader.language)),
        (reader.say("Acknowledged by"), thing.fact("acknowledged_by") if thing.about != "acknowledged" else ""),
        (reader.say("Escalation"), escalation if step > 1 else ""),
    ]
    return [(name, value) for name, value in rows if value]


def _notes(things: Sequence[Thing], reader: Reader) -> Sequence[str]:
    first = things[0]
    if first.about == "recovered":
        return []
    if first.about == "acknowledged":
        return [reader.say("No more reminders are sent. You will be told when it is over.")]
    if first.about == "flapping":
        notes = [reader.say("It stays one incident. You will be told when it has held steady.")]
    else:
        notes = [reader.say("You will be told when it is over.")]
    # What runs on the engine's own machine is not for a customer.
    if first.customer is None and not first.fact("acknowledged_by") and (number := first.fact("incident")):
        notes.append(
            reader.say(
                "To take it on, so that the reminders stop: {command}", command=f"sla incident acknowledge {number}"
            )
            if len(things) == 1
            else reader.say("To see them all: {command}", command="sla incident list --open")
        )
    return notes
