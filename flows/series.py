"""The control numbers of partners whose numbering is agreed to count, as they stand at the end of a night."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flows.night import Session
from storage.database import reading
from storage.identities import numbers_from
from transforms.numbering import Came, Series, judge, ranges, read_number, restarts_of, wraps_of

MOST = 20  # ranges that are told


def numbering(session: Session) -> list[dict[str, Any]]:
    """Return each numbering that counts: from where to where, what is missing, came late, wrapped around or began anew tonight."""
    came: dict[tuple[str, ...], list[Came]] = defaultdict(list)
    with reading(session.engine) as connection:
        for agreed in session.definitions.agreements:
            if not agreed.consecutive_numbers:
                continue
            theirs = {(each.their_qualifier, each.their_id, each.our_qualifier, each.our_id) for each in agreed.identities}
            for row in numbers_from(connection, agreed.standard, {each.their_id for each in agreed.identities},
                                    deployment=session.night.deployment, until=session.night.sequence):
                number = read_number(row.control_number)
                pair = (row.sender_qualifier, row.sender_id, row.receiver_qualifier, row.receiver_id)
                if number is not None and pair in theirs:
                    which = (agreed.partner_id, *pair, row.usage_code, f"{restarts_of(row.epoch):06d}", number.letters, f"{number.last}")
                    came[which].append(Came(wraps_of(row.epoch), number, row.sequence, row.verdict == "conflict"))
    latest = {which[:6]: which[6] for which in sorted(came)}
    return [_told(which, those, session.night.sequence) for which, those in sorted(came.items()) if latest[which[:6]] == which[6]]


def _told(which: tuple[str, ...], came: list[Came], tonight: int) -> dict[str, Any]:
    made: Series = judge(came, tonight=tonight)
    letters, width = made.first.letters, len(str(made.first.last))

    def written(value: int) -> str:
        return f"{letters}{value:0{width}d}"

    restarts = int(which[6])
    return {
        "partner": which[0], "sender": which[2], "receiver": which[4], "usage": which[5], "first": written(made.first.value),
        "last": written(made.last.value), "missing": [[written(start), written(stop)] for start, stop in made.missing[:MOST]],
        "missing_count": made.missing_count, "missing_told": ranges(made.missing, MOST), "late": [written(value) for value in made.late],
        "wraps": made.wraps, "wrapped": made.wrapped, "restarts": restarts,
        "restarted": restarts > 0 and min(each.night for each in came) == tonight,
        "restart_suspected": [written(value) for value in made.suspected],
    }


def in_words(one: dict[str, Any]) -> str:
    """Return a numbering as one sentence for the person on duty."""
    parts = [f"{one['first']} to {one['last']}"]
    if one["missing_count"]:
        parts.append(f"missing {one['missing_count']}: {one['missing_told']}")
    if one["late"]:
        parts.append(f"late, and no longer missing: {', '.join(one['late'][:MOST])}")
    if one["wrapped"]:
        parts.append("wrapped around tonight")
    if one["restarted"]:
        parts.append("began anew, as approved")
    if one["restart_suspected"]:
        parts.append(f"runs backwards: {', '.join(one['restart_suspected'][:MOST])}. If the partner began anew, "
                     f"say so with `crossfoot epochs begin {one['partner']}`")
    return "; ".join(parts) + "."
