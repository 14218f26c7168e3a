"""What a policy may ask about the mail of a domain."""

from typing import Literal, TypeAlias

from attrs import field, frozen

from sla_dns.names import check_name, read_address

Policy: TypeAlias = Literal["none", "quarantine", "reject"]


@frozen
class Spf:
    """What the SPF record must say, beside having no fault."""

    includes: str | list[str] = field(factory=list)  # domains whose records it must include, at any depth
    ip: str | list[str] = field(factory=list)  # addresses that must be allowed to send

    def __attrs_post_init__(self) -> None:
        for address in listed(self.ip):
            if read_address(address) is None:
                raise ValueError(f"ip: {address!r} is no address: write it as 192.0.2.1 or 2001:db8::1")


@frozen
class Dmarc:
    """What the DMARC record must say, beside having no fault."""

    policy: Policy = "quarantine"  # weakest policy that is good enough; under a weaker one it is degraded


@frozen
class Mail:
    """Whether mail of a domain can be delivered."""

    domain: str  # after the @ of the senders
    selectors: list[str] = field(factory=list)  # DKIM selectors whose keys must be there; default: usual ones are tried
    mx: bool = True  # whether its mail hosts are looked at, with their addresses and names
    spf: bool | Spf = True  # whether its SPF record is evaluated, and what it must say
    dkim: bool = True  # whether its DKIM keys are looked at
    dmarc: bool | Dmarc = True  # whether its DMARC record is looked at, and what it must say
    dnssec: bool = False  # whether its zone must be signed; wrong signatures count in any case
    blocklists: list[str] = field(factory=list)  # lists on which no address of its mail hosts or of spf.ip may stand

    def __attrs_post_init__(self) -> None:
        for key, names in (("domain", [self.domain]), ("selectors", self.selectors), ("blocklists", self.blocklists)):
            for name in names:
                check_name(f"mail.{key}", name)
        for name in listed(self.spf_wish.includes):
            check_name("mail.spf.includes", name)
        if self.selectors and not self.dkim:
            raise ValueError("mail.selectors are of no use with dkim = false")

    @property
    def name(self) -> str:
        """The domain as it is asked for."""
        return check_name("mail.domain", self.domain)

    @property
    def spf_wish(self) -> Spf:
        """What SPF must say."""
        return self.spf if isinstance(self.spf, Spf) else Spf()

    @property
    def dmarc_wish(self) -> Dmarc:
        """What DMARC must say."""
        return self.dmarc if isinstance(self.dmarc, Dmarc) else Dmarc()


def listed(value: str | list[str]) -> list[str]:
    """One text, or several, as a list."""
    return [value] if isinstance(value, str) else value
