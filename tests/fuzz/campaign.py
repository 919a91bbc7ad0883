"""One campaign of fuzzing: rounds of inputs, what they told, how long they took, and each that failed, kept and named.

libFuzzer's input is the first of a round; the others are damaged from it by random numbers that come from its bytes. A round is
read in one call, since a lone small file costs more in calls than in bytes. Only where it fails, or takes clearly longer than any
before it, is each of its inputs tried alone: no input can take longer than its round.
"""

from __future__ import annotations

import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from zlib import crc32

from tests.fuzz import csv_target, edi_target, mutate, seeds

MOST_SECONDS = 1.0  # of CPU, for one input
MOST_BYTES = 256 * 2**20  # of memory that a whole round takes beyond what the process held before it
MOST_FAILURES = 20
_SLOWER = 1.1  # times the slowest round so far: then the slowest input may be among these

Examine = Callable[[Sequence[bytes]], Counter[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed: how it is tried, what it begins with, how it is damaged, and how many inputs are read in one call."""

    examine: Examine
    seeds: Callable[[], list[bytes]]
    ways: Sequence[mutate.Mutation]
    together: int


TARGETS = {
    "x12": Target(edi_target.examine, seeds.x12_seeds, mutate.mutations(mutate.X12_SEGMENTS), 512),
    "edifact": Target(edi_target.examine, seeds.edifact_seeds, mutate.mutations(mutate.EDIFACT_SEGMENTS), 512),
    "csv": Target(csv_target.examine, seeds.csv_seeds, mutate.below_header(mutate.mutations(mutate.CSV_RECORDS)), 64),
}


@dataclass(slots=True)
class Campaign:
    """The state of one campaign."""

    target: Target
    name: str
    folder: Path  # where failing inputs are kept
    executions: int = 0
    rounds: int = 0
    slowest: float = 0.0  # CPU seconds of the slowest input, tried alone
    slowest_input: bytes = b""
    slowest_round: float = 0.0  # CPU seconds
    largest: int = 0  # bytes that a round took
    seen: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)  # what failed -> the file that shows it

    def warm_up(self) -> None:
        """Read the seeds, so that guides and libraries are loaded before anything is measured."""
        for data in self.target.seeds():
            self._try([data])

    def round(self, data: bytes, most: int) -> None:
        """Try an input and what is damaged from it, at most so many."""
        random = Random(crc32(data))
        inputs = [data, *(mutate.damaged(data, random, self.target.ways) for _ in range(min(self.target.together, most) - 1))]
        held, start = forget_peak(), time.process_time()
        told = self._try(inputs)
        taken, grown = time.process_time() - start, peak_bytes() - held
        self.largest = max(self.largest, grown)
        if grown > MOST_BYTES:
            self._keep("a round takes too much memory", inputs)
        if told:
            alone = [(each, self._try([each])) for each in inputs]
            guilty = [(words, [each]) for each, words in alone if words] or [(told, inputs)]
            for words, cause in guilty:
                self._keep(words, cause)
        elif taken > _SLOWER * self.slowest_round:
            self.slowest_round = taken
            for each in inputs:
                self._time(each)
        self.executions += len(inputs)
        self.rounds += 1

    def _try(self, inputs: Sequence[bytes]) -> str:
        """Return what went wrong, "" where nothing did; kinds of finding are counted."""
        try:
            self.seen.update(self.target.examine(inputs))
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
            frames = traceback.extract_tb(error.__traceback__)
            ours = next((each for each in reversed(frames) if "site-packages" not in each.filename), frames[-1])
            return f"{type(error).__name__} at {Path(ours.filename).name}:{ours.lineno}: {str(error)[:200]}"
        return ""

    def _time(self, data: bytes) -> None:
        start = time.process_time()
        self._try([data])
        taken = time.process_time() - start
        if taken > self.slowest:
            self.slowest, self.slowest_input = taken, data
        if taken > MOST_SECONDS:
            self._keep("an input takes too long", [data])

    def _keep(self, words: str, inputs: Sequence[bytes]) -> None:
        if words not in self.failures and len(self.failures) < MOST_FAILURES:
            self.failures[words] = self._save(inputs)
            print(f"{self.name}: {words}: {self.failures[words]}", file=sys.stderr, flush=True)

    def _save(self, inputs: Sequence[bytes]) -> str:
        path = self.folder / f"{self.name}-{sha256(b''.join(inputs)).hexdigest()[:16]}"
        for at, data in enumerate(inputs):
            path.with_suffix(f".{at}").write_bytes(data)
        return f"{path}.*" if len(inputs) > 1 else f"{path}.0"

    def result(self, seconds: float, cpu_seconds: float, seed: int) -> dict[str, object]:
        """Return what is reported."""
        return {
            "target": self.name, "executions": self.executions, "rounds": self.rounds, "seconds": round(seconds, 1),
            "cpu_seconds": round(cpu_seconds, 1), "seed": seed,
            "per_cpu_second": round(self.executions / cpu_seconds, 1) if cpu_seconds else 0.0,
            "slowest_cpu_ms": round(self.slowest * 1000, 1),
            "slowest_input": self._save([self.slowest_input]), "largest_round_mb": self.largest >> 20,
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
            "kinds": dict(sorted(self.seen.items())), "failures": self.failures,
        }


def forget_peak() -> int:
    """Let Linux forget the most memory that this process has held, and return what it holds."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak_bytes()


def peak_bytes() -> int:
    """Return the most memory that this process has held since it was forgotten."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
