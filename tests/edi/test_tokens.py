"""Tokenising by hand-made examples: what is a value, where segments begin, what newlines and releases do."""

from __future__ import annotations

from itertools import pairwise

import pytest

from edi.scanning.tokenising import levels, tokenise
from edi.scanning.tokens import Tokens, join, transcode
from edi.segments import Delimiters

X12 = Delimiters(element=b"*", segment=b"~", component=b":", repetition=b"^")
EDIFACT = Delimiters(element=b"+", segment=b"'", component=b":", release=b"?")


def values(tokens: Tokens) -> list[str]:
    ends = tokens.offsets.tolist()
    data = tokens.data.to_pybytes()
    return [data[a:b].decode() for a, b in pairwise(ends)]


def test_every_component_is_one_value() -> None:
    tokens = tokenise(b"AB*1:2^3**4~C~", X12)
    assert values(tokens) == ["AB", "1", "2", "3", "", "4", "C"]
    repeat_first, element_first, segment_first = levels(tokens)
    assert repeat_first.tolist() == [0, 1, 3, 4, 5, 6, 7]
    assert element_first.tolist() == [0, 1, 3, 4, 5, 6]
    assert segment_first.tolist() == [0, 4, 5]


@pytest.mark.parametrize("newline", [b"", b"\n", b"\r\n", b"\r", b"\n\n\r\n", b"\n" * 30])
def test_newlines_after_a_terminator_are_no_data(newline: bytes) -> None:
    tokens = tokenise(newline + b"AB*1~" + newline + b"C*2~" + newline, X12)
    assert values(tokens) == ["AB", "1", "C", "2"]
    assert tokens.start.tolist() == [len(newline), 2 * len(newline) + 5]
    assert tokens.end.tolist() == [len(newline) + 5, 2 * len(newline) + 9]


def test_a_newline_inside_a_value_stays() -> None:
    assert values(tokenise(b"AB*one\ntwo~\nC*3~\n", X12)) == ["AB", "one\ntwo", "C", "3"]


def test_newline_as_terminator_ignores_blank_lines() -> None:
    lines = Delimiters(element=b"*", segment=b"\n", component=b">")
    assert values(tokenise(b"AB*1\n\nC*2\n", lines)) == ["AB", "1", "C", "2"]


def test_many_carriage_returns_before_a_newline_that_terminates() -> None:
    lines = Delimiters(element=b"*", segment=b"\n", component=b">")
    assert values(tokenise(b"AB*1\n" + b"\r" * 20 + b"\n" + b"\r" * 20 + b"C*2\n", lines)) == ["AB", "1", "C", "2"]


def test_carriage_return_as_terminator_skips_the_line_feed() -> None:
    lines = Delimiters(element=b"*", segment=b"\r", component=b">")
    assert values(tokenise(b"AB*1\r\nC*2\r\n", lines)) == ["AB", "1", "C", "2"]


def test_empty_segments_leave_no_value() -> None:
    tokens = tokenise(b"AB*1~~\n~C*2~", X12)
    assert values(tokens) == ["AB", "1", "C", "2"]
    assert tokens.empty.tolist() == [5, 7]
    assert tokens.start.tolist() == [0, 8]


def test_a_terminator_of_several_bytes() -> None:
    ellipsis = "\u2026".encode()
    tokens = tokenise("AB*1\u2026\nC*\u2019s\u2026".encode(), Delimiters(element=b"*", segment=ellipsis, component=b":"))
    assert values(tokens) == ["AB", "1", "C", "\u2019s"]
    assert tokens.start.tolist() == [0, 8]
    assert tokens.end.tolist() == [7, 17]


@pytest.mark.parametrize(("wire", "value"), [
    (b"a?'b", "a'b"), (b"a??", "a?"), (b"a???'b", "a?'b"), (b"a????", "a??"), (b"?+?:??", "+:?"), (b"a?bc", "abc"), (b"?'", "'"),
])
def test_release_characters_by_parity(wire: bytes, value: str) -> None:
    assert values(tokenise(b"FTX+" + wire + b"+x'UNT+2'", EDIFACT)) == ["FTX", value, "x", "UNT", "2"]


def test_released_newlines_and_delimiters_keep_later_places_right() -> None:
    tokens = tokenise(b"A+?+?+'\nB+1'\r\nC'", EDIFACT)
    assert values(tokens) == ["A", "++", "B", "1", "C"]
    assert tokens.start.tolist() == [0, 8, 14]


def test_protected_bytes_are_data() -> None:
    wire = b"BIN*5*a~*\n:~SE*1~"
    assert values(tokenise(wire, X12, [(6, 11)])) == ["BIN", "5", "a~*\n:", "SE", "1"]


def test_transcoding_moves_the_offsets() -> None:
    tokens = transcode(tokenise("NAD+Jürgen+Groß+Ö'X+é'".encode("latin-1"), EDIFACT), "iso8859-1")
    assert values(tokens) == ["NAD", "Jürgen", "Groß", "Ö", "X", "é"]


def test_joined_buffers_keep_their_values() -> None:
    ellipsis = Delimiters(element=b"*", segment="\u2026".encode(), component=b":")
    joined = join([tokenise(b"AB*1~\n\n", X12), tokenise("X*\u2026\n".encode(), ellipsis), tokenise(b"C+?'2'\r\n", EDIFACT)])
    assert values(joined) == ["AB", "1", "X", "", "C", "'2"]


def test_nothing_gives_nothing() -> None:
    assert values(tokenise(b"", X12)) == []
    assert values(tokenise(b"~\n~", X12)) == []
