"""Files of any size from a seed, written as they are made: the same kind, size and seed give the same bytes on every machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

from benchmarks.edifact_messages import MESSAGES
from benchmarks.goods import Goods, goods
from benchmarks.x12_sets import SETS

KINDS = (*SETS, *MESSAGES)
SETS_IN_GROUP = 500
_CATALOGUE = 1  # one seed for all files: partners order the same things again


def text(kind: str, size: int, seed: int = 1) -> Iterator[str]:
    """Make one interchange of whole documents, the last of which brings it to the size.

    Args:
        kind: one of KINDS.
        size: bytes, at least; exceeded by less than one document.
        seed: chooses the documents; also the control number.

    Yields:
        ASCII text of the envelopes and of one document after another.
    """
    return _x12(kind, size, seed) if kind in SETS else _edifact(kind, size, seed)


def file(folder: Path, kind: str, size: int, seed: int = 1) -> Path:
    """Write a file, or find it from an earlier run."""
    path = folder / f"{kind}-{size}-{seed}-{version()}.edi"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        with part.open("w", encoding="ascii", newline="") as target:
            target.writelines(text(kind, size, seed))
        os.replace(part, path)
    return path


def small_files(folder: Path, kind: str, count: int, size: int) -> list[Path]:
    """Write many small files, or find them from an earlier run."""
    return [file(folder / f"{kind}-{size}-{version()}", kind, size, seed) for seed in range(1, count + 1)]


@cache
def version() -> str:
    """Return what changes when a generator does, so that no file of an older one is taken for a new one."""
    here = Path(__file__).parent
    made_by = (here / name for name in ("generate.py", "goods.py", "x12_sets.py", "edifact_messages.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in made_by)).hexdigest()[:8]


@cache
def _goods() -> Goods:
    return goods(Random(_CATALOGUE))


def _x12(kind: str, size: int, seed: int) -> Iterator[str]:
    functional, release, make = SETS[kind]
    random, stock = Random(f"{kind}:{seed}"), _goods()
    control, repetition = f"{seed:09d}", "^" if release >= "00402" else "U"
    head = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'NORTHFIELD':15}*ZZ*{'CROSSFOOT':15}*260302*0800*{repetition}*{release[:5]}*{control}*0*P*>~\n"
    yield head
    written, number, groups, held = len(head), seed * 1000, 0, 0
    while written < size:
        groups, held = groups + 1, 0
        yield f"GS*{functional}*NORTHFIELD*CROSSFOOT*20260302*0800*{groups}*X*{release}~\n"
        while held < SETS_IN_GROUP and written < size:
            held, number = held + 1, number + 1
            third = f"*{release}" if len(release) > 6 and kind != "835" else ""
            body = make(random, stock, number)
            made = "~\n".join([f"ST*{kind}*{held:04d}{third}", *body, f"SE*{len(body) + 2}*{held:04d}~\n"])
            written += len(made)
            yield made
        yield f"GE*{held}*{groups}~\n"
    yield f"IEA*{groups}*{control}~\n"


def _edifact(kind: str, size: int, seed: int) -> Iterator[str]:
    release, make = MESSAGES[kind]
    random, stock = Random(f"{kind}:{seed}"), _goods()
    head = f"UNA:+.? 'UNB+UNOC:3+4012345000009:14+4098765000003:14+260302:0800+CF{seed:08d}'"
    yield head
    written, held = len(head), 0
    while written < size:
        held += 1
        body = make(random, stock, seed * 1000 + held)
        made = "'".join([f"UNH+{held}+{kind}:{release}", *body, f"UNT+{len(body) + 2}+{held}'"])
        written += len(made)
        yield made
    yield f"UNZ+{held}+CF{seed:08d}'"
