"""Two runs of one night, as real processes: one works and the other says so; one that slept past its lease may not write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.sample import write_settings
from storage.audit import verify
from storage.database import open_database, reading
from tests.flows.letters import outcomes, post, response, x12
from tests.flows.nights import DATA, FIRST, World, world

pytestmark = pytest.mark.slow

NIGHT = ("run", "nightly", "--without-prefect", "--date", str(FIRST))
ROOT = DATA.parent
# A real `crossfoot`, which stops itself (as ^Z, a debugger or a paused machine would) where a failpoint says.
STOPPING = """
import os, signal, sys
from storage.failpoints import Action, arm
import storage.publish
from flows.cli import main
arm({sys.argv[1]: Action(lambda: os.kill(os.getpid(), signal.SIGSTOP))})
main(sys.argv[2:])
"""


@pytest.fixture
def made(tmp_path: Path) -> World:
    made = world(tmp_path)
    for drop in made.settings.drops:
        drop.folder.mkdir(parents=True, exist_ok=True)
    post(made, {"a.x12": x12("000000902", response("4500009003")), "b.x12": x12("000000903", response("4500009004"))})
    return made


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that a test has started; those that are left are ended."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.communicate()


def settings_of(made: World, *, lease_seconds: int = 600) -> str:
    path = write_settings(made.settings)
    path.write_text(f"lease_seconds = {lease_seconds}\n{path.read_text()}")
    return str(path)


def crossfoot(settings: str) -> subprocess.CompletedProcess[str]:
    """Run a night to its end."""
    command = [sys.executable, "-c", "from flows.cli import main; main()", "--settings", settings, *NIGHT]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=240, check=False)


def stopped_at(point: str, settings: str, started: list[subprocess.Popen[str]]) -> subprocess.Popen[str]:
    """Start a night that stops itself at a failpoint, and wait until it has."""
    process = subprocess.Popen([sys.executable, "-c", STOPPING, point, "--settings", settings, *NIGHT], cwd=ROOT, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    started.append(process)
    for _ in range(2400):
        if Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] in "TZ":
            return process
        time.sleep(0.1)
    pytest.fail(f"the night never came to {point}")


def test_one_works_and_the_other_says_so(made: World, started: list[subprocess.Popen[str]]) -> None:
    settings = settings_of(made)
    working = stopped_at("publish.staged", settings, started)
    other = crossfoot(settings)
    assert (other.returncode, "Another run holds this night" in other.stdout) == (0, True), other.stderr
    assert outcomes(made) == {}
    os.kill(working.pid, signal.SIGCONT)
    _, problems = working.communicate(timeout=240)
    assert working.returncode == 0, problems
    assert outcomes(made) == {"000000902/0001": ("loaded", "ok"), "000000903/0001": ("loaded", "ok")}


def test_a_process_stopped_past_its_lease_is_refused_and_audited(made: World, started: list[subprocess.Popen[str]]) -> None:
    settings = settings_of(made, lease_seconds=2)
    sleeper = stopped_at("publish.staged", settings, started)
    time.sleep(2.5)
    other = crossfoot(settings)
    assert other.returncode == 0, other.stderr
    assert outcomes(made) == {"000000902/0001": ("loaded", "ok"), "000000903/0001": ("loaded", "ok")}
    before = made.state()[1]

    os.kill(sleeper.pid, signal.SIGCONT)
    _, problems = sleeper.communicate(timeout=240)
    assert sleeper.returncode == 75
    assert "has passed to another run while this one was stopped" in problems
    assert made.state()[1] == before
    packet = made.rows("SELECT packet_key FROM packets")[0][0]
    assert made.rows("SELECT subject, detail FROM audit WHERE action = 'lease.refused'") == [
        (packet, '{"lease":"publish-sample","token":1,"token_now":2}')]
    with reading(open_database(made.settings.database_url)) as connection:
        assert verify(connection).broken_at is None
