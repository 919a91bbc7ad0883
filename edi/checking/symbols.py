"""What a guide sees of each segment, a column at a time: its tag, and the class of the values that tell places apart."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.checking.moves import Symbol
from edi.checking.places import Node, Places
from edi.guidemodel import Selector
from edi.segments import Ints, SegmentTable

UNKNOWN = Symbol("", frozenset())  # of any tag that the guide does not have


@dataclass(slots=True)
class _Field:
    """One selecting element of a tag, with every code that a selector of the guide names there."""

    element: int
    component: int
    codes: list[str]
    text: pa.Array


@dataclass(slots=True)
class Alphabet:
    """The symbols of a guide, numbered as they are met; number 0 is UNKNOWN."""

    places: Places
    symbols: list[Symbol] = field(default_factory=lambda: [UNKNOWN])
    numbers: dict[Symbol, int] = field(default_factory=lambda: {UNKNOWN: 0})
    fields: dict[str, list[_Field]] = field(default_factory=dict)
    met: dict[tuple[str, int], int] = field(default_factory=dict)  # tag and class of values -> number

    def __post_init__(self) -> None:
        for tag, indices in self.places.by_tag.items():
            self.fields[tag] = _fields([self.places.nodes[index] for index in indices])

    def read(self, table: SegmentTable, segments: Ints) -> Ints:
        """Return the number of each segment's symbol."""
        tags = [str(tag) for tag in table.tags.dictionary.to_pylist()]
        codes = table.tags.indices.to_numpy(zero_copy_only=False)[segments]
        plain = np.array([0, *(self._number(tag, ()) if self.fields.get(tag) == [] else 0 for tag in tags)], dtype=np.int64)[1:]
        numbers: Ints = plain[codes]
        for code, tag in enumerate(tags):
            if self.fields.get(tag):
                at = np.flatnonzero(codes == code)
                if len(at):
                    numbers[at] = self._classify(tag, table, segments[at])
        return numbers

    def _classify(self, tag: str, table: SegmentTable, segments: Ints) -> Ints:
        """Turn the selecting values into one number a segment, in as many digits as there are fields; each is looked up once."""
        combined = np.zeros(len(segments), dtype=np.int64)
        for one in self.fields[tag]:
            code = pc.index_in(table.element(segments, one.element, one.component), one.text)
            combined *= len(one.codes) + 1
            combined += pc.fill_null(code, len(one.codes)).to_numpy(zero_copy_only=False)
        classes, which = np.unique(combined, return_inverse=True)
        known = [self.met.get((tag, each)) for each in classes.tolist()]
        numbers = [self._meet(tag, each) if number is None else number for each, number in zip(classes.tolist(), known, strict=True)]
        return np.array(numbers, dtype=np.int64)[which]

    def _meet(self, tag: str, combined: int) -> int:
        values, rest = [], combined
        for one in reversed(self.fields[tag]):
            rest, digit = divmod(rest, len(one.codes) + 1)
            values.append(one.codes[digit] if digit < len(one.codes) else "")
        number = self._number(tag, tuple(reversed(values)))
        self.met[tag, combined] = number
        return number

    def _number(self, tag: str, values: tuple[str, ...]) -> int:
        """Return the number of the symbol of a tag with these selecting values, "" for any that no selector names."""
        places = {(one.element, one.component): value for one, value in zip(self.fields[tag], values, strict=True)}
        accepting, refused = [], []
        for index in self.places.by_tag[tag]:
            wrong = next((each for each in self.places.nodes[index].selectors
                          if places[each.element, each.component] not in each.codes), None)
            if wrong is None:
                accepting.append(index)
            else:
                refused.append((index, wrong))
        return self.number(Symbol(tag, frozenset(accepting), tuple(refused)))

    def number(self, symbol: Symbol) -> int:
        """Return the number of a symbol, a new one where it was not met before."""
        if symbol not in self.numbers:
            self.numbers[symbol] = len(self.symbols)
            self.symbols.append(symbol)
        return self.numbers[symbol]


def _fields(nodes: list[Node]) -> list[_Field]:
    codes: dict[tuple[int, int], set[str]] = {}
    for selector in (each for node in nodes for each in node.selectors):
        codes.setdefault(_place(selector), set()).update(selector.codes)
    return [_Field(element, component, sorted(named), pa.array(sorted(named), pa.string()))
            for (element, component), named in sorted(codes.items())]


def _place(selector: Selector) -> tuple[int, int]:
    return selector.element, selector.component
