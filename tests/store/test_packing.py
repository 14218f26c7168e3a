"""Packed days: nothing is lost, whatever the form; four bytes a result; and damage is told."""

import random
from base64 import b85decode
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sla_engine.evaluation.samples import FAILED, LONGEST, samples_of
from sla_engine.model.instant import DAY, MINUTE, SECOND
from sla_engine.model.result import Result, State
from sla_engine.store.columns import NOTHING, as_array
from sla_engine.store.packing import pack, unpack, unpack_counted

BASE = 20_000 * DAY
CHECK = "a/b"

regular = [
    Result(
        CHECK,
        BASE + n * MINUTE,
        tuple(State)[n % 4],
        MINUTE,
        latency=None if n in (3, 4) else 1000 * n,
        reason=None if n % 4 == 0 else f"saw {n}",
    )
    for n in range(8)
]
irregular = [
    Result(CHECK, BASE + DAY + n * n * SECOND, State.UP, (n + 1) * SECOND, latency=70_000 * n) for n in range(1, 6)
]
single = [Result(CHECK, BASE + 2 * DAY, State.UP, MINUTE)]

IN_THE_FIRST_FORM = (
    "c${NoU|^V2t(2BoR9vEDWoT|>VSog5l#=sH^MDc-I!eVQsRc?_W^kFzypq(Svcw!@v7*$(;{3c~C97&BLnSMv;>2<VLnR$0BPiPl"
    "$To(uje%@aDBBdsHiNRwfNXOp+gz!(mVuFp8H`_C`2WA7AcBFJ{r`VqacQ8t|NmzI127E$I%+g5",
    "c${NoU|{gAR!Yk(DlSp7GBh``Ft9K)F)%a$10AL0{L(z2gsF~FaY<@{l2u-5PL7UJW?o5ZQCVURj9-+RSe&0%tYlSPTgw0f1rGua"
    "7ziqvxP~(_F|)9O#SS<ea5(0DK1A0itCIl>XgI*&(9m*>)4Nwr*VZQ*n-VYp07(5OJ^",
    "c${NoU|<NWR!Yk(DlSp7GBh``0AT|t&{0axFU<o<=qMGJq!uVy<(1~-=qP38m82GxCFUqunZZ>Sr6v~V=M^hiRoB)s{09O6PeB}L",
)
"""Days as they were packed by a program that knew this form only."""


def day_of(latencies: Sequence[int | None], state: State = State.UP) -> list[Result]:
    return [Result(CHECK, BASE + n * MINUTE, state, MINUTE, latency=one) for n, one in enumerate(latencies)]


def read(*days: bytes) -> list[tuple[int, int]]:
    at, latencies = unpack_counted(days, CHECK)
    taking_part = zip(as_array(at).tolist(), latencies.tolist(), strict=True)
    return [one for one in taking_part if one[1] != NOTHING]


def told(results: Sequence[Result]) -> list[tuple[int, int]]:
    return [pair for one in samples_of(results) for pair in zip(one.at, one.latency.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("content", "results"), list(zip(IN_THE_FIRST_FORM, (regular, irregular, single), strict=True))
)
def test_a_day_of_the_first_form_is_still_read(content: str, results: list[Result]) -> None:
    assert unpack(b85decode(content), CHECK, "") == results
    assert read(b85decode(content)) == told(results)


def test_days_of_both_forms_and_of_any_width_are_read_as_one() -> None:
    first, second, third = (b85decode(content) for content in IN_THE_FIRST_FORM)
    expected = told([*regular, *irregular, *single])

    for days in ([first, pack(irregular), third], [pack(regular), second, pack(single)], [first, second, third]):
        assert read(*days) == expected


@pytest.mark.parametrize(
    "latencies",
    [[0], [253], [254], [65_533], [65_534], [2**24 - 3], [2**24 - 2], [LONGEST], [5, None, 0], [1, 16_777_214, None]],
)
def test_a_latency_of_any_length_stands_apart_from_none_and_from_failure(latencies: list[int | None]) -> None:
    for state in State:
        day = day_of(latencies, state)

        assert unpack(pack(day), CHECK, "") == day
        assert read(pack(day)) == told(day)


def test_what_took_longer_than_can_be_told_is_kept_and_never_in_time() -> None:
    day = day_of([1, 90 * 60 * SECOND])

    assert unpack(pack(day), CHECK, "") == day
    assert read(pack(day)) == [(BASE, 1), (BASE + MINUTE, LONGEST)]


def test_instants_take_no_memory_while_days_follow_each_other_regularly() -> None:
    days = [
        [Result(CHECK, at, State.UP, MINUTE, latency=5) for at in range(BASE + n * DAY, BASE + (n + 1) * DAY, MINUTE)]
        for n in range(3)
    ]

    assert unpack_counted([pack(day) for day in days], CHECK)[0] == range(BASE, BASE + 3 * DAY, MINUTE)
    with_a_gap, _ = unpack_counted([pack(days[0]), pack(days[2])], CHECK)
    assert as_array(with_a_gap).tolist() == [one.at for one in days[0] + days[2]]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(("typical", "most"), [(5_000, 3.1), (60_000, 4), (6_000_000, 4.2)])
def test_packing_takes_at_most_four_bytes_a_result(state: State, typical: int, most: float) -> None:
    rng = random.Random(2)
    day = day_of([int(rng.lognormvariate(0, 0.5) * typical) for _ in range(1440)], state)

    assert len(pack(day)) / len(day) <= most


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 200 * SECOND),
            st.sampled_from(State),
            st.none() | st.integers(0, 10_000_000_000),
            st.none() | st.text(),
        ),
        min_size=1,
        max_size=50,
    )
)
@example([(1, State.DOWN, FAILED, None), (1, State.ERROR, NOTHING, None)])
def test_packing_loses_nothing(rows: list[tuple[int, State, int | None, str | None]]) -> None:
    at, results = BASE, []
    for step, state, latency, reason in rows:
        at += step
        results.append(Result(CHECK, at, state, step, location="lisbon", latency=latency, reason=reason))

    assert unpack(pack(results), CHECK, "lisbon") == results
    assert read(pack(results)) == told(results)


@pytest.mark.parametrize("place", [3, 10, 40, -1])
def test_a_day_of_which_a_single_byte_is_another_is_refused(place: int) -> None:
    content = bytearray(pack(day_of([1000, 2000, 3000] * 10)))
    content[place] ^= 1

    for unpacked in (lambda: unpack(bytes(content), CHECK, ""), lambda: unpack_counted([bytes(content)], CHECK)):
        with pytest.raises(ValueError, match=r"a packed day of a/b is damaged"):
            unpacked()


def test_a_day_of_a_newer_form_is_refused() -> None:
    content = b"\x03" + pack(single)[1:]

    with pytest.raises(ValueError, match="is of form 3, and this program knows 2"):
        unpack(content, CHECK, "")


def test_a_damaged_day_of_the_first_form_is_refused() -> None:
    content = b85decode(IN_THE_FIRST_FORM[0])[:-3]

    with pytest.raises(ValueError, match="a packed day of a/b is damaged"):
        unpack(content, CHECK, "")
