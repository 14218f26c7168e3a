"""The words and shapes in which pages tell how a ticket stands and what happened to it."""

from collections.abc import Mapping

from sla_engine.languages import Language

SHAPES: Mapping[str, str] = {
    "open": "●",
    "waiting": "◇",
    "answered": "○",
    "resolved": "✓",
    "running": "●",
    "paused": "◇",
    "late": "■",
    "in_time": "✓",
    "known": "✓",
    "missing": "▲",
}
"""A state is told by shape, word and colour, so that none of them has to be seen."""


def state_words(shown: Language) -> Mapping[str, str]:
    """The states of tickets and of clocks, by their names."""
    return {
        "open": shown.text("to be answered"),
        "waiting": shown.text("waiting for the customer"),
        "answered": shown.text("answered"),
        "resolved": shown.text("resolved"),
        "running": shown.text("running"),
        "paused": shown.text("paused: the customer is waited for"),
        "late": shown.text("late"),
        "in_time": shown.text("answered in time"),
        "known": shown.text("known"),
        "missing": shown.text("missing"),
    }


def act_words(shown: Language) -> Mapping[str, str]:
    """What happened to a ticket, by the names of acts."""
    return {
        "opened": shown.text("Opened"),
        "reached": shown.text("Handed on"),
        "answered": shown.text("Answered"),
        "waiting": shown.text("Question to the customer"),
        "resumed": shown.text("Taken up again"),
        "resolved": shown.text("Resolved"),
        "reopened": shown.text("Opened again"),
        "wrote": shown.text("The customer wrote"),
        "told": shown.text("Told to the customer"),
        "noted": shown.text("Note"),
        "found": shown.text("Found out"),
    }


def fact_word(shown: Language, name: str) -> str:
    """What the checklist asks for, by its name; one that only the policies know, as it is written there."""
    words = {
        "customer_number": shown.text("Customer number"),
        "browser": shown.text("Browser"),
        "screenshot": shown.text("Screenshot"),
        "reproduced": shown.text("Tried to reproduce it"),
        "faq_searched": shown.text("Looked into the FAQ"),
        "topic": shown.text("Topic"),
        "dns": "DNS",
        "spf": "SPF",
        "dkim": "DKIM",
    }
    return words.get(name, name)


def topic_word(shown: Language, name: str) -> str:
    """What a ticket is about, by its name in the policies."""
    words = {
        "deliverability": shown.text("Deliverability of mails"),
        "legal": shown.text("Legal matters"),
        "billing": shown.text("Billing"),
    }
    return words.get(name, name)
