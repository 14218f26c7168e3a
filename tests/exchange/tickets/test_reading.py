"""Tickets in files: CSV or JSON, a line for each event or for each ticket."""

from typing import Any

import pytest

from sla_engine.exchange.tickets import ReadTickets, TicketFileError, read_tickets
from sla_engine.model.instant import format_instant, parse_instant
from sla_engine.model.zone import parse_zone

NOW = parse_instant("2026-11-01T00:00:00Z")
EVENTS = [
    ("1", "opened", "2026-10-01T08:00:00Z", "first", "acme", "No mail"),
    ("1", "answered", "2026-10-01T09:00:00Z", None, None, None),
]


def read(content: str | bytes, name: str = "tickets.csv", zone: str | None = None) -> ReadTickets:
    raw = content if isinstance(content, bytes) else content.encode()
    return read_tickets(name, raw, zone=None if zone is None else parse_zone(zone), now=NOW)


def told(found: ReadTickets) -> list[tuple[Any, ...]]:
    return [(one.ticket, one.act, format_instant(one.at), one.level, one.customer, one.subject) for one in found.events]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "a.csv",
            "ticket,event,at,level,customer,subject\n"
            "1,opened,2026-10-01T08:00:00Z,first,acme,No mail\n"
            "1,answered,2026-10-01T09:00:00Z,,,\n",
        ),
        (
            "a.csv",
            "\ufeffTicket;Event;At;Level;Customer;Subject\r\n"
            '1;opened;2026-10-01 10:00:00+02:00;first;acme;"No mail"\r\n\r\n'
            "1;answered;2026-10-01T09:00:00Z\r\n",
        ),
        (
            "a.csv",
            "ticket\topened\tanswered\tlevel\tcustomer\tsubject\n"
            "1\t2026-10-01T08:00:00Z\t2026-10-01T09:00:00Z\tfirst\tacme\tNo mail\n",
        ),
        (
            "a.jsonl",
            '{"ticket":1,"event":"opened","at":"2026-10-01T08:00:00Z","level":"first","customer":"acme",'
            '"subject":"No mail"}\n'
            '\n{"ticket":"1","event":"answered","at":"2026-10-01T09:00:00Z"}\n',
        ),
        (
            "-",
            '[{"ticket":1,"opened":"2026-10-01T08:00:00Z","answered":"2026-10-01T09:00:00Z","resolved":null,'
            '"level":"first","customer":"acme","subject":"No mail"}]',
        ),
    ],
)
def test_the_same_is_read_from_every_form(name: str, content: str) -> None:
    assert told(read(content, name)) == EVENTS


def test_a_ticket_in_one_line_may_be_open_answered_or_resolved() -> None:
    found = read(
        "ticket,opened,answered,resolved\n"
        "1,2026-10-01T08:00:00Z,,\n"
        "2,2026-10-01T08:00:00Z,2026-10-01T09:00:00Z,2026-10-01T10:00:00Z\n"
    )

    assert [(one.ticket, one.act) for one in found.events] == [
        ("1", "opened"),
        ("2", "opened"),
        ("2", "answered"),
        ("2", "resolved"),
    ]


def test_times_without_an_offset_are_of_the_zone_that_is_said() -> None:
    text = "ticket,opened\n1,2026-07-01 08:00:00\n2,2026-10-25 02:30\n"

    found = read(text, zone="Europe/Berlin")

    assert [format_instant(one.at) for one in found.events] == ["2026-07-01T06:00:00Z", "2026-10-25T00:30:00Z"]


NO_JSON = "this is no JSON: Expecting property name enclosed in double quotes at column"
OF_EVENTS = "ticket, event, at, level, customer, sender, subject, key"
OF_TICKETS = "ticket, opened, answered, resolved, level, customer, sender, subject"
AT = "2026-10-01T08:00:00Z"


@pytest.mark.parametrize(
    ("name", "content", "faults"),
    [
        (
            "a.csv",
            f"ticket,event,at\n1,lost,{AT}\n,opened,{AT}\n3,opened,noon\n",
            [
                "2: event is one of opened, reached, answered, waiting, resumed, resolved, reopened, and not 'lost'",
                "3: ticket is missing",
                "4: at: 'noon' is no instant: write it like 2026-10-03T12:00:00Z",
            ],
        ),
        (
            "a.csv",
            "ticket,opened\n1,2026-10-01T08:00:00\n",
            ["2: opened: 2026-10-01T08:00:00 has no offset: write one, or say --timezone"],
        ),
        ("a.csv", "ticket,opened\n1,2026-12-01T08:00Z\n", ["2: opened: 2026-12-01T08:00:00Z has not come yet"]),
        (
            "a.csv",
            f"ticket,opened,colour\n1,{AT},red\n",
            [f"2: unknown key 'colour': a line for a ticket has {OF_TICKETS}"],
        ),
        (
            "a.csv",
            f"ticket,event,at,colour\n1,opened,{AT},red\n",
            [f"2: unknown key 'colour': known are {OF_EVENTS}"],
        ),
        (
            "a.csv",
            f"ticket,opened,answered\n7,2026-10-02T08:00Z,{AT}\n",
            ["2: ticket 7 is answered before it is opened"],
        ),
        ("a.csv", f"ticket,opened\n1,{AT},extra\n", ["2: it has 3 columns, and the first line names 2"]),
        ("a.csv", f'ticket,opened\n"1,{AT}\n', ["2: this is no CSV: unexpected end of data"]),
        ("a.csv", "ticket,ticket\n", ["1: two columns have the same name"]),
        ("a.csv", "", ["1: the first line names the columns: ticket, event, at, ..."]),
        ("a.csv", b"ticket,opened\n1,2026\xff\n", ["2: this is not UTF-8 text: invalid start byte"]),
        ("a.json", '{"ticket": 1,\n', [f"1: {NO_JSON} 14"]),
        ("a.json", '[{"ticket":1},\n{]', [f"2: {NO_JSON} 2"]),
        (
            "a.json",
            '"opened"\n',
            ["1: a line is an object with ticket, event and at, or with ticket and opened"],
        ),
        ("a.json", "[" * 100_000, ["1: this is nested too deeply"]),
    ],
)
def test_everything_that_is_wrong_is_told_with_its_line(name: str, content: str | bytes, faults: list[str]) -> None:
    with pytest.raises(TicketFileError) as caught:
        read(content, name)

    assert list(caught.value.faults) == [f"{name}:{fault}" for fault in faults]


def test_a_flood_of_faults_is_cut() -> None:
    with pytest.raises(TicketFileError) as caught:
        read("ticket,opened\n" + "1,noon\n" * 80)

    assert len(caught.value.faults) == 51
    assert caught.value.faults[-1] == "tickets.csv: 30 more faults"
