"""What the commands at the desk share: somebody at work, what was written, and how a ticket stands after it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sla_engine.cli.acting import moment, present
from sla_engine.cli.common import Refusal, load, print_json

if TYPE_CHECKING:
    from sla_engine.engine.faq import Article
    from sla_engine.engine.tickets.acting import Desk, IncompleteError
    from sla_engine.engine.tickets.changing import Case
    from sla_engine.store.tickets import Attachment


@contextmanager
def at_work(policies: Path, who: str) -> "Iterator[Desk]":
    """Somebody at the desk; what cannot be done is the user's to mend."""
    from sla_engine.engine.in_force import with_past
    from sla_engine.engine.tickets.acting import Desk
    from sla_engine.engine.tickets.levels import TicketError
    from sla_engine.store import open_store

    policy_set, _ = load(policies)
    with open_store(policy_set.engine.store) as store:
        store.upgrade()
        try:
            yield Desk(with_past(policy_set, store), store, who.strip() or None, present())
        except TicketError as error:
            raise Refusal(str(error)) from error


def tell(case: "Case", output_format: str, suggested: "Sequence[Article] | None" = None) -> None:
    """Say how a ticket stands, and, where somebody asked just now, which articles may answer it."""
    from sla_engine.engine.faq.shown import article_json, suggested_text
    from sla_engine.engine.tickets.shown import case_json
    from sla_engine.reports.ticket_text import owed_text

    if output_format == "json":
        faq = {} if suggested is None else {"faq": [article_json(one) for one in suggested]}
        print_json({**case_json(case), **faq})
        return
    click.echo(owed_text(case))
    if suggested:
        click.echo(suggested_text(suggested))


def tell_what_is_missing(error: "IncompleteError", output_format: str) -> None:
    """Say what a level wants to know before it takes a ticket."""
    click.echo(str(error), err=True)
    if output_format == "json":
        print_json({"error": str(error), "missing": list(error.missing)})


def suggested_for(desk: "Desk", case: "Case") -> "Sequence[Article]":
    """The articles of the FAQ that may answer a ticket that was opened just now."""
    from sla_engine.engine.faq import FaqError
    from sla_engine.engine.faq.searching import open_faq

    if desk.policies.faq_folder is None:
        return ()
    try:
        faq = open_faq(desk.policies, desk.store)
    except FaqError as error:
        click.echo(f"warning: {error}", err=True)
        return ()
    return faq.suggest(f"{case.ticket.subject}\n{case.entries[0].text}", case.ticket.language)


def in_words(desk: "Desk", number: str, text: str, article: str | None) -> str:
    """What the customer is sent: the text, else the article in the customer's language."""
    if article is None:
        return said(text)
    from sla_engine.engine.faq import FaqError
    from sla_engine.engine.faq.searching import open_faq
    from sla_engine.engine.tickets.changing import read_case

    try:
        articles = open_faq(desk.policies, desk.store).articles
    except FaqError as error:
        raise Refusal(str(error)) from error
    found = articles.get(article, read_case(desk.policies, desk.store, number, desk.now).ticket.language)
    if found is None:
        raise Refusal(f"the FAQ has no article {article!r}: `sla faq list` shows those that it has")
    return read_text(text) or found.as_text


def read_text(text: str) -> str:
    """The text that is given; ``-`` reads it from the standard input."""
    return sys.stdin.read() if text == "-" else text


def said(text: str) -> str:
    """The text that is given, which must say something."""
    words = read_text(text)
    if not words.strip():
        raise Refusal("say what is answered: --text TEXT, or --text - to read it from the standard input")
    return words


def files_at(paths: tuple[Path, ...]) -> "tuple[Attachment, ...]":
    """The files at some paths, to be attached."""
    from sla_engine.engine.tickets.files import attachment, check_together

    found = tuple(attachment(path.name, path.read_bytes()) for path in paths)
    check_together(found)
    return found


def facts_of(words: tuple[str, ...]) -> dict[str, str]:
    """What was found, from words such as ``browser=Firefox``."""
    facts = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            raise Refusal(f"{word!r} is no fact: write NAME=VALUE, as in --fact browser='Firefox 140'")
        facts[name.strip()] = value.strip()
    return facts


def check_asked(subject: str, sender: str | None, language: str | None) -> None:
    """Refuse a ticket about nothing, whose customer cannot be written to, or in no language that we have."""
    from sla_engine.engine.mail.headers import is_address
    from sla_engine.model.text import LANGUAGES

    if not subject.strip():
        raise Refusal('say what it is about, as in sla ticket open "No mail arrives"')
    if sender is not None and not is_address(sender):
        raise Refusal(f"{sender!r} is no mail address")
    if language is not None and language.lower().split("-")[0] not in LANGUAGES:
        raise Refusal(f"{language!r} is no language that customers are written to in; there is {', '.join(LANGUAGES)}")


def moment_before(text: str, now: int) -> int:
    """The instant that a user gives, which is not to come."""
    at = moment(text)
    if at > now:
        raise Refusal(f"{text} has not come yet: a ticket is opened when the customer asked")
    return at
