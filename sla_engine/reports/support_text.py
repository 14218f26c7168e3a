"""Figures of support as plain text."""

from collections.abc import Iterable, Iterator, Sequence

from sla_engine.model.instant import DAY, SECOND
from sla_engine.model.percent import format_percent
from sla_engine.model.support import AgeClass, Answers, Figures, Group, SupportFigures
from sla_engine.reports.verdict_text import moment_text, table

MOST_CUSTOMERS = 30
"""Customers that are told of one by one; the JSON has all of them."""

_ANSWERS = ("in time", "late", "open", "kept", "given", "half within", "95 % within")
_TICKETS = ("opened", "resolved", "reopened", "left", "overdue")
_HOW = """\
Late answers count when they became late. Times are those of the answers that were given, in open hours and without the
waits for the customer, by the nearest rank. What is left was not resolved at the end; overdue is what of that had an
answer to come that was late."""


def support_text(figures: SupportFigures) -> str:
    """The figures for people, in the zone of their period."""
    total = figures.total
    rows = [("", *_ANSWERS), ("first answers", *_answers(total.first)), ("all answers", *_answers(total.answers))]
    blocks = [_heading(figures), table(rows), f"Tickets\n{table([_TICKETS, tuple(map(str, _tickets(total)))])}"]
    blocks += [
        f"{title}\n{table([(word, *_ANSWERS, *_TICKETS), *map(_row, groups)])}"
        for title, word, groups in (
            ("By level", "level", figures.levels),
            ("By team", "team", figures.teams),
            (_of_customers(figures.customers), "customer", _with_most_late(figures.customers)),
            ("By topic", "topic", figures.topics),
        )
        if any(group.name is not None for group in groups)
    ]
    return "\n\n".join([*blocks, _left(total), _HOW])


def is_empty(figures: SupportFigures) -> bool:
    """Whether there was no ticket at all."""
    return not figures.customers


def _heading(figures: SupportFigures) -> str:
    start, end = (moment_text(at, figures.zone) for at in (figures.start, figures.end))
    ended = "ended" if figures.has_ended else "running"
    return f"Support   {figures.label}: {start} to {end} ({figures.zone}), {ended}"


def _row(group: Group) -> Sequence[str]:
    tickets = map(str, _tickets(group.figures))
    return ("-" if group.name is None else group.name, *_answers(group.figures.answers), *tickets)


def _tickets(figures: Figures) -> Sequence[int]:
    return figures.opened, figures.resolved, figures.reopened, figures.left, figures.late


def _answers(answers: Answers) -> Iterator[str]:
    yield from map(str, (answers.met, answers.breached, answers.open))
    yield "-" if answers.compliance is None else f"{format_percent(answers.compliance)}%"
    yield str(answers.given)
    yield from ("-" if took is None else _open_hours(took) for took in (answers.median, answers.p95))


def _open_hours(took: int) -> str:
    """A length of open time in hours, as there are no days of it; cut to whole seconds."""
    minutes, second = divmod(took // SECOND, 60)
    hour, minute = divmod(minutes, 60)
    return "".join(f"{count}{unit}" for count, unit in ((hour, "h"), (minute, "m"), (second, "s")) if count) or "0s"


def _with_most_late(groups: Iterable[Group]) -> Sequence[Group]:
    """The customers whom most was late for, as many as are told of."""
    return sorted(groups, key=lambda one: (-one.figures.answers.breached, -one.figures.opened))[:MOST_CUSTOMERS]


def _of_customers(groups: Sequence[Group]) -> str:
    more = f", the first {MOST_CUSTOMERS} of {len(groups)}" if len(groups) > MOST_CUSTOMERS else ""
    return f"By customer, with the most late answers first{more}"


def _left(figures: Figures) -> str:
    rows: list[Sequence[str]] = [("open since", "answer owed", "customer waited for", "answered", "overdue")]
    rows += [(_age_text(one), *map(str, (one.owed, one.waiting, one.answered, one.late))) for one in figures.backlog]
    return f"Left at the end, by age\n{table(rows)}"


def _age_text(one: AgeClass) -> str:
    days = one.since // DAY
    if one.under is None:
        return f"{days} days and more"
    return f"under {one.under // DAY} day" if not days else f"{days} to {one.under // DAY} days"
