"""Levels by example: scopes, their children, and trees that are stated by number."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.x12_case import case
from transforms.mappings.levels import Level, ancestors, at_segments, documents_level, nearest, spread, within

TWO = ("BEG*00*NE*P1\nN1*BY*X\nPO1*1*5\nPID*F\nN1*ST*Y\nPO1*2*6\nCTT*2\nN1*ZZ*Z", "BEG*00*NE*P2\nPO1*1*7\nPID*S")


def lines(*until: str) -> Level:
    return documents_level(case("850", *TWO)).inside("PO1", until=until)


def test_rows_know_their_document_and_their_place_in_it():
    level = lines()
    assert level.cell(2).text.to_pylist() == ["5", "6", "7"]
    assert level.document.tolist() == [0, 0, 1]
    assert level.ordinals().tolist() == within(level).tolist() == [1, 2, 1]
    assert level.from_document(pa.array(["a", "b"])).to_pylist() == ["a", "a", "b"]


def test_a_scope_ends_at_the_next_anchor_at_its_parents_end_or_where_it_is_closed():
    assert lines().child("N1", 1).text.to_pylist() == ["ST", "ZZ", None]
    assert lines("CTT").child("N1", 1).text.to_pylist() == ["ST", None, None]


def test_a_heading_is_a_document_without_its_lines():
    head = documents_level(case("850", *TWO)).clipped("PO1")
    owner, segments = head.children("N1")
    assert (owner.tolist(), head.table.element(segments, 1).to_pylist()) == ([0], ["BY"])


def test_children_are_chosen_by_code():
    assert lines().first("PID", {1: "S"}).tolist()[:2] == [-1, -1]
    assert lines().child("PID", 1, where={1: ("F", "S")}).text.to_pylist() == ["F", None, "S"]


def test_some_rows_keep_the_parents_of_all():
    level = lines().take(np.array([False, True, True]))
    assert level.parent.tolist() == [0, 1]
    assert level.cell(2).text.to_pylist() == ["6", "7"]


def test_owners_of_segments_and_levels_of_chosen_segments():
    level = lines("CTT")
    described = level.table.select("PID")
    assert level.owner(described).tolist() == [0, 2]
    chosen = at_segments(level, described, np.array([0, 2]))
    assert chosen.child("N1", 1).text.to_pylist() == ["ST", None]  # the N1 behind the PID, up to the end of the line


def test_where_there_is_nothing():
    none = documents_level(case("850", "BEG*00")).inside("PO1")
    assert len(none) == 0
    assert none.owner(np.array([3])).tolist() == [-1]
    assert none.child("PO4", 1).text.to_pylist() == []
    assert spread(none.cell(1), np.array([-1, -1])).text.to_pylist() == [None, None]


def test_cells_fall_back_with_their_places():
    level = lines()
    made = level.child("PID", 1).otherwise(level.cell(2))
    assert made.text.to_pylist() == ["F", "6", "S"]
    assert level.table.tags.take(pa.array(made.segments)).to_pylist() == ["PID", "PO1", "PID"]
    assert made.element.tolist() == [1, 2, 1]


def test_stated_parents_are_of_the_same_document():
    nodes = documents_level(case("856", "HL*1**S\nHL*2*1*O\nHL*3*9*I", "HL*2**S\nHL*3*2*O\nHL*4*1*I")).inside("HL")
    assert ancestors(nodes, nodes.cell(1).text, nodes.cell(2).text).tolist() == [-1, 0, -1, -1, 3, -1]


def test_the_nearest_chosen_node_going_up():
    parents = np.array([-1, 0, 1, 1, -1])
    assert nearest(parents, np.array([True, False, True, False, False])).tolist() == [0, 0, 2, 0, -1]


@given(st.lists(st.integers(-1, 7), min_size=8, max_size=8), st.lists(st.booleans(), min_size=8, max_size=8))
def test_any_parents_end_in_circles_too(parents, chosen):
    expected = []
    for start in range(8):
        at, seen = start, set()
        while at >= 0 and not chosen[at] and at not in seen:
            seen.add(at)
            at = parents[at]
        expected.append(at if at >= 0 and chosen[at] else -1)
    assert nearest(np.array(parents), np.array(chosen)).tolist() == expected
