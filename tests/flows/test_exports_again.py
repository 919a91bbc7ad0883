"""An export under other keys than before: which documents take whose place is decided by their rows."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from flows.exports_again import SHARED, Again, Before, fed_again
from flows.planning import FORCED, REPLAY, PlannedFile
from transforms.exports import Export, ExportDocument, KnownDocument

FILE = PlannedFile("f" * 64, 1, "export.csv", f"{FORCED}the key was wrong", 100, "csv", "erp_orders", (), 0, ())


def export(documents: dict[str, list[int]]) -> Export:
    """Return an export of documents by key, each with the places of its rows."""
    made = tuple(ExportDocument(at + 1, key, f"new-{key}", "", "new", "p", rows[0], rows[0], len(rows), None, None)
                 for at, (key, rows) in enumerate(documents.items()))
    lines = pa.table({"document_id": [f"new-{key}" for key, rows in documents.items() for _ in rows],
                      "byte_offset": [row for rows in documents.values() for row in rows]})
    return Export(made, {"order_lines": lines}, (), (), None, len(lines))


def again(documents: dict[str, list[int]], loaded: dict[str, list[int]], *, changed_since: tuple[str, ...] = ()) -> Again:
    """Feed an export in whose rows were loaded with other documents, some of which a later export has changed."""
    known = {key: KnownDocument(key, "") for key in loaded if key not in changed_since}
    rows = {row: key for key, those in loaded.items() for row in those}
    return fed_again(export(documents), FILE, Before(frozenset(), frozenset(known), rows), known)


@pytest.mark.parametrize(("documents", "loaded", "changed_since", "forced", "over"), [
    pytest.param({"a": [1], "b": [2]}, {"x": [1, 2]}, (), {"new-a": ("x",), "new-b": ("x",)}, set(), id="one becomes two"),
    pytest.param({"a": [1, 2]}, {"x": [1], "y": [2]}, (), {"new-a": ("x", "y")}, set(), id="two become one"),
    pytest.param({"a": [1, 3], "b": [2]}, {"x": [1, 2], "y": [3]}, (), {"new-a": ("x", "y"), "new-b": ("x",)}, set(), id="they cross"),
    pytest.param({"a": [1, 2], "b": [3, 4], "c": [5], "d": [6]}, {"x": [1, 2, 3], "y": [4, 5], "z": [6]}, ("y",), {"new-d": ("z",)},
                 {"new-a", "new-b", "new-c"}, id="what was changed since keeps all that are bound to it"),
    pytest.param({"a": [1, 2], "b": [3]}, {"x": [1]}, (), {}, {"new-a", "new-b"}, id="rows that this file did not bring"),
])
def test_rows_decide(documents: dict[str, list[int]], loaded: dict[str, list[int]], changed_since: tuple[str, ...],
                     forced: dict[str, tuple[str, ...]], over: set[str]) -> None:
    made = again(documents, loaded, changed_since=changed_since)
    assert (made.forced, made.over, made.why) == (forced, over, SHARED)


def test_every_row_is_in_one_version_that_counts() -> None:
    """Whatever rows become one document: those of the old ones that stay and of the new ones that take places are all rows, once each."""
    for cut in range(2 ** 5):
        rows = [(cut >> at & 1, at) for at in range(5)]
        documents = {f"n{which}": [at for one, at in rows if one == which] for which in {one for one, _ in rows}}
        loaded = {"x": [0, 1], "y": [2], "z": [3, 4]}
        for changed in ((), ("x",), ("y",), ("z",), ("x", "z")):
            made = again(documents, loaded, changed_since=changed)
            replaced = {old for olds in made.forced.values() for old in olds}
            counting = [row for key, those in loaded.items() if key not in replaced for row in those]
            counting += [row for key, those in documents.items() if f"new-{key}" in made.forced for row in those]
            assert sorted(counting) == list(range(5))


def test_without_force_nothing_is_loaded_under_other_keys() -> None:
    known = {"x": KnownDocument("x", "")}
    made = fed_again(export({"a": [1], "b": [2]}), replace(FILE, source=REPLAY), Before(frozenset({1}), frozenset({"x"})), known)
    assert (made.forced, made.over) == ({}, {"new-a", "new-b"})


def test_under_the_same_keys_only_what_counts_still_is_loaded_again() -> None:
    known = {"a": KnownDocument("old-a", ""), "b": KnownDocument("of another export", "")}
    made = fed_again(export({"a": [1], "b": [2], "c": [3]}), FILE, Before(frozenset({1, 2}), frozenset({"a"})), known)
    assert (made.forced, made.over, made.replaceable) == ({"new-a": ("old-a",)}, {"new-b"}, frozenset())
    unforced = fed_again(export({"a": [1]}), replace(FILE, source=REPLAY), Before(frozenset({1}), frozenset({"a"})), known)
    assert (unforced.forced, unforced.over) == ({}, {"new-a"})
