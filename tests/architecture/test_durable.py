"""Durable writes, clocks and chance have one place each; who else uses them stands here by name, with the reason."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.house import ROOMS, aliases, dotted, matches, modules, name_of, uses
from tests.architecture.test_rooms import CLOCKS, RANDOM, WRITES, writes

FORBIDDEN = {
    "write files": ((*WRITES, "os.fsync", "os.fdatasync", "os.mkdir", "os.makedirs", "os.ftruncate", "os.pwrite", "tempfile", "tempfile.*",
                     "pyarrow.parquet.write_*", "pyarrow.csv.write_*", "pyarrow.feather.write_*"), "call storage.files"),
    "read a clock": (CLOCKS, "take the time as an argument; flows.clock has it"),
    "draw random numbers": (RANDOM, "take the number as an argument"),
    "write to the database": (("sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete"), "call storage.ledger or a sibling"),
}
PATH_CHANGERS = ("mkdir", "rmdir")

# Whoever may, what, and why. A line that nothing needs any more is refused too.
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("storage/files.py", "os.write"): "the one place of durable writes",
    ("storage/files.py", "os.fsync"): "the one place of durable writes",
    ("storage/files.py", "os.replace"): "the one place of durable writes",
    ("storage/files.py", "os.rename"): "the one place of durable writes",
    ("storage/files.py", "os.open"): "the one place of durable writes",
    ("storage/files.py", "path.unlink"): "the one place of durable writes",
    ("storage/files.py", "temporary.unlink"): "the one place of durable writes",
    ("storage/files.py", "folder.mkdir"): "the one place of durable writes",
    ("storage/files.py", "temporary.rmdir"): "the one place of durable writes",
    ("storage/lake.py", "pyarrow.parquet.write_table"): "writes into memory; storage.files takes it from there",
    ("storage/relational.py", "pyarrow.csv.write_csv"): "writes into memory, for COPY",
    ("flows/clock.py", "datetime.datetime.now"): "the clock itself",
    ("flows/clock.py", "uuid.uuid4"): "two runs must never have one name, and no row of data carries it",
    ("flows/prefecting.py", "secrets"): "nobody may guess the password of Prefect's server",
    ("flows/prefecting.py", "secrets.token_urlsafe"): "nobody may guess the password of Prefect's server",
    ("flows/serving.py", "secrets"): "nobody may guess the password of Prefect's server",
    ("flows/serving.py", "secrets.token_urlsafe"): "nobody may guess the password of Prefect's server",
    ("flows/apart.py", "time.monotonic"): "stops a reader that hangs; no row of data carries it",
    ("flows/serving.py", "time.monotonic"): "waits until Prefect's server answers; nothing is decided by it",
}


def found_in(tree: ast.AST) -> list[tuple[int, str, str]]:
    """List what is used of the forbidden: line, name, and what to do instead."""
    named = [(line, name, remedy) for line, name in uses(tree) for names, remedy in FORBIDDEN.values() if matches(name, names)]
    known = aliases(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return named + [(call.lineno, name_called(call, known), "call storage.files") for call in calls if changes_files(call, known)]


def changes_files(call: ast.Call, known: dict[str, str]) -> bool:
    """Tell of calls that have no import to go by: open() for writing, and methods of paths."""
    if isinstance(call.func, ast.Attribute):
        full = dotted(call.func, known)
        if full == "os.open":
            flags = " ".join(ast.unparse(each) for each in call.args[1:])
            return any(flag in flags for flag in ("O_WRONLY", "O_RDWR", "O_CREAT"))
        if full is None and call.func.attr in PATH_CHANGERS:
            return True
    return writes(call, known)


def name_called(call: ast.Call, known: dict[str, str]) -> str:
    return dotted(call.func, known) or ast.unparse(call.func)


@pytest.mark.parametrize("path", modules(*ROOMS), ids=name_of)
def test_every_durable_write_and_every_clock_has_its_place(path):
    found = found_in(ast.parse(path.read_text(encoding="utf-8")))

    assert [f"line {line}: {name}: {remedy}" for line, name, remedy in found if (name_of(path), name) not in EXCEPTIONS] == []


def test_no_exception_is_left_over():
    needed = {(name_of(path), name) for path in modules(*ROOMS) for _, name, _ in found_in(ast.parse(path.read_text(encoding="utf-8")))}

    assert sorted(set(EXCEPTIONS) - needed) == []


@pytest.mark.parametrize("code", [
    "open('a', 'w')", "open('a', 'ab')", "open('a', 'x')", "open('a', mode='wb')", "path.open('w')", "path.write_text('')",
    "path.write_bytes(b'')", "path.rename(other)", "path.replace(other)", "path.mkdir()", "path.touch()", "import os\nos.rename('a', 'b')",
    "import os\nos.replace('a', 'b')", "import os\nos.open('a', os.O_WRONLY)", "import os\nos.makedirs('a')",
    "import shutil\nshutil.move('a', 'b')", "from datetime import datetime as d\nd.now()", "from datetime import datetime as d\nd.utcnow()",
    "import time\ntime.time()", "import random", "from uuid import uuid4", "import tempfile", "import sqlalchemy as sa\nsa.insert(t)",
])
def test_what_is_refused(code):
    assert found_in(ast.parse(code))


@pytest.mark.parametrize("code", [
    "open('a')", "path.open('rb')", "import os\nos.open('a', os.O_RDONLY)", "'a'.replace('b', 'c')", "import time\ntime.sleep(1)",
    "import dataclasses\ndataclasses.replace(x)", "frame.rename(columns=names)", "from datetime import datetime\ndatetime(2026, 3, 2)",
])
def test_what_only_looks_alike(code):
    assert found_in(ast.parse(code)) == []
