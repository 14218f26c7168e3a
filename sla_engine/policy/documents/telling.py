"""How people are reached, as it is written: notifiers, their limits, who is on call, and in which words."""

from typing import Literal

from attrs import frozen

from sla_engine.model.duration import Duration
from sla_engine.model.money import Money
from sla_engine.model.text import Text
from sla_engine.model.zone import Zone
from sla_engine.policy.values import Raw, WallTime


@frozen
class LimitTable:
    """The most messages in a length of time; what is over it waits, and is told together."""

    messages: int  # how many at once, and in that time
    every: Duration  # length of time in which they come back


@frozen
class SpendTable:
    """The most money in a length of time; what is over it waits, and is told together."""

    at_most: Money  # how much at once, and in that time
    every: Duration  # length of time in which it comes back


@frozen
class NotifierTable:
    """A way to reach people; the keys beside these belong to the notifier's plugin."""

    via: str  # name under which a plugin registered the notifier
    settings: Raw
    during: str | None = None  # calendar outside of which messages wait until it opens; default: always
    language: Literal["en", "pt", "es", "fr", "de"] = "en"  # in which its people are told
    gather: Duration = Duration(60_000_000)  # after a message, how long what follows for the same person is gathered
    limit: LimitTable | None = None  # most messages that it sends; default: no limit
    price: Money | None = None  # of a message, or of each of the parts that it takes
    spend: SpendTable | None = None  # most that its messages may cost; needs a price
    on_uncertain: Literal["resend", "hold"] | None = (
        None  # answer lost: send again by its key, or wait for a person; default: resend urgent ones and customers'
    )


@frozen
class OverrideTable:
    """Somebody stands in: who is on call instead, from one moment until another."""

    from_: WallTime  # from when, as clocks of the rotation's zone show it
    until: WallTime  # until when
    notify: str  # notifier of whoever stands in


@frozen
class RotationTable:
    """Who is on call, in turns; steps of escalations name it as they name a notifier."""

    of: tuple[str, ...]  # notifiers, in the order of their turns
    from_: WallTime  # when a turn of the first begins, as clocks of the zone show it
    every: Duration = Duration(604_800_000_000)  # length of a turn by the clock on the wall, at least 1h; default: 7d
    timezone: Zone | None = None  # of its wall times; default: UTC
    during: str | None = None  # calendar outside of which messages wait until it opens; default: always
    override: tuple[OverrideTable, ...] = ()  # who stands in for whom


@frozen
class TextTable:
    """Words of one's own for a message; {name} stands for what docs/messages.md lists, {{ and }} for braces."""

    subject: Text | None = None  # one line; what is not said here, or not in a language, stays the engine's own
    text: Text | None = None  # all that follows the subject, as plain text
    short: Text | None = None  # for channels that count characters, such as SMS
