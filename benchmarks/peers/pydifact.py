"""pydifact: its tokenizer and raw segments, the fastest that it offers; it checks no envelopes, so the loop does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydifact.control import Characters
from pydifact.parser import Parser, TokenIterator
from pydifact.tokenizer import Tokenizer

from benchmarks.peers.columns import Columns, empty, save


def order_lines(paths: list[str], output: str) -> int:
    """Write the order lines of all files."""
    columns = empty()
    for path in paths:
        _collect(_segments(path), columns)
    return save(columns, output)


def _segments(path: str) -> Iterator[list]:
    """Yield segments as lists: the tag, then each element, a composite of several components as a list."""
    text = Path(path).read_text("iso8859-1")
    characters = None
    if text.startswith("UNA"):
        characters, text = Characters.from_str(text[:9]), text[9:]
    tokens = TokenIterator(Tokenizer().get_tokens(text, characters))
    return Parser(characters=characters).convert_tokens_to_raw_segments(tokens)


def _collect(segments: Iterator[list], columns: Columns) -> None:
    _, _, quantities, units, prices, buyers, suppliers, names = columns
    order = None
    count = messages = 0
    control = interchange = ""
    for fields in segments:
        count += 1
        tag = fields[0]
        if tag == "LIN":
            for column, value in zip(columns, (order, fields[1], None, None, None, None, None, None), strict=True):
                column.append(value)
        elif tag == "PIA":
            for number, kind in fields[2:]:
                if kind in ("IN", "SA"):
                    (buyers if kind == "IN" else suppliers)[-1] = number
        elif tag == "QTY":
            if fields[1][0] == "21":
                quantities[-1], units[-1] = fields[1][1:]
        elif tag == "PRI":
            prices[-1] = fields[1][1]
        elif tag == "IMD":
            names[-1] = fields[3][3]
        elif tag == "BGM":
            order = fields[2]
        elif tag == "UNH":
            count, control = 1, fields[1]
            messages += 1
        elif tag == "UNT":
            _agree(fields, count, control)
        elif tag == "UNB":
            messages, interchange = 0, fields[5]
        elif tag == "UNZ":
            _agree(fields, messages, interchange)


def _agree(trailer: list, count: int, control: str) -> None:
    if int(trailer[1]) != count or trailer[2] != control:
        raise ValueError(f"{trailer[0]}: its count or control number is wrong")


def walk(paths: list[str], _: str) -> int:
    """Read all elements; return how many segments there were."""
    return sum(1 for path in paths for _segment in _segments(path))


TASKS = {"order_lines": order_lines, "walk": walk}
