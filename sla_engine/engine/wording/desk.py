"""Telling those who answer of a ticket that is theirs now, and of what its customer wrote."""

from collections.abc import Iterator, Sequence

from sla_engine.engine.wording.passage import Passage
from sla_engine.engine.wording.reading import Reader, Thing
from sla_engine.engine.wording.short import fitted
from sla_engine.engine.wording.tickets import link_of, rows_of


def tell_desk(things: Sequence[Thing], reader: Reader) -> Passage:
    """What came to the desk, from whom, when it has to be answered, and how."""
    [thing] = things
    number, subject, text = thing.fact("ticket"), thing.fact("subject"), thing.fact("text")
    tag, mark, gist = _words(thing, number, reader)
    said = text.partition("\n")[0] if thing.about == "desk-wrote" else ""
    due = reader.clock(thing.instant("due_at"), thing.at)
    sender = ", ".join(filter(None, (thing.fact("name"), thing.fact("sender"))))
    return Passage(
        tag=tag,
        mark=mark,
        subject=f"{number} {subject}".strip(),
        gist=gist,
        headline=f"{gist}.",
        short=fitted(lambda told: f"{mark}: {number}{due and f', {due}'}{told and f': {told}'}", said or subject),
        rows=((reader.say("From"), sender), *rows_of(thing, reader)) if sender else tuple(rows_of(thing, reader)),
        body=text,
        notes=tuple(_notes(thing, number, reader)),
        link=link_of(thing),
    )


def _words(thing: Thing, number: str, reader: Reader) -> tuple[str, str, str]:
    """What happened in a word or two, the same for telephones, and in a clause."""
    if thing.about == "desk-wrote":
        gist = reader.say("The customer has written about ticket {ticket}", ticket=number)
        return reader.say("customer wrote"), reader.say("CUSTOMER WROTE"), gist
    if thing.about == "desk-reached":
        gist = reader.say("Ticket {ticket} has been handed on to your level", ticket=number)
        return reader.say("handed on"), reader.say("HANDED ON"), gist
    if thing.fact("act") == "reopened":
        gist = reader.say("Ticket {ticket} has been reopened", ticket=number)
        return reader.say("reopened"), reader.say("REOPENED"), gist
    gist = reader.say("Ticket {ticket} has been opened", ticket=number)
    return reader.say("new ticket"), reader.say("NEW TICKET"), gist


def _notes(thing: Thing, number: str, reader: Reader) -> Iterator[str]:
    """How to answer: whoever answers the message itself writes to nobody who waits."""
    command = f"sla ticket answer {number}"
    yield reader.say("An answer to this message does not reach the customer.")
    if link_of(thing) is None:
        yield reader.say("To answer the customer: {command}", command=command)
    else:
        yield reader.say("To answer the customer: {command}, or here:", command=command)
