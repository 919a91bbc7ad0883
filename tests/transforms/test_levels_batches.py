"""Levels where documents stand beside each other, are nested or empty, and where stated trees are broken."""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa

from tests.transforms import edifact_case
from tests.transforms.x12_case import case
from transforms.mappings.levels import ancestors, cells, documents_level, filled, nearest, spread

ORDER = "BEG*00*NE*P1\nN1*BY*A\nPO1*1*5\nSCH*2\nN1*ST*B\nSCH*3\nPO1*2*6\nN1*ST*C\nCTT*2\nN1*ZZ*D"
BARE = "BEG*00*NE*P2\nN1*BY*E"
LAST = "BEG*00*NE*P3\nPO1*9*7\nSCH*8\nN1*ST*F"


def test_each_document_owns_its_segments_from_first_to_last():
    documents = case("850", ORDER, BARE, LAST)
    whole = documents_level(documents)
    segments = documents.table.select("ST", "SE", "N1")
    assert whole.owner(segments).tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
    outside = documents.table.select("ISA", "GS", "GE", "IEA")
    assert whole.owner(outside).tolist() == [-1, -1, -1, -1]


def test_a_document_without_lines_leaves_its_neighbours_alone():
    lines = documents_level(case("850", ORDER, BARE, LAST)).inside("PO1")
    assert lines.parent.tolist() == lines.document.tolist() == [0, 0, 2]
    assert lines.child("N1", 2).text.to_pylist() == ["B", "C", "F"]


def test_a_level_within_a_level_points_to_its_own_parent():
    lines = documents_level(case("850", ORDER, BARE, LAST)).inside("PO1", until=("CTT",))
    schedules = lines.inside("SCH")
    assert schedules.parent.tolist() == [0, 0, 2]
    assert schedules.document.tolist() == [0, 0, 2]
    assert schedules.child("N1", 2).text.to_pylist() == ["B", None, "F"]
    assert spread(lines.cell(1), schedules.parent).text.to_pylist() == ["1", "1", "9"]


def test_only_anchors_with_the_code_open_and_close_a_scope():
    parties = documents_level(case("850", "N1*BY*A\nREF*1\nN1*ST*B\nREF*2\nN1*BY*C\nREF*3")).inside("N1", where={1: "BY"})
    owner, segments = parties.children("REF")
    assert owner.tolist() == [0, 0, 1]
    assert parties.table.element(segments, 1).to_pylist() == ["1", "2", "3"]


def test_codes_of_a_component():
    message = "BGM+220\nLIN+1\nPIA+1+A:SA\nLIN+2\nPIA+1+B:IN\nUNS+S\nCNT+2:2"
    documents = edifact_case.documents(edifact_case.interchange("ORDERS", *(f"{line}'" for line in [message.replace("\n", "'\n")])))
    lines = documents_level(documents).inside("LIN", until=("UNS",))
    assert lines.child("PIA", 2, where={(2, 2): "IN"}).text.to_pylist() == [None, "B"]
    assert lines.child("PIA", 2, 2).text.to_pylist() == ["SA", "IN"]


def test_all_conditions_must_hold():
    level = documents_level(case("850", "N1*ST*B*92*1\nN1*ST*C*9*2"))
    assert level.child("N1", 4, where={1: "ST", 3: "9"}).text.to_pylist() == ["2"]
    assert level.child("N1", 4, where={1: "BY", 3: "9"}).text.to_pylist() == [None]


def test_clipped_at_whatever_comes_first():
    whole = documents_level(case("850", ORDER, BARE))
    for tags in (("PO1", "CTT"), ("CTT", "PO1")):
        head = whole.clipped(*tags)
        assert [owner for owner, _ in zip(*head.children("N1"), strict=True)] == [0, 1]
    assert whole.clipped("NOT").children("N1")[0].tolist() == [0, 0, 0, 0, 1]
    assert len(whole.clipped("PO1").inside("PO1")) == 0


def test_the_first_of_several_children_is_the_first_by_place():
    level = documents_level(case("850", ORDER, LAST))
    assert level.table.element(level.first("SCH"), 1).to_pylist() == ["2", "8"]
    assert level.child("N1", 2).text.to_pylist() == ["A", "F"]


def test_three_fallbacks_and_what_is_absent_in_all():
    level = documents_level(case("850", "A*1\nC*x", "B*2\nC*y", "C*3", "D*4"))
    made = level.child("A", 1).otherwise(level.child("B", 1)).otherwise(level.child("C", 1))
    assert made.text.to_pylist() == ["1", "2", "3", None]
    assert level.table.tags.take(pa.array(made.segments[:3])).to_pylist() == ["A", "B", "C"]
    assert made.segments[3] == -1
    assert filled(made, "9").text.to_pylist() == ["1", "2", "3", "9"]


def test_an_empty_element_is_absent():
    level = documents_level(case("850", "N1*ST**92", "N1*ST*B"))
    assert level.child("N1", 2).otherwise(level.child("N1", 3)).text.to_pylist() == ["92", "B"]


def test_a_batch_of_no_documents():
    none = documents_level(case("850"))
    lines = none.inside("PO1", until=("CTT",), where={1: "1"})
    assert (len(none), len(lines), len(none.clipped("PO1"))) == (0, 0, 0)
    assert lines.child("N1", 2).otherwise(lines.cell(1)).text.to_pylist() == []
    assert (lines.ordinals().tolist(), lines.first("N1").tolist()) == ([], [])
    assert ancestors(lines, lines.cell(1).text, lines.cell(2).text).tolist() == []
    assert nearest(np.array([], dtype=np.int64), np.array([], dtype=bool)).tolist() == []


def test_segments_that_are_not_there_have_no_value():
    table = case("850", ORDER).table
    assert cells(table, np.array([-1, -1]), 1).text.to_pylist() == [None, None]


def test_a_node_without_number_is_nobodys_parent():
    nodes = documents_level(case("856", "HL***S\nHL*2*?*O\nHL*3*2*I")).inside("HL")
    assert ancestors(nodes, nodes.cell(1).text, nodes.cell(2).text).tolist() == [-1, -1, 1]


def test_numbers_of_parents_are_text():
    nodes = documents_level(case("856", "HL*1**S\nHL*01*1*O\nHL*3*01*I\nHL*4*4*I")).inside("HL")
    assert ancestors(nodes, nodes.cell(1).text, nodes.cell(2).text).tolist() == [-1, 0, 1, 3]


def test_circles_and_chains():
    chain = np.array([-1, 0, 1, 2, 3])
    assert nearest(chain, np.array([True, False, False, False, False])).tolist() == [0, 0, 0, 0, 0]
    assert nearest(chain, np.zeros(5, dtype=bool)).tolist() == [-1, -1, -1, -1, -1]
    circle = np.array([2, 0, 1, 2, 4])
    assert nearest(circle, np.zeros(5, dtype=bool)).tolist() == [-1, -1, -1, -1, -1]
    assert nearest(circle, np.array([False, True, False, False, False])).tolist() == [1, 1, 1, 1, -1]


def test_one_circle_does_not_hold_up_the_night():
    parents = np.arange(-1, 299_999)
    parents[7] = 7
    began = time.process_time()
    assert nearest(parents, parents == 0).tolist()[:9] == [-1, 1, 1, 1, 1, 1, 1, -1, -1]
    assert time.process_time() - began < 5  # one round a node, as it was, would take minutes
