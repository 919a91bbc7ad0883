"""The compiled scan and the one with numpy give the same tokens, whatever the bytes."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edi import native, read
from edi.native import load
from edi.reading.buffers import places_with_numpy
from edi.reading.envelopes import counts_with_arrow, numbered_with_numpy
from edi.scanning import compiled
from edi.scanning.tokenising import levels
from edi.scanning.tokens import SEGMENT, Tokens, levels_with_numpy, shapes_with_numpy, tokenise_with_numpy
from edi.segments import Delimiters, Ints, SegmentTable, Wanted, value_at, value_with
from transforms.typed import decimals_with_arrow

SOURCE = Path(native.__file__).with_name("kernel.c")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]  # a ctypes library
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here: numpy does the work, and there is nothing to compare it with")
    made = tmp_path_factory.mktemp("kernel") / "kernel.shared"
    flags = os.environ.get("KERNEL_FLAGS", "-O2").split()  # of test_kernel_memory.py
    subprocess.run([compiler, *flags, "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-o", made, SOURCE], check=True)
    return load(made)


X12 = Delimiters(element=b"*", segment=b"~", component=b":", repetition=b"^")
EDIFACT = Delimiters(element=b"+", segment=b"'", component=b":", release=b"?")
NEWLINE = Delimiters(element=b"*", segment=b"\n", component=b">")
WIDE = Delimiters(element=b"*", segment="…".encode(), component=b":")


def same(one: Tokens, other: Tokens) -> None:
    for field in dataclasses.fields(Tokens):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if field.name == "data":
            assert a.equals(b)
        elif field.name not in ("tags", "simple"):  # what only the kernel finds on its way
            np.testing.assert_array_equal(a, b, err_msg=field.name)
            assert a.dtype == b.dtype
    for a, b in zip(levels(one), levels_with_numpy(other.kinds), strict=True):
        np.testing.assert_array_equal(a, b)


@settings(deadline=None, max_examples=400)
@given(text=st.text(alphabet="AB*+:^?'~…\r\n ", max_size=40), delimiters=st.sampled_from([X12, EDIFACT, NEWLINE, WIDE]), data=st.data())
def test_any_text_with_any_ranges_protected(library, text: str, delimiters: Delimiters, data: st.DataObject) -> None:  # type: ignore[no-untyped-def]
    text = text.rstrip("?")  # a released terminator would end nothing
    buffer = text.encode() + delimiters.segment
    edges = data.draw(st.lists(st.integers(0, len(text.encode())), max_size=4, unique=True).map(sorted))
    protected = list(zip(edges[::2], edges[1::2], strict=False))
    same(compiled.tokenise(library, buffer, delimiters, protected), tokenise_with_numpy(buffer, delimiters, protected))


def codes_of_tags(tokens: Tokens) -> tuple[list[int], list[int]]:
    """Number the tags in the order in which they are met, the plain way."""
    ends, data = tokens.offsets.tolist(), tokens.data.to_pybytes()
    last = [-1, *np.flatnonzero(tokens.kinds == SEGMENT).tolist()][:-1] if len(tokens.start) else []
    tags = [data[ends[at + 1]:ends[at + 2]] for at in last]
    known = list(dict.fromkeys(tags))
    return [known.index(tag) for tag in tags], [tags.index(tag) for tag in known]


@settings(deadline=None, max_examples=200)
@given(tags=st.lists(st.sampled_from(["", "A", "AB", "BA", "ABC", "ABCDEFG", "é", "A\0", "\0"]), max_size=12))
def test_tags_are_numbered_as_they_are_met(library, tags: list[str]) -> None:  # type: ignore[no-untyped-def]
    tokens = compiled.tokenise(library, "".join(f"{tag}*1~" for tag in tags).encode(), X12, ())
    assert tokens.tags is not None
    assert tuple(column.tolist() for column in tokens.tags) == codes_of_tags(tokens)


@pytest.mark.parametrize("buffer", [b"ABCDEFGH*1~", b"".join(b"%X*1~" % number for number in range(513))], ids=["long", "many"])
def test_tags_that_are_too_long_or_too_many_are_not_numbered(library, buffer: bytes) -> None:  # type: ignore[no-untyped-def]
    assert compiled.tokenise(library, b"A*1~" + buffer, X12, ()).tags is None


def test_a_buffer_of_nothing_but_marks(library) -> None:  # type: ignore[no-untyped-def]
    for buffer in (b"*" * 999 + b"~", b"~" * 999, b"A~" * 999, b"~\n" * 999):
        same(compiled.tokenise(library, buffer, X12, ()), tokenise_with_numpy(buffer, X12, ()))
    same(compiled.tokenise(library, b"?A" * 999 + b"'", EDIFACT, ()), tokenise_with_numpy(b"?A" * 999 + b"'", EDIFACT, ()))


@settings(deadline=None, max_examples=200)
@given(text=st.text(alphabet="A*:^~", max_size=60))
def test_levels_and_shapes(library, text: str) -> None:  # type: ignore[no-untyped-def]
    tokens = tokenise_with_numpy((text + "~" + "B" * 40 + "~").encode(), X12)
    for one, other in zip(compiled.levels(library, tokens.kinds), levels_with_numpy(tokens.kinds), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(compiled.shapes_of(library, tokens, 3), shapes_with_numpy(tokens, 3), strict=True):
        np.testing.assert_array_equal(one, other)


@settings(deadline=None, max_examples=200)
@given(edges=st.lists(st.integers(0, 30), max_size=10, unique=True).map(sorted), before=st.integers(0, 5), more=st.integers(0, 5))
def test_numbers(library, edges: list[int], before: int, more: int) -> None:  # type: ignore[no-untyped-def]
    bounds = np.array(edges[:len(edges) // 2 * 2], dtype=np.int64)
    before = before if len(bounds) and bounds[0] == 0 else 0
    count = max(edges, default=0) + more
    for one, other in zip(native.number(library, bounds, before, count), numbered_with_numpy(bounds, before, count), strict=True):
        np.testing.assert_array_equal(one, other)


@settings(deadline=None, max_examples=200)
@given(body=st.lists(st.text(alphabet="AB+:?*é", max_size=12), max_size=6), segments=st.lists(st.integers(-1, 3), max_size=20),
       element=st.integers(0, 4), component=st.integers(1, 3), repetition=st.integers(1, 3))
def test_any_value_of_any_segments(library, body, segments, element, component, repetition) -> None:  # type: ignore[no-untyped-def]
    lines = [f"T+{text}" for text in body if not text.endswith("?")]
    table = read(("UNB+UNOC:4+S+R+241123:0130+1'" + "".join(f"{line}'" for line in lines)).encode()).table
    chosen = np.array([min(each, len(table) - 1) for each in segments], dtype=np.int64)
    wanted = [value_at(element, component, repetition), value_at(0), value_at(element), value_at(element, component)]
    for one, other in zip(_gathered(library, table, chosen, *wanted), table.gather_with_numpy(chosen, *wanted), strict=True):
        one.validate(full=True)
        assert one.equals(other)


def _gathered(library, table: SegmentTable, segments: Ints, *wanted: Wanted) -> list[pa.Array]:  # type: ignore[no-untyped-def]
    return native.gather(library, table.values, (table.segment_first, table.element_first, table.repeat_first), segments, wanted)


@settings(deadline=None, max_examples=200)
@given(body=st.lists(st.text(alphabet="AB+:*é", max_size=12), max_size=6), segments=st.lists(st.integers(-1, 7), max_size=20))
def test_any_value_with_a_qualifier(library, body, segments) -> None:  # type: ignore[no-untyped-def]
    table = read(("UNB+UNOC:4+S+R+241123:0130+1'" + "".join(f"T+{text}'" for text in body)).encode()).table
    chosen = np.array([min(each, len(table) - 1) for each in segments], dtype=np.int64)
    places = [((1, 1), (1, 2)), ((2, 1), (2, 2)), ((3, 1), (4, 1))]
    wanted = [value_with(code, places) for code in ("A", "B", "é")]
    for one, other in zip(_gathered(library, table, chosen, *wanted), table.gather_with_numpy(chosen, *wanted), strict=True):
        one.validate(full=True)
        assert one.equals(other)


def test_long_values_are_gathered_whole(library) -> None:  # type: ignore[no-untyped-def]
    table = read(f"UNB+UNOC:4+S+R+241123:0130+1'FTX+{'A' * 500}+D'FTX+B'FTX+{'C' * 17}+E'".encode()).table
    long, short = _gathered(library, table, np.array([1, 2, 3]), value_at(1), value_at(2))
    assert long.to_pylist() == ["A" * 500, "B", "C" * 17]
    assert short.to_pylist() == ["D", None, "E"]


@settings(deadline=None, max_examples=200)
@given(pieces=st.lists(st.tuples(st.lists(st.integers(1, 9), max_size=5), st.integers(0, 3), st.integers(0, 50), st.integers(-3, 9)),
                       min_size=1, max_size=5))
def test_places(library, pieces: list[tuple[list[int], int, int, int]]) -> None:  # type: ignore[no-untyped-def]
    rows, ends, at = [], [0], 0
    for found, (sizes, file, first, more) in enumerate(pieces):  # a piece of segments of these sizes; its end may cut the last one
        rows.append((at, file, first, first + sum(sizes) + more, found))
        ends += [at := at + size for size in sizes]
    table = np.array(rows, dtype=np.int64).T
    start, end = np.array(ends[:-1], dtype=np.int64), np.array(ends[1:], dtype=np.int64)
    for one, other in zip(native.places(library, table, start, end), places_with_numpy(table, start, end), strict=True):
        np.testing.assert_array_equal(one, other)


@settings(deadline=None, max_examples=300)
@given(among=st.lists(st.integers(-3, 40), max_size=30).map(sorted), keys=st.lists(st.integers(-5, 45), max_size=30),
       ascending=st.booleans(), with_equals=st.booleans())
def test_ranks(library, among: list[int], keys: list[int], ascending: bool, with_equals: bool) -> None:  # type: ignore[no-untyped-def]
    some, wanted = np.array(among, dtype=np.int64), np.array(sorted(keys) if ascending else keys, dtype=np.int64)
    expected = np.searchsorted(some, wanted, "right" if with_equals else "left")
    np.testing.assert_array_equal(native.ranks(library, some, wanted, with_equals=with_equals), expected)


@settings(deadline=None, max_examples=500)
@given(texts=st.lists(st.none() | st.text(alphabet="0012 \t\x1c\x1b-", max_size=14), max_size=20), offset=st.integers(0, 3))
def test_counts(library, texts: list[str | None], offset: int) -> None:  # type: ignore[no-untyped-def]
    column = pa.array(texts, pa.string())[offset:]
    assert native.counts(library, column, 12).tolist() == counts_with_arrow(column, 12).tolist()


def test_counts_with_white_space_beyond_ascii_are_left_to_arrow(library) -> None:  # type: ignore[no-untyped-def]
    column = pa.array(["\u00a07", "7"])
    assert native.counts(library, column, 12) is None
    assert counts_with_arrow(column, 12).tolist() == [7, 7]


@settings(deadline=None, max_examples=500)
@given(texts=st.lists(st.none() | st.text(alphabet="0019.-+e ", max_size=14), max_size=20), offset=st.integers(0, 3))
def test_decimals(library, texts: list[str | None], offset: int) -> None:  # type: ignore[no-untyped-def]
    column = pa.array(texts, pa.string())[offset:]
    (one, bad), (other, worse) = native.decimals(library, column, 8, 3), decimals_with_arrow(column, precision=8, scale=3)
    one.validate(full=True)
    assert one.equals(other)
    np.testing.assert_array_equal(bad, worse)


@settings(deadline=None, max_examples=300)
@given(digits=st.text(alphabet="0123456789", min_size=1, max_size=45), point=st.integers(0, 45), negative=st.booleans())
def test_long_decimals(library, digits: str, point: int, negative: bool) -> None:  # type: ignore[no-untyped-def]
    text = ("-" if negative else "") + digits[:point] + ("." + digits[point:] if point < len(digits) else "")
    made, bad = native.decimals(library, pa.array([text]), 38, 20)
    value, fits = Decimal(text), len(digits[:point].lstrip("0")) <= 18 and not digits[point:][20:].strip("0")
    assert (made[0].as_py(), bad[0]) == ((value, False) if fits else (None, True))


def test_decimals_of_38_digits(library) -> None:  # type: ignore[no-untyped-def]
    texts = ["-" + "9" * 38, "9" * 39, "0" * 50 + "1", "1.0"]
    made, bad = native.decimals(library, pa.array(texts), 38, 0)
    assert made.to_pylist() == [Decimal("-" + "9" * 38), None, Decimal(1), Decimal(1)]
    assert bad.tolist() == [False, True, False, False]


def test_a_segment_that_is_not_there_is_refused_whatever_gathers() -> None:
    table = read(b"UNB+UNOC:4+S+R+241123:0130+1'").table
    with pytest.raises(IndexError):
        table.element(np.array([1]), 1)
    with pytest.raises(IndexError):
        table.gather_with_numpy(np.array([1]), value_at(1))


def test_a_kernel_of_another_version_is_not_used(tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here")
    for name, source in (("older", "int old;"), ("newer", "long long crossfoot_version(void) { return 1000000; }")):
        (tmp_path / f"{name}.c").write_text(source)
        subprocess.run([compiler, "-shared", "-fPIC", "-o", tmp_path / name, tmp_path / f"{name}.c"], check=True)
        assert load(tmp_path / name) is None


def test_what_is_no_library_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "nonsense").write_bytes(b"nonsense")
    assert load(tmp_path / "nonsense") is None
    assert load(tmp_path / "absent") is None
