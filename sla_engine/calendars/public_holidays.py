"""Public holidays of countries and their parts, from the `holidays` library, as whole local dates."""

from collections.abc import Iterable
from datetime import date

from sla_engine.calendars.error import CalendarError


def holidays_of(region: str, years: Iterable[int]) -> list[date]:
    """The public holidays, observed ones included, of ``FR`` or ``US-CA`` in those years.

    Raises:
        CalendarError: the library knows no such region.
    """
    # Imported late: it costs more than all other imports of a command that has no holidays to ask for.
    from holidays import country_holidays

    country, _, part = region.partition("-")
    try:
        return sorted(country_holidays(country, subdiv=part or None, years=years))
    except NotImplementedError:
        raise CalendarError(
            f"no holidays are known for {region!r}: write a country's code as in FR, or with a part of it as in US-CA"
        ) from None
