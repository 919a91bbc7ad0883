"""What the ledger remembers of the interchanges that came, and which numbering each of them belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from flows.definitions import Definitions
from flows.firstlook import Looked
from flows.outcomes import FOR_A_PERSON
from storage import ledger
from storage.database import reading
from storage.documents import held_documents
from storage.identities import epochs_of_numbers, seen_interchanges, wrapped_epochs
from storage.landing import Landed, landed_size
from storage.records import Interchange, Night
from storage.rulings import Contender, contenders, open_rulings
from transforms import numbering
from transforms.numbering import NEAR, read_number, restarts_of, wraps_at, wraps_of
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
                  {pair: frozenset(found) for pair, found in contents.items()}, epochs, first, **_scale(engine, candidates))


def _scale(engine: Engine, candidates: Sequence[Candidate]) -> dict[str, Any]:
    """Return what is on record about wrap-arounds, as far as tonight's numbers can meet one."""
    numbers = [number for each in candidates if (number := read_number(each.key.control_number)) and (number.is_low or number.is_high)]
    rounds: dict[tuple[tuple[str, ...], int], int] = {}
    found: dict[str, set[tuple[tuple[str, ...], int]]] = {"ends": set(), "halves": set()}
    with reading(engine) as connection:
        for pair, epoch in wrapped_epochs(connection, least=numbering.epoch(0, 1)):
            key = (pair, restarts_of(epoch))
            rounds[key] = max(rounds.get(key, 0), wraps_of(epoch))
        for letters, last in sorted({(number.letters, number.last) for number in numbers}):
            ends = last - min(NEAR, last // 4) + 1
            for name, low in (("ends", ends), ("halves", last // 2)) if rounds else (("ends", ends),):
                found[name].update(epochs_of_numbers(connection, f"{letters}{low:0{len(str(last))}d}", f"{letters}{last}"))
    return {"rounds": rounds, **{name: frozenset(those) for name, those in found.items()}}


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
    return [TakenUp(Landed(digest, landed_size(landing, digest), *named[digest], 0), rulings[digest])
            for digest in sorted(rulings)]


def _is_of_a_later_epoch(each: Contender, definitions: Definitions) -> bool:
    """Tell whether something that is held was counted into an epoch that had ended when it came, as a person said later."""
    agreed = definitions.agreement(each.partner_id)
    if agreed is None or each.verdict != Verdict.CONFLICT or each.ruling is not None or each.is_judged_anew:
        return False
    begun = sum(start <= each.business_date for start in agreed.epochs)
    return each.direction_code == "inbound" and begun > restarts_of(int(each.identity[-1]))


def placed(looked: Sequence[Looked], known: Memory, tonight: date) -> list[Looked]:
    """Put each interchange of a night into the epoch of its numbering.

    What is on record under its number stays where it was decided. Anything else belongs where it came first: an interchange that
    is fed in again, after its partner has begun to count anew, is no new one. Numbers that are agreed to count may wrap around.
    """
    begun = [replace(each, candidates=tuple(
        replace(one, key=replace(one.key, epoch=_epoch(one, starts, known, tonight)))
        for one, starts in zip(each.candidates, each.starts, strict=True))) for each in looked]
    counting = [one for each in begun for one, counts in zip(each.candidates, each.counts, strict=True) if counts]
    ends = known.ends | {(one.key.pair, _round(one, known)) for one in counting
                         if (number := read_number(one.key.control_number)) and number.is_high}
    return [replace(each, candidates=tuple(
        _wrapped(one, known, ends) if counts else one for one, counts in zip(each.candidates, each.counts, strict=True)))
        for each in begun]


def _epoch(each: Candidate, starts: Sequence[date], known: Memory, tonight: date) -> int:
    numberless = (replace(each.key, epoch=0), each.content_hash)
    if numberless in known.epochs:
        return known.epochs[numberless]
    came = min(known.first_seen.get(numberless, tonight), tonight)
    return sum(start <= came for start in starts)


def _round(each: Candidate, known: Memory) -> int:
    """Return the latest epoch of an interchange's numbering: its new beginnings, and how often it has wrapped around since."""
    restarts = restarts_of(each.key.epoch)
    return numbering.epoch(restarts, known.rounds.get((each.key.pair, restarts), 0))


def _wrapped(each: Candidate, known: Memory, ends: Set[tuple[tuple[str, ...], int]]) -> Candidate:
    """Put an interchange into its round of the scale; what is on record stays where it is."""
    number = read_number(each.key.control_number)
    if number is None or (replace(each.key, epoch=0), each.content_hash) in known.epochs:
        return each
    latest = _round(each, known)
    at = (each.key.pair, latest)
    wraps = wraps_at(number, current=wraps_of(latest), is_at_end=at in ends, is_past_half=at in known.halves)
    return replace(each, key=replace(each.key, epoch=numbering.epoch(restarts_of(latest), wraps)))


def held(engine: Engine, interchanges: set[str]) -> set[str]:
    """Return the documents of interchanges that were set aside for a lack of ours, or a fault that may have been repaired."""
    with reading(engine) as connection:
        return held_documents(connection, interchanges, except_for=FOR_A_PERSON)
