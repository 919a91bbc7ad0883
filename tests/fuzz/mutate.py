"""Damage as real files have it: segments lost, doubled, swapped and foreign, delimiters changed, digits flipped, bytes of any kind.

Nothing here keeps a file legal. The same bytes and the same random numbers give the same damage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

MOST_BYTES = 4096

Mutation: TypeAlias = Callable[[bytes, Random], bytes]

X12_SEGMENTS = (
    b"ISA*00*          *00*          *ZZ*S              *ZZ*R              *241123*0130*^*00501*000000001*1*P*:",
    b"ISA", b"IEA*1*000000001", b"GS*PO*S*R*20241123*0130*1*X*005010", b"GE*1*1", b"ST*850*0001", b"ST*837*0001*005010X222A1", b"SE*2*0001",
    b"TA1*000000001*241123*0130*A*000", b"BIN*5*a~b*c", b"BIN*99999999999999999999*x", b"BDS*ASC*3*a~b", b"HL*1**S", b"HL*2*1*O*1",
    b"LS*2100", b"LE*2100", b"N1*ST*X*92*1", b"PO1*1*100*EA*12.50**VP*W", b"REF*A:B^C", b"", b"*", b"UNB+UNOA:3+S+R+241123:0130+REF'",
    b"CTT*1*2", b"AMT*TT*-1", b"DTM*011*20241332",
)
EDIFACT_SEGMENTS = (
    b"UNA:+.? '", b"UNA:+,?*'", b"UNB+UNOC:3+S:14+R:14+241123:0130+REF", b"UNB+UNOY:4+S+R+20241123:0130+REF++++1", b"UNZ+1+REF",
    b"UNG+ORDERS+S+R+241123:0130+1+UN+D:96A", b"UNE+1+1", b"UNH+1+ORDERS:D:96A:UN:EAN008", b"UNH+2+INVOIC:D:01B:UN",
    b"UNT+3+1", b"UNO+1+a:b+1+5", b"UNP+5+1", b"UNS+S", b"BGM+220+PO1+9", b"DTM+137:20241332:102", b"LIN+1++A?:B??:EN",
    b"QTY+21:1,5", b"QTY+21:1e3", b"FTX+AAI+++a?'b?+c", b"CUX+2:EUR:9", b"NAD+BY+1::9", b"?", b"+", b":", b"", b"ISA*00*",
    b"RFF+ON:1*ON:2", b"TAX+7+VAT+++:::19", b"PRI+AAA:-",
)
CSV_RECORDS = (b"", b",,,,", b'"', b'""', b'"a""b"', b'"a\nb"', b"SUM,2,10.00", b"SUM;2;10,00",
               b"partner,order", b"\r", b"acme,1,2026-02-30", b"\x00")
ODD_VALUES = (
    b"", b" ", b"0", b"-1", b"+3", b"1e3", b"99999999999999999999999999999999999999", b"20260231", b"20241123",
    b"1.", b".", b"-", b",5", b"NaN", b"x" * 300, b"\xc3\xa9", b"\xe9", b"\x00", b"\xff\xfe", b"\xe2\x80\xa6", b"\xf0\x9f\x98\x80", b"{0}",
    b"%s", b"\t", b"\x1a", b"A:B:C", b"A^B^C", b"?", b"??", b"'",
)
_MARKS = b"*~:^|!+'?#\\;<>@$%&,.\x1c\x1d\x1e\x1f\n\r\"U \xe9"
_AROUND = (b"\xef\xbb\xbf", b"\r\n", b"\x1a", b"\x00" * 8, b"From: someone\n", b"\xff\xfe", b" " * 100)


def marks(data: bytes) -> tuple[bytes, bytes]:
    """Guess the terminator and the element separator of what may be an interchange or an export."""
    at = data.find(b"ISA")
    if at >= 0 and len(data) > at + 105:
        return data[at + 105:at + 106], data[at + 3:at + 4]
    if b"UNB" in data or b"UNH" in data:
        una = data.find(b"UNA")
        return (data[una + 8:una + 9], data[una + 4:una + 5]) if una >= 0 and len(data) > una + 8 else (b"'", b"+")
    return b"\n", b";" if data.count(b";") > data.count(b",") else b","


def _segments(change: Callable[[list[bytes], Random], None]) -> Mutation:
    def mutation(data: bytes, random: Random) -> bytes:
        terminator, _ = marks(data)
        segments = data.split(terminator)
        change(segments, random)
        return terminator.join(segments)

    return mutation


def _drop(segments: list[bytes], random: Random) -> None:
    at = random.randrange(len(segments))
    del segments[at:at + random.choice((1, 1, 1, 2, 9))]


def _double(segments: list[bytes], random: Random) -> None:
    at = random.randrange(len(segments))
    segments[at:at] = segments[at:at + random.choice((1, 1, 2, 5))] * random.choice((1, 1, 2, 30))


def _swap(segments: list[bytes], random: Random) -> None:
    one, other = random.randrange(len(segments)), random.randrange(len(segments))
    segments[one], segments[other] = segments[other], segments[one]


def _element(data: bytes, random: Random) -> bytes:
    """Replace, drop, double or empty one element."""
    _, separator = marks(data)
    elements = data.split(separator)
    at = random.randrange(len(elements))
    old = elements[at]
    elements[at:at + 1] = random.choice(([], [old] * 2, [old] * 40, [b""], [random.choice(ODD_VALUES)], [b"", old]))
    return separator.join(elements)


def _delimiter(data: bytes, random: Random) -> bytes:
    """Change one delimiter, everywhere or in one place."""
    old = random.choice(marks(data))
    return data.replace(old, bytes([random.choice(_MARKS)]), random.choice((-1, -1, 1)))


def _digit(data: bytes, random: Random) -> bytes:
    digits = [found.start() for found in re.finditer(rb"\d", data)]
    return _put(data, random.choice(digits), b"%d" % random.randrange(10)) if digits else data


def _byte(data: bytes, random: Random) -> bytes:
    return _put(data, random.randrange(len(data)), bytes([random.choice((random.randrange(256), random.choice(_MARKS)))]))


def _put(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new):]


def _cut(data: bytes, random: Random) -> bytes:
    return data[:random.randrange(len(data))]


def _hole(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at + random.randint(1, 40):]


def _newlines(data: bytes, random: Random) -> bytes:
    terminator, _ = marks(data)
    return data.replace(terminator, terminator + random.choice((b"\n", b"\r\n", b"\r", b"\n\n")))


def _wrap(data: bytes, random: Random) -> bytes:
    width = random.choice((80, 80, 72, 7))
    return random.choice((b"\n", b"\r\n")).join(data[at:at + width] for at in range(0, len(data), width))


def _around(data: bytes, random: Random) -> bytes:
    extra = random.choice((*_AROUND, data))
    return extra + data if random.random() < 0.5 else data + extra


def _insert(foreign: Sequence[bytes]) -> Mutation:
    def change(segments: list[bytes], random: Random) -> None:
        segments.insert(random.randint(0, len(segments)), random.choice(foreign))

    return _segments(change)


def mutations(foreign: Sequence[bytes]) -> tuple[Mutation, ...]:
    """Return the ways to damage a file, the usual ones several times; ``foreign`` are segments or records to put in."""
    structure = (_segments(_drop), _segments(_double), _segments(_swap), _insert(foreign), _insert(foreign))
    inside = (_element, _element, _element, _digit, _digit, _byte, _byte)
    return (*structure, *structure, *inside, _cut, _hole, _delimiter, _newlines, _wrap, _around)


def below_header(ways: Sequence[Mutation]) -> tuple[Mutation, ...]:
    """Return the ways to damage an export: mostly below its header, since one with another header is held as it is."""
    def below(way: Mutation) -> Mutation:
        def mutation(data: bytes, random: Random) -> bytes:
            header, newline, body = data.partition(b"\n")
            return way(data, random) if random.random() < 0.2 else header + newline + way(body or b"\n", random)

        return mutation

    return tuple(below(way) for way in ways)


def damaged(data: bytes, random: Random, ways: Sequence[Mutation]) -> bytes:
    """Damage a file in one to four ways."""
    for _ in range(random.choice((1, 1, 2, 3, 4))):
        data = random.choice(ways)(data or b"\n", random)
    return data[:MOST_BYTES]
