"""Small health care documents written by hand, one or more of each set, all of them good; and pyx12 as an oracle over such."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edi.findings import quotable

Body = tuple[str, ...]  # segments between ST and SE, without terminators


@dataclass(frozen=True, slots=True)
class Kind:
    """What a document's envelope says."""

    type_code: str
    version: str
    functional_code: str
    states_version: bool = True  # ST03; the 835 does not use it


PROFESSIONAL = Kind("837", "005010X222A1", "HC")
INSTITUTIONAL = Kind("837", "005010X223A2", "HC")
REMITTANCE = Kind("835", "005010X221A1", "HP", states_version=False)
ENROLLMENT = Kind("834", "005010X220A1", "BE")
PREMIUM = Kind("820", "005010X218", "RA")
CLAIM_STATUS = Kind("277", "005010X214", "HN")
ACCEPTANCE = Kind("999", "005010X231A1", "FA")

_CLAIM_HEAD = (
    "BHT*0019*00*0123*20260924*1023*CH", "NM1*41*2*KEY BILLING*****46*999996666", "PER*IC*JERRY*TE*3055552222",
    "NM1*40*2*GREAT PRAIRIES*****46*567890", "HL*1**20*1", "PRV*BI*PXC*203BF0100Y", "NM1*85*2*HILL CLINIC*****XX*1999996666",
    "N3*1234 SEAWAY ST", "N4*MIAMI*FL*331110000", "REF*EI*587654321",
)
_SUBSCRIBER = ("SBR*P*18*2222-SJ******CI", "NM1*IL*1*SMITH*JANE****MI*JS00111223333", "N3*236 N MAIN ST", "N4*MIAMI*FL*33413",
               "DMG*D8*19430501*F", "NM1*PR*2*GREAT PRAIRIES HEALTH*****PI*999996666")
_SERVICE = ("LX*1", "SV1*HC:99213*40*UN*1***1", "DTP*472*D8*20260903",
            "LX*2", "SV1*HC:87070*15*UN*1***1:2", "DTP*472*RD8*20260903-20260904")

DOCUMENTS: dict[str, tuple[Kind, Body]] = {
    "claim of a subscriber": (PROFESSIONAL, (
        *_CLAIM_HEAD, "HL*2*1*22*0", *_SUBSCRIBER, "CLM*26463774*100***11:B:1*Y*A*Y*I", "DTP*431*D8*20260901", "REF*D9*17312345600006351",
        "REF*G1*AUTH1", "HI*BK:0340*BF:V7389", "NM1*DN*1*WHITE*ANN****XX*1122334455", "NM1*82*1*KILDARE*BEN****XX*1122334456",
        "PRV*PE*PXC*204C00000X", *_SERVICE)),
    "claim of a dependent, another insurer paying first": (PROFESSIONAL, (
        *_CLAIM_HEAD, "HL*2*1*22*1", "SBR*S**GROUP******CI", *_SUBSCRIBER[1:], "HL*3*2*23*0", "PAT*19", "NM1*QC*1*SMITH*TED",
        "N3*236 N MAIN ST", "N4*MIAMI*FL*33413", "DMG*D8*19730501*M", "CLM*26407789*79.04***11:B:1*Y*A*Y*I*P", "HI*BK:4779*BF:2724",
        "SBR*P*01*******12", "CAS*PR*1*21.89**2*15", "AMT*D*39.15", "OI***Y*P**Y", "NM1*IL*1*SMITH*JANE****MI*JS00111223333",
        "NM1*PR*2*KEY INSURANCE*****PI*999996666", "LX*1", "SV1*HC:99213*43*UN*1***1:2", "DTP*472*D8*20260903",
        "SVD*999996666*40*HC:99213**1", "CAS*CO*42*3", "DTP*573*D8*20260915")),
    "claim of a hospital": (INSTITUTIONAL, (
        *_CLAIM_HEAD[:5], "PRV*BI*PXC*282N00000X", *_CLAIM_HEAD[6:], "HL*2*1*22*0", *_SUBSCRIBER, "CLM*756048Q*89.93***14:A:1**A*Y*Y",
        "DTP*434*RD8*20260903-20260903", "CL1*1*1*01", "REF*EA*MED1", "HI*BK:3669", "HI*BF:4019*BF:79431", "HI*BH:A1:D8:20260811",
        "HI*BE:A2:::15.31", "HI*BG:09", "NM1*71*1*JONES*JOHN*J***XX*1122334455", "PRV*AT*PXC*363LP0200N", "LX*1",
        "SV2*0305*HC:85025*13.39*UN*1", "DTP*472*D8*20260903", "LX*2", "SV2*0730*HC:93005*76.54*UN*3", "DTP*472*D8*20260903")),
    "remittance": (REMITTANCE, (
        "BPR*I*1222*C*CHK************20260902", "TRN*1*0063158ABC*1566339401", "REF*EV*030240928", "DTM*405*20260827",
        "N1*PR*YOUR HEALTH PLAN", "N3*555 OAKWOOD AVE", "N4*MIAMI*FL*33111", "REF*NF*12345", "PER*CX*CALL CENTER*TE*8005551212",
        "PER*BL*TECHNICAL DESK*TE*8005551213", "N1*PE*BRICKSTONE CLINIC*XX*1298000100", "REF*TJ*461800213", "LX*1",
        "CLP*17111*1*1300*1222*78*12*1999999*11*1", "CAS*PR*1*50**2*28", "NM1*QC*1*CHAMBERLAIN*SALLY*A***MI*987654321",
        "NM1*82*1*BRICK*JOHN****XX*1298000101", "MOA***MA01", "REF*EA*MED1", "DTM*050*20260828", "AMT*AU*1222",
        "SVC*HC:99213*1300*1222**1", "DTM*472*20260825", "CAS*PR*1*50**2*28", "REF*6R*1", "AMT*B6*1222", "LQ*HE*N14",
        "PLB*1298000100*20261231*WO:A1*-10")),
    "enrollment": (ENROLLMENT, (
        "BGN*00*12456*20260920*1200****2", "REF*38*GROUP1", "N1*P5**FI*999888777", "N1*IN**FI*654456654", "INS*Y*18*021*20*A***FT",
        "REF*0F*123456789", "REF*1L*123456001", "DTP*356*D8*20260523", "NM1*IL*1*DOE*JOHN*P***34*123456789",
        "PER*IP**HP*7172343334*WP*7172341240", "N3*100 MARKET ST*APT 30", "N4*CAMP HILL*PA*17011", "DMG*D8*19400816*M",
        "HD*021**HLT", "DTP*348*D8*20260601", "REF*1L*POLICY", "HD*021**VIS", "DTP*348*D8*20260601")),
    "premiums of two employers": (PREMIUM, (
        "BPR*C*1000*C*ACH*CTX*01*199999999*DA*98765*1999999999**01*199999998*DA*98764*20260920", "TRN*1*TRACE1*1999999999",
        "REF*18*GROUP9", "N1*PE*INSURER*FI*999999998", "N1*PR*EMPLOYER*FI*999999999", "ENT*1*2J*34*123456789",
        "NM1*IL*1*DOE*JOHN****34*123456789", "RMR*AZ*POLICY1**600", "DTM*582****RD8*20260901-20260930", "ENT*2*2J*34*123456780",
        "NM1*IL*1*ROE*JANE****34*123456780", "RMR*AZ*POLICY2**400*500", "ADX*-100*53")),
    "status of claims": (CLAIM_STATUS, (
        "BHT*0085*08*277X2140001*20260921*1405*TH", "HL*1**20*1", "NM1*PR*2*FIRST CLEARINGHOUSE*****46*CLHR00",
        "TRN*1*200102051635S00001ABCDEF", "DTP*050*D8*20260920", "DTP*009*D8*20260921", "HL*2*1*21*1",
        "NM1*41*2*BEST BILLING*****46*S00005", "TRN*2*2002020542857",
        "STC*A1:19:PR*20260921*WQ*1000", "QTY*90*1", "AMT*YU*1000", "HL*3*2*19*1", "NM1*85*2*HOME HOSPITAL*****XX*1666666661", "TRN*1*0",
        "STC*A1:19:PR**WQ*1000", "HL*4*3*PT", "NM1*QC*1*DOE*JOHN*F***MI*00ABCD1234", "TRN*2*4001/1339", "STC*A2:20:PR*20260921*WQ*1000",
        "REF*1K*220216359803X", "DTP*472*D8*20260914")),
    "acceptance": (ACCEPTANCE, (
        "AK1*HC*17456*005010X222A1", "AK2*837*0001*005010X222A1", "IK3*CLM*22**8", "CTX*CLM01:123456789", "IK4*2*782*1", "IK5*R*5",
        "AK2*837*0002*005010X222A1", "IK5*A", "AK9*P*2*2*1")),
}


def interchange(kind: Kind, bodies: Iterable[Body]) -> str:
    """Put transactions of one kind into an interchange, terminators being newlines so that pyx12's lines are segments."""
    sets = []
    for number, body in enumerate(bodies, start=1):
        convention = f"*{kind.version}" if kind.states_version else ""
        sets += [f"ST*{kind.type_code}*{number:04d}{convention}", *body, f"SE*{len(body) + 2}*{number:04d}"]
    count = sum(segment.startswith("ST*") for segment in sets)
    return "~\n".join((
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260924*1030*^*00501*000000101*0*P*:",
        f"GS*{kind.functional_code}*SENDER*RECEIVER*20260924*1030*101*X*{kind.version}", *sets, f"GE*{count}*101", "IEA*1*000000101", ""))


Fault = tuple[int, str, int, int, str]  # segment's ordinal in the transaction, tag, element, component, code of IK304 or IK403


def oracle(text: str) -> list[set[Fault]]:
    """Return what pyx12 has to say about each transaction of an interchange."""
    from pyx12.params import ParamsBase
    from pyx12.x12n_document import x12n_document

    written = io.StringIO()
    x12n_document(ParamsBase(), io.StringIO(text), None, None, None, written)
    groups = [group for each in json.loads(written.getvalue())["interchanges"] for group in each["groups"]]
    return [set(_faults(transaction["segments"])) for group in groups for transaction in group["transactions"]]


def _faults(segments: Sequence[dict[str, object]]) -> Iterable[Fault]:
    for segment in segments:
        ordinal, tag = int(str(segment["seg_count"])), quotable(str(segment["seg_id"]))  # as ours are
        yield from ((ordinal, tag, 0, 0, error["err_cde"]) for error in segment["errors"])  # type: ignore[attr-defined]  # a list
        for element in segment["elements"]:  # type: ignore[attr-defined]  # a list
            for error in element["errors"]:
                yield ordinal, tag, element["ele_pos"] or 0, element["subele_pos"] or 0, error["err_cde"]
