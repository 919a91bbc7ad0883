"""The mail room: packs what was sent into interchanges and files, numbers them, and lets partners acknowledge what we sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from worlds import edifact, x12
from worlds.business import Envelope, Post, World
from worlds.catalog import PARTNERS, Partner
from worlds.documents import Acknowledged, Invoice, Order, Response, Shipment, TextMessage
from worlds.truth import Places
from worlds.wire import Header

TYPES = (Order, Response, Shipment, Invoice, TextMessage, Acknowledged)
FIRST_NUMBER = {"northfield": 100, "bluewater": 2040, "alpenmarkt": 310, "hansetools": 7700}
REFERENCE = {"alpenmarkt": "AM{:06d}", "hansetools": "HT{:07d}"}


@dataclass(frozen=True, slots=True)
class Letter:
    """An interchange as bytes."""

    partner: Partner
    night: int
    inbound: bool
    bundle: str
    control: str
    data: bytes


@dataclass(slots=True)
class MailRoom:
    """What has been packed, and the numbers given out."""

    world: World
    letters: list[Letter] = field(default_factory=list)
    sent: list[tuple[Letter, Acknowledged]] = field(default_factory=list)  # what of ours can be acknowledged
    counters: dict[str, int] = field(default_factory=dict)
    transactions: dict[str, list[str]] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    controls: dict[str, str] = field(default_factory=dict)

    @property
    def places(self) -> Places:
        """Where the bundles lie."""
        return Places(self.transactions, self.references)

    def next(self, series: str, first: int) -> int:
        """Return the next number of a series."""
        self.counters[series] = self.counters.get(series, first) + 1
        return self.counters[series]


def inbound(world: World, post: Post) -> bool:
    """Tell which way a document goes: orders to suppliers and everything else to customers are ours."""
    ours = isinstance(post.document, Order) == post.document.partner.we_buy
    backwards = world.envelopes.get(post.bundle, Envelope()).backwards
    return isinstance(post.document, Acknowledged | TextMessage) or ours == backwards


def deliver(world: World) -> MailRoom:
    """Pack everything: what we sent first, so that partners can acknowledge it."""
    room = MailRoom(world)
    for night in range(len(world.dates)):
        _pack(room, night, [post for post in world.posts if post.night == night and not inbound(world, post)], incoming=False)
    answers = list(_answers(room))
    received = [post for post in world.posts if inbound(world, post)] + answers
    for night in range(len(world.dates)):
        for partner_id, restart in sorted(world.restarts.items()):
            if restart == night:
                room.counters[f"{partner_id} in"] = FIRST_NUMBER[partner_id]
        _pack(room, night, [post for post in received if post.night == night], incoming=True)
    return room


def _answers(room: MailRoom) -> Iterator[Post]:
    """Let partners acknowledge what we sent: the same night or the next, and late, never or badly where that is planted."""
    last = len(room.world.dates) - 1
    for count, (letter, said) in enumerate(room.sent):
        how = room.world.envelopes.get(letter.bundle, Envelope()).answered
        night = letter.night + {"default": count % 2, "late": 2}.get(how, 0)
        if how == "never" or night > last:
            continue
        if how == "rejected":
            said = Acknowledged(said.partner, said.kind, said.reference, said.transactions, accepted=False)
        yield Post(night, said)


def _pack(room: MailRoom, night: int, posts: Sequence[Post], *, incoming: bool) -> None:
    for partner in PARTNERS.values():
        own = [post for post in posts if post.document.partner.partner_id == partner.partner_id]
        for parcel in _parcels(partner, own):
            room.letters.append(_letter(room, partner, night, parcel, incoming=incoming))


def _parcels(partner: Partner, posts: Sequence[Post]) -> Iterator[list[Post]]:
    """Cut posts into interchanges: bundles alone, acknowledgments alone, the others by type or mixed."""
    def kind(post: Post) -> tuple[int, str]:
        type_ = TYPES.index(type(post.document))
        alone = not partner.wire.mixed or isinstance(post.document, Acknowledged | TextMessage)
        return (type_ + 1 if alone else 0, post.bundle)

    for (_, bundle), same in groupby(sorted(posts, key=kind), key=kind):
        members = sorted(same, key=lambda post: TYPES.index(type(post.document)))
        step = len(members) if bundle else partner.wire.chunk
        for start in range(0, len(members), step):
            yield members[start : start + step]


def _letter(room: MailRoom, partner: Partner, night: int, parcel: list[Post], *, incoming: bool) -> Letter:
    bundle = parcel[0].bundle
    envelope = room.world.envelopes.get(bundle, Envelope())
    way = "in" if incoming else "out"
    count = room.next(f"{partner.partner_id} {way}", FIRST_NUMBER[partner.partner_id] if incoming else 500)
    form = "{:09d}" if partner.standard == "x12" else REFERENCE[partner.partner_id] if incoming else "CF{:08d}"
    control = room.controls[envelope.number_of] if envelope.number_of else form.format(count)
    minute = room.next(f"{partner.partner_id} {way} {night}", 0)
    trailer = form.format(count + 4000) if envelope.wrong_trailer else control
    header = Header(partner, incoming, control, room.world.dates[night], f"{17 + minute // 60:02d}{minute % 60:02d}", trailer,
                    envelope.test, envelope.sender)
    write = _x12_text if partner.standard == "x12" else _edifact_text
    text, said, controls = write(room, header, parcel)
    data = text.encode("utf-8" if partner.standard == "x12" else "iso-8859-1")
    letter = Letter(partner, night, incoming, bundle, control, data[: len(data) * 4 // 5] if envelope.cut else data)
    if bundle:
        room.controls[bundle] = control
        room.transactions[bundle] = [f"{control}/{one}" for one in controls]
        room.references[bundle] = said[0].reference
    if not incoming:
        room.sent += [(letter, one) for one in said]
    return letter


def _x12_text(room: MailRoom, header: Header, parcel: list[Post]) -> tuple[str, list[Acknowledged], list[str]]:
    groups, said, controls = [], [], []
    count = 0
    for type_code, same in groupby(parcel, key=lambda post: x12.type_code(post.document)):
        sets = []
        for post in same:
            count += 1
            sets.append(x12.Set(f"{count:04d}", post.document, post.miscounted))
        group = str(room.next(f"{header.partner.partner_id} group {header.inbound}", 70000 if header.inbound else 1400))
        kind = x12.FUNCTIONAL[type_code]
        groups.append((kind, group, sets))
        said.append(Acknowledged(header.partner, kind, group, tuple((type_code, one.control) for one in sets)))
        controls += [one.control for one in sets]
    return x12.interchange(header, groups), said, controls


def _edifact_text(room: MailRoom, header: Header, parcel: list[Post]) -> tuple[str, list[Acknowledged], list[str]]:
    messages = [edifact.Message(str(place), post.document, post.miscounted) for place, post in enumerate(parcel, 1)]
    types = tuple((edifact.type_code(message.document), message.control) for message in messages)
    said = Acknowledged(header.partner, "", header.control, types)
    return edifact.interchange(header, messages), [said], [message.control for message in messages]


def files(room: MailRoom) -> dict[str, bytes]:
    """Return the files of all nights by their path below the sample's folder."""
    made: dict[str, bytes] = {}
    together: dict[str, list[bytes]] = {}
    for letter in room.letters:
        path = _path(room, letter, letter.night)
        if letter.partner.wire.together and letter.inbound and not letter.bundle:
            together.setdefault(_path(room, letter, letter.night, "all"), []).append(letter.data)
        else:
            made[path] = _with_bom(letter, letter.data)
        for bundle, night in room.world.redelivered:
            if letter.bundle == bundle:
                made[_path(room, letter, night, "again")] = _with_bom(letter, letter.data)
    for path, parts in together.items():
        made[path] = b"\xef\xbb\xbf" + b"".join(parts)
    return made


def _with_bom(letter: Letter, data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data if letter.partner.wire.bom else data


def _path(room: MailRoom, letter: Letter, night: int, tail: str = "") -> str:
    day = room.world.dates[night]
    stamp, names = day.strftime("%Y%m%d"), {
        "northfield": "NFS_{stamp}_{control}.x12", "bluewater": "bluewater-{stamp}-{control}.edi",
        "alpenmarkt": "AM.{stamp}.{control}.edi", "hansetools": "hansetools_{stamp}_{control}.edi"}
    name = names[letter.partner.partner_id].format(stamp=stamp, control=letter.control if tail != "all" else "orders")
    if tail == "again":
        name = name.replace(stamp, stamp + "_resent")
    if letter.bundle and room.world.envelopes.get(letter.bundle, Envelope()).number_of:
        name = name.replace(letter.control, letter.control + "b")
    return f"{day}/{'edi' if letter.inbound else 'outbound'}/{'' if letter.inbound else 'to_'}{name}"
