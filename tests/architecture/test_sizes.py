"""Sizes and shapes of DESIGN: modules, functions, inheritance, names, and a sentence at the head of each module."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.house import ROOMS, ROOT, WORKSHOPS, aliases, dotted, modules, name_of

MODULE_LINES, FUNCTION_LINES = 400, 50  # both are split before they reach this
GENERATED: tuple[str, ...] = ()  # tables that a program wrote, by their path from the root

EVERYTHING = [path for path in modules(*ROOMS, *WORKSHOPS, "tests") if name_of(path) not in GENERATED]


def too_long(code: str) -> list[str]:
    """Name what has outgrown its size: the module itself, or functions in it."""
    lines = len(code.splitlines())
    functions = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    sizes = [(node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions]
    return [f"module: {lines} lines"] * (lines >= MODULE_LINES) + [
        f"{name} at line {line}: {size} lines" for name, line, size in sizes if size >= FUNCTION_LINES]


def parents(sources: dict[str, str]) -> dict[str, list[str]]:
    """Map each class of ours, by dotted name, to the dotted names of its bases."""
    found: dict[str, list[str]] = {}
    for module, code in sources.items():
        tree = ast.parse(code)
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        known = {node.name: f"{module}.{node.name}" for node in classes} | aliases(tree)
        found.update({f"{module}.{node.name}": [dotted(base, known) or "" for base in node.bases] for node in classes})
    return found


def too_deep(sources: dict[str, str]) -> list[str]:
    """Name the classes of ours that inherit from one of ours that inherits from one of ours."""
    bases = parents(sources)
    return [name for name, own in bases.items() if any(grand in bases for base in own for grand in bases.get(base, []))]


def module_name(path: Path) -> str:
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@pytest.mark.parametrize("path", EVERYTHING, ids=name_of)
def test_modules_and_functions_are_short(path):
    assert too_long(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", modules(*ROOMS, *WORKSHOPS), ids=name_of)
def test_a_module_opens_with_why_it_exists(path):
    code = path.read_text(encoding="utf-8")

    assert not code.strip() or ast.get_docstring(ast.parse(code))


def test_inheritance_is_no_deeper_than_one():
    assert too_deep({module_name(path): path.read_text(encoding="utf-8") for path in modules(*ROOMS, *WORKSHOPS)}) == []


def test_no_module_is_a_drawer_for_everything():
    assert [name_of(path) for path in EVERYTHING if path.stem in ("util", "utils", "helpers", "misc")] == []


def test_generated_tables_that_are_exempt_exist():
    assert [name for name in GENERATED if not (ROOT / name).exists()] == []


def test_what_is_too_long_is_found():
    assert too_long("x = 1\n" * 400)
    assert too_long("def f():\n" + "    x = 1\n" * 49)
    assert not too_long("x = 1\n" * 399)
    assert not too_long("def f():\n" + "    x = 1\n" * 48)


def test_what_is_too_deep_is_found():
    assert too_deep({"a": "class A(Exception): ...\nclass B(A): ...", "b": "from a import B\nclass C(B): ..."}) == ["b.C"]
    assert too_deep({"a": "class A(Exception): ...\nclass B(A): ..."}) == []
