"""Telling customers of their tickets, and those who answer them of the time that is left."""

from collections.abc import Iterator, Mapping, Sequence

from sla_engine.engine.wording.passage import Passage
from sla_engine.engine.wording.reading import Reader, Thing
from sla_engine.engine.wording.short import fitted


def tell_ticket(things: Sequence[Thing], reader: Reader) -> Passage:
    """What happened to a customer's ticket."""
    [thing] = things
    number, subject = thing.fact("ticket"), thing.fact("subject")
    gist = _gists(number, reader)[thing.about]
    # What the customer wrote need not be read back to its writer.
    body = "" if thing.about in {"ticket-opened", "ticket-reopened"} else thing.fact("text")
    return Passage(
        tag=number,
        mark=number,
        subject=subject,
        gist=gist,
        headline=f"{gist}.",
        short=fitted(lambda told: f"{gist}{told and f': {told}'}", body.partition("\n")[0] or subject),
        rows=tuple(rows_of(thing, reader)),
        body=body,
        notes=tuple(_notes(thing, reader)),
        link=link_of(thing),
    )


def tell_clock(things: Sequence[Thing], reader: Reader) -> Passage:
    """A ticket that has to be answered soon, or was not answered in time."""
    [thing] = things
    number = thing.fact("ticket")
    if thing.about == "clock-breached":
        tag, mark = reader.say("answer overdue"), reader.say("OVERDUE")
        gist = reader.say("Ticket {ticket} was not answered in time", ticket=number)
    else:
        tag, mark = reader.say("answer due"), reader.say("ANSWER DUE")
        gist = reader.say("Ticket {ticket} has to be answered soon", ticket=number)
    due = reader.clock(thing.instant("due_at"), thing.at)
    return Passage(
        tag=tag,
        mark=mark,
        subject=f"{number} {thing.fact('subject')}".strip(),
        gist=gist,
        headline=f"{gist}.",
        short=fitted(
            lambda subject: f"{mark}: {number}{due and f', {due}'}{subject and f': {subject}'}", thing.fact("subject")
        ),
        rows=tuple(rows_of(thing, reader)),
        link=link_of(thing),
    )


def _gists(number: str, reader: Reader) -> Mapping[str, str]:
    return {
        "ticket-opened": reader.say("We have received your request {ticket}", ticket=number),
        "ticket-reopened": reader.say("Your request {ticket} has been reopened", ticket=number),
        "ticket-answered": reader.say("Your request {ticket} has been answered", ticket=number),
        "ticket-waiting": reader.say("We need something from you to go on with your request {ticket}", ticket=number),
        "ticket-escalated": reader.say("Your request {ticket} has been handed on", ticket=number),
        "ticket-resolved": reader.say("Your request {ticket} has been resolved", ticket=number),
    }


def _notes(thing: Thing, reader: Reader) -> Iterator[str]:
    """How to go on: by an answer, where one is read, and where to follow the ticket."""
    if thing.fact("reply_to"):
        yield {
            "ticket-answered": reader.say("If anything is left open, answer this message."),
            "ticket-waiting": reader.say("Answer this message, please: we go on as soon as we hear from you."),
            "ticket-resolved": reader.say("If it is not solved, answer this message."),
        }.get(thing.about) or reader.say("To add something, answer this message.")
    if link_of(thing) is not None:
        yield reader.say("You can follow it here:")


def rows_of(thing: Thing, reader: Reader) -> Sequence[tuple[str, str]]:
    """What is known of a ticket, each with its name; customers are not told who they are."""
    rows = [
        (reader.say("Subject"), thing.fact("subject")),
        (reader.say("Support level"), thing.fact("level")),
        (reader.say("Answer due"), reader.when(thing.instant("due_at"))),
        (reader.say("Time used"), reader.language.percent(percent) if (percent := thing.fact("percent")) else ""),
        (reader.say("Team"), thing.fact("team")),
        (reader.say("Customer"), "" if thing.about.startswith("ticket-") else thing.customers(reader.language)),
    ]
    return [(name, value) for name, value in rows if value]


def link_of(thing: Thing) -> str | None:
    """Where to see it, unless that is no address."""
    found = thing.fact("link")
    return found if found.startswith(("https://", "http://")) else None
