"""Poison: a file that crashes, hangs or bloats its reader is held with evidence, and the rest of the night loads."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from edi.errors import IntegrityError, RetryableError
from flows import night as reading
from flows.apart import Bounds, Death, Finished, StoppedError, bounded, run_apart, sift, undivided
from tests.flows.letters import edifact, outcomes, post, response, sent, x12
from tests.flows.nights import FIRST, World, world

ROOMY = Bounds(30, 2**30)
MARK = b"4500009666"  # the order whose letter is poison
LETTERS = {
    "a.x12": x12("000000902", response("4500009003")), "b.x12": x12("000000903", response(MARK.decode()), response("4500009005")),
    "c.edi": edifact("77001", "4500009004"),
}


def spin() -> None:
    while True:
        time.sleep(0.01)


def bloat() -> None:
    kept = []
    while True:
        kept.append(bytearray(b"x") * 2**24)


def fail() -> None:
    raise KeyError("a value that nobody may read in a log")


HARM: dict[str, tuple[Callable[[], None], str]] = {
    "crash": (os.abort, "ended by SIGABRT"),
    "segfault": (lambda: os.kill(os.getpid(), signal.SIGSEGV), "ended by SIGSEGV"),
    "hang": (spin, "took longer than 2 s"),
    "memory": (bloat, "needed more than 200 MiB"),
    "exception": (fail, "raised KeyError"),
}


@pytest.mark.parametrize("harm", sorted(HARM))
def test_work_apart_takes_nothing_else_with_it(harm: str) -> None:
    do, evidence = HARM[harm]
    died = run_apart(do, Bounds(2, 200 * 2**20))
    assert isinstance(died, Death)
    assert died.evidence.startswith(evidence)
    assert "nobody may read" not in died.evidence


def test_no_lock_of_a_thread_is_held_for_ever_in_a_process_that_was_forked_meanwhile() -> None:
    lock, taken = threading.Lock(), threading.Event()

    def beside() -> None:
        with undivided(), lock:
            taken.set()
            time.sleep(0.5)

    def work() -> str:
        with lock:
            return "done"

    thread = threading.Thread(target=beside)
    thread.start()
    taken.wait()
    made = run_apart(work, Bounds(5, 2**30))
    thread.join()
    assert made == Finished("done")


def test_a_fork_that_waits_for_a_thread_keeps_no_other_thread_waiting() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def long_work() -> None:
        with undivided():
            begun.set()
            assert go_on.wait(30)

    def renewal() -> str:
        with undivided():
            return "renewed"

    with ThreadPoolExecutor(3) as threads:
        working = threads.submit(long_work)
        begun.wait()
        forked = threads.submit(run_apart, lambda: "done", ROOMY)
        time.sleep(0.2)
        try:
            assert threads.submit(renewal).result(10) == "renewed"
            assert not forked.done()
        finally:
            go_on.set()
        working.result(30)
        assert forked.result(30) == Finished("done")


def test_what_work_makes_apart_comes_back_however_large() -> None:
    made = run_apart(lambda: b"x" * 5_000_000, ROOMY)
    assert isinstance(made, Finished)
    assert len(made.made) == 5_000_000


def test_an_error_of_ours_says_nothing_about_a_file() -> None:
    def away() -> None:
        raise RetryableError("the database is away")

    with pytest.raises(RetryableError, match="is away"):
        run_apart(away, ROOMY)


def test_the_one_that_kills_is_found_among_many() -> None:
    def work(lot: tuple[int, ...]) -> tuple[int, ...]:
        if 7 in lot:
            os.abort()
        return lot

    made, poison = sift(range(20), work, lambda _: ROOMY)
    assert [each for lot in made for each in lot] == [each for each in range(20) if each != 7]
    assert poison == {7: "ended by SIGABRT"}


def test_where_everything_dies_the_reader_is_to_blame() -> None:
    with pytest.raises(IntegrityError, match="more than 20 files of one packet kill their reader"):
        sift(range(50), lambda _: os.abort(), lambda _: ROOMY)


def test_a_loop_in_this_process_is_stopped() -> None:
    with pytest.raises(StoppedError), bounded(Bounds(0.5, 2**30)):
        spin()


@pytest.fixture
def made(tmp_path: Path) -> World:
    made = world(tmp_path, reading_seconds=2, reading_memory=200 * 2**20)
    for drop in made.settings.drops:
        drop.folder.mkdir(parents=True, exist_ok=True)
    post(made, LETTERS)
    return made


def poisoned(monkeypatch: pytest.MonkeyPatch, where: str, do: Callable[[], None]) -> None:
    """Make reading (or planning) do harm whenever it meets the marked letter, as a bug in a parser would."""
    harmless = getattr(reading, where)

    def harmful(*arguments: object, **options: object) -> object:
        files = next(each for each in arguments if isinstance(each, list | tuple))
        load = next(each for each in arguments if callable(each))
        if any(MARK in load(getattr(file, "file_hash", None) or file.hash) for file in files):
            do()
        return harmless(*arguments, **options)

    monkeypatch.setattr(reading, where, harmful)


def dies(made: World) -> bool:
    """Run the night in a process of its own and tell whether it was taken down."""
    child = os.fork()
    if child == 0:
        made.run()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.slow
@pytest.mark.parametrize(("where", "harm"), [
    ("read_edi", "crash"), ("read_edi", "hang"), ("read_edi", "memory"), ("read_edi", "exception"),
    ("make_plan", "crash"), ("make_plan", "exception"),
])
def test_the_file_is_held_and_the_rest_of_the_night_loads(made: World, monkeypatch: pytest.MonkeyPatch, harm: str, where: str) -> None:
    do, evidence = HARM[harm]
    poisoned(monkeypatch, where, do)
    if harm == "crash":
        assert dies(made)  # one run is taken down at most: the next one knows what to suspect
    assert made.run().totals.problems == ()
    assert {number: outcome for number, outcome in outcomes(made).items() if number} == {
        "000000902/0001": ("loaded", "ok"), "77001/1": ("loaded", "ok")}
    held = made.rows("SELECT outcome, reason_code, reason FROM decisions WHERE control_number IS NULL")
    assert [row[:2] for row in held] == [("quarantined", "poison")] * (2 if where == "read_edi" else 1)
    assert evidence in held[0][2]
    assert len(sent(made)) == 1  # nothing is said to the partner about the letter that we could not read


@pytest.mark.slow
def test_mended_the_file_is_taken_in_again(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        poisoned(broken, "read_edi", fail)
        made.run(FIRST)
    post(made, {"again.x12": LETTERS["b.x12"]})
    made.run(FIRST)
    assert outcomes(made)["000000903/0001"] == ("loaded", "ok")
    assert len(sent(made)) == 2
