"""Pages that are made from the code are what the code makes now, and the guide for the morning leaves no reason and no break out."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
ROOT = DOCS.parent


@pytest.mark.parametrize(("module", "page"), [("transforms.model.dictionary", "data-dictionary.md"), ("flows.catalogue", "findings.md")])
def test_a_made_page_is_up_to_date(module, page):
    # In a process of its own: findings that tests declare are not the project's.
    made = subprocess.run([sys.executable, "-m", module], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True).stdout

    assert made == (DOCS / page).read_text(encoding="utf-8"), f"run: python -m {module} > docs/{page}"


def reasons() -> set[str]:
    """Return the reasons of outcomes that flows gives by name: the second of Outcome's arguments, the first of _quarantined's."""
    found = set()
    for path in sorted((ROOT / "flows").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Outcome", "_quarantined"):
                found.update(part.value for argument in node.args[:2] for part in ast.walk(argument)
                             if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " not in part.value)
            if isinstance(node, ast.keyword) and node.arg == "default" and isinstance(node.value, ast.Constant):
                found.update([node.value.value] if isinstance(node.value.value, str) and "." in node.value.value else [])
    return found


def test_the_guide_explains_every_reason():
    explained = set(re.findall(r"`([a-z_.]+)`", (DOCS / "operations.md").read_text(encoding="utf-8")))

    assert {"resend", "conflict", "unknown_partner", "file.unknown", "unchanged"} <= reasons()
    assert reasons() - explained == set()


def test_the_guide_explains_every_class_of_break():
    guide = (DOCS / "operations.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`([a-z_]+)`", guide[guide.index("\n## Breaks"):]))
    classes = {made["code"] for path in sorted((ROOT / "data" / "rules").glob("*.toml"))
               for made in tomllib.loads(path.read_text(encoding="utf-8"))["class"]}

    assert classes
    assert classes - explained == set()
