"""F18: a state changes its clocks by law, and the new time zone data arrives: wall times stay, instants move."""

import os
import struct
import subprocess
import sys
from pathlib import Path

WHAT_IS_OPEN = """
from datetime import datetime
from sla_engine.calendars import CalendarRule, compile_calendar, parse_window
from sla_engine.calendars.cron import CronInstants
from sla_engine.model.instant import format_instant, to_instant
from sla_engine.model.zone import parse_zone
zone = parse_zone("Europe/Utopia")
calendar = compile_calendar("nights", CalendarRule(zone, ((parse_window("02:00-04:00"),),) * 7))
[(opens, closes)] = calendar.windows(datetime(2027, 1, 10), datetime(2027, 1, 11))
print(opens.replace(tzinfo=None), closes.replace(tzinfo=None), format_instant(to_instant(opens)))
print(format_instant(CronInstants("0 2 * * *", zone).after(to_instant(datetime(2027, 1, 10, tzinfo=zone.tz)))))
"""


def test_maintenance_windows_keep_their_local_time_when_the_offset_changes(tmp_path: Path) -> None:
    before, after = (told(tmp_path / str(hours), hours) for hours in (1, 3))

    assert before == "2027-01-10 02:00:00 2027-01-10 04:00:00 2027-01-10T01:00:00Z\n2027-01-10T01:00:00Z\n"
    assert after == "2027-01-10 02:00:00 2027-01-10 04:00:00 2027-01-09T23:00:00Z\n2027-01-09T23:00:00Z\n"


def told(folder: Path, hours: int) -> str:
    """What a process with that time zone data says."""
    zone = folder / "Europe" / "Utopia"
    zone.parent.mkdir(parents=True)
    zone.write_bytes(fixed_zone(hours))
    environment = {**os.environ, "PYTHONTZPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", WHAT_IS_OPEN], env=environment, capture_output=True, text=True, check=True
    ).stdout


def fixed_zone(hours: int) -> bytes:
    """A file of the second version of TZif (RFC 8536) with one offset for all time."""
    header = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
    body = struct.pack(">lbb4s", hours * 3600, 0, 0, b"UTO\0")
    return (header + body) * 2 + f"\n<UTO>-{hours}\n".encode()
