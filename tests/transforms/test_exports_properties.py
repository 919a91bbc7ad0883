"""Whatever stands in a file: nothing is raised, every row belongs to exactly one document, and shuffled documents are the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.exports_case import CONTEXT, ORDERS, ORDERS_HEADER, orders
from transforms.exports import read_export

CELLS = st.text(st.sampled_from(list('ab0159.,-"\n\r|;ö ')), max_size=6)
ROWS = st.lists(st.lists(CELLS, max_size=11).map(",".join), max_size=8)


def conserved(data: bytes) -> None:
    export = read_export(ORDERS, data, CONTEXT, {})
    if export.file_error is None:
        assert sum(document.record_count for document in export.documents) == export.record_count
        assert export.tables["order_lines"].num_rows == export.record_count
        assert export.tables["orders"].num_rows == export.tables["documents"].num_rows == len(export.documents)
        assert len({document.document_id for document in export.documents}) == len(export.documents)
    else:
        assert export.file_error in {finding.code for finding in export.findings}


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_odd_rows_are_findings_and_every_row_is_counted(rows: list[str]):
    conserved("\n".join([ORDERS_HEADER, *rows]).encode())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80), st.booleans())
def test_odd_bytes_are_findings(data: bytes, with_header: bool):
    conserved(ORDERS_HEADER.encode() + b"\n" + data if with_header else data)


@settings(max_examples=50, deadline=None)
@given(st.permutations([(order, line) for order in ("00501", "501", "00502") for line in (1, 2)]))
def test_the_place_in_the_file_does_not_matter_to_a_document(places: list[tuple[str, int]]):
    """The lines of an order stay in their order, wherever they stand."""
    turns = {order: iter((1, 2)) for order, _ in places}
    mixed = orders(*(row(order, next(turns[order])) for order, _ in places))
    sorted_ = orders(*(row(order, line) for order in ("00501", "00502", "501") for line in (1, 2)))
    assert {(made.key, made.document_id, made.amount) for made in mixed.documents} == {
        (made.key, made.document_id, made.amount) for made in sorted_.documents}


def row(order: str, line: int) -> str:
    return f"ACME LTD,{order},2026-03-02,EUR,{line},X{line},{line}0,PCS,{line}.50"
