"""The engine against a slow walk through time that shares no code with it: every profile, to the microsecond."""

import attrs
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from tests.evaluation.drawing import short_case
from tests.evaluation.walking import share, walked


@settings(max_examples=60, deadline=None)
@drawn(st.integers(0, 2**32))
def test_a_person_with_a_wall_clock_and_much_time_comes_to_the_same_figures(seed: int) -> None:
    case = short_case(seed)

    found, expected = case.verdict(), walked(case)

    kinds = attrs.asdict(found.kinds)
    assert kinds == {kind: expected[kind] for kind in kinds}
    assert found.real_down == expected["real"]
    assert found.measured == share(case)
    accounting = case.contract.accounting
    agreed = expected["agreed"] - (expected["spare"] if accounting.maintenance == "exclude" else 0)
    assert found.budget == int((1 - found.objective.target.ratio) * agreed)
