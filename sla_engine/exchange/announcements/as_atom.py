"""Announcements as an Atom feed (RFC 4287): an entry for each occurrence, which is updated as it is changed."""

from collections.abc import Sequence
from uuid import UUID, uuid5
from xml.etree import ElementTree as Xml

from sla_engine.engine.maintenance.board import Shown
from sla_engine.exchange.announcements.phrases import details, heading
from sla_engine.languages import Language
from sla_engine.model.instant import Instant, format_instant
from sla_engine.model.zone import Zone

_ATOM = "http://www.w3.org/2005/Atom"
_FEEDS = UUID("a2a0bb19-4f4f-4f0c-9c6e-5f0a0f7f3d11")
_NEVER: Instant = 0


def atom_feed(shown: Sequence[Shown], language: Language, zone: Zone, *, address: str) -> bytes:
    """The feed in a language, what changed last first.

    Args:
        zone: in which it tells times.
        address: that of the feed, absolute or relative to itself.
    """
    entries = sorted(shown, key=lambda one: (-one.changed_at, one.uid))
    feed = Xml.Element("feed", {"xmlns": _ATOM, "xml:lang": language.code})
    _add(feed, "id", f"urn:uuid:{uuid5(_FEEDS, language.code)}")
    _add(feed, "title", language.text("Maintenance"))
    _add(feed, "updated", format_instant(entries[0].changed_at if entries else _NEVER))
    Xml.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": address})
    _add(Xml.SubElement(feed, "author"), "name", language.text("Service status"))
    for one in entries:
        _entry(feed, one, language, zone)
    content: bytes = Xml.tostring(feed, encoding="utf-8", xml_declaration=True)
    return content


def _entry(feed: Xml.Element, one: Shown, language: Language, zone: Zone) -> None:
    entry = Xml.SubElement(feed, "entry")
    _add(entry, "id", f"urn:uuid:{one.uid}")
    _add(entry, "title", heading(one, language))
    _add(entry, "published", format_instant(one.announced_at))
    _add(entry, "updated", format_instant(one.changed_at))
    Xml.SubElement(entry, "category", {"term": one.state})
    for service in one.services:
        label = service.title.in_language(language.code)
        Xml.SubElement(entry, "category", {"term": service.id, "scheme": "urn:sla:service", "label": label})
    _add(entry, "content", details(one, language, zone), type="text")


def _add(parent: Xml.Element, name: str, text: str, **attributes: str) -> None:
    Xml.SubElement(parent, name, attributes).text = text
