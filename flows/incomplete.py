"""Files that break off: a copy still being written, or sent cut short? Their rest is waited for; then a person is asked.

What came whole tells the two apart: where it begins with the same bytes, the first was a copy that was not finished.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flows.firstlook import Looked
from storage.landing import Landed
from transforms.verdicts import Candidate, InterchangeKey, Memory, Verdict

OVERDUE = "overdue"  # nothing more came until the deadline


@dataclass(frozen=True, slots=True)
class Carried:
    """A file that broke off and is waited for since an earlier look."""

    landed: Landed
    since: date  # business date of its arrival
    tonight: bool  # it is in tonight's books already, as pending: only news of it belongs there


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known about waiting tonight."""

    business_date: date
    carried: Sequence[Carried] = ()
    days: Callable[[str], int] = lambda _: 0  # how long the files of a source are waited for

    def until(self, landed: Landed) -> date:
        """Return the business date at which a file is no longer waited for."""
        since = next((each.since for each in self.carried if each.landed is landed), self.business_date)
        return since + timedelta(days=self.days(landed.source))

    def is_old(self, landed: Landed) -> bool:
        """Tell whether a file that stays pending is in tonight's books already."""
        return any(each.landed is landed and each.tonight for each in self.carried)


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a file that breaks off: of each of its interchanges, by ordinal, or of all of it where it has none."""

    verdicts: Mapping[int, Verdict]
    whole: str = ""  # a verdict, or OVERDUE
    until: str = ""  # ISO date, where its rest is waited for

    @property
    def is_pending(self) -> bool:
        """Tell whether its rest is waited for."""
        return bool(self.until)


def settle(looked: Sequence[Looked], memory: Memory, load: Callable[[str], bytes], waiting: Waiting, snapshots: Collection[str],
           ) -> dict[tuple[str, int], Settled]:
    """Say what becomes of the files that break off among those of a night, by hash and copy.

    Args:
        memory: the interchanges on record.
        load: the bytes of a file, by hash.
        snapshots: sources whose exports repeat everything.
    """
    whole = [each for each in looked if not each.ends_early]
    by_number = {candidate.key: candidate for each in whole for candidate in each.candidates}
    by_name = {(each.landed.source, each.landed.name): each for each in whole}
    settled = {}
    for stub in (each for each in looked if each.ends_early):
        came = _by_number(stub, by_number, memory, load)
        found = _by_name(stub, by_name, load, snapshots)
        settled[stub.landed.hash, stub.copy] = _settled(stub, came, found, waiting)
    return settled


def _settled(stub: Looked, came: Mapping[int, Verdict], found: Verdict | None, waiting: Waiting) -> Settled:
    if stub.candidates and max(each.ordinal for each in stub.candidates) in came:
        return Settled(came)
    if not stub.candidates and found is not None:
        return Settled({}, found)
    until = waiting.until(stub.landed)
    if waiting.business_date < until:
        return Settled({each.ordinal: Verdict.PENDING for each in stub.candidates}, Verdict.PENDING, until.isoformat())
    return Settled({}, OVERDUE)


def _by_number(stub: Looked, tonight: Mapping[InterchangeKey, Candidate], memory: Memory, load: Callable[[str], bytes],
               ) -> dict[int, Verdict]:
    """Return the interchanges that are whole elsewhere under the same number: tonight, or on record."""
    found = {}
    for each in stub.candidates:
        if each.key in tonight:
            goes_on = load(tonight[each.key].file_hash).startswith(load(stub.landed.hash))
            found[each.ordinal] = Verdict.CONTINUED if goes_on else Verdict.SENT_AGAIN
        elif memory.contents_by_key.get(each.key):
            found[each.ordinal] = Verdict.SENT_AGAIN
    return found


def _by_name(stub: Looked, tonight: Mapping[tuple[str, str], Looked], load: Callable[[str], bytes], snapshots: Collection[str],
             ) -> Verdict | None:
    """Look for a file of the same source and name, where no number can be read.

    A name may be used every day. So other bytes under it count as the same file only in a snapshot, which repeats everything.
    """
    other = tonight.get((stub.landed.source, stub.landed.name))
    if other is None:
        return None
    if load(other.landed.hash).startswith(load(stub.landed.hash)):
        return Verdict.CONTINUED
    return Verdict.SENT_AGAIN if stub.source_id in snapshots else None
