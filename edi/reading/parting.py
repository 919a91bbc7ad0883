"""Where one part of a stream stops and the next goes on: what is left open between the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from edi.dialect import Role
from edi.reading.balance import group_key
from edi.reading.carrying import Carry, Digests, OpenTransaction
from edi.reading.envelopes import ENVELOPES, has_group_end
from edi.segments import Batch, Earlier, Group


class Fresh(NamedTuple):
    """Control numbers of a part: they are added to those of earlier ones when the part itself has been checked."""

    transactions: Sequence[str] = ()
    groups: Sequence[str] = ()

    def remember(self, earlier: Earlier) -> None:
        """Add them."""
        earlier.control_numbers.update(self.transactions)
        earlier.group_numbers.update(self.groups)


def leave_open(batch: Batch, carry: Carry, digests: Digests, next_tag: str) -> tuple[Batch, Carry, Fresh]:
    """Tell what the last interchange of a part leaves to the next one.

    Args:
        batch: the part, whose last interchange goes on.
        carry: what was open when the part began.
        digests: the running hashes of that interchange.
        next_tag: the tag that the next part begins with; it may end a transaction or group that has no trailer.

    Returns:
        the part with everything marked that goes on, what it carries, and the control numbers that are to be added to
        those carried once the part itself has been checked.
    """
    last = batch.interchanges[-1]
    closed = last.has_trailer or (carry.closed and not last.begins)
    role = ENVELOPES[last.standard].roles.get(next_tag, Role.BODY)
    group = _open_group(batch, role) if not closed else None
    goes_on = not closed and _transaction_goes_on(batch, role)
    groups = (*batch.groups[:-1], batch.groups[-1]._replace(ends=False)) if group else batch.groups
    interchange = last._replace(ends=last.has_trailer, content_hash=last.content_hash if last.has_trailer else "")
    batch = replace(batch, interchanges=(*batch.interchanges[:-1], interchange), groups=groups, goes_on=goes_on)
    earlier, fresh = _counted(batch, group)
    return batch, Carry(earlier, digests, group, _open_transaction(batch) if goes_on else None, closed), fresh


def _open_group(batch: Batch, role: Role) -> Group | None:
    if not batch.groups or role in (Role.GROUP, Role.TRAILER):
        return None
    group = batch.groups[-1]
    reaches = group.interchange == len(batch.interchanges) - 1 and group.stop_segment == len(batch.table)
    return group if reaches and not has_group_end(batch.table, np.array([group.stop_segment]))[0] else None


def _transaction_goes_on(batch: Batch, role: Role) -> bool:
    those = batch.transactions
    if not len(those) or role not in (Role.BODY, Role.HEADER, Role.TRANSACTION_END):
        return False
    reaches = those.interchange[-1] == len(batch.interchanges) - 1 and those.stop_segment[-1] == len(batch.table)
    return bool(reaches and not batch.table.codes_at(those.stop_segment[-1:] - 1, "SE", "UNT")[0])


def _open_transaction(batch: Batch) -> OpenTransaction:
    those = batch.transactions
    type_code, version, association, number = (
        column[-1].as_py() for column in (those.type_code, those.version, those.association, those.control_number))
    segments = those.stop_segment[-1] - those.first_segment[-1] + those.segments_before[-1]
    return OpenTransaction((type_code, version, association, number), int(segments))


def _counted(batch: Batch, group: Group | None) -> tuple[Earlier, Fresh]:
    """Count what was read so far of the last interchange, and of its group that is open."""
    at, those = len(batch.interchanges) - 1, batch.transactions
    before = Earlier() if batch.interchanges[at].begins else batch.earlier
    begun = (those.interchange == at) & (those.segments_before == 0)
    in_scope = begun & (those.group == (len(batch.groups) - 1 if group else -1))
    same_scope = not group.begins if group else not any(one.interchange == at for one in batch.groups)
    earlier = Earlier(
        groups=before.groups + sum(one.interchange == at and one.begins for one in batch.groups),
        transactions=before.transactions + int(begun.sum()),
        packages=before.packages + int((batch.table.interchange[batch.table.select("UNO")] == at).sum()),
        group_transactions=int(in_scope.sum()) + (before.group_transactions if same_scope else 0),
        control_numbers=before.control_numbers if same_scope else set(),
        group_numbers=before.group_numbers,
    )
    return earlier, Fresh(
        [number for number in those.control_number.filter(pa.array(in_scope)).to_pylist() if number],
        [group_key(batch, one) for one in batch.groups if one.interchange == at and one.begins])
