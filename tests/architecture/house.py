"""What the architecture tests share: the rooms, their modules, and names resolved through each module's imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("edi", "transforms", "expectations", "storage", "flows")
WORKSHOPS = ("worlds", "benchmarks")  # generators and measurements: not shipped, freer than the rooms


def modules(*folders: str) -> list[Path]:
    """List the Python modules below folders of the repository, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def aliases(tree: ast.AST) -> dict[str, str]:
    """Map each imported local name to the dotted name that it stands for."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                found[name.asname or name.name.partition(".")[0]] = name.name if name.asname else name.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update({name.asname or name.name: f"{node.module}.{name.name}" for name in node.names})
    return found


def dotted(node: ast.AST, known: dict[str, str]) -> str | None:
    """Spell a name or attribute chain in full, or None where it does not start at an import."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        base = dotted(node.value, known)
        return f"{base}.{node.attr}" if base else None
    return None


def uses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every imported or used name that starts at an import, in full, with its line."""
    known = aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.Name | ast.Attribute) and (name := dotted(node, known)):
            yield node.lineno, name


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
