"""The values of the names that texts of one's own may use, of one thing or of several."""

from collections.abc import Mapping, Sequence

from sla_engine.engine.wording.budgets import left_of, rate_of
from sla_engine.engine.wording.incidents import MOST_NAMED, began, ended, is_closed_unseen
from sla_engine.engine.wording.maintenance import previous, services_of, work_of
from sla_engine.engine.wording.reading import Reader, Thing

_BEGAN = frozenset({"opened", "repeated", "acknowledged", "flapping", "recovered", "engine", "engine-over"})
_OVER = frozenset({"recovered", "engine-over"})
_AS_THEY_ARE = (
    *("service", "reason", "cause", "incident", "escalation", "step", "acknowledged_by", "agreement", "check"),
    *("days", "trouble", "maintenance", "ticket", "level", "team", "name", "link"),
)
"""The names whose values are facts of that name."""


def name_values(things: Sequence[Thing], reader: Reader) -> Mapping[str, str]:
    """Every name of `sla_engine.plugin.names.NAMES` that has a value here, in the reader's language.

    Args:
        things: what is told, the most important first: it is what a name stands for that has room for one only.
    """
    first = things[0]
    found = {
        **{name: first.fact(name) for name in _AS_THEY_ARE},
        **_times(first, reader),
        **_of_services(things, reader),
        "title": _title(things, reader),
        "state": _state(first, reader),
        "severity": _severities(reader)[first.severity],
        "now": reader.when(max(thing.at for thing in things)),
        "rate": rate_of(first, reader),
        "left": left_of(first, reader),
        "customer": first.customers(reader.language),
        "answer": first.fact("text"),
        "percent": reader.language.percent(percent) if (percent := first.fact("percent")) else "",
    }
    return {name: value for name, value in found.items() if value}


def _title(things: Sequence[Thing], reader: Reader) -> str:
    """Of one thing what it is called; of many the first, and how many more, as an own subject is about all of them."""
    titles = list(dict.fromkeys(title_of(thing) for thing in things))
    return reader.language.list(titles, 2) if len(titles) > 1 else titles[0]


def title_of(thing: Thing) -> str:
    """What a thing is about, in a few words."""
    if thing.about.startswith("maintenance-"):
        return work_of(thing)
    return thing.title or thing.fact("subject") or thing.fact("trouble")


def _times(thing: Thing, reader: Reader) -> Mapping[str, str]:
    previous_start, previous_end = previous(thing)
    found = {
        "used_up": thing.instant("breach_at"),
        "expires": thing.instant("expires_at"),
        "starts": thing.instant("starts"),
        "ends": thing.instant("ends"),
        "previous_start": previous_start,
        "previous_end": previous_end,
        "due": thing.instant("due_at"),
        "since": began(thing) if thing.about in _BEGAN else thing.instant("since"),
        "until": ended(thing) if thing.about in _OVER and not is_closed_unseen(thing) else None,
    }
    lasted = reader.length(began(thing), ended(thing)) if thing.about in _BEGAN else ""
    return {**{name: reader.when(at) for name, at in found.items()}, "lasted": lasted}


def _of_services(things: Sequence[Thing], reader: Reader) -> Mapping[str, str]:
    first = things[0]
    if first.about == "held":
        return {"count": reader.language.number(first.instant("count") or 0)}
    touched = [title for thing in things for title in _touched(thing)]
    titles = list(dict.fromkeys(touched))
    return {
        "services": reader.language.list(titles, MOST_NAMED) if titles else "",
        "count": reader.language.number(len(titles)) if titles else "",
    }


def _touched(thing: Thing) -> Sequence[str]:
    if thing.about.startswith("maintenance-"):
        return services_of(thing)
    return [thing.title] if thing.title else []


def _state(thing: Thing, reader: Reader) -> str:
    states = {"down": reader.say("down"), "degraded": reader.say("degraded"), "up": reader.say("up")}
    if is_closed_unseen(thing):
        return ""
    return states["up"] if thing.about == "recovered" else states.get(thing.fact("state"), "")


def _severities(reader: Reader) -> Mapping[str, str]:
    return {
        "critical": reader.say("critical"),
        "major": reader.say("major"),
        "minor": reader.say("minor"),
        "info": reader.say("for information"),
    }
