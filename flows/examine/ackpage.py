"""How each finding is told to a partner, as a page for people, made from the tables that acknowledgments are written with.

    python -m flows.examine.ackpage > docs/acknowledgments.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from edi.edifact.ackcodes import ERRORS
from edi.x12.ackcodes import (
    CASES,
    ELEMENT,
    GROUP,
    GROUP_ELEMENTS,
    IN_THE_HEADERS,
    INTERCHANGE,
    INTERCHANGE_ELEMENTS,
    SEGMENT,
    SET,
    Table,
)

INTRODUCTION = """\
# Acknowledgments

Made from the code by `python -m flows.examine.ackpage > docs/acknowledgments.md`; a test compares the two. Do not edit it.
`crossfoot ack FILE` shows what a file would be answered with, and which finding led to which segment.

Only syntax and guide are acknowledged: a mapping that we lack, a limit of ours or a disagreement about business never rejects. Nobody is
answered for a 997, 999, TA1 or CONTRL, for a copy of what we sent, for a test that was not agreed, for an unknown partner, nor for what we
hold as a whole.

| what is answered | with | when |
|---|---|---|
| a group of X12 | 997, in the group's release | always |
| a group whose GS08 names an implementation guide (005010X...) | 999, in 005010X231A1 | always, unless 997 is agreed |
| an X12 interchange | TA1 | ISA14 is 1, it is rejected as a whole, or a set stands outside of all groups |
| an EDIFACT interchange | CONTRL D:3, or 4:1 where its syntax is 4 | always |

An interchange that is rejected as a whole gets its TA1 and no 997. A TA1 says A, R, or E: accepted, but errors are noted. A CONTRL has
no E, and so warnings are not in it. Groups of several releases get an acknowledgment each.

## What cannot be cited

A partner finds what it sent by the number that we cite, as it was sent. A number or a type that is empty, or that has not the length or
the characters of the element that it would stand in, would break our answer, and cut or mended it would name something else. So it is
left out, and the level above tells of it. So is what holds one of our delimiters (`*` `~` `>` `^`, which X12 cannot escape) or a control
character: with a blank in its place it would be another number.

- A set whose ST01 is not three characters, or whose ST02 is empty or over nine, has no AK2. Accepted, it is among those that AK9 accepts.
  Rejected, or with warnings under `accept_with_errors`, it makes AK905 say 5; AK901 is P, or R where every set is rejected.
- A set whose ST02 is under four characters (`1`) is cited all the same, as it was sent, though AK202 wants four: many partners number so,
  and find their set by this text. `0001` would be another number.
- A group whose GS01 is not two characters, or whose GS06 is no number of up to nine digits, gets no 997 or 999. A TA1 says 024 of it: E, or
  R where nothing of the interchange is accepted. It is due as ever, and where something of the group is rejected, or has warnings that
  `accept_with_errors` tells.
- A GS08 or ST03 too long for AK103 or AK203 is left out alone. Such a GS08 names no implementation guide.
- Of an X12 interchange whose ISA13 is no number of nine digits (zeros in front do not count) TA101 is 000000000, beside its date and time,
  and TA105 is 018: E, or R with the reason where it is rejected.
- A message whose reference is empty or over 14 characters has no UCM. Accepted, it is acknowledged by action 7 of UCF or UCI. Rejected, it
  makes UCF or UCI name the fault of its UNH: with action 4 where that level holds nothing else, otherwise with action 7.
- A group of EDIFACT whose reference is empty or over 14 characters has no UCF, nor its messages a UCM. UCI tells of it as of a message.
- An address in UNG that is too long is left out of UCF alone.
- An EDIFACT interchange whose sender, recipient or reference is empty or too long is not answered.

A UNH that lacks what stands behind the type (`UNH+1+ORDERS`) is cited with what it has, and rejected.

## What a partner's file can say

In `data/partners/*.toml`, above the first `[[...]]`:

| key | values | says |
|---|---|---|
| `acknowledge` | `true`, `false` | whether there are acknowledgments at all |
| `acknowledgment` | `"by_guide"`, `"997"`, `"999"` | what groups are answered with; a 999 only from 005010 on, in the group's release |
| `ta1` | `"requested"`, `"always"`, `"on_error"`, `"never"` | when a TA1 is sent |
| `contrl` | `"always"`, `"requested"`, `"on_error"` | when a CONTRL is sent; requested is by UNB 0031, or when something is rejected |
| `contrl_version` | `"by_syntax"`, `"D:3"`, `"2:2"`, `"4:1"` | its version; 2:2 is what older EANCOM wants |
| `accept_with_errors` | `false`, `true` | whether a document with only warnings gets E and the warnings, or a plain A |
| `echo_bad_values` | `false`, `true` | whether AK404 and IK404 quote the bad value, and CTX the claim or member that it is in |

The first value of each is what holds where nothing is said. `[severities]` decides what rejects. A quoted value has blanks for our
delimiters and ends after 99 characters. A TA1, 997 or 999 is in UTF-8, or in ISO 8859-1 where the interchange was read in that; a CONTRL in
the character set of the interchange, or the first that holds what it cites.

"""

_OF_SETS = "| finding | when | 997 before 005010 | 997 from 005010 | 999 |\n|---|---|---|---|---|"
_POSITIONS = (
    "UCI, UCF and UCM name the service segment and the position of its element. In UCS, UNH is 1, and a missing segment is told by\n"
    "the one before it; in UCD, the tag is 1, and so the first element 2. Anything else is 18.")
_SECTIONS: tuple[tuple[str, Table, str], ...] = (
    ("segments (AK304, IK304)", SEGMENT,
     "The position is that of the segment; of a missing one, that of the segment found instead."),
    ("elements (AK403, IK403)", ELEMENT,
     "The position is element, component and, from 005010 on, repetition. AK3 or IK3 says 8 before them. A condition also gets a\n"
     "CTX in a 999, which names the element that it hangs on."),
    ("sets (AK502, IK502)", SET,
     "Anything else that is wrong in a set is 5, or I5 in a 999 where only codes with I were told."),
    ("groups (AK905)", GROUP, "An error of any other kind is 1; a warning that the list has no code for is left out."),
)


def page() -> str:
    """Return the page as markdown."""
    parts = [INTRODUCTION.rstrip("\n"), ""]
    for title, table, words in _SECTIONS:
        rows = list(_rows(table))
        if table is SET:
            rows += [f"| `guide.*` | {_place(at)} | {code} | {code} | {code} |" for at, code in IN_THE_HEADERS.items()]
        if table is GROUP:
            rows += [f"| `envelope.*` | {_place(at)} | {code} | {code} | {code} |" for at, code in GROUP_ELEMENTS.items()]
        parts += [f"## X12: {title}", "", words, "", _OF_SETS, *rows, ""]
    parts += ["## X12: interchanges (TA105)", "", "There is room for one code, the lowest. Anything else is 024.", "",
              "| finding | TA1 |", "|---|---|", *(f"| `{code}` | {told} |" for code, told in INTERCHANGE.items()),
              *(f"| `envelope.*` at {_place(at)} | {told} |" for at, told in INTERCHANGE_ELEMENTS.items()), ""]
    parts += ["## EDIFACT (0085)", "", _POSITIONS, "", "| finding | CONTRL D:3, 2:2 | CONTRL 4:1 |", "|---|---|---|",
              *(f"| `{code}` | {told.third} | {told.fourth} |" for code, told in ERRORS.items()), ""]
    return "\n".join(parts)


def _place(at: tuple[str, int]) -> str:
    return f"{at[0]}{at[1]:02d}"


def _rows(table: Table) -> Iterator[str]:
    several = Counter(code for code, _ in table)
    for (code, case), told in table.items():
        where = CASES[case] or ("otherwise" if several[code] > 1 else "")
        yield f"| `{code}` | {where} | {told.early} | {told.late} | {told.implementation} |"


if __name__ == "__main__":
    print(page(), end="")
