"""Work is handed out a little ahead of what is finished; a task that fails is handed back like any other."""

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import Lock

import pytest

from course.grading.workers import as_finished


def start(executor: Executor, number: int) -> Future[float]:
    return executor.submit(lambda: 1 / number)


@pytest.mark.parametrize("ahead", [1, 3, 50])
def test_every_item_comes_back_once_with_its_own_result(ahead: int) -> None:
    with ThreadPoolExecutor(2) as executor:
        found = {item: future.result() for item, future in as_finished(executor, start, range(1, 20), ahead)}
    assert found == {number: 1 / number for number in range(1, 20)}


def test_a_failure_is_handed_back_and_the_rest_goes_on() -> None:
    with ThreadPoolExecutor(2) as executor:
        finished = list(as_finished(executor, start, range(-2, 3), 2))
    failed = {item: type(future.exception()) for item, future in finished if future.exception()}
    assert (len(finished), failed) == (5, {0: ZeroDivisionError})


def test_no_more_than_so_many_are_under_way() -> None:
    under_way, most, lock = set(), [], Lock()

    def begin(executor: Executor, number: int) -> Future[int]:
        with lock:
            under_way.add(number)
            most.append(len(under_way))
        return executor.submit(int, number)

    with ThreadPoolExecutor(4) as executor:
        for item, _ in as_finished(executor, begin, range(30), 3):
            with lock:
                under_way.discard(item)
    assert max(most) <= 4  # the next one starts before the finished one is handed over
    assert len(most) == 30


def test_nothing_to_do() -> None:
    with ThreadPoolExecutor(1) as executor:
        assert list(as_finished(executor, start, [], 3)) == []
