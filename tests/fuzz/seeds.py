"""What fuzzing begins with: small good files of our own, and those of the shared corpus where it is there."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.mutate import MOST_BYTES

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

_ISA = "ISA*00*          *00*          *ZZ*S              *ZZ*R              *241123*0130*{}*{}*000000001*{}*P*:~"
_ORDER = "BEG*00*SA*PO1**20241123~CUR*BY*USD~N1*ST*DC*92*1~PO1*1*100*EA*12.50**VP*W~PO1*2*10*CA*3.20**UP*012345678905~CTT*2~"
_NOTICE = ("BSN*00*S1*20241123*0130~HL*1**S~TD1*CTN25*1~HL*2*1*O~PRF*PO1~HL*3*2*P~MAN*GM*00340123450000000018~"
           "HL*4*3*I~LIN**VP*W~SN1**90*EA~CTT*4~")
_CLAIM = ("BHT*0019*00*1*20241123*0130*CH~HL*1**20*1~NM1*85*2*CLINIC*****XX*1234567893~CLM*A:B*100***11:B:1*Y*A*Y*Y~HI*ABK:J45~"
          "LS*2120~NM1*PR*2*PAYER~LE*2120~")
_EDIFACT_ORDER = ("BGM+220+PO1+9'DTM+137:20241123:102'NAD+BY+1::9'NAD+SU+2::9'CUX+2:EUR:9'LIN+1++W:VP'QTY+21:48'PRI+AAA:7.25'"
                  "FTX+AAI+++a?'b??:c'UNS+S'CNT+2:1'")
_INVOICE = "BGM+380+I1+9'DTM+137:20241123:102'LIN+1++W:VP'QTY+47:48'MOA+203:348.00'PRI+AAA:7.25'UNS+S'MOA+77:348.00'TAX+7+VAT+++:::19'"


def _x12(kind: str, code: str, body: str, *, version: str, requested: int = 0, sets: int = 1) -> bytes:
    isa = _ISA.format(*(("^", "00501") if version >= "005" else ("U", "00401")), requested)
    convention = f"*{version}" if len(version) > len("005010") else ""
    one = f"ST*{kind}*{{0:04d}}{convention}~{body}SE*{body.count('~') + 2}*{{0:04d}}~"
    inside = "".join(one.format(at) for at in range(1, sets + 1))
    return f"{isa}GS*{code}*S*R*20241123*0130*1*X*{version}~{inside}GE*{sets}*1~IEA*1*000000001~".encode()


def _edifact(kind: str, body: str, *, syntax: str = "UNOC:3", una: str = "", messages: int = 1, group: bool = False) -> bytes:
    day = "20241123" if syntax.endswith("4") else "241123"
    count = body.count("'") - body.count("?'") + 2
    inside = "".join(f"UNH+{at}+{kind}'{body}UNT+{count}+{at}'" for at in range(1, messages + 1))
    if group:
        inside = f"UNG+ORDERS+S+R+{day}:0130+1+UN+D:96A'{inside}UNE+{messages}+1'"
    return f"{una}UNB+{syntax}+S:14+R:14+{day}:0130+REF'{inside}UNZ+{1 if group else messages}+REF'".encode()


def _corpus(standard: str) -> list[bytes]:
    listed = (CORPUS / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()[1:] if CORPUS.is_dir() else []
    rows = [line.split("\t") for line in listed]
    found = [(CORPUS / row[0]).read_bytes() for row in rows if row[4] == standard and int(row[11]) <= MOST_BYTES]
    return [data for data in found if len(data) <= MOST_BYTES]


def x12_seeds() -> list[bytes]:
    """Return interchanges of X12."""
    return [
        _x12("850", "PO", _ORDER, version="004010", sets=3), _x12("850", "PO", _ORDER, version="005010", requested=1),
        _x12("856", "SH", _NOTICE, version="004010"), _x12("837", "HC", _CLAIM, version="005010X222A1", sets=2),
        _x12("997", "FA", "AK1*PO*1~AK9*A*1*1*1~", version="004010"),
        _ISA.format("U", "00401", 0).encode() + b"TA1*000000001*241123*0130*A*000~IEA*0*000000001~",
        _x12("275", "PI", "BIN*7*a~b*c:d~", version="005010"), *_corpus("X12"),
    ]


def edifact_seeds() -> list[bytes]:
    """Return interchanges of EDIFACT."""
    return [
        _edifact("ORDERS:D:96A:UN:EAN008", _EDIFACT_ORDER, messages=3),
        _edifact("ORDERS:D:01B:UN", _EDIFACT_ORDER, syntax="UNOY:4", una="UNA:+.?*'"),
        _edifact("INVOIC:D:96A:UN", _INVOICE, una="UNA:+,? '\r\n"), _edifact("ORDERS:D:96A:UN", _EDIFACT_ORDER, group=True),
        _edifact("CONTRL:D:3:UN", "UCI+REF+S:14+R:14+7'"), b"UNB+UNOC:4+S+R+20241123:0130+REF'UNO+1+a+1+7'AB'CD'EUNP+7+1'UNZ+1+REF'",
        *_corpus("EDIFACT"),
    ]


def csv_seeds() -> list[bytes]:
    """Return exports of several dialects; the first byte of each chooses a contract (tests/fuzz/csv_target.py)."""
    orders = ("partner,order,date,currency,line,item,quantity,unit,amount\nacme,1,2026-03-02,USD,1,W,10,PCS,100.00\n"
              '"ACME LTD",1,2026-03-02,USD,2,"7"" V",2,EA,9.5\nacme,2,2026-03-02,USD,1,W,1,EA,1\n')
    invoices = ("partner;number;type;date;currency;amount\r\nacme;I1;RE;02.03.2026;EUR;1.234,56\r\nACME LTD;I2;GS;02.03.2026;EUR;10,00\r\n"
                "SUM;2;1.244,56\r\n")
    texts = (orders, orders.replace(",", "\t"), invoices, invoices.replace("acme", "caf\u00e9"), "", "partner,order\n")
    return [bytes([at]) + text.encode("cp1252" if at == 3 else "utf-8") for at, text in enumerate(texts)]
