"""Python's collector of cycles, paused while a policy set grows."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collecting() -> Iterator[None]:
    """Collect nothing meanwhile: tables make no cycles, and to look through all of them again and again takes a quarter
    of the time that 10,000 files need."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
