"""Relations between elements: which of them must, may or must not stand together."""

from __future__ import annotations

import numpy as np

from edi.segments import Bools, Ints


def positions(rule: str) -> list[int]:
    """Return the positions that a rule such as C030405 is about."""
    return [int(rule[at:at + 2]) for at in range(1, len(rule), 2)]


def broken_relation(relation: str, has: Bools) -> tuple[Bools, Ints]:
    """Return where a relation is broken, and which of its positions to blame.

    Args:
        relation: the letter of edi.guidemodel.Segment: P, R, E, C and L of X12.6; O and N of ISO 9735 besides.
        has: for each position of the rule (rows), in each segment (columns), whether it is filled.
    """
    some, every, count = np.any(has, axis=0), np.all(has, axis=0), np.sum(has, axis=0)
    rest_some, rest_every = np.any(has[1:], axis=0), np.all(has[1:], axis=0)
    absent: Ints = np.argmin(has, axis=0)
    present: Ints = len(has) - 1 - np.argmax(has[::-1], axis=0)
    absent_rest, present_rest = 1 + np.argmin(has[1:], axis=0), 1 + np.argmax(has[1:], axis=0)
    rules: dict[str, tuple[Bools, Ints]] = {
        "P": (some & ~every, absent),
        "R": (~some, absent),
        "E": (count > 1, present),
        "O": (count != 1, np.where(some, present, absent)),
        "C": (has[0] & ~rest_every, absent_rest),
        "L": (has[0] & ~rest_some, absent_rest),
        "N": (has[0] & rest_some, present_rest),
    }
    return rules[relation]
