"""Keeping the interpreter from standing still under an engine that runs."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SWITCH = 0.001
"""Seconds for which another thread may keep the interpreter while the event loop wants it: a fifth of the usual."""


@contextmanager
def steady() -> Iterator[None]:
    """Have threads give way soon, and garbage be collected in no time, while the block lasts."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH)
    settle()
    try:
        yield
    finally:
        gc.unfreeze()
        sys.setswitchinterval(usual)


def settle() -> None:
    """Collect garbage now, and have later collections pass over what is there: most of it stays.

    To be called when much has come to stay: each full collection would look through it, and nothing runs meanwhile.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
