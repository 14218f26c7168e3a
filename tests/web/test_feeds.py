"""The feed and the calendar, read by programs that are not ours."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import fastfeedparser
import pytest
from attrs import evolve
from icalendar import Calendar
from lxml import etree

from sla_engine.engine.maintenance.board import board_of
from sla_engine.engine.maintenance.occurrences import known_occurrences
from sla_engine.model.text import LANGUAGES
from sla_engine.store.announcements import add_announcements

ATOM = {"a": "http://www.w3.org/2005/Atom"}
START = datetime(2026, 12, 5, 22, tzinfo=UTC)
DAY = timedelta(days=1)


def lines_of(text: str) -> list[tuple[str, str, str]]:
    """A calendar's lines as RFC 5545 (3.1) has them, read by hand: name, parameters, value."""
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = re.sub(r"\r\n[ \t]", "", text).removesuffix("\r\n").split("\r\n")
    found = [re.fullmatch(r"([A-Z-]+)((?:;[A-Z-]+=[^:;,\"]*)*):([^\x00-\x08\x0a-\x1f\x7f]*)", line) for line in lines]
    assert None not in found, [line for line, match in zip(lines, found, strict=True) if match is None]
    return [(match[1], match[2], match[3]) for match in found if match is not None]


def events_of(text: str) -> list[dict[str, str]]:
    """The events of a calendar, read by hand."""
    events: list[dict[str, str]] = []
    for name, _, value in lines_of(text):
        if (name, value) == ("BEGIN", "VEVENT"):
            events.append({})
        elif events and name not in {"BEGIN", "END"}:
            assert name not in events[-1], f"{name} twice"
            events[-1][name] = value
    return events


def calendar(notices: Any, query: str = "lang=en") -> list[dict[str, Any]]:
    """The events of the calendar, by icalendar, of which it is known that reading by hand gives as many."""
    text = notices.get(f"/maintenance.ics?{query}").text
    events = Calendar.from_ical(text).walk("VEVENT")
    by_hand = events_of(text)
    assert [str(event["UID"]) for event in events] == [event["UID"] for event in by_hand]
    return [{**event, "start": event.decoded("DTSTART"), "end": event.decoded("DTEND")} for event in events]


def feed(notices: Any, query: str = "lang=en") -> list[Any]:
    """The entries of the feed, by fastfeedparser."""
    return list(fastfeedparser.parse(notices.get(f"/feed.atom?{query}").content).entries)


def test_a_move_by_a_day_is_the_same_event_on_another_day(notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    [before], [first] = calendar(notices), feed(notices)
    assert (before["start"], before["end"]) == (START, START + timedelta(hours=2))

    notices.load(upgrade.replace("12-05T22", "12-06T22"))
    notices.at("2026-11-27T09:00:00Z")

    [after], [second] = calendar(notices), feed(notices)
    assert (after["start"], after["end"]) == (START + DAY, START + DAY + timedelta(hours=2))
    assert after["UID"] == before["UID"]
    assert (int(before["SEQUENCE"]), int(after["SEQUENCE"])) == (0, 1)
    assert after.get("STATUS") == "CONFIRMED"
    assert second.id == first.id
    assert second.updated > first.updated
    assert "6 December 2026, 23:00 – 7 December 2026, 01:00 (GMT+1)" in second.content[0]["value"]
    assert "Before: 5 December 2026, 23:00 – 6 December 2026, 01:00 (GMT+1)" in second.content[0]["value"]


def test_what_is_cancelled_stays_in_the_calendar_as_cancelled(notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    notices.load()
    notices.at("2026-11-27T09:00:00Z")

    [event] = calendar(notices)
    assert (event["STATUS"], int(event["SEQUENCE"]), event["start"]) == ("CANCELLED", 1, START)
    assert event["SUMMARY"] == "Maintenance cancelled: Database upgrade"
    notices.at("2026-12-31T00:00:00Z")
    assert len(calendar(notices)) == 1
    notices.at("2027-03-06T01:00:00Z")
    assert calendar(notices) == []


def test_recurring_maintenance_is_an_event_each_time_each_with_an_identity_of_its_own(notices: Any) -> None:
    notices.load(
        '[maintenance.weekly]\nservices = ["web"]\ncron = "0 3 * * sun"\ntimezone = "Europe/Lisbon"\nlasts = "1h"\n'
        'announce = ["in-app"]\nannounce_ahead = "21d"\n'
    )
    notices.at("2026-11-26T09:05:00Z")
    before = calendar(notices)

    notices.at("2026-11-29T03:30:00Z")
    after = calendar(notices)

    sundays = [datetime(2026, 11, 29, 3, tzinfo=UTC) + week * timedelta(days=7) for week in range(4)]
    assert [event["start"] for event in before] == sundays[:3]
    assert [event["start"] for event in after] == sundays
    assert [event["UID"] for event in after][:3] == [event["UID"] for event in before]
    assert len({event["UID"] for event in after}) == 4


def test_a_restart_gives_the_same_calendar_byte_for_byte(notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    before = notices.get("/maintenance.ics").content

    notices.at("2026-11-27T09:05:00Z")

    assert notices.get("/maintenance.ics").content == before


def test_two_installations_with_the_same_maintenance_have_different_events(notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    [here] = known_occurrences(notices.store, 0)
    there = evolve(here, records=tuple(evolve(one, at=one.at + 1) for one in here.records))

    shown = board_of(notices.policies, [here, there], notices.clock.now())

    assert len({one.uid for one in shown.entries}) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_calendar_speaks_every_language_and_asks_to_be_read_again(
    language: str, notices: Any, upgrade: str
) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    names = {"en": "Maintenance", "pt": "Manutenção", "es": "Mantenimiento", "fr": "Maintenance", "de": "Wartung"}

    lines = lines_of(notices.get(f"/maintenance.ics?lang={language}").text)

    assert ("NAME", "", names[language]) in lines
    assert ("X-WR-CALNAME", "", names[language]) in lines
    assert ("REFRESH-INTERVAL", ";VALUE=DURATION", "PT1H") in lines
    assert ("VERSION", "", "2.0") in lines
    title = "Atualização da base de dados" if language == "pt" else "Database upgrade"
    assert ("SUMMARY", f";LANGUAGE={language}", title) in lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_feed_has_what_atom_asks_for(language: str, notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")

    root = etree.fromstring(notices.get(f"/feed.atom?lang={language}").content)

    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    for path in ("a:id", "a:title", "a:updated", "a:author/a:name"):
        assert len(root.xpath(path, namespaces=ATOM)) == 1, path
    assert root.xpath("a:link[@rel='self']/@href", namespaces=ATOM) == [f"feed.atom?lang={language}"]
    [entry] = root.xpath("a:entry", namespaces=ATOM)
    for path in ("a:id", "a:title", "a:updated", "a:published", "a:content[@type='text']"):
        assert len(entry.xpath(path, namespaces=ATOM)) == 1, path
    assert entry.xpath("a:id/text()", namespaces=ATOM)[0].startswith("urn:uuid:")


def test_feeds_of_two_languages_are_two_feeds_with_the_same_entries(notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    pt, de = (etree.fromstring(notices.get(f"/feed.atom?lang={code}").content) for code in ("pt", "de"))

    assert pt.findtext("a:id", namespaces=ATOM) != de.findtext("a:id", namespaces=ATOM)
    assert pt.findtext("a:entry/a:id", namespaces=ATOM) == de.findtext("a:entry/a:id", namespaces=ATOM)


NASTY = (
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil",
    "a\rSTATUS:CANCELLED",
    "a\vUID:evil",
    "a\u2028b\u2029c\x85UID:evil",
    "a\\nEND:VEVENT",
    "a;UID=evil:b,c",
    '{name} {0.__class__} {value} "quoted"',
    "]]><entry><title>evil</title></entry>",
    "<script>document.title = 'evil'</script><img src=x onerror=\"document.title='evil'\">",
    "&lt;b&gt; &#13; &evil;",
    "\x00\x1b[31mred\x07\ufffe\udc80",
    "\u202egnitteid\u202c \u200bzero",
)


def enter(notices: Any, upgrade: str, text: str) -> None:
    """Put an announcement on record that no policy may hold."""
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    [occurrence] = known_occurrences(notices.store, 0)
    forged = evolve(occurrence.latest, sequence=1, what="changed", title={"": text}, message={"": f"{text}\n{text}"})
    with notices.store.changing() as connection:
        add_announcements(connection, [forged])


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_f50_no_words_break_out_of_a_calendar_a_feed_or_json(text: str, notices: Any, upgrade: str) -> None:
    enter(notices, upgrade, text)

    [event] = calendar(notices)
    by_hand = events_of(notices.get("/maintenance.ics").text)[0]
    root = etree.fromstring(notices.get("/feed.atom").content)
    [told] = notices.get("/announcements.json").json()["announcements"]

    assert set(by_hand) == {
        "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "CATEGORIES", "CREATED", "DESCRIPTION",
        "LAST-MODIFIED", "STATUS", "TRANSP",
    }  # fmt: skip
    assert (by_hand["STATUS"], len(by_hand["UID"])) == ("CONFIRMED", 36)
    assert len(root.findall("a:entry", ATOM)) == 1
    assert {child.tag.partition("}")[2] for child in root.find("a:entry", ATOM)} == {
        "id", "title", "published", "updated", "category", "content",
    }  # fmt: skip
    shown = told["title"]
    assert shown.isprintable()
    assert str(event["SUMMARY"]) == shown
    assert root.findtext("a:entry/a:title", namespaces=ATOM) == f"Planned maintenance: {shown}"
    assert feed(notices)[0].title is not None


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_f50_no_words_become_marks_on_the_status_page(text: str, notices: Any, upgrade: str) -> None:
    notices.load(upgrade)
    notices.at("2026-11-26T09:05:00Z")
    harmless = notices.get("/").text
    enter(notices, upgrade, text)

    page = notices.get("/").text

    assert page.count("<") == harmless.count("<")
    assert page.count('"') == harmless.count('"')
