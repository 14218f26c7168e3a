"""The outbox on both databases: notices, messages, who was told of what, and levels of limits."""

from typing import Any

import pytest
from attrs import evolve

from sla_engine.model.instant import DAY, MINUTE, SECOND
from sla_engine.plugin import Message
from sla_engine.store import Store, StoreError
from sla_engine.store.outbox import (
    Lane,
    Level,
    Notice,
    Outgoing,
    UnderWay,
    WaitingLane,
    add_message,
    add_notices,
    change_message,
    change_notices,
    discard_notice,
    drop_level,
    due_in,
    due_messages,
    failing_notices,
    hand_on,
    lanes_due,
    last_message_at,
    level_of,
    levels_like,
    message_numbered,
    messages_in,
    messages_like,
    newest_messages,
    notice_by_key,
    notices_in,
    notices_of,
    set_level,
    standing,
    told_by,
    under_way,
    was_told_of,
)

NOON = 20_000 * DAY
LANE = Lane("mail", "ana@example.com", "pt")


def notice(key: str, at: int = NOON, **more: Any) -> Notice:
    made = Notice(
        key, at, at, "mail", "incident/1/all", "opened", {"title": {"": "Café"}, "step": 1}, "ana@example.com"
    )
    return evolve(made, **{"language": "pt"} | more)


def message(key: str, **more: Any) -> Outgoing:
    names = {"title": "Café"}
    text = Message(key, "[down] Café", "Café is down.\n", to=("ana@example.com",), names=names, headers={"A": "b"})
    return Outgoing(**{"lane": LANE, "message": text, "at": NOON, "give_up_at": NOON + DAY, "next_at": NOON} | more)


def test_a_notice_stands_as_it_was_entered_and_once(store: Store) -> None:
    first = notice("a", customer="acme", severity="critical", next_notifiers=("sms", "phone"))

    with store.changing() as connection:
        add_notices(connection, [first, notice("b", NOON + MINUTE)])
        add_notices(connection, [notice("a", NOON + DAY)])

    with store.reading() as connection:
        assert [one.notice for one in due_in(connection, LANE, NOON)] == [first]
        assert lanes_due(connection, NOON + MINUTE) == [WaitingLane(LANE, 2, NOON)]
        assert lanes_due(connection, NOON - 1) == []


def test_what_fails_in_the_middle_leaves_nothing(store: Store) -> None:
    def half() -> None:
        with store.changing() as connection:
            add_notices(connection, [notice("a")])
            raise LookupError

    with pytest.raises(LookupError):
        half()

    with store.reading() as connection:
        assert lanes_due(connection, NOON) == []


def test_a_message_is_read_as_it_was_written(store: Store) -> None:
    written = message("k1", cost=80_000)

    with store.changing() as connection:
        number = add_message(connection, written)

    with store.reading() as connection:
        [read] = messages_in(connection, ["pending"])
        assert read == evolve(written, id=number)
        assert messages_like(connection, "k") == [read]
        assert messages_like(connection, "%") == []
        assert under_way(connection) == {LANE: UnderWay(number, "pending", 0, False, NOON, 80_000, None)}
        assert last_message_at(connection, LANE) == NOON
        assert last_message_at(connection, Lane("mail", "", "pt")) is None


def test_two_messages_never_have_one_key(store: Store) -> None:
    def twice() -> None:
        with store.changing() as connection:
            add_message(connection, message("k1"))
            add_message(connection, message("k1"))

    with pytest.raises(StoreError, match=r"(?i)unique"):
        twice()


def test_a_message_is_changed_only_from_the_state_that_was_expected(store: Store) -> None:
    with store.changing() as connection:
        pending = evolve(message("k1"), id=add_message(connection, message("k1")))
        sending = evolve(pending, state="sending", tries=1, started_at=NOON, next_at=None)
        assert change_message(connection, sending, "pending")
        assert not change_message(connection, sending, "pending")

    with store.reading() as connection:
        assert messages_in(connection, ["sending"]) == [sending]
        assert due_messages(connection, NOON) == []


def test_messages_are_due_the_longest_due_first_and_no_try_is_put_off_for_days(store: Store) -> None:
    nexts = {"late": NOON - 5, "now": NOON, "soon": NOON + 1, "beyond": NOON + 3 * DAY}
    with store.changing() as connection:
        for key, at in nexts.items():
            add_message(connection, message(key, next_at=at))

    with store.reading() as connection:
        due = due_messages(connection, NOON)
        assert [message_numbered(connection, number).key for number, _ in due] == ["late", "now", "beyond"]
        assert {notifier for _, notifier in due} == {message("late").lane.notifier}


def test_the_newest_messages_are_given_in_their_order(store: Store) -> None:
    with store.changing() as connection:
        for number in range(5):
            add_message(connection, message(f"k{number}", state="sent"))

    with store.reading() as connection:
        assert [one.key for one in newest_messages(connection, "sent", 2)] == ["k3", "k4"]


def test_a_message_tells_of_its_notices_and_not_of_those_it_overtook(store: Store) -> None:
    with store.changing() as connection:
        add_notices(connection, [notice("a"), notice("b", NOON + 1)])
        number = add_message(connection, message("k1"))
        change_notices(connection, [1], "superseded", number)
        change_notices(connection, [2], "told", number)

    with store.reading() as connection:
        assert [one.notice.key for one in notices_of(connection, number)] == ["b"]
        assert lanes_due(connection, NOON + DAY) == []


def test_only_what_waits_can_be_discarded(store: Store) -> None:
    with store.changing() as connection:
        add_notices(connection, [notice("a")])
        assert discard_notice(connection, "a")
        assert not discard_notice(connection, "a")
        found = notice_by_key(connection, "a")

    assert found is not None
    assert found.state == "discarded"


@pytest.mark.parametrize(
    ("state", "tries", "due_at", "is_failing"),
    [
        ("pending", 5, NOON, True),
        ("pending", 4, NOON, False),
        ("sending", 5, NOON, True),
        ("pending", 1, NOON - 16 * MINUTE, True),
        ("dead", 1, NOON, True),
        ("sent", 9, NOON - DAY, False),
        ("uncertain", 9, NOON - DAY, False),
        (None, 0, NOON - 16 * MINUTE, True),
        (None, 0, NOON, False),
    ],
)
def test_what_keeps_failing_has_somebody_next(
    store: Store, state: Any, tries: int, due_at: int, is_failing: bool
) -> None:
    with store.changing() as connection:
        add_notices(connection, [evolve(notice("a"), due_at=due_at, next_notifiers=("sms",)), notice("b", due_at)])
        if state is not None:
            number = add_message(connection, message("k1", state=state, tries=tries))
            change_notices(connection, [1, 2], "told", number)
        found = failing_notices(connection, due_before=NOON - 15 * MINUTE, tries=5)
        hand_on(connection, [one.id for one in found])
        again = failing_notices(connection, due_before=NOON - 15 * MINUTE, tries=5)

    assert [one.notice.key for one in found] == (["a"] if is_failing else [])
    assert again == []


def test_it_is_known_when_a_notifier_was_last_to_tell_of_a_thread(store: Store) -> None:
    threads = [f"incident/{number}/all" for number in range(1, 1203)]
    with store.changing() as connection:
        add_notices(connection, [notice(thread, NOON + 7, thread=thread) for thread in threads])
        add_notices(connection, [notice("other", thread=threads[0], notifier="sms")])
        found = told_by(connection, "mail", [*threads, "incident/9999/all"])

    assert found == {(thread, "opened"): NOON + 7 for thread in threads}


@pytest.mark.parametrize(
    ("state", "may_be_out", "was_told"),
    [
        ("sent", True, True),
        ("pending", False, False),
        ("pending", True, True),
        ("uncertain", True, True),
        ("dead", False, False),
    ],
)
def test_it_is_known_who_may_have_heard_of_a_thread(store: Store, state: Any, may_be_out: bool, was_told: bool) -> None:
    with store.changing() as connection:
        add_notices(connection, [notice("a")])
        number = add_message(connection, message("k1", state=state, may_be_out=may_be_out))
        change_notices(connection, [1], "told", number)

        assert was_told_of(connection, "incident/1/all", LANE) is was_told
        assert not was_told_of(connection, "incident/1/all", evolve(LANE, recipient="bea@example.com"))
        assert not was_told_of(connection, "incident/2/all", LANE)


@pytest.mark.parametrize(
    ("before", "later", "waits"),
    [
        ({"about": "repeated"}, {"about": "repeated"}, ["b"]),
        ({"about": "opened"}, {"about": "repeated"}, ["a", "b"]),
        ({"about": "repeated"}, {"about": "recovered"}, ["a", "b"]),
        ({"thread": "incident/2/all"}, {}, ["a", "b"]),
        ({"notifier": "phone"}, {}, ["a", "b"]),
        ({"recipient": "bea@example.com"}, {}, ["a", "b"]),
        ({"language": "fr"}, {}, ["a", "b"]),
        ({"next_notifiers": ("phone",)}, {"next_notifiers": ("phone",)}, ["a", "b"]),
        ({}, {"next_notifiers": ("phone",)}, ["b"]),
        ({}, {"due_at": NOON + DAY}, ["a", "b"]),
        ({"due_at": NOON + DAY}, {}, ["b"]),
        ({"due_at": NOON + DAY}, {"due_at": NOON + DAY}, ["b"]),
        ({"about": "ticket-answered"}, {"about": "ticket-answered"}, ["a", "b"]),
        ({"about": "desk-wrote"}, {"about": "desk-wrote"}, ["a", "b"]),
    ],
)
def test_what_says_again_the_same_takes_the_place_of_what_waits(
    store: Store, before: dict[str, Any], later: dict[str, Any], waits: list[str]
) -> None:
    with store.changing() as connection:
        add_notices(connection, [notice("a", **before)])
        add_notices(connection, [notice("b", NOON + MINUTE, **({"due_at": NOON + MINUTE} | later))])
        add_notices(connection, [notice("a", **before)])  # found again: it is on record

        assert [one.notice.key for one in notices_in(connection, ("waiting",))] == waits


def test_what_is_in_a_message_is_told_whatever_says_the_same_later(store: Store) -> None:
    with store.changing() as connection:
        add_notices(connection, [notice("a")])
        change_notices(connection, [1], "told", add_message(connection, message("k1")))
        add_notices(connection, [notice("b", NOON + MINUTE)])

        assert [one.notice.key for one in notices_of(connection, 1)] == ["a"]


def test_levels_are_kept_by_name(store: Store) -> None:
    with store.changing() as connection:
        set_level(connection, "held/a", Level(-5, NOON))
        set_level(connection, "held/a", Level(3 * 10**12, NOON + 1))
        set_level(connection, "messages/a", Level(1, NOON))

        assert level_of(connection, "held/a") == Level(3 * 10**12, NOON + 1)
        assert level_of(connection, "held/b") is None
        assert [name for name, _ in levels_like(connection, "held/")] == ["held/a"]
        drop_level(connection, "held/a")
        assert level_of(connection, "held/a") is None


def test_the_outbox_in_figures(store: Store) -> None:
    with store.changing() as connection:
        add_notices(connection, [notice("a", NOON - SECOND), notice("b", NOON - SECOND, due_at=NOON + DAY)])
        for number, state in enumerate(("pending", "sending", "sent", "sent", "uncertain", "dead")):
            add_message(connection, message(f"k{number}", state=state, at=NOON - number))
        found = standing(connection, NOON)

    assert (found.waiting, found.pending, found.uncertain, found.dead) == (1, 2, 1, 1)
    assert found.oldest_at == NOON - SECOND
    assert found.has_work
