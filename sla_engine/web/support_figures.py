"""Figures of support for agents: how customers were answered in a period, and what was left at its end."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeAlias

from litestar import Request, Response, get
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from sla_engine.calendars import CalendarError
from sla_engine.calendars.periods import period_named
from sla_engine.calendars.wall import date_at
from sla_engine.languages import Language
from sla_engine.model.instant import DAY, MINUTE
from sla_engine.model.percent import format_percent
from sla_engine.model.support import AgeClass, Answers, Group, SupportFigures
from sla_engine.policy import PolicySet
from sla_engine.web.access import signed_in, visitor_of
from sla_engine.web.pages import language_of, page
from sla_engine.web.site import Site
from sla_engine.web.ticket_view import title_of
from sla_engine.web.ticket_words import topic_word

MOST_CUSTOMERS = 100

_Request: TypeAlias = Request[Any, Any, State]


def for_agents(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let in agents alone; to everybody else there is no such page."""
    if visitor_of(connection).role != "agent":
        raise NotFoundException


@get("/reports/support", guards=[signed_in, for_agents], sync_to_thread=True, include_in_schema=False)
def support_figures(
    request: _Request, period: Annotated[str | None, QueryParameter(max_length=40)] = None
) -> Response[str]:
    """The figures of a period, by default of the one that runs."""
    site: Site = request.app.state.site
    assert site.desk is not None
    assert site.figures is not None
    policies = site.desk.policies()
    if policies.general_sla is None:
        raise NotFoundException
    contract = policies.contract(sla=policies.general_sla)
    asked = period or f"{date_at(site.desk.clock.now(), contract.timezone)}"
    try:
        period_named(asked, contract.period, contract.timezone)
    except CalendarError:
        content = {"asked": asked, "wrong": True, "figures": None}
        return page(request, "support_figures.html", content, status=HTTP_422_UNPROCESSABLE_ENTITY)
    return _page(request, policies, site.figures(asked))


def _page(request: _Request, policies: PolicySet, figures: SupportFigures) -> Response[str]:
    shown, zone = language_of(request), figures.zone
    content = {
        "asked": figures.label,
        "wrong": False,
        "figures": figures,
        "first": shown.date(figures.start, zone),
        "last": shown.date(figures.end - 1, zone),
        "before": f"{date_at(figures.start - 1, zone)}",
        "after": f"{date_at(figures.end, zone)}" if figures.has_ended else None,
        "groups": list(_tables(shown, policies, figures)),
        "customers": len(figures.customers),
        "most": MOST_CUSTOMERS,
        "cells": lambda answers: _cells(shown, answers),
        "age": lambda one: _age(shown, one),
    }
    return page(request, "support_figures.html", content, status=HTTP_200_OK, zone=zone)


def _tables(
    shown: Language, policies: PolicySet, figures: SupportFigures
) -> Sequence[tuple[str, str, Sequence[tuple[str, Group]]]]:
    """The tables of groups: what each is of, what its rows are called, and the rows with their names."""
    levels = {one.name: title_of(policies, one.name).in_language(shown.code) for one in figures.levels if one.name}
    topics = {one.name: topic_word(shown, one.name) for one in figures.topics if one.name}
    names = {name: customer.name for name, customer in policies.customers.items()}
    late_first = sorted(figures.customers, key=lambda one: (-one.figures.answers.breached, -one.figures.opened))
    return [
        (title, head, [("–" if one.name is None else words.get(one.name, one.name), one) for one in groups])
        for title, head, words, groups in (
            (shown.text("By level"), shown.text("Level"), levels, figures.levels),
            (shown.text("By team"), shown.text("Team"), {}, figures.teams),
            (shown.text("By customer"), shown.text("Customer"), names, late_first[:MOST_CUSTOMERS]),
            (shown.text("By topic"), shown.text("Topic"), topics, figures.topics),
        )
        if any(one.name is not None for one in groups)
    ]


def _cells(shown: Language, answers: Answers) -> Mapping[str, str]:
    return {
        "met": shown.number(answers.met),
        "late": shown.number(answers.breached),
        "open": shown.number(answers.open),
        "share": "–" if answers.compliance is None else shown.percent(format_percent(answers.compliance)),
        "given": shown.number(answers.given),
        "median": _open_hours(answers.median),
        "p95": _open_hours(answers.p95),
    }


def _open_hours(took: int | None) -> str:
    """Hours and minutes, cut to whole minutes."""
    return "–" if took is None else "{}:{:02}".format(*divmod(took // MINUTE, 60))


def _age(shown: Language, one: AgeClass) -> str:
    days, under = one.since // DAY, None if one.under is None else one.under // DAY
    if under is None:
        return shown.text("{days} days and more", days=days)
    if not days:
        return shown.text("less than a day")
    return shown.text("{days} to {under} days", days=days, under=under)
