"""What people write into tickets, made fit to be kept: it is shown later by channels that read more into it."""

from collections.abc import Mapping

from sla_engine.model import visible
from sla_engine.store.ticket_events import TOPIC

MOST_FACTS = 50
_LONGEST_LINE = 200
_LONGEST_TEXT = 100_000


def one_line(text: str) -> str:
    """The text as one line, without characters that cannot be seen, and of a bounded length."""
    return visible.one_line(text, _LONGEST_LINE)


def body(text: str) -> str:
    """The text with its lines, without characters that cannot be seen, and of a bounded length."""
    return visible.visible_lines(text, _LONGEST_TEXT)


def fit_facts(facts: Mapping[str, str]) -> Mapping[str, str]:
    """What people say for the checklist, each name and value on one line, and not without end."""
    return {one_line(name): one_line(value) for name, value in list(facts.items())[:MOST_FACTS]}


def topic_fact(topic: str | None) -> Mapping[str, str]:
    """What an entry says of the topic that its ticket has from then on; so figures of the past stay as they are."""
    return {} if topic is None else {TOPIC: topic}
