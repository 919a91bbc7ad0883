"""The X12 envelope as data: which tag opens what, where counts and control numbers stand (X12.5, X12.6)."""

from __future__ import annotations

from edi.dialect import Envelope, Role
from edi.findings import Severity, kind

ENVELOPE = Envelope(
    standard="x12",
    roles={
        "ISA": Role.HEADER, "GS": Role.GROUP, "ST": Role.TRANSACTION, "SE": Role.TRANSACTION_END, "GE": Role.GROUP_END,
        "IEA": Role.TRAILER, "TA1": Role.SERVICE, "TA3": Role.SERVICE,
    },
    transaction_control=(2, 1),
    transaction_type=(1, 1),
    association=(3, 1),
    group_control=(6, 1),
    transaction_count_wrong=kind(
        "x12.se01_count", Severity.ERROR, "SE01 states another number of segments than the {counted} that are there",
        "Ask the partner to send the transaction set again with SE01 counting ST and SE as well."),
    transaction_control_wrong=kind(
        "x12.se02_control", Severity.ERROR, "SE02 differs from ST02",
        "Ask the partner to send the transaction set again with the same control number in ST02 and SE02."),
    transaction_repeated=kind(
        "x12.st02_duplicate", Severity.ERROR, "ST02 repeats the control number of an earlier transaction set of its group",
        "Ask the partner to number the transaction sets of a group without repetition and to send again."),
    group_count_wrong=kind(
        "x12.ge01_count", Severity.WARNING, "GE01 states another number of transaction sets than the {counted} that are there",
        "Compare with the partner what was sent; a set may be missing."),
    group_control_wrong=kind(
        "x12.ge02_control", Severity.ERROR, "GE02 differs from GS06",
        "Ask the partner to send the functional group again with the same control number in GS06 and GE02."),
    group_repeated=kind(
        "x12.gs06_duplicate", Severity.WARNING, "GS06 repeats the control number of an earlier functional group of its interchange",
        "Ask the partner to number functional groups without repetition: an acknowledgment names a group by this number alone."),
    interchange_count_wrong=kind(
        "x12.iea01_count", Severity.WARNING, "IEA01 states another number of functional groups than the {counted} that are there",
        "Compare with the partner what was sent; a group may be missing."),
    interchange_control_wrong=kind(
        "x12.iea02_control", Severity.ERROR, "IEA02 differs from ISA13",
        "Ask the partner to send the interchange again with the same control number in ISA13 and IEA02."),
)
