"""What a policy may expect of a mail server."""

from attrs import field, frozen

from sla_engine.plugin import Duration


@frozen
class Expect:
    """What the server must be like."""

    banner: str | None = None  # text that the greeting must contain
    extensions: list[str] = field(factory=list)  # what EHLO must offer, before or after TLS
    certificate_days: int | None = None  # days that the certificate must still be valid
    latency: Duration | None = None  # longest time in all, without the wait for a message to arrive
    round_trip: Duration | None = None  # longest time until a message that was handed over has arrived
