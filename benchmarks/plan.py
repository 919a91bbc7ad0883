"""What is measured: the readers, and which of them does which task on which files."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1_000_000
SMALL_FILE = 3_900  # whole documents bring it to 5 KB on average


@dataclass(frozen=True, slots=True)
class Reader:
    """One side of the comparison."""

    name: str  # as tables show it
    module: str
    environment: str  # the lock in benchmarks/peers; splitting by hand shares ours
    is_library: bool = True  # a peer that others maintain
    task_names: tuple[tuple[str, str], ...] = ()  # tasks that its module calls otherwise

    def function(self, task: str) -> str:
        """Return what its module calls a task."""
        return dict(self.task_names).get(task, task)


ENGINE = Reader("crossfoot", "benchmarks.engine", "crossfoot", is_library=False)
LINUXFORHEALTH = Reader("linuxforhealth-x12 + pandas", "benchmarks.peers.linuxforhealth_x12", "linuxforhealth_x12")
LINUXFORHEALTH_ARROW = Reader("linuxforhealth-x12, no pandas", "benchmarks.peers.linuxforhealth_x12", "linuxforhealth_x12",
                              task_names=(("order_lines", "order_lines_arrow"),))
ANSI_X12 = Reader("ansi-x12", "benchmarks.peers.ansi_x12", "ansi_x12")
PYX12 = Reader("pyx12", "benchmarks.peers.pyx12", "pyx12")
PYDIFACT = Reader("pydifact", "benchmarks.peers.pydifact", "pydifact")
SPLIT = Reader("split by hand", "benchmarks.peers.bytes_split", "crossfoot", is_library=False)
DROPPED = Reader("split by hand, nothing kept", "benchmarks.peers.bytes_split", "crossfoot", is_library=False,
                 task_names=(("walk", "walk_dropped"),))

X12_READERS = (LINUXFORHEALTH, LINUXFORHEALTH_ARROW, ANSI_X12, PYX12, SPLIT)
ODD_READERS = {"850": (LINUXFORHEALTH, ANSI_X12, PYX12, SPLIT), "ORDERS": (PYDIFACT,)}  # who is shown files as they come in real life
OTHERS = ("810", "856", "835", "INVOIC", "DESADV")  # kinds that are read and checked, but have no order lines


@dataclass(frozen=True, slots=True)
class Case:
    """One task of one reader on one file, or on many small ones."""

    reader: Reader
    task: str
    kind: str
    size: int  # bytes of each file
    files: int = 1
    rounds: int | None = None  # None: as many as all others

    @property
    def label(self) -> str:
        """Name the case for people, without its reader."""
        size = f"{self.files:,} files of 5 KB" if self.files > 1 else f"{self.size / MB:g} MB"
        return f"{self.task} {self.kind} {size}"


def _each(readers: tuple[Reader, ...], task: str, kind: str, *sizes: int, files: int = 1, rounds: int | None = None) -> list[Case]:
    return [Case(reader, task, kind, size, files, rounds) for size in sizes for reader in readers]


def quick() -> list[Case]:
    """The least that gives every ratio: 1 MB, a tenth of the small files, no 1 GB."""
    return [
        *_each((ENGINE, LINUXFORHEALTH, LINUXFORHEALTH_ARROW, ANSI_X12, SPLIT), "order_lines", "850", MB),
        *_each((ENGINE, PYDIFACT), "order_lines", "ORDERS", MB),
        *_each((ENGINE, SPLIT, DROPPED), "walk", "850", MB),
        *_each((ENGINE,), "validate", "850", MB),
        *_each((ENGINE,), "order_lines", "850", SMALL_FILE, files=1000),
    ]


def usual() -> list[Case]:
    """What the documentation shows. Readers that are slow get fewer and smaller files; one file of 1 GB is read once."""
    return [
        *_each((ENGINE, *X12_READERS), "order_lines", "850", MB),
        *_each((ENGINE, LINUXFORHEALTH, LINUXFORHEALTH_ARROW, ANSI_X12, SPLIT), "order_lines", "850", 10 * MB),
        *_each((ENGINE, PYDIFACT), "order_lines", "ORDERS", MB, 10 * MB),
        *_each((ENGINE, SPLIT, DROPPED), "walk", "850", 10 * MB),
        *_each((LINUXFORHEALTH, ANSI_X12, PYX12), "walk", "850", MB),
        *_each((ENGINE,), "walk", "ORDERS", 10 * MB),
        *_each((PYDIFACT,), "walk", "ORDERS", MB),
        *_each((ENGINE,), "validate", "850", MB, 10 * MB),
        *[case for kind in (*OTHERS, "ORDERS") for case in _each((ENGINE,), "validate", kind, 10 * MB, rounds=1)],
        *_each((PYX12,), "validate", "835", MB // 10, rounds=1),
        *_each((ENGINE,), "order_lines", "850", SMALL_FILE, files=10_000),
        *_each(X12_READERS, "order_lines", "850", SMALL_FILE, files=500),
        *_each((PYDIFACT,), "order_lines", "ORDERS", SMALL_FILE, files=200),
        *_each((ENGINE, LINUXFORHEALTH, LINUXFORHEALTH_ARROW), "order_lines", "850", 100 * MB),
        *_each((ENGINE,), "validate", "850", 100 * MB),
        *_each((ENGINE,), "order_lines", "850", 1000 * MB, rounds=1),
    ]


def full() -> list[Case]:
    """Everything up to 100 MB that ends within the hour."""
    return [
        *usual(),
        *_each((ANSI_X12, SPLIT), "order_lines", "850", 100 * MB, rounds=1),
        *_each((PYX12,), "order_lines", "850", 10 * MB, rounds=1),
        *_each((ENGINE,), "order_lines", "ORDERS", 100 * MB, rounds=1),
        *[case for kind in ("ORDERS", *OTHERS) for case in _each((ENGINE,), "validate", kind, 100 * MB, rounds=1)],
        *[case for kind in OTHERS for case in _each((ENGINE,), "read", kind, MB, 10 * MB, 100 * MB, rounds=1)],
        *[case for kind in ("810", "856", "835") for case in _each((LINUXFORHEALTH, ANSI_X12, PYX12), "walk", kind, MB, 10 * MB, rounds=1)],
        *[case for kind in ("INVOIC", "DESADV") for case in _each((PYDIFACT,), "walk", kind, MB, rounds=1)],
    ]


PLANS = {"quick": quick, "usual": usual, "full": full}
