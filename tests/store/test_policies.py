"""The policy sets that were in force, on both databases."""

from sla_engine.model.instant import DAY
from sla_engine.store import LoadedPolicies, Store

MAY, JUNE = LoadedPolicies(100 * DAY, "may", b"in May"), LoadedPolicies(131 * DAY, "june", b"in June")


def keep(store: Store, *loaded: LoadedPolicies) -> None:
    for one in loaded:
        store.writer.keep_policies(one)
    assert store.writer.flush(10)


def test_the_set_in_force_is_the_one_that_was_loaded_last_before(store: Store) -> None:
    keep(store, MAY, JUNE)

    assert store.policies_in_force(JUNE.at) == MAY
    assert store.policies_in_force(JUNE.at + 1) == JUNE
    assert store.policies_in_force(1_000 * DAY) == JUNE


def test_before_the_first_load_the_first_is_the_best_that_is_known(store: Store) -> None:
    assert store.policies_in_force(MAY.at) is None

    keep(store, MAY, JUNE)

    assert store.policies_in_force(DAY) == MAY


def test_a_set_that_is_in_force_already_is_not_loaded_again_and_one_that_comes_back_is(store: Store) -> None:
    again, back = LoadedPolicies(101 * DAY, "may", b"in May"), LoadedPolicies(140 * DAY, "may", b"in May")

    keep(store, MAY, again, JUNE, back)

    assert store.policy_loads() == [(MAY.at, "may"), (JUNE.at, "june"), (back.at, "may")]
    assert store.policies_in_force(1_000 * DAY) == back
