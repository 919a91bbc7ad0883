"""What comes before the clock: does a reader come to the same lines as ours, and which files of real life can it read at all?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import generate
from benchmarks.environments import UnmeasurableError
from benchmarks.equality import files_differ
from benchmarks.plan import ENGINE, Case, Reader
from benchmarks.run import Bench

SAMPLE = 100_000  # bytes


def unequal(bench: Bench, plan: list[Case], say: Callable[[str], None]) -> dict[Case, str]:
    """Return the cases whose reader does not come to our lines, or counts other segments, and how it differs."""
    differ: dict[Case, str] = {}
    alike = [case for case in plan if case.task in ("order_lines", "walk") and case.reader != ENGINE]
    for task, kind in dict.fromkeys((case.task, case.kind) for case in alike):
        mine = [case for case in alike if (case.task, case.kind) == (task, kind)]
        path = generate.file(bench.folder / "data", kind, SAMPLE)
        words = _differences(bench, task, path, tuple(dict.fromkeys(case.reader for case in mine)))
        for name, said in words.items():
            say(f"equality: {name}: {task} {kind}: {said or 'equal'}")
        differ |= {case: said for case in mine if (said := words[case.reader.name])}
    return differ


def _differences(bench: Bench, task: str, path: Path, readers: tuple[Reader, ...]) -> dict[str, str]:
    """Let us and others do a task; return per reader's name how its result differs from ours, "" where it is equal."""
    ours = bench.work(ENGINE, task, [path])["result"]
    return {reader.name: _differs(bench, task, path, reader, ours) for reader in readers}


def _differs(bench: Bench, task: str, path: Path, reader: Reader, ours: float) -> str:
    try:
        theirs = bench.work(reader, task, [path])["result"]
    except UnmeasurableError as error:
        return str(error)
    if task == "walk":
        return "" if ours == theirs else f"{theirs:g} segments instead of {ours:g}"
    return files_differ(bench.output(ENGINE), bench.output(reader))


def _wrapped(data: bytes) -> bytes:
    bare = data.replace(b"\n", b"")
    return b"".join(bare[at:at + 80] + b"\n" for at in range(0, len(bare), 80))


def _other(data: bytes) -> bytes:
    """Return an interchange with other delimiters: | for *, ' for ~."""
    return data.replace(b"'", b" ").replace(b"*", b"|").replace(b"~", b"'").replace(b"000000001", b"000000002")


ODD: dict[str, dict[str, Callable[[bytes], bytes]]] = {  # what real files look like: kind -> words -> how the plain file becomes one
    "850": {
        "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
        "CR LF after each segment": lambda data: data.replace(b"\n", b"\r\n"),
        "no newlines": lambda data: data.replace(b"\n", b""),
        "newline as terminator": lambda data: data.replace(b"~", b""),
        "wrapped at 80 columns": _wrapped,
        "two interchanges, two sets of delimiters": lambda data: data + _other(data),
        "version 00403": lambda data: data.replace(b"*00401*", b"*00403*").replace(b"*004010~", b"*004030~"),
    },
    "ORDERS": {
        "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
        "newlines after segments": lambda data: data.replace(b"'UNH", b"'\r\nUNH").replace(b"'LIN", b"'\r\nLIN"),
        "two interchanges": lambda data: data + data.replace(b"CF00000001", b"CF00000002"),
    },
}


def odd_files(bench: Bench, readers: dict[str, tuple[Reader, ...]]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Let every reader read small files as they come in real life.

    Args:
        bench: where files lie.
        readers: those of each kind.

    Yields:
        kind, what is odd about the file, and per reader's name "read", or what it said or made of it; ours reads all.
    """
    folder = bench.folder / "data" / "odd"
    folder.mkdir(parents=True, exist_ok=True)
    for kind, changes in ODD.items():
        plain = "".join(generate.text(kind, 5_000)).encode("ascii")
        for at, (words, change) in enumerate(changes.items()):
            path = folder / f"{kind}-{at}.edi"
            path.write_bytes(change(plain))
            said = _differences(bench, "order_lines", path, readers[kind])
            yield kind, words, {ENGINE.name: "read", **{name: word or "read" for name, word in said.items()}}
