"""What the ledger remembers of the interchanges that came, and which numbering each of them belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy.engine import Engine

from flows.definitions import Definitions
from flows.firstlook import Looked
from flows.outcomes import FOR_A_PERSON
from storage import ledger
from storage.database import reading
from storage.documents import held_documents
from storage.identities import seen_interchanges
from storage.landing import Landed, landed_path
from storage.records import Interchange, Night
from storage.rulings import Contender, contenders, open_rulings
from transforms.verdicts import Candidate, InterchangeKey, Memory, Verdict


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A landed file that is looked at again because a person has ruled on a conflict."""

    landed: Landed
    rulings: Mapping[int, tuple[Verdict, int]]  # ordinal of an interchange -> approved or refused, and the epoch that it was held in


_LOADED = (Verdict.NEW, Verdict.REISSUE, Verdict.APPROVED)


def memory(engine: Engine, candidates: Sequence[Candidate]) -> Memory:
    """Return what the ledger knows. A number that was only ever contested stays contested: no content could match it."""
    with reading(engine) as connection:
        seen = seen_interchanges(connection, control_numbers={each.key.control_number for each in candidates},
                                 content_hashes={each.content_hash for each in candidates})
        dates = {night.night_id: night.business_date for night in ledger.load_nights(connection)}
    by_key: dict[InterchangeKey, set[str]] = defaultdict(set)
    contents: dict[tuple[str, ...], set[str]] = defaultdict(set)
    epochs: dict[tuple[InterchangeKey, str], int] = {}
    first: dict[tuple[InterchangeKey, str], date] = {}
    for one in seen:
        key = key_of(one)
        numberless = (replace(key, epoch=0), one.content_hash)
        first[numberless] = min(first.get(numberless, date.max), dates[one.night_id])
        if one.verdict in _LOADED:
            contents[key.pair].add(one.content_hash)
        if one.verdict in (*_LOADED, Verdict.REFUSED):
            by_key[key].add(one.content_hash)
            epochs[numberless] = one.epoch
        elif one.verdict == Verdict.CONFLICT:
            by_key.setdefault(key, set())
    return Memory({key: frozenset(known) for key, known in by_key.items()},
                  {pair: frozenset(found) for pair, found in contents.items()}, epochs, first)


def key_of(one: Interchange) -> InterchangeKey:
    """Return the identity of an interchange on record."""
    return InterchangeKey(one.standard, one.sender_qualifier, one.sender_id, one.receiver_qualifier, one.receiver_id,
                          one.control_number, one.usage_code, one.epoch)


def taken_up(engine: Engine, night: Night, landing: Path, definitions: Definitions) -> list[TakenUp]:
    """Return the files that a night looks at again because a person has ruled, or has approved that numbering began anew."""
    with reading(engine) as connection:
        ruled = open_rulings(connection, deployment=night.deployment, until=night.business_date)
        anew: list[Contender] = []
        if any(each.epochs for each in definitions.agreements):
            anew = [each for each in contenders(connection, deployment=night.deployment)
                    if each.business_date <= night.business_date and _is_of_a_later_epoch(each, definitions)]
    named = {each.file_hash: (each.name, each.source) for each in anew} | {each.file_hash: (each.name, each.source) for each in ruled}
    rulings: dict[str, dict[int, tuple[Verdict, int]]] = {digest: {} for digest in named}
    for one in ruled:
        rulings[one.file_hash][one.interchange_ordinal] = (Verdict(one.ruling), one.epoch)
    return [TakenUp(Landed(digest, landed_path(landing, digest).stat().st_size, *named[digest], 0), rulings[digest])
            for digest in sorted(rulings)]


def _is_of_a_later_epoch(each: Contender, definitions: Definitions) -> bool:
    """Tell whether something that is held was counted into an epoch that had ended when it came, as a person said later."""
    agreed = definitions.agreement(each.partner_id)
    if agreed is None or each.verdict != Verdict.CONFLICT or each.ruling is not None or each.is_judged_anew:
        return False
    return each.direction_code == "inbound" and sum(start <= each.business_date for start in agreed.epochs) > int(each.identity[-1])


def placed(looked: Looked, known: Memory, tonight: date) -> Looked:
    """Put each interchange of a file into the epoch of its numbering.

    What is on record under its number stays where it was decided. Anything else belongs where it came first: an interchange that
    is fed in again, after its partner has begun to count anew, is no new one.
    """
    return replace(looked, candidates=tuple(
        replace(each, key=replace(each.key, epoch=_epoch(each, starts, known, tonight)))
        for each, starts in zip(looked.candidates, looked.starts, strict=True)))


def _epoch(each: Candidate, starts: Sequence[date], known: Memory, tonight: date) -> int:
    numberless = (replace(each.key, epoch=0), each.content_hash)
    if numberless in known.epochs:
        return known.epochs[numberless]
    came = min(known.first_seen.get(numberless, tonight), tonight)
    return sum(start <= came for start in starts)


def held(engine: Engine, interchanges: set[str]) -> set[str]:
    """Return the documents of interchanges that were set aside for a lack of ours, or a fault that may have been repaired."""
    with reading(engine) as connection:
        return held_documents(connection, interchanges, except_for=FOR_A_PERSON)
