import threading
import time

from hypothesis import given, settings
from hypothesis import strategies as some

from pipeline.data.packing.workers.memory_budget import MemoryBudget


@settings(max_examples=20, deadline=None)
@given(needs=some.lists(some.integers(1, 150), min_size=1, max_size=12))
def test_never_more_than_the_budget_is_taken_and_all_get_theirs(needs):
    budget, lock, taken, most = MemoryBudget(100), threading.Lock(), [0], [0]

    def use(need):
        mine = budget.take(need)
        with lock:
            taken[0] += mine
            most[0] = max(most[0], taken[0])
        time.sleep(0.0005)
        with lock:
            taken[0] -= mine
        budget.give_back(mine)

    threads = [threading.Thread(target=use, args=(need,)) for need in needs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] <= 100
    assert budget.take(100) == 100


def test_what_needs_more_than_all_gets_all():
    assert MemoryBudget(100).take(1000) == 100


def test_no_small_one_overtakes_a_large_one():
    budget, order = MemoryBudget(100), []
    first = budget.take(60)

    def use(need):
        mine = budget.take(need)
        order.append(need)
        budget.give_back(mine)

    large = threading.Thread(target=use, args=(90,))
    large.start()
    while not budget.waiting:
        time.sleep(0.001)
    small = threading.Thread(target=use, args=(10,))
    small.start()
    small.join(0.05)
    assert order == []
    budget.give_back(first)
    large.join()
    small.join()
    assert order == [90, 10]
