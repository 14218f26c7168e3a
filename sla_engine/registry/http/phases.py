"""How long each part of a request took, in whole microseconds, so that the parts sum to the total exactly."""

from collections.abc import Mapping, Sequence
from typing import Any

import pycurl

STAGES = ("resolve", "connect", "tls", "send", "wait", "receive")
NONE_YET = (0,) * len(STAGES)

Micros = tuple[int, ...]
"""Microseconds of each of `STAGES`."""


def read_marks(curl: Any, secure: bool) -> tuple[int, ...]:
    """Microseconds from the start at which each stage was complete, 0 where it never was; the last is the total."""
    connected = curl.getinfo(pycurl.CONNECT_TIME_T)
    return (
        curl.getinfo(pycurl.NAMELOOKUP_TIME_T),
        connected,
        curl.getinfo(pycurl.APPCONNECT_TIME_T) if secure else connected,
        curl.getinfo(pycurl.POSTTRANSFER_TIME_T),
        curl.getinfo(pycurl.STARTTRANSFER_TIME_T),
        curl.getinfo(pycurl.TOTAL_TIME_T),
    )


def stage_reached(marks: Sequence[int]) -> str:
    """The stage that a request which failed was in: the first that is not complete."""
    for stage, mark in zip(STAGES, marks[:-1], strict=False):
        if mark == 0:
            return stage
    return STAGES[-1]


def split(marks: Sequence[int], before: Micros, until: str = STAGES[-1]) -> Micros:
    """The length of each stage, added to those of earlier requests.

    After a failure, all time that no stage has completed belongs to the stage ``until``, and the later ones took none.
    A server may answer before it has read the whole request; then that stage has no length.
    """
    lengths, last, total = [], 0, marks[-1]
    for stage, mark, earlier in zip(STAGES, marks, before, strict=True):
        now = total if stage == until else min(max(mark, last), total)
        lengths.append(earlier + now - last)
        last = now
    return tuple(lengths)


def in_seconds(micros: Micros) -> Mapping[str, float]:
    """As plugins get them. A stage that took nothing (TLS over plain HTTP, what was never reached) is left out."""
    return {stage: length / 1_000_000 for stage, length in zip(STAGES, micros, strict=True) if length}


def with_resolving(before: Micros, seconds: float) -> Micros:
    """The lengths of earlier requests, and the time that a name took to resolve before libcurl was asked."""
    return (before[0] + round(seconds * 1_000_000), *before[1:])
