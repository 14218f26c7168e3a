"""A bar for whoever waits at a terminal: how many of the files have been read."""

import sys
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TypeVar

import click

_Thing = TypeVar("_Thing")
_PATIENCE = 1.0
"""Seconds before it is worth telling that something takes long."""


def counted(things: Sequence[_Thing]) -> Iterator[_Thing]:
    """The things one by one; on a terminal, those that are left after a second are counted on stderr."""
    began = monotonic()
    done = 0
    while done < len(things) and (monotonic() - began < _PATIENCE or not sys.stderr.isatty()):
        yield things[done]
        done += 1
    if done == len(things):
        return
    with click.progressbar(length=len(things), label="reading", file=sys.stderr, show_pos=True) as bar:
        bar.update(done)
        for thing in things[done:]:
            yield thing
            bar.update(1)
