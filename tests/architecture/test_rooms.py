"""Who may open engines, write files, read clocks, the environment or random numbers: what import-linter cannot say."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import pytest

from tests.architecture.house import ROOMS, WORKSHOPS, aliases, dotted, matches, modules, name_of, room_of, uses


@dataclass(frozen=True, slots=True)
class Rule:
    """Names that only some rooms may use, and where the thing is to be had instead."""

    title: str
    names: tuple[str, ...]
    rooms: tuple[str, ...]
    remedy: str


ENGINES = ("sqlalchemy.create_engine", "sqlalchemy.engine.create_engine", "sqlalchemy.create_mock_engine", "sqlalchemy.engine_from_config",
           "sqlalchemy.create_pool_from_url", "sqlite3.*", "psycopg.*")
HANDLES = ("sqlalchemy.Engine", "sqlalchemy.Connection", "sqlalchemy.engine.Engine", "sqlalchemy.engine.Connection",
           "sqlalchemy.engine.base.*", "sqlalchemy.orm.*")
CLOCKS = ("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
          "time.time", "time.time_ns", "time.monotonic*", "time.perf_counter*", "time.localtime", "time.gmtime", "time.ctime",
          "time.strftime", "pandas.Timestamp.now", "pandas.Timestamp.utcnow", "pandas.Timestamp.today",
          "sqlalchemy.func.now", "sqlalchemy.func.current_*")
ENVIRONMENT = ("os.environ", "os.environ.*", "os.environb", "os.getenv", "os.putenv")
RANDOM = ("random", "random.*", "secrets", "secrets.*", "uuid", "uuid.*", "numpy.random*", "os.urandom")
UNSEEDED = tuple(f"random.{name}" for name in ("random", "randint", "choice", "choices", "shuffle", "sample", "uniform", "SystemRandom"))
WRITES = ("os.rename", "os.renames", "os.replace", "os.link", "os.symlink", "os.unlink", "os.remove", "os.rmdir", "os.truncate", "os.write",
          "shutil.copy*", "shutil.move", "shutil.rmtree")

RULES = (
    Rule("make a database engine", ENGINES, ("storage",), "ask storage for it"),
    Rule("hold a database connection", HANDLES, ("storage", "flows"), "take and give tables; storage talks to the database"),
    Rule("open a DuckDB connection", ("duckdb.connect",), ("storage", "flows"), "take the connection as an argument"),
    Rule("read a clock", CLOCKS, ("flows", "benchmarks"), "take the time as an argument"),
    Rule("read the environment", ENVIRONMENT, ("flows", "benchmarks", "worlds"), "take the setting as an argument"),
    Rule("draw random numbers", RANDOM, ("flows", "benchmarks", "worlds"), "take the number as an argument"),
    Rule("draw unseeded random numbers", UNSEEDED, ("flows",), "use random.Random(seed)"),
    Rule("change files", WRITES, ("storage", *WORKSHOPS), "call storage.files"),
)

PATH_WRITERS = ("write_text", "write_bytes", "unlink", "touch", "symlink_to", "hardlink_to")
WRITERS = ("storage", *WORKSHOPS)


def forbidden_names(tree: ast.AST, room: str) -> list[str]:
    return [f"line {line}: {name}: {room} may not {rule.title}; {rule.remedy}"
            for line, name in uses(tree) for rule in RULES if room not in rule.rooms and matches(name, rule.names)]


def forbidden_writes(tree: ast.AST, room: str) -> list[str]:
    """Find writes through open() and methods of paths, which have no import to go by."""
    known = aliases(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = [] if room in WRITERS else [call for call in calls if writes(call, known)]
    return [f"line {call.lineno}: {ast.unparse(call.func)}: {room} may not write files; call storage.files" for call in found]


def writes(call: ast.Call, known: dict[str, str]) -> bool:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id == "open" and opens_for_writing(call, 1)
    if not isinstance(function, ast.Attribute):
        return False
    full = dotted(function, known)
    if function.attr == "open":
        return opens_for_writing(call, 1 if full in ("io.open", "os.open", "codecs.open") else 0)
    if full is not None:  # a function of a module, such as dataclasses.replace: the rules above name those that write
        return False
    one_argument = len(call.args) == 1 and not call.keywords  # Path.replace(x); str.replace has two
    return function.attr in PATH_WRITERS or (function.attr in ("rename", "replace") and one_argument)


def opens_for_writing(call: ast.Call, position: int) -> bool:
    """Tell whether the mode may write: a mode that is not a literal is taken for one that does."""
    mode = next((keyword.value for keyword in call.keywords if keyword.arg == "mode"), None)
    mode = mode or (call.args[position] if len(call.args) > position else None)
    if mode is None:
        return False
    return not isinstance(mode, ast.Constant) or bool(set(str(mode.value)) & set("wax+"))


@pytest.mark.parametrize("path", modules(*ROOMS, *WORKSHOPS), ids=name_of)
def test_a_room_keeps_to_its_means(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert forbidden_names(tree, room_of(path)) + forbidden_writes(tree, room_of(path)) == []


@pytest.mark.parametrize(("room", "code"), [
    ("flows", "import sqlalchemy as sa\nsa.create_engine('x')"),
    ("transforms", "from sqlalchemy.engine import Connection"),
    ("transforms", "import sqlalchemy.engine\ndef f(c: sqlalchemy.engine.Engine): ..."),
    ("transforms", "import duckdb\nduckdb.connect()"),
    ("storage", "from datetime import datetime as d\nd.now()"),
    ("edi", "import time\ntime.time()"),
    ("storage", "import os\nos.environ['HOME']"),
    ("transforms", "import uuid"),
    ("worlds", "import random\nrandom.choice([1])"),
    ("worlds", "import datetime as dt\ndt.date.today()"),
    ("flows", "import os\nos.replace('a', 'b')"),
    ("flows", "import shutil\nshutil.copyfile('a', 'b')"),
])
def test_a_forbidden_name_is_found(room, code):
    assert forbidden_names(ast.parse(code), room)


@pytest.mark.parametrize("code", [
    "open('a', 'w')", "open('a', mode='ab')", "open('a', mode)", "path.open('w')", "path.write_text('')", "path.write_bytes(b'')",
    "path.rename(other)", "path.replace(other)", "path.unlink()",
])
def test_a_forbidden_write_is_found(code):
    assert forbidden_writes(ast.parse(code), "flows")
    assert not forbidden_writes(ast.parse(code), "storage")


@pytest.mark.parametrize("code", [
    "open('a')", "open('a', 'rb')", "path.open()", "path.open('rb')", "'a'.replace('b', 'c')", "import dataclasses\ndataclasses.replace(x)",
    "import datetime as dt\ndt.datetime(2026, 1, 5)", "from sqlalchemy import Table, Column",
    "from sqlalchemy.engine import Dialect", "frame.rename(columns=names)",
])
def test_what_only_looks_alike_passes(code):
    tree = ast.parse(code)

    assert forbidden_names(tree, "transforms") + forbidden_writes(tree, "transforms") == []
