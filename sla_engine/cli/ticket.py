"""``sla ticket``: support, as those who answer customers do it."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sla_engine.cli.acting import who_option
from sla_engine.cli.common import (
    FINE,
    THE_ANSWER_IS_NO,
    Refusal,
    format_option,
    policies_option,
    print_json,
)
from sla_engine.cli.desk import (
    at_work,
    check_asked,
    facts_of,
    files_at,
    in_words,
    moment_before,
    read_text,
    suggested_for,
    tell,
    tell_what_is_missing,
)

if TYPE_CHECKING:
    pass

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group(name="ticket")
def command() -> None:
    """Tickets: open, answer, wait and resume, escalate, resolve.

    \b
    As in: sla ticket open "No mail arrives" --customer acme --text "Since noon"
           sla ticket answer T-7 --text "The queue is free again"
           sla ticket escalate T-7 second --topic deliverability

    Response clocks run by the contract of the ticket's customer; `sla ticket show` tells what is due when.
    """


_number = click.argument("number", metavar="TICKET")
_text = click.option("--text", default="", metavar="TEXT", help="What is written; - reads it from the standard input.")
_attach = click.option(
    "--attach", "paths", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True,
    help="A file to attach; may be given several times.",
)  # fmt: skip

_article = click.option(
    "--faq", "article", metavar="ID", help="The article of the FAQ that answers; sent where no text is given."
)


def _acting(command: _Command) -> _Command:
    """What every act upon a ticket takes."""
    return policies_option(who_option(format_option("text", "json")(command)))


@command.command(name="open")
@click.argument("subject")
@_text
@click.option("--customer", metavar="ID", help="Whose it is.")
@click.option("--from", "sender", metavar="ADDRESS", help="Where the customer is written to.  [default: first contact]")
@click.option("--language", metavar="CODE", help="In which the customer is written to.  [default: the customer's]")
@click.option("--topic", metavar="NAME", help="What it is about, such as deliverability.")
@click.option("--level", metavar="ID", help="Where it begins.  [default: the first level]")
@click.option("--at", metavar="INSTANT", help="When the customer asked, if that was earlier.")
@_attach
@_acting
def open_(
    subject: str,
    text: str,
    customer: str | None,
    sender: str | None,
    language: str | None,
    topic: str | None,
    level: str | None,
    at: str | None,
    paths: tuple[Path, ...],
    policies: Path,
    who: str,
    output_format: str,
) -> None:
    """Open a ticket about SUBJECT; the customer is sent its number."""
    from sla_engine.engine.tickets.opening import Opening, open_ticket

    check_asked(subject, sender, language)
    with at_work(policies, who) as desk:
        if customer is not None and customer not in desk.policies.customers:
            raise Refusal(f"there is no customer {customer!r}; there is {', '.join(desk.policies.customers) or 'none'}")
        opening = Opening(
            subject=subject,
            text=read_text(text),
            customer=customer,
            sender=sender,
            language=language,
            topic=topic,
            level=level,
            files=files_at(paths),
            at=None if at is None else moment_before(at, desk.now),
            who=who,
        )
        case = open_ticket(desk.policies, desk.store, opening, desk.now)
        tell(case, output_format, suggested_for(desk, case))


@command.command()
@_number
@_text
@click.option("--level", metavar="ID", help="Which level answers.  [default: the one that has the ticket]")
@_attach
@_article
@_acting
def answer(
    number: str,
    text: str,
    level: str | None,
    paths: tuple[Path, ...],
    article: str | None,
    policies: Path,
    who: str,
    output_format: str,
) -> None:
    """Answer the customer, which stops the clock."""
    with at_work(policies, who) as desk:
        said = in_words(desk, number, text, article)
        tell(desk.answer(number, said, level=level, files=files_at(paths), article=article), output_format)


@command.command()
@_number
@_text
@_acting
def wait(number: str, text: str, policies: Path, who: str, output_format: str) -> None:
    """Wait for the customer, who is sent the text; all clocks of the ticket pause."""
    with at_work(policies, who) as desk:
        tell(desk.wait(number, read_text(text)), output_format)


@command.command()
@_number
@_text
@_acting
def resume(number: str, text: str, policies: Path, who: str, output_format: str) -> None:
    """Wait no longer; the clocks go on."""
    with at_work(policies, who) as desk:
        tell(desk.resume(number, read_text(text)), output_format)


@command.command()
@_number
@click.argument("level")
@_text
@click.option("--topic", metavar="NAME", help="What it is about; some topics want more to be known.")
@_acting
def escalate(
    number: str, level: str, text: str, topic: str | None, policies: Path, who: str, output_format: str
) -> int:
    """Hand a ticket on to LEVEL, once all is known that the level requires.

    Exit status: 0 handed on; 1 something is missing, which is listed.
    """
    from sla_engine.engine.tickets.acting import IncompleteError

    with at_work(policies, who) as desk:
        try:
            tell(desk.escalate(number, level, read_text(text), topic=topic), output_format)
        except IncompleteError as error:
            tell_what_is_missing(error, output_format)
            return THE_ANSWER_IS_NO
    return FINE


@command.command()
@_number
@_text
@_article
@_acting
def resolve(number: str, text: str, article: str | None, policies: Path, who: str, output_format: str) -> None:
    """Close a ticket; the customer is sent the text."""
    with at_work(policies, who) as desk:
        said = read_text(text) if article is None else in_words(desk, number, text, article)
        tell(desk.resolve(number, said, article=article), output_format)


@command.command()
@_number
@_text
@click.option("--level", metavar="ID", help="Which level takes it up.  [default: the one that had it]")
@_acting
def reopen(number: str, text: str, level: str | None, policies: Path, who: str, output_format: str) -> None:
    """Take a ticket up again; another clock begins."""
    with at_work(policies, who) as desk:
        tell(desk.reopen(number, read_text(text), level=level), output_format)


@command.command()
@_number
@_text
@click.option("--customer", metavar="ID", help="Whose it is; its clocks run by that contract from the beginning.")
@click.option("--team", metavar="NAME", help="Who has it at its level.")
@_acting
def assign(
    number: str, text: str, customer: str | None, team: str | None, policies: Path, who: str, output_format: str
) -> None:
    """Say whose a ticket is, or which team has it."""
    with at_work(policies, who) as desk:
        tell(desk.assign(number, customer=customer, team=team, text=read_text(text)), output_format)


@command.command()
@_number
@_text
@click.option("--fact", "facts", multiple=True, metavar="NAME=VALUE", help="What was found, for the checklist.")
@click.option("--topic", metavar="NAME", help="What the ticket is about.")
@_attach
@_acting
def note(
    number: str,
    text: str,
    facts: tuple[str, ...],
    topic: str | None,
    paths: tuple[Path, ...],
    policies: Path,
    who: str,
    output_format: str,
) -> None:
    """Keep something that the customer does not see."""
    with at_work(policies, who) as desk:
        tell(
            desk.note(number, read_text(text), facts=facts_of(facts), files=files_at(paths), topic=topic), output_format
        )


@command.command()
@_number
@click.option("--domain", metavar="DOMAIN", help="Of the customer's mail.  [default: the noted one, or the sender's]")
@click.option(
    "--selector", "selectors", multiple=True, metavar="NAME", help="A DKIM selector; may be given more often."
)
@_acting
def check(
    number: str, domain: str | None, selectors: tuple[str, ...], policies: Path, who: str, output_format: str
) -> int:
    """Look up the mail of a ticket's customer, DNS, SPF, DKIM and DMARC, and attach what is found.

    A running engine does so by itself for tickets whose topic is deliverability.

    Exit status: 0 fine, or weak; 1 something is wrong; 3 nobody can tell.
    """
    from sla_engine.engine.tickets.looking_up import look_up_now
    from sla_engine.registry.host import load_plugins

    with at_work(policies, who) as desk:
        noted = {"domain": domain, "selector": " ".join(selectors) or None}
        said = {name: text for name, text in noted.items() if text}
        case, found = asyncio.run(look_up_now(desk, load_plugins(), number, said, os.environ))
        if output_format == "json":
            tell(case, output_format)
        else:
            click.echo(found.text)
    return found.exit_status


@command.command()
@policies_option
@_number
@format_option("text", "json")
def show(policies: Path, number: str, output_format: str) -> None:
    """A ticket with its clocks and everything that happened."""
    from sla_engine.engine.tickets.changing import read_case
    from sla_engine.engine.tickets.shown import case_json
    from sla_engine.reports.ticket_text import case_text

    with at_work(policies, "") as desk:
        case = read_case(desk.policies, desk.store, number, desk.now)
        if output_format == "json":
            print_json(case_json(case))
        else:
            click.echo(case_text(case))


@command.command(name="list")
@policies_option
@click.option("--all", "is_all", is_flag=True, help="Also those that are resolved.")
@click.option("--customer", metavar="ID", help="Only this customer's.")
@format_option("text", "json")
def list_(policies: Path, is_all: bool, customer: str | None, output_format: str) -> None:
    """The tickets that are not resolved: those that are late, those that fall due, and the others."""
    from sla_engine.engine.tickets.owed import listed_tickets
    from sla_engine.engine.tickets.shown import owed_json
    from sla_engine.reports.ticket_text import tickets_text

    with at_work(policies, "") as desk:
        found = listed_tickets(desk.policies, desk.store, desk.now, customer=customer, with_resolved=is_all)
    if output_format == "json":
        print_json({"tickets": [owed_json(one) for one in found]})
    else:
        click.echo(tickets_text(found))


@command.command(name="save")
@policies_option
@_number
@click.argument("file", type=int)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where to write it.")
def save(policies: Path, number: str, file: int, out: Path) -> None:
    """Write the attachment FILE of a ticket to a place on the disk."""
    from sla_engine.engine.tickets.changing import read_case
    from sla_engine.engine.tickets.files import kept
    from sla_engine.store.tickets import file_content

    with at_work(policies, "") as desk:
        case = read_case(desk.policies, desk.store, number, desk.now)
        with desk.store.reading() as connection:
            found = file_content(connection, case.ticket.id, file)
    if found is None:
        raise Refusal(f"{case.ticket.number} has no file {file}: `sla ticket show` lists those that it has")
    if out.exists():
        raise Refusal(f"{out} is there already: name another file")
    out.write_bytes(kept(found).content)
    click.echo(f"{found.name}, {found.media_type}, {found.size:,} bytes: {out}")
