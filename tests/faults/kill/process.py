"""Kill a real ``crossfoot run nightly`` at a random time, as a user runs it: Prefect, Great Expectations and DuckDB included."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from signal import SIGKILL

from tests.faults.evidence import Memory, State, state_of
from tests.faults.invariants import ViolatedError, check
from tests.faults.kill.campaign import Figures
from tests.faults.kill.night import PACKET_FILES, small_world
from tests.flows.nights import FIRST, World

COMMAND = str(Path(sys.executable).with_name("crossfoot"))
PATIENCE_SECONDS = 300.0
_LOOK_AGAIN = 0.005


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """A process that nobody disturbed: what its night left, how long it took, and how long from its first write to its end."""

    data: Path
    state: State
    seconds: float
    working_seconds: float


def start(made: World, *, with_prefect: bool) -> subprocess.Popen[bytes]:
    """Start the command in the world's home."""
    arguments = [COMMAND, "--settings", str(_settings(made)), "run", "nightly", "--date", FIRST.isoformat()]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # compile once, as users do
    return subprocess.Popen(arguments + ([] if with_prefect else ["--without-prefect"]), cwd=made.settings.home,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)


def _settings(made: World) -> Path:
    settings = made.settings
    lines = [f"deployment = {json.dumps(settings.deployment)}", f"data = {json.dumps(str(settings.data))}", 'home = "."', "workers = 1",
             f"packet_files = {PACKET_FILES}"]
    for drop in settings.drops:
        lines += ["[[drops]]", f"name = {json.dumps(drop.name)}", f"folder = {json.dumps(str(drop.folder))}"]
    path = settings.home / "crossfoot.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(made: World, *, with_prefect: bool) -> tuple[float, float]:
    """Run the command to its end; return how long it took, and how long from its first write on."""
    began = time.perf_counter()
    process = start(made, with_prefect=with_prefect)
    with process:
        first = _first_write(made, process)
        _, told = process.communicate(timeout=PATIENCE_SECONDS)
    if process.returncode:
        raise ViolatedError(f"the command ended with {process.returncode}: {told.decode(errors='replace')[-2000:]}")
    ended = time.perf_counter()
    return ended - began, ended - first


def undisturbed(home: Path, data: Path, *, with_prefect: bool) -> Undisturbed:
    """Run the command on a world of its own."""
    made = small_world(home, data)
    seconds, working = run(made, with_prefect=with_prefect)
    check(made.settings)
    return Undisturbed(data, state_of(made.settings), seconds, working)


def one_process(before: Undisturbed, home: Path, seed: str, *, with_prefect: bool, recovered_by_command: bool) -> Figures:
    """Kill the command at a random time after its first write, run the night to its end, and once more in this process.

    Whether a command or this process ends the night, the same code does it; a command starts for ten seconds first.
    """
    figures = Figures()
    made, memory = small_world(home, before.data), Memory()
    after = Random(seed).uniform(0, before.working_seconds)
    try:
        process = start(made, with_prefect=with_prefect)
        with process:
            _first_write(made, process)
            time.sleep(after)
            process.kill()
            process.communicate(timeout=PATIENCE_SECONDS)
        if process.returncode != -SIGKILL:  # it ended before: nothing is to be recovered
            check(made.settings, memory, undisturbed=before.state, state=state_of(made.settings))
            figures.checks += 1
            shutil.rmtree(home)
            return figures
        figures.nights = figures.kills = figures.deepest = 1
        check(made.settings, memory, at_rest=False)
        if recovered_by_command:
            figures.slowest_recovery, _ = run(made, with_prefect=with_prefect)
        else:
            made.run()
        for again in (lambda: None, made.run):
            again()
            check(made.settings, memory, undisturbed=before.state, state=state_of(made.settings))
            figures.checks += 1
    except Exception as error:  # noqa: BLE001  # whatever it is, the others go on, and the message says where
        figures.failures.append(f"process {seed}, killed {after:.2f} s after its first write: {type(error).__name__}: {error}")
        return figures
    figures.points["of a process"] = figures.kills
    shutil.rmtree(home)
    return figures


def _first_write(made: World, process: subprocess.Popen[bytes]) -> float:
    """Wait until the process has written something, or ended; return when that was."""
    database = made.settings.home / "crossfoot.sqlite"
    while not database.exists() and process.poll() is None:
        time.sleep(_LOOK_AGAIN)
    return time.perf_counter()
