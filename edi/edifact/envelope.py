"""The EDIFACT envelope as data: which tag opens what, where counts and references stand (ISO 9735-1)."""

from __future__ import annotations

from edi.dialect import Envelope, Role
from edi.findings import Severity, kind

ENVELOPE = Envelope(
    standard="edifact",
    roles={
        "UNB": Role.HEADER, "UNG": Role.GROUP, "UNH": Role.TRANSACTION, "UNT": Role.TRANSACTION_END, "UNE": Role.GROUP_END,
        "UNZ": Role.TRAILER, "UNO": Role.SERVICE, "UNP": Role.SERVICE,
    },
    transaction_control=(1, 1),
    transaction_type=(2, 1),
    association=(2, 5),
    group_control=(5, 1),
    transaction_count_wrong=kind(
        "edifact.unt_count", Severity.ERROR, "UNT 0074 states another number of segments than the {counted} that are there",
        "Ask the partner to send the message again with UNT 0074 counting UNH and UNT as well."),
    transaction_control_wrong=kind(
        "edifact.unt_reference", Severity.ERROR, "UNT 0062 differs from UNH 0062",
        "Ask the partner to send the message again with the same reference in UNH and UNT."),
    transaction_repeated=kind(
        "edifact.unh_duplicate", Severity.ERROR, "UNH 0062 repeats the reference of an earlier message",
        "Ask the partner to number the messages of an interchange without repetition and to send again."),
    group_count_wrong=kind(
        "edifact.une_count", Severity.WARNING, "UNE 0060 states another number of messages than the {counted} that are there",
        "Compare with the partner what was sent; a message may be missing."),
    group_control_wrong=kind(
        "edifact.une_reference", Severity.ERROR, "UNE 0048 differs from UNG 0048",
        "Ask the partner to send the group again with the same reference in UNG and UNE."),
    group_repeated=kind(
        "edifact.ung_duplicate", Severity.WARNING, "UNG 0048 repeats the reference of an earlier group of its interchange",
        "Ask the partner to number groups without repetition: an acknowledgment names a group by this reference alone."),
    interchange_count_wrong=kind(
        "edifact.unz_count", Severity.WARNING, "UNZ 0036 states another number of groups or messages than the {counted} that are there",
        "Compare with the partner what was sent; a message may be missing."),
    interchange_control_wrong=kind(
        "edifact.unz_reference", Severity.ERROR, "UNZ 0020 differs from UNB 0020",
        "Ask the partner to send the interchange again with the same reference in UNB and UNZ."),
)
