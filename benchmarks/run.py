"""Running the plan: one fresh process a measurement, rounds interleaved, and one reader's failure never costs another its rows."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import environments, generate
from benchmarks.environments import UnmeasurableError
from benchmarks.plan import Case, Reader

ROOT = Path(__file__).parents[1]
SECONDS = 1200  # after which a measurement is given up


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. CPU and wall-clock seconds are of the work alone, ``started_cpu_s`` of interpreter and imports before it."""

    case: Case
    round: int
    bytes: int
    result: int
    cpu_s: float
    wall_s: float
    started_cpu_s: float
    peak_rss_mb: float

    @property
    def mb_per_cpu_s(self) -> float:
        """Return the speed."""
        return self.bytes / 1e6 / self.cpu_s


@dataclass(frozen=True, slots=True)
class Bench:
    """Where generated files, environments and outputs lie."""

    folder: Path

    def files(self, case: Case) -> list[Path]:
        """Return the files of a case, made where they are missing."""
        data = self.folder / "data"
        if case.files > 1:
            return generate.small_files(data, case.kind, case.files, case.size)
        return [generate.file(data, case.kind, case.size)]

    def output(self, reader: Reader) -> Path:
        """Return where a reader writes its lines."""
        return self.folder / "out" / f"{reader.module.rpartition('.')[2]}-{reader.function('order_lines')}.parquet"

    def work(self, reader: Reader, task: str, paths: Iterable[Path]) -> dict[str, float]:
        """Let a reader do a task in a process of its own; return what benchmarks.child prints.

        Raises:
            UnmeasurableError: its environment cannot be made, it fails, or takes too long.
        """
        interpreter = environments.python(reader.environment, self.folder / "venvs")
        output = self.output(reader)
        output.parent.mkdir(parents=True, exist_ok=True)
        command = [str(interpreter), "-m", "benchmarks.child", reader.module, reader.function(task), str(output)]
        settings = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)}
        names = "\n".join(str(path.absolute()) for path in paths)
        try:
            done = subprocess.run(command, input=names, env=settings, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise UnmeasurableError(f"more than {SECONDS} seconds") from None
        if done.returncode:
            raise UnmeasurableError((done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1])
        made: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return made

    def measure(self, case: Case, number: int) -> Row:
        """Measure a case once; raises as work does."""
        paths = self.files(case)
        made = self.work(case.reader, case.task, paths)
        size = sum(path.stat().st_size for path in paths)
        return Row(case, number, size, int(made["result"]), *(made[name] for name in ("cpu_s", "wall_s", "started_cpu_s", "peak_rss_mb")))


def rounds(bench: Bench, plan: list[Case], count: int, say: Callable[[str], None]) -> tuple[list[Row], dict[Case, str]]:
    """Measure all cases in turn, several times; return the rows, and why cases are without."""
    rows: list[Row] = []
    failed: dict[Case, str] = {}
    for number in range(1, count + 1):
        turn = [case for case in plan if number <= (case.rounds or count) and case not in failed]
        for at, case in enumerate(turn, 1):
            where = f"round {number}/{count}, {at}/{len(turn)}: {case.reader.name}: {case.label}"
            try:
                row = bench.measure(case, number)
            except UnmeasurableError as error:
                failed[case] = str(error)
                say(f"{where}: FAILED: {error}")
                continue
            rows.append(row)
            say(f"{where}: {row.mb_per_cpu_s:.2f} MB per CPU second, {row.peak_rss_mb:.0f} MB of memory")
    return rows, failed
