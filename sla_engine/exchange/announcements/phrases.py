"""What the feeds and the banner say beside the texts of the maintenance itself, in a reader's language."""

from collections.abc import Iterator, Mapping

from sla_engine.engine.maintenance.board import Shown, State
from sla_engine.languages import Language
from sla_engine.model.zone import Zone

_MOST_NAMED = 20


def state_text(state: State, language: Language) -> str:
    """What a state is called."""
    texts: Mapping[State, str] = {
        "planned": language.text("Planned maintenance"),
        "in_progress": language.text("Maintenance in progress"),
        "cancelled": language.text("Maintenance cancelled"),
        "over": language.text("Maintenance over"),
    }
    return texts[state]


def heading(one: Shown, language: Language) -> str:
    """Its state and its title, on one line."""
    return language.text("{name}: {value}", name=state_text(one.state, language), value=title_of(one, language))


def title_of(one: Shown, language: Language) -> str:
    """What is done."""
    return one.title.in_language(language.code)


def details(one: Shown, language: Language, zone: Zone) -> str:
    """When it is, what it touches, and what else there is to say, a line each."""
    return "\n".join(_details(one, language, zone))


def _details(one: Shown, language: Language, zone: Zone) -> Iterator[str]:
    yield language.text("{name}: {value}", name=language.text("When"), value=language.stretch(*one.window, zone))
    if one.was is not None:
        before = language.stretch(*one.was, zone)
        yield language.text("{name}: {value}", name=language.text("Before"), value=before)
    titles = [service.title.in_language(language.code) for service in one.services]
    services = language.list(titles, _MOST_NAMED)
    yield language.text("{name}: {value}", name=language.text("Services"), value=services)
    if one.message is not None:
        yield ""
        yield one.message.in_language(language.code)
