from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sla_engine.model.interval import Interval, intersect, merge, subtract, total

pairs = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12)


def instants(intervals: list[Interval]) -> set[int]:
    return {at for start, end in intervals for at in range(start, end)}


@given(pairs)
def test_merging_keeps_every_instant_and_leaves_no_touching_neighbours(raw: list[tuple[int, int]]) -> None:
    merged = merge(raw)

    assert instants(merged) == {at for start, end in raw for at in range(start, end)}
    assert all(left.end < right.start for left, right in pairwise(merged))
    assert total(merged) == len(instants(merged))


@given(pairs, pairs)
def test_set_operations_are_those_of_the_instants(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    one, other = merge(left), merge(right)

    assert intersect(one, other) == merge(intersect(one, other))
    assert subtract(one, other) == merge(subtract(one, other))
    assert instants(intersect(one, other)) == instants(one) & instants(other)
    assert instants(subtract(one, other)) == instants(one) - instants(other)
