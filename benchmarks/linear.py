"""Whether work is linear: ``python -m benchmarks.linear`` times each kind of growth at n and at 2n, up to a million repeats.

Each kind is something that a stranger can make large. CPU seconds of this process, rounds of n and 2n taken in turn, the least of each:
other processes, and what they push out of the caches, only ever add to it. Where the ratio is 2.5 or more, rounds are added before that
is believed; then the exit status is 1. Small sizes are noise: what takes less than a hundredth of a second passes.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from edi import Limits, read, stream
from edi.csvrows import read_csv
from edi.guides import Checker, check

TOO_STEEP = 2.5
NOISE = 0.01  # CPU seconds
MOST = 1_000_000
PATIENCE = 4  # times the rounds that were asked for, before a steep ratio is believed
WIDE = Limits(max_file_bytes=2**40, max_segment_bytes=2**40, max_elements=2**40, max_repeats=2**40, max_findings_per_file=2**40)
PARTS = replace(WIDE, part_bytes=2**17, max_part_bytes=2**18)  # so that n is read in parts, too, which costs more than in one
_ISA = b"ISA*00*          *00*          *ZZ*S              *ZZ*R              *260302*1701*^*00501*%09d*0*P*>~"


def _x12(body: bytes, segments: int, *, kind: bytes = b"850") -> bytes:
    return (_ISA % 1 + b"GS*PO*S*R*20260302*1701*1*X*005010~ST*%b*0001~" % kind + body
            + b"SE*%d*0001~GE*1*1~IEA*1*000000001~" % (segments + 2))


def _edifact(body: bytes, segments: int) -> bytes:
    return b"UNB+UNOA:4+S+R+20260302:1701+1'UNH+1+ORDERS:D:96A:UN'" + body + b"UNT+%d+1'UNZ+1+1'" % (segments + 2)


def _transactions(n: int) -> bytes:
    sets = b"".join(b"ST*850*%07d~BEG*00*NE*1**20260302~SE*3*%07d~" % (at, at) for at in range(n))
    return _ISA % 1 + b"GS*PO*S*R*20260302*1701*1*X*005010~" + sets + b"GE*%d*1~IEA*1*000000001~" % n


def _groups(n: int) -> bytes:
    groups = b"".join(b"GS*PO*S*R*20260302*1701*%d*X*005010~ST*850*0001~SE*2*0001~GE*1*%d~" % (at, at) for at in range(n))
    return _ISA % 1 + groups + b"IEA*%d*000000001~" % n


def _interchanges(n: int) -> bytes:
    return b"".join(_ISA % at + b"IEA*0*%09d~" % at for at in range(n))


def _levels(n: int) -> bytes:
    return _x12(b"BSN*00*1*20260302*1701~HL*1**S~" + b"".join(b"HL*%d*%d*I~" % (at, at - 1) for at in range(2, n + 2)), n + 2, kind=b"856")


def _wrapped(n: int) -> bytes:
    flat = _x12(b"MSG*a~" * (14 * n), 14 * n)
    return b"\n".join(flat[at:at + 80] for at in range(0, len(flat), 80))


SHAPES: dict[str, tuple[Callable[[int], bytes], int]] = {  # how it grows, and the share of the most repeats that it is given
    "segments of a transaction": (lambda n: _x12(b"BEG*00*NE*1**20260302~" + b"PO1*1*2*EA*3~" * n, n + 1), 1),
    "elements of a segment": (lambda n: _x12(b"MSG" + b"*a" * n + b"~", 1), 1),
    "repetitions of an element": (lambda n: _x12(b"MSG*a" + b"^a" * n + b"~", 1), 1),
    "components of an element": (lambda n: _x12(b"MSG*a" + b">a" * n + b"~", 1), 1),
    "bytes of a value": (lambda n: _x12(b"MSG*" + b"a" * n + b"~", 1), 1),
    "a run of release characters": (lambda n: _edifact(b"FTX+" + b"??" * n + b"'", 1), 1),
    "released separators": (lambda n: _edifact(b"FTX+" + b"?+" * n + b"'", 1), 1),
    "newlines between two segments": (lambda n: _x12(b"MSG*a~" + b"\n" * n, 1), 1),
    "newlines after every segment": (lambda n: _x12(b"MSG*a~\r\n" * n, n), 1),
    "empty segments": (lambda n: _x12(b"MSG*a~" + b"~" * n, 1), 1),
    "lines of a wrapped file": (_wrapped, 10),
    "levels of a hierarchy": (_levels, 1),
    "transactions of a group": (_transactions, 4),
    "groups of an interchange": (_groups, 10),
    "interchanges of a file": (_interchanges, 10),
    "headers without a trailer": (lambda n: (_ISA % 1 + b"\n") * n, 10),
    "binary segments": (lambda n: _x12(b"BIN*2*~*~" * n, n), 4),
    "binary segments of a wrong length": (lambda n: _x12(b"BIN*9*a~" * n, n), 10),
    "ISA inside data": (lambda n: _x12(b"MSG*VISA ISA ISA*~" * n, n), 4),
    "ISA at the start of segments": (lambda n: _x12(b"ISA*1~" * n, n), 10),
    "UNB inside data": (lambda n: _edifact(b"FTX+UNB UNB?+ UNA'" * n, n), 4),
    "unknown segments": (lambda n: _x12(b"QQQ*1~" * n, n), 1),
    "bad values": (lambda n: _x12(b"DTM*002*20260231~" * n, n), 1),
    "sets without a trailer": (lambda n: _ISA % 1 + b"GS*PO*S*R*20260302*1701*1*X*005010~" + b"ST*850*0001~" * n, 10),
    "junk without an interchange": (lambda n: b"ISA " * n, 1),
    "quotes of an export": (lambda n: b'a,b\n' + b'"x""y",1\n' * n, 1),
    "quotes inside a field": (lambda n: b'a,b\n"' + b'""' * n + b'",1\n', 1),
    "a quote that never closes": (lambda n: b'a,b\n"x,1\n' + b"y,2\n" * n, 1),
    "inches": (lambda n: b"a,b\n" + b'5" pipe,1\n' * n, 1),
}


EXPORTS = ("quotes of an export", "quotes inside a field", "a quote that never closes", "inches")

Reader = Callable[[bytes], object]


def _export(data: bytes) -> None:
    read_csv(data, delimiter=b",")


def _whole(data: bytes) -> None:
    check(read(data, limits=WIDE))


def _in_parts(data: bytes) -> None:
    checker = Checker()
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(data)
        for batch in stream(file.name, limits=PARTS):
            checker.check(batch)


def _seconds(reader: Reader, data: bytes) -> float:
    """Read, and check against the guides, once; CPU seconds."""
    gc.collect()
    begun = time.process_time()
    reader(data)
    return time.process_time() - begun


def ratio(name: str, most: int, rounds: int, *, in_parts: bool) -> tuple[int, float, float]:
    """Return 2n, and the least CPU seconds at n and at 2n."""
    make, share = SHAPES[name]
    reader = _export if name in EXPORTS else _in_parts if in_parts else _whole
    double = most // share
    small, large = make(double // 2), make(double)
    _seconds(reader, make(10))  # what is loaded once is no part of it
    once = twice = float("inf")
    for done in range(1, PATIENCE * rounds + 1):
        once, twice = min(once, _seconds(reader, small)), min(twice, _seconds(reader, large))
        if done >= rounds and not is_steep(once, twice):
            break
    return double, once, twice


def is_steep(once: float, twice: float) -> bool:
    """Tell whether twice as much takes too much longer."""
    return twice >= NOISE and twice >= TOO_STEEP * once


def main() -> None:
    """Print the table; exit with 1 where a ratio is too steep."""
    parser = argparse.ArgumentParser(prog="benchmarks.linear", description=__doc__)
    parser.add_argument("--most", type=int, default=MOST, help="repeats at 2n (a tenth or a quarter of it for what is dear)")
    parser.add_argument("--rounds", type=int, default=3, help=f"of each; up to {PATIENCE} times as many where a ratio is steep")
    parser.add_argument("--in-parts", action="store_true", help="read files as streams")
    parser.add_argument("--only", help="kinds that have this in their name")
    chosen = parser.parse_args()
    steep = []
    print(f"{'what grows':36} {'repeats':>9} {'n s':>8} {'2n s':>8} {'ratio':>6}")
    for name in (each for each in SHAPES if not chosen.only or chosen.only in each):
        repeats, small, large = ratio(name, chosen.most, chosen.rounds, in_parts=chosen.in_parts)
        steep += [name] if is_steep(small, large) else []
        mark = "  <" if name in steep else ""
        print(f"{name:36} {repeats:9,} {small:8.3f} {large:8.3f} {large / max(small, 1e-9):6.2f}{mark}", flush=True)
    sys.exit(1 if steep else 0)


if __name__ == "__main__":
    main()
