"""While an engine runs, threads give way soon and a collection of garbage passes over what stays."""

import gc
import sys
import weakref

from sla_engine.app.steady import settle, steady


class Knot:
    """Something that only the garbage collector can free."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_there_at_the_start_is_passed_over_until_the_end() -> None:
    with steady():
        assert gc.get_freeze_count() > 10_000

    assert gc.get_freeze_count() == 0


def test_threads_give_way_within_a_millisecond_and_as_before_at_the_end() -> None:
    before = sys.getswitchinterval()

    with steady():
        assert sys.getswitchinterval() <= 0.001

    assert sys.getswitchinterval() == before


def test_what_was_passed_over_and_is_garbage_now_is_collected_after_a_reload() -> None:
    policies = Knot()
    seen = weakref.ref(policies)
    with steady():
        del policies
        gc.collect()
        assert seen() is not None

        settle()

        assert seen() is None
