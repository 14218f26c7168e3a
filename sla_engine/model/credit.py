"""Credits as contracts word them: tiers of availability, and how what the tiers grant becomes a credit."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, TypeAlias

from attrs import field, frozen

from sla_engine.model.money import Money, parse_money
from sla_engine.model.percent import Percent, parse_percent

_DAYS = re.compile(r"(\d{1,4})d", re.ASCII)


@frozen(order=True)
class ServiceDays:
    """Days of service that are added at no charge (Google Workspace: 3, 7 or 15)."""

    count: int

    def __str__(self) -> str:
        return f"{self.count}d"


Grant: TypeAlias = Percent | ServiceDays
"""What a tier grants: a share of the fee, or days of service."""

Cap: TypeAlias = Percent | Money | ServiceDays
"""The most that a period gives back."""


@frozen
class CreditTier:
    """What is granted when availability falls below a bound (and not below that of a worse tier).

    Attributes:
        services: the services whose availability it is about, or None for all that are promised.
    """

    below: Percent
    credit: Grant
    services: tuple[str, ...] | None = None

    def is_about(self, service: str) -> bool:
        """Whether that service's availability can reach it."""
        return self.services is None or service in self.services


@frozen
class CreditTerms:
    """How what the services' tiers grant becomes one credit.

    Attributes:
        combine: whether the largest of the services' grants is given, or all of them together.
        share: how much of the fee is each service's; empty where a grant is a share of the whole fee.
        minimum: a smaller credit is not given (AWS: one dollar), or None.
        cap: the most that is given, or None for the whole fee; of days, then, there is no most.
    """

    combine: Literal["worst", "sum"] = "worst"
    share: Mapping[str, Percent] = field(factory=dict)
    minimum: Money | None = None
    cap: Cap | None = None


def parse_grant(text: str) -> Grant:
    """Read ``10%`` of the fee, or ``3d`` of service.

    Raises:
        ValueError: the text is neither.
    """
    if found := _DAYS.fullmatch(text):
        return ServiceDays(int(found[1]))
    if "%" in text:
        return parse_percent(text)
    raise ValueError(f"{text!r} is no credit: write a share of the fee, as in 10%, or days of service, as in 3d")


def parse_cap(text: str) -> Cap:
    """Read ``50%`` of the fee, ``500 EUR`` or ``15d`` of service.

    Raises:
        ValueError: the text is none of them.
    """
    return parse_money(text) if " " in text and "%" not in text else parse_grant(text)


@frozen
class DaysStood:
    """How many of a period's days a contract stood, which is how much of the fee is paid for it."""

    days: int
    of: int

    @property
    def ratio(self) -> Fraction:
        """The share of the period."""
        return Fraction(self.days, self.of)
