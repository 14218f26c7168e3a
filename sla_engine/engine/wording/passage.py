"""What a message says of one thing, or of several that belong together, before it is laid out for a channel."""

from typing import Literal, TypeAlias

from attrs import frozen

Tone: TypeAlias = Literal["alarm", "relief", "notice"]
"""Whether something is wrong, is right again, or is only to be known."""


@frozen
class Passage:
    """One part of a message; each text in it is plain, in the reader's language, and fit to be shown.

    Attributes:
        tag: what happened, in a word or two, as at the head of a subject.
        mark: the same at the head of a short message, in letters that every telephone has.
        subject: to what.
        counted: the same in letters that every telephone has, where the subject is a number of things and not a name.
        gist: both in a clause, without a full stop.
        headline: the sentence that tells most.
        short: all that matters, in as few characters as tell it.
        rows: what is known, each with its name.
        items: the single things, where there are several, a line each.
        more: how many further ones there are.
        body: what a person wrote, with its lines.
        notes: what happens next, and what to do.
        link: where to see it, or None.
        tone: how it is meant.
        own_subject: an operator's subject, instead of the tag and what follows it.
        own_text: an operator's text, instead of all from the headline on.
    """

    tag: str
    mark: str
    subject: str
    gist: str
    headline: str
    short: str
    counted: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    more: int = 0
    body: str = ""
    notes: tuple[str, ...] = ()
    link: str | None = None
    tone: Tone = "alarm"
    own_subject: str | None = None
    own_text: str | None = None

    @property
    def line(self) -> str:
        """The subject of a message that tells nothing else."""
        return f"[{self.tag}] {self.subject}" if self.own_subject is None else self.own_subject

    @property
    def marked(self) -> str:
        """What happened, and to what, in few characters."""
        return f"{self.mark}: {self.counted or self.subject}"
