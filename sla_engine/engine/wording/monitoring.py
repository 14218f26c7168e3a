"""Telling of the monitoring itself: its own trouble, messages that it holds back, certificates that it saw expire."""

from collections.abc import Sequence

from sla_engine.engine.wording.incidents import began, ended
from sla_engine.engine.wording.passage import Passage
from sla_engine.engine.wording.reading import Reader, Thing
from sla_engine.engine.wording.short import fitted


def tell_trouble(things: Sequence[Thing], reader: Reader) -> Passage:
    """The engine's own trouble, or its end."""
    [thing] = things
    trouble, is_over = thing.fact("trouble"), thing.about == "engine-over"
    if is_over:
        gist = reader.say("The monitoring itself works again")
        mark, rows = (
            reader.say("MONITORING WORKS AGAIN"),
            [
                (reader.say("When"), reader.stretch(began(thing), ended(thing))),
                (reader.say("Duration"), reader.length(began(thing), ended(thing))),
            ],
        )
        notes: tuple[str, ...] = ()
    else:
        gist = reader.say("The monitoring itself has a problem")
        mark, rows = reader.say("MONITORING"), [(reader.say("Since"), reader.when(began(thing)))]
        notes = (reader.say("Until that is over, what is told of services may come late or not at all."),)
    return Passage(
        tag=reader.say("monitoring works again") if is_over else reader.say("monitoring"),
        subject=trouble,
        gist=gist,
        headline=f"{gist}: {trouble}",
        short=fitted(lambda told: f"{mark}: {told}", trouble),
        rows=tuple(rows),
        notes=notes,
    )


def tell_held(things: Sequence[Thing], reader: Reader) -> Passage:
    """Messages that are held back, because there were too many."""
    [thing] = things
    count, since = thing.instant("count") or 0, thing.instant("since")
    gist = reader.plural("{count} message was held back", "{count} messages were held back", count)
    rows = [
        (reader.say("Since"), reader.when(since)),
        (reader.say("Limit"), thing.fact("limit")),
        (reader.say("Notifier"), thing.fact("notifier")),
    ]
    return Passage(
        tag=reader.say("held back"),
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
    expires, days = thing.instant("expires_at"), thing.instant("days") or 0
    date = "" if expires is None else reader.language.date(expires, reader.zone)
    has_expired = days <= 0
    gist = (
        reader.say("The certificate of {title} has expired", title=thing.title)
        if has_expired
        else reader.plural(
            "The certificate of {title} expires in {count} day",
            "The certificate of {title} expires in {count} days",
            days,
            title=thing.title,
        )
    )
    rows = [
        (reader.say("Expires"), reader.when(expires)),
        (reader.say("Check"), thing.fact("check")),
        (reader.say("Service"), thing.fact("service") if thing.title != thing.fact("service") else ""),
        (reader.say("Customer"), thing.customers(reader.language)),
    ]
    return Passage(
        tag=reader.say("certificate"),
        subject=f"{thing.title}, {date}",
        gist=gist,
        headline=f"{gist}.",
        short=fitted(
            lambda title: f"{reader.say('CERTIFICATE')}: {title}, {reader.clock(expires, thing.at)}", thing.title
        ),
        rows=tuple((name, value) for name, value in rows if value),
        notes=(
            reader.say("Programs refuse to connect until it is renewed.")
            if has_expired
            else reader.say("Renew it before: from then on, programs refuse to connect."),
        ),
    )
