"""The fixed list of names that texts about notices may use, and how ``{name}`` is replaced.

It is substitution and nothing else. ``{{name}}`` stands for ``{name}`` itself; any other brace stays as it is.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

NAMES: Mapping[str, str] = {
    # name: what it stands for, empty where there is no such thing
    "service": "id of the service",
    "title": "title of the service or of the maintenance",
    "state": "how the service is",
    "reason": "why it is so, as the check saw it",
    "incident": "number of the incident",
    "began": "when it began",
    "opened": "when the incident was opened",
    "ended": "when it ended",
    "lasted": "how long it lasted",
    "step": "step of the escalation, from 1",
    "escalation": "id of the escalation",
    "cause": "what several incidents have in common",
    "acknowledged_by": "who acknowledged the incident",
    "agreement": "the agreement whose budget burns",
    "customer": "the customer whose agreement it is",
    "share": "share of the error budget that burns",
    "long": "longer of the two windows in which it burns",
    "rate": "how many times too fast it burns",
    "left": "what is left of the error budget",
    "breach": "when nothing will be left",
    "check": "id of the check",
    "expires": "when the certificate ends",
    "days": "days until then",
    "trouble": "what troubles the engine itself",
    "count": "how many there are",
    "since": "since when they are counted",
    "maintenance": "id of the maintenance",
    "announcement": "what is said of the maintenance",
    "services": "titles of the services under maintenance",
    "starts": "when maintenance starts",
    "ends": "when it ends",
    "started": "when it was to start before that was changed",
}

_PLACE = re.compile(r"\{\{([a-z][a-z0-9_]*)\}\}|\{([a-z][a-z0-9_]*)\}")


def places_in(text: str) -> Iterable[str]:
    """The names in a text."""
    return (found[2] for found in _PLACE.finditer(text) if found[2] is not None)


def check_places(text: str, known: Iterable[str]) -> None:
    """Refuse a text that uses a name which is not known.

    Raises:
        ValueError: it does; the message says what may be meant.
    """
    names = sorted(known)
    for name in places_in(text):
        if name not in names:
            close = [f"{{{one}}}" for one in get_close_matches(name, names, 1)]
            every = ", ".join(f"{{{one}}}" for one in names)
            raise ValueError(f"{{{name}}} is no name of the list: write {close[0] if close else 'one of ' + every}")


def fill_places(text: str, values: Mapping[str, str]) -> str:
    """A text with the value of each name in its place; of one that has none, nothing."""
    return _PLACE.sub(lambda found: f"{{{found[1]}}}" if found[2] is None else values.get(found[2], ""), text)
