import asyncio
import contextlib
import time

import pytest
import structlog

from sla_engine.registry.deadlines import HEARING, in_own_task, in_this_task

SHORT = 0.05
PATIENCE = 5.0


async def hang() -> str:
    await asyncio.Event().wait()
    return "never"


async def hang_at_tidying_up() -> str:
    try:
        return await hang()
    finally:
        await hang()


async def tell_of_the_deadline_late() -> str:
    await asyncio.sleep(SHORT + HEARING / 4)
    return "no greeting"


async def cancel_itself() -> str:
    raise asyncio.CancelledError


async def ignore_being_cancelled(until: asyncio.Event) -> str:
    while not until.is_set():
        with contextlib.suppress(asyncio.CancelledError):
            await until.wait()
    return "at last"


async def test_what_answers_in_time_is_heard() -> None:
    assert await in_this_task(asyncio.sleep(0, "answer"), PATIENCE) == "answer"


async def test_at_the_deadline_there_is_still_time_to_name_the_stage() -> None:
    assert await in_this_task(tell_of_the_deadline_late(), SHORT) == "no greeting"


async def test_that_time_is_there_also_where_the_event_loop_stood_still_over_the_deadline() -> None:
    async def answer_after_standing_still() -> str:
        asyncio.get_running_loop().call_later(SHORT, time.sleep, 2 * HEARING)
        await asyncio.sleep(2 * SHORT)
        await asyncio.sleep(HEARING / 4)
        return "no greeting"

    assert await in_this_task(answer_after_standing_still(), 2 * SHORT) == "no greeting"


@pytest.mark.parametrize("work", [hang, hang_at_tidying_up])
async def test_what_hangs_is_ended_and_the_task_goes_on(work: type[hang]) -> None:
    with pytest.raises(TimeoutError):
        await in_this_task(work(), SHORT)

    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_an_answer_that_comes_of_being_cancelled_counts_no_more() -> None:
    async def answer_when_cancelled() -> str:
        try:
            return await hang()
        except asyncio.CancelledError:
            return "too late"

    with pytest.raises(TimeoutError):
        await in_this_task(answer_when_cancelled(), SHORT)


async def test_work_that_cancels_itself_is_told_from_a_task_that_is_cancelled() -> None:
    with pytest.raises(asyncio.CancelledError):
        await in_this_task(cancel_itself(), PATIENCE)

    task = asyncio.create_task(in_this_task(hang(), PATIENCE))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_a_task_that_is_cancelled_at_its_deadline_is_cancelled() -> None:
    async def cancel_when_cancelled() -> str:
        try:
            return await hang()
        finally:
            task.cancel()

    task = asyncio.create_task(in_this_task(cancel_when_cancelled(), SHORT))
    await asyncio.wait([task])

    assert task.cancelled()


async def test_what_ignores_that_it_is_cancelled_is_left_behind_in_a_task_of_its_own() -> None:
    began, over = time.monotonic(), asyncio.Event()
    with structlog.testing.capture_logs() as told, pytest.raises(TimeoutError):
        await in_own_task(ignore_being_cancelled(over), SHORT, structlog.get_logger())
    over.set()

    assert time.monotonic() - began < PATIENCE
    assert [line["event"] for line in told] == ["the probe ignores that it is cancelled"]
