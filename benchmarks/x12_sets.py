"""X12 transaction sets of the generated files: 850, 810 and 856 at 004010, 835 at 005010X221A1, without ST and SE."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.goods import Goods, Item, Party, money, sscc

DAYS = tuple(f"202603{day:02d}" for day in range(1, 32))
SERVICES = ("99213", "99214", "85025", "80053", "93000")


def order(random: Random, goods: Goods, number: int) -> list[str]:
    """Make an 850: 5 to 30 lines, item numbers in any order and not always all, descriptions, packs, now and then a date of a line."""
    segments = [f"BEG*00*SA*{4_500_000_000 + number}**{random.choice(DAYS)}", "CUR*BY*USD", f"REF*DP*{random.randint(1, 999):03d}"]
    if random.random() < 0.3:
        segments.append(f"PER*BD*{random.choice(('JANE DOE', 'A. SMITH', 'LEE WONG'))}*TE*555{random.randint(0, 9_999_999):07d}")
    segments += ["ITD*01*3*2**45**46", f"DTM*002*{random.choice(DAYS)}"]
    if random.random() < 0.2:
        segments += ["N9*L1*NOTE", "MSG*PLEASE CALL THE STORE BEFORE DELIVERY"]
    segments += _address("ST", random.choice(goods.parties)) + _address("BT", random.choice(goods.parties))
    lines = random.randint(5, 30)
    total = 0
    for line in range(1, lines + 1):
        item = random.choice(goods.items)
        quantity = random.randint(1, 480)
        total += quantity * item.cents
        segments += (f"PO1*{line}*{_quantity(random, item, quantity)}*{item.unit}*{money(item.cents)}*PE*{_numbers(random, item)}",
                     f"PID*F****{item.name}")
        if item.unit == "CA":
            segments.append(f"PO4*{item.pack}")
        if random.random() < 0.1:
            segments.append(f"DTM*002*{random.choice(DAYS)}")
    return [*segments, f"CTT*{lines}", f"AMT*TT*{money(total)}"]


def invoice(random: Random, goods: Goods, number: int) -> list[str]:
    """Make an 810: lines as in orders, sometimes freight, the total in cents."""
    day = random.choice(DAYS)
    segments = [f"BIG*{day}*INV{number:08d}*{random.choice(DAYS)}*{4_500_000_000 + number}", "CUR*SE*USD", _lading(random)]
    segments += _address("ST", random.choice(goods.parties)) + _address("RE", random.choice(goods.parties))
    segments += ["ITD*01*3*2**45**46", f"DTM*011*{day}"]
    lines = random.randint(5, 30)
    total = 0
    for line in range(1, lines + 1):
        item = random.choice(goods.items)
        quantity = random.randint(1, 480)
        total += quantity * item.cents
        segments += (f"IT1*{line}*{quantity}*{item.unit}*{money(item.cents)}*PE*{_numbers(random, item)}", f"PID*F****{item.name}")
    freight = random.choice((0, 0, 2500))
    segments.append(f"TDS*{total + freight}")
    if freight:
        segments.append(f"SAC*C*D240***{freight}")
    return [*segments, f"CTT*{lines}"]


def shipment(random: Random, goods: Goods, number: int) -> list[str]:
    """Make an 856: shipment, one order, its packs, and the items in them."""
    day = random.choice(DAYS)
    segments = [f"BSN*00*SH{number:08d}*{day}*{random.randint(0, 23):02d}{random.randint(0, 59):02d}*0001", "HL*1**S",
                f"TD1*CTN*{random.randint(1, 40)}****G*{random.randint(20, 900)}*LB", "TD5**2*UPSN*M", _lading(random), f"DTM*011*{day}"]
    segments += _address("SF", random.choice(goods.parties)) + _address("ST", random.choice(goods.parties))
    segments += ["HL*2*1*O", f"PRF*{4_500_000_000 + number}"]
    level = 2
    packs = random.randint(2, 10)
    for pack in range(packs):
        level += 1
        parent = level
        segments += (f"HL*{level}*2*P", f"MAN*GM*00{sscc(number, pack)}")
        for _ in range(random.randint(1, 3)):
            level += 1
            item = random.choice(goods.items)
            segments += (f"HL*{level}*{parent}*I", f"LIN**{_numbers(random, item)}", f"SN1**{random.randint(1, 480)}*{item.unit}",
                         f"PID*F****{item.name}")
    return [*segments, f"CTT*{level}"]


def remittance(random: Random, goods: Goods, number: int) -> list[str]:
    """Make an 835: 3 to 15 claims of one payer, one to four services each, with their adjustments."""
    claims, paid = [], 0
    for claim in range(1, random.randint(3, 15) + 1):
        made, amount = _claim(random, number, claim)
        claims += made
        paid += amount
    payer, payee = random.choice(goods.parties), random.choice(goods.parties)
    day = random.choice(DAYS)
    return [
        f"BPR*I*{money(paid)}*C*CHK************{day}", f"TRN*1*{10_000_000 + number}*1{payer.number[:9]}", f"DTM*405*{day}",
        f"N1*PR*{payer.name}", f"N3*{payer.street}", f"N4*{payer.town}*{payer.state}*{payer.postal}", "PER*BL*HELP DESK*TE*8005551212",
        f"N1*PE*{payee.name}*XX*{1_000_000_000 + number % 10**8}", f"REF*TJ*{payee.number[:9]}", "LX*1", *claims,
    ]


def _claim(random: Random, number: int, claim: int) -> tuple[list[str], int]:
    """Return the segments of one claim and what was paid, in cents."""
    services, charged, paid = [], 0, 0
    day = random.choice(DAYS)
    for _ in range(random.randint(1, 4)):
        charge = random.randint(3_000, 60_000)
        off, own = charge * random.randint(10, 40) // 100, random.choice((0, 0, 1_500, 2_500))
        due = charge - off - own
        services += (f"SVC*HC>{random.choice(SERVICES)}*{money(charge)}*{money(due)}**{random.randint(1, 3)}",
                     f"DTM*472*{day}", f"CAS*CO*45*{money(off)}", *([f"CAS*PR*3*{money(own)}"] if own else []),
                     f"REF*6R*{number % 10**6}{len(services)}", f"AMT*B6*{money(due + own)}")
        charged, paid = charged + charge, paid + due
    patient = random.choice(("DOE*JANE", "ROE*RICHARD*Q", "SMITH*ANN", "WONG*LEE*K"))
    named = "*".join([patient, *[""] * (4 - patient.count("*")), "MI"])
    head = [f"CLP*{number}-{claim}*1*{money(charged)}*{money(paid)}**12*{10**9 + number * 20 + claim}*11*1",
            f"NM1*QC*1*{named}*{random.randint(10**8, 10**9)}A", f"DTM*232*{day}"]
    return head + services, paid


def _address(role: str, party: Party) -> list[str]:
    return [f"N1*{role}*{party.name}*92*{party.store}", f"N3*{party.street}", f"N4*{party.town}*{party.state}*{party.postal}*US"]


def _lading(random: Random) -> str:
    return f"REF*BM*{random.randint(10**7, 10**8)}"


def _numbers(random: Random, item: Item) -> str:
    buyer, supplier, gtin = f"IN*{item.buyer_number}", f"VN*{item.supplier_number}", f"UP*{item.gtin}"
    shape = random.random()
    if shape < 0.7:
        return f"{buyer}*{supplier}*{gtin}"
    return f"{gtin}*{supplier}*{buyer}" if shape < 0.9 else f"{gtin}*{buyer}"


def _quantity(random: Random, item: Item, quantity: int) -> str:
    return f"{quantity}.{random.randint(1, 99):02d}" if item.unit == "LB" else str(quantity)


Maker = Callable[[Random, Goods, int], list[str]]
SETS: dict[str, tuple[str, str, Maker]] = {  # type -> functional identifier, version, how it is made
    "850": ("PO", "004010", order), "810": ("IN", "004010", invoice), "856": ("SH", "004010", shipment),
    "835": ("HP", "005010X221A1", remittance),
}
