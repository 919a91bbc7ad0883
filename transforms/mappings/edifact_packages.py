"""The packages of a DESADV: CPS hierarchy, PAC, and serial shipping container codes in GIN or PCI.

A CPS node is a package where it names a parent or carries an SSCC; a root without one stands for the whole shipment. A node
with several SSCCs is several packages, and an SSCC below a line is a package of that line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools, Ints, Text
from transforms.mappings.levels import Level, ancestors, documents_level, nearest
from transforms.mappings.rows import Rows
from transforms.model import PACKAGES
from transforms.typed import to_bools

SSCC_QUALIFIERS = ("BJ", "AW")  # 7405
SSCC_MARKINGS = ("30", "33E", "34E")  # 4233: marks are SSCCs, where they look like one
# 7065 of pallets: EANCOM 08, 09, 200 to 206 and Recommendation 21 PX.
PALLETS = ("08", "09", "200", "201", "202", "203", "204", "205", "206", "PX")


@dataclass(frozen=True, slots=True, eq=False)
class Packages:
    """Packages of all messages in order of place: n rows."""

    segment: Ints  # CPS, GIN or PCI
    node: Ints  # row of the nodes' level, -1 where a line stands below no CPS
    line: Ints  # row of the lines' level where the package belongs to a line, else -1
    sscc: Text
    of_node: Ints  # per node: its only package that belongs to no line, -1 where there is none or several
    of_line: Ints  # per line: its only package, else its node's
    parent: Ints  # per package: the package that holds it, -1 where none is told


def read_packages(nodes: Level, lines: Level) -> Packages:
    """Find the packages of the nodes (CPS) and lines, and what lies in what."""
    segment, sscc = _codes(nodes)
    node, line = nodes.owner(segment), lines.owner(segment)
    carrying = np.bincount(node[node >= 0], minlength=len(nodes)) > 0
    bare = np.flatnonzero(to_bools(pc.is_valid(nodes.cell(2).text)) & ~carrying)
    segment, node = np.concatenate([segment, nodes.anchors[bare]]), np.concatenate([node, bare])
    line = np.concatenate([line, np.full(len(bare), -1, dtype=np.int64)])
    order = np.argsort(segment, kind="stable")
    segment, node, line = segment[order], node[order], line[order]
    sscc = pa.concat_arrays([sscc, pa.nulls(len(bare), pa.string())]).take(pa.array(order))
    of_node, several = _only(np.where(line < 0, node, -1), len(nodes))
    of_line, many = _only(line, len(lines))
    above = nodes.owner(lines.anchors)
    of_line = np.where((of_line < 0) & ~many, _at(of_node, above), of_line)
    up = ancestors(nodes, nodes.cell(1).text, nodes.cell(2).text)
    holding = nearest(up, (of_node >= 0) | several)
    outer = _at(of_node, _at(holding, _at(up, node)))
    return Packages(segment, node, line, sscc, of_node, of_line, np.where(line >= 0, _at(of_node, node), outer))


def package_rows(nodes: Level, packages: Packages) -> Rows:
    """Make one row a package; what holds another package, or stands on a pallet, is a tare."""
    document = documents_level(nodes.documents).owner(packages.segment)
    level = Level(nodes.documents, packages.segment, packages.segment + 1, document, packages.node)
    ordinals = level.ordinals()
    rows = Rows(PACKAGES, level)
    rows.put("package_ordinal", ordinals)
    rows.put("parent_ordinal", _numbered(ordinals, packages.parent))
    kind = nodes.clipped("LIN").child("PAC", 3).text
    pallet = to_bools(pc.is_in(kind, value_set=pa.array(PALLETS)))
    tare = (packages.line < 0) & (packages.node >= 0) & _at(pallet.astype(np.int64), packages.node).astype(bool)
    tare[packages.parent[packages.parent >= 0]] = True
    rows.put("level_code", pa.array(np.where(tare, "tare", "pack").tolist(), pa.string()))
    rows.put("sscc", packages.sscc)
    return rows


def package_of_lines(nodes: Level, packages: Packages) -> pa.Array:
    """Return the package_ordinal of each line, null where none or several hold it."""
    document = documents_level(nodes.documents).owner(packages.segment)
    starts = np.searchsorted(document, document, side="left")
    return _numbered(np.arange(len(document), dtype=np.int64) - starts + 1, packages.of_line)


def _codes(nodes: Level) -> tuple[Ints, Text]:
    """Gather SSCCs: up to five in a GIN, else the first mark of a PCI."""
    table = nodes.table
    whole = documents_level(nodes.documents)
    _, numbers = whole.children("GIN", {1: SSCC_QUALIFIERS})
    _, marks = whole.children("PCI", {1: SSCC_MARKINGS})
    segment = np.concatenate([*[numbers] * 5, marks])
    text = pa.concat_arrays([*[table.element(numbers, element) for element in range(2, 7)], table.element(marks, 2)])
    bare = pc.replace_substring_regex(text, "^00([0-9]{18})$", r"\1")  # with the application identifier 00 before it
    from_mark = pa.array(np.arange(len(segment)) >= 5 * len(numbers))
    wrong = pc.and_(from_mark, pc.invert(pc.match_substring_regex(bare, "^[0-9]{18}$")))
    kept = np.flatnonzero(to_bools(pc.and_(pc.is_valid(bare), pc.invert(wrong))))
    return segment[kept], bare.take(pa.array(kept))


def _only(owner: Ints, count: int) -> tuple[Ints, Bools]:
    """Return per owner its only member, -1 where it has none or several, and which owners have several."""
    members = np.bincount(owner[owner >= 0], minlength=count)
    only = np.full(count, -1, dtype=np.int64)
    rows = np.flatnonzero(owner >= 0)
    only[owner[rows]] = rows
    only[members > 1] = -1
    return only, members > 1


def _at(values: Ints, rows: Ints) -> Ints:
    """Take by row; -1 gives -1."""
    if len(values) == 0:
        return np.full(len(rows), -1, dtype=np.int64)
    return np.where(rows >= 0, values[np.maximum(rows, 0)], -1)


def _numbered(ordinals: Ints, rows: Ints) -> pa.Array:
    return pa.array(_at(ordinals, rows), mask=rows < 0)
