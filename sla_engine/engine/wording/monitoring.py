"""Telling of the monitoring itself: its own trouble, messages that it holds back, certificates that it saw expire."""

from collections.abc import Sequence

from sla_engine.engine.wording.incidents import began, ended
from sla_engine.engine.wording.passage import Passage
from sla_engine.engine.wording.reading import Reader, Thing
from sla_engine.engine.wording.short import fitted
from sla_engine.model.instant import DAY


def tell_trouble(things: Sequence[Thing], reader: Reader) -> Passage:
    """The engine's own trouble, or its end."""
    [thing] = things
    return _trouble_over(thing, reader) if thing.about == "engine-over" else _trouble(thing, reader)


def _trouble(thing: Thing, reader: Reader) -> Passage:
    gist, mark = reader.say("The monitoring itself has a problem"), reader.say("MONITORING")
    return Passage(
        tag=reader.say("monitoring"),
        mark=mark,
        subject=thing.fact("trouble"),
        gist=gist,
        headline=reader.labelled(gist, thing.fact("trouble")),
        short=fitted(lambda told: f"{mark}: {told}", thing.fact("trouble")),
        rows=((reader.say("Since"), reader.when(began(thing))),),
        notes=(reader.say("Until that is over, what is told of services may come late or not at all."),),
    )


def _trouble_over(thing: Thing, reader: Reader) -> Passage:
    gist, mark = reader.say("The monitoring itself works again"), reader.say("MONITORING WORKS AGAIN")
    return Passage(
        tag=reader.say("monitoring works again"),
        mark=mark,
        subject=thing.fact("trouble"),
        gist=gist,
        headline=reader.labelled(gist, thing.fact("trouble")),
        short=fitted(lambda told: f"{mark}: {told}", thing.fact("trouble")),
        rows=(
            (reader.say("When"), reader.stretch(began(thing), ended(thing))),
            (reader.say("Duration"), reader.length(began(thing), ended(thing))),
        ),
    )


def tell_held(things: Sequence[Thing], reader: Reader) -> Passage:
    """Messages that are held back, because there were too many."""
    [thing] = things
    count = thing.instant("count") or 0
    gist = reader.plural("{count} message was held back", "{count} messages were held back", count)
    rows = [
        (reader.say("Since"), reader.when(thing.instant("since"))),
        (reader.say("Limit"), thing.fact("limit")),
    ]
    return Passage(
        tag=reader.say("held back"),
        mark=reader.say("HELD BACK"),
        subject=reader.plural("{count} message", "{count} messages", count),
        gist=gist,
        headline=f"{gist}.",
        short=fitted(lambda told: f"{told}: sla notifications", gist),
        rows=tuple((name, value) for name, value in rows if value),
        notes=(reader.say("None of them is lost: {command} shows them.", command="sla notifications"),),
    )


def tell_certificate(things: Sequence[Thing], reader: Reader) -> Passage:
    """A certificate that expires soon, or has done so."""
    [thing] = things
    expires, mark = thing.instant("expires_at"), reader.say("CERTIFICATE")
    date = "" if expires is None else reader.language.date(expires, reader.zone)
    rows = [
        (reader.say("Expires"), reader.when(expires)),
        (reader.say("Check"), thing.fact("check")),
        (reader.say("Service"), thing.fact("service") if thing.title != thing.fact("service") else ""),
        (reader.say("Customer"), thing.customers(reader.language)),
    ]
    return Passage(
        tag=reader.say("certificate"),
        mark=mark,
        subject=f"{thing.title}, {date}",
        gist=_validity(thing, reader),
        headline=f"{_validity(thing, reader)}.",
        short=fitted(lambda title: f"{mark}: {title}, {reader.clock(expires, thing.at)}", thing.title),
        rows=tuple((name, value) for name, value in rows if value),
        notes=(
            reader.say("From then on, programs refuse to connect. Renew it before.")
            if _time_left(thing) > 0
            else reader.say("Programs refuse to connect until it is renewed."),
        ),
    )


def _validity(thing: Thing, reader: Reader) -> str:
    if _time_left(thing) <= 0:
        return reader.say("The certificate of {title} has expired", title=thing.title)
    if _time_left(thing) < DAY:
        return reader.say("The certificate of {title} expires in less than a day", title=thing.title)
    return reader.plural(
        "The certificate of {title} expires in {count} day",
        "The certificate of {title} expires in {count} days",
        _time_left(thing) // DAY,
        title=thing.title,
    )


def _time_left(thing: Thing) -> int:
    expires = thing.instant("expires_at")
    return 0 if expires is None else expires - thing.at
