"""``sla faq``: the articles that answer what customers ask."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sla_engine.cli.acting import who_option
from sla_engine.cli.common import THE_ANSWER_IS_NO, Refusal, format_option, load, policies_option, print_json
from sla_engine.model.text import LANGUAGES

if TYPE_CHECKING:
    from sla_engine.engine.faq import Article
    from sla_engine.engine.faq.searching import Faq
    from sla_engine.policy import PolicySet


@click.group(name="faq")
def command() -> None:
    """The FAQ: articles in files, found by their words.

    \b
    As in: sla faq search bounce 550 --language pt
           sla faq search bounce 550 --ticket T-7
           sla faq show delivery-rejected
    """


_language = click.option(
    "--language", type=click.Choice(LANGUAGES), default=None, help="In which language.  [default: the ticket's, or en]"
)


@command.command()
@policies_option
@click.argument("words", nargs=-1, required=True)
@_language
@click.option("--ticket", "number", metavar="TICKET", help="Keep in this ticket that the FAQ was searched.")
@who_option
@format_option("text", "json")
@click.pass_context
def search(
    context: click.Context,
    policies: Path,
    words: tuple[str, ...],
    language: str | None,
    number: str | None,
    who: str,
    output_format: str,
) -> None:
    """The articles that have WORDS, the best first; exit status 1 where none has."""
    asked = " ".join(words)
    with _opened(policies) as (policy_set, faq):
        if number is None:
            found = faq.search(asked, language or "en")
        else:
            found = _for_ticket(policy_set, faq, number, asked, language, who)
    if output_format == "json":
        _print(found)
    else:
        click.echo(_text(found))
    if not found:
        context.exit(THE_ANSWER_IS_NO)


@command.command()
@policies_option
@click.argument("article", metavar="ID")
@_language
@format_option("text", "json")
def show(policies: Path, article: str, language: str | None, output_format: str) -> None:
    """An article, in another language where it is not written in the one that is wanted."""
    from sla_engine.engine.faq.shown import article_json

    with _opened(policies) as (_, faq):
        found = faq.articles.get(article, language or "en")
    if found is None:
        raise Refusal(f"the FAQ has no article {article!r}: `sla faq list` shows those that it has")
    if output_format == "json":
        print_json({**article_json(found, is_whole=True), "languages": list(faq.articles.languages_of(article))})
    else:
        click.echo(found.as_text)


@command.command(name="list")
@policies_option
@_language
@format_option("text", "json")
def list_(policies: Path, language: str | None, output_format: str) -> None:
    """Every article; what is wrong with files that are none is told on stderr."""
    with _opened(policies) as (_, faq):
        names = dict.fromkeys(one.id for one in faq.articles.known)
        found = [one for name in names if (one := faq.articles.get(name, language or "en")) is not None]
    if output_format == "json":
        _print(found)
    else:
        click.echo(_text(found))


def _for_ticket(
    policies: "PolicySet", faq: "Faq", number: str, words: str, language: str | None, who: str
) -> "Sequence[Article]":
    """Search in the ticket's language, and enter for the checklist that it was done and what was found."""
    from sla_engine.engine.faq.shown import searched_text
    from sla_engine.engine.tickets.acting import Desk
    from sla_engine.engine.tickets.changing import read_case
    from sla_engine.engine.tickets.levels import TicketError
    from sla_engine.model.instant import to_instant

    now = to_instant(datetime.now(UTC))
    try:
        ticket = read_case(policies, faq.store, number, now).ticket
        found = faq.search(words, language or ticket.language)
        desk = Desk(policies, faq.store, who.strip() or None, now)
        desk.note(ticket.number, facts={"faq_searched": searched_text(words, found)})
    except TicketError as error:
        raise Refusal(str(error)) from error
    return found


@contextmanager
def _opened(policies: Path) -> "Iterator[tuple[PolicySet, Faq]]":
    from sla_engine.engine.faq import FaqError
    from sla_engine.engine.faq.searching import open_faq
    from sla_engine.store import open_store

    policy_set, _ = load(policies)
    with open_store(policy_set.engine.store) as store:
        store.upgrade()
        try:
            faq = open_faq(policy_set, store)
            for fault in faq.articles.faults:
                click.echo(f"warning: {fault}", err=True)
            yield policy_set, faq
        except FaqError as error:
            raise Refusal(str(error)) from error


def _print(found: "Sequence[Article]") -> None:
    from sla_engine.engine.faq.shown import article_json

    print_json({"articles": [article_json(one) for one in found]})


def _text(found: "Sequence[Article]") -> str:
    from sla_engine.reports.verdict_text import table

    if not found:
        return "No article of the FAQ has these words."
    return table([("id", "language", "title"), *((one.id, one.language, one.title) for one in found)])
