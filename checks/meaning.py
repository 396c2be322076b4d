"""What the facts of a report mean: each row of the catalogue answers ok, fail or unknown, from facts alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from checks.catalogue.errors import KNOWN, NO_RIGHT, STORAGE
from checks.model import Observation, Outcome, Subject, SubjectKind
from checks.model.installation import Base, InstallationFacts, Key
from checks.reports import ReportKind
from checks.usage import day_of
from checks.versions import below
from checks.workdays import between

OK, FAIL, UNKNOWN = Outcome.OK, Outcome.FAIL, Outcome.UNKNOWN
OPERUP_LIMIT = timedelta(hours=72)
GROWN = 2
"""Operative updates twice as old as the limit are worse than merely old."""
LICENCE_STEPS = (2, 7, 90)
"""Days before the end of a licence at which it is spoken of."""
IN_WORDS = re.compile(r"\(\s*ошибка\s+(\d{1,6})\s*\)", re.IGNORECASE)
SHARE = re.compile(r"\\\\[^\\/\s\"'<>|]+\\[^\\/\s\"'<>|]+")
DRIVE = re.compile(r"\b[A-Za-z]:\\[^\\/\s\"'<>|]*")
FEWEST_CLIENTS = 8
AHEAD = 0.75
"""So large a part of the estate must be ahead before somebody is behind it."""
NAMED = 3

Answer = tuple[str, Outcome, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What facts are measured by."""

    zone: tzinfo
    """The client's own."""
    operups: timedelta = OPERUP_LIMIT
    working_days: bool = False
    """Operative updates age on working days only."""
    required: str | None = None
    """The oldest version that may run."""
    usual_update: int | None = None
    """The update number that most of the estate has reached; None = nobody can say."""


def meaning(
    client: str, kind: ReportKind, facts: InstallationFacts, *, at: datetime, measure: Measure
) -> list[Observation]:
    """Return what a good report received ``at`` says of every row that it can answer."""
    subject = Subject(SubjectKind.CLIENT, client)
    answers = _sysinfo(facts, at, measure) if kind is ReportKind.SYSINFO else _key("KodeksOfflineSensLockCheck", facts)
    return [
        Observation(subject=subject, code=code, outcome=outcome, at=at, reason=reason, detail=detail[:200])
        for code, outcome, reason, detail in answers
    ]


def usual_update(numbers: Mapping[int, int]) -> int | None:
    """Return the highest number that three quarters of the clients have reached; None = too few to tell."""
    clients = sum(numbers.values())
    if clients < FEWEST_CLIENTS:
        return None
    reached = 0
    for number in sorted(numbers, reverse=True):
        reached += numbers[number]
        if reached >= AHEAD * clients:
            return number
    return None


def _sysinfo(facts: InstallationFacts, at: datetime, measure: Measure) -> Iterator[Answer]:
    yield from _key("KodeksXmlSensLockStatus", facts)
    yield from _bases(facts.bases)
    yield _operups(facts, at, measure)
    yield _update_number(facts, measure)
    yield _terms(facts)
    yield "KodeksSppStatus", UNKNOWN if facts.spp is None else OK if facts.spp else FAIL, "", ""
    old = below(facts.version, measure.required)
    yield (
        "VersionBelowRequired",
        UNKNOWN if old is None and measure.required else FAIL if old else OK,
        "",
        f"{facts.version} < {measure.required}" if old else "",
    )
    yield from _licence(facts, at, measure)


def _key(code: str, facts: InstallationFacts) -> Iterator[Answer]:
    if facts.key is None:
        yield code, UNKNOWN, "", ""
    elif facts.key is Key.OK:
        yield code, OK, "", ""
    else:
        known = facts.key_code if facts.key_code in KNOWN else None
        yield code, FAIL, f"error_{known}" if known else "", "" if known else facts.key_code or ""


# ── bases ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def error_of(base: Base) -> str | None:
    """Return the code of a base's error: as told, else from its words; empty = an error without a code."""
    if base.error:
        return base.error.strip()
    if base.error is None and not base.message:
        return None
    found = IN_WORDS.search(base.message)
    return found[1] if found else ""


def _bases(bases: Sequence[Base] | None) -> Iterator[Answer]:
    codes = ("StorageUnreachable", "KodeksDBerrorsCode2007", "KodeksDBerrorsCodeXXX", "KodeksDBerrorsNoCode")
    if bases is None:
        yield from ((code, UNKNOWN, "", "") for code in codes)
        return
    sick = [(base, code) for base in bases if (code := error_of(base)) is not None]
    storage = [(base, code) for base, code in sick if code in STORAGE]
    yield _storage(storage, len(bases))
    others = [(base, code) for base, code in sick if code not in STORAGE]
    groups = (
        [one for one in others if one[1] in NO_RIGHT],
        [one for one in others if one[1] and one[1] not in NO_RIGHT],
        [one for one in others if not one[1]],
    )
    for name, group in zip(codes[1:], groups, strict=True):
        yield _errors(name, group)


def _storage(sick: Sequence[tuple[Base, str]], total: int) -> Answer:
    if not sick:
        return "StorageUnreachable", OK, "", ""
    codes = [code for _, code in sick]
    commonest = max(sorted(set(codes), key=int), key=codes.count)
    share = next((found[0] for base, _ in sick if (found := _place(base.message))), "")
    counted = f"{len(sick)}/{total}"
    return "StorageUnreachable", FAIL, f"error_{commonest}", f"{share} {counted}" if share else counted


def _place(message: str) -> re.Match[str] | None:
    return SHARE.search(message) or DRIVE.search(message)


def _errors(code: str, sick: Sequence[tuple[Base, str]]) -> Answer:
    if not sick:
        return code, OK, "", ""
    codes = [error for _, error in sick if error]
    commonest = max(sorted(set(codes)), key=codes.count, default="")
    names = ", ".join(base.name for base, _ in sick[:NAMED])
    more = f" +{len(sick) - NAMED}" if len(sick) > NAMED else ""
    return code, FAIL, f"error_{commonest}" if commonest else "", names[:180] + more


# ── age and numbers ───────────────────────────────────────────────────────────────────────────────────────────────


def _operups(facts: InstallationFacts, at: datetime, measure: Measure) -> Answer:
    """Judge age by the client's own clock: both moments come from it."""
    code = "KodeksDBOperUpToOld"
    if facts.operup_at is None:
        return code, UNKNOWN, "", ""
    made = facts.reported_at or at
    age = made - facts.operup_at
    if measure.working_days:
        first, last = (moment.astimezone(measure.zone).date() for moment in (facts.operup_at, made))
        age = timedelta(days=between(first, min(last, first + timedelta(days=1000))))
    if age <= measure.operups:
        return code, OK, "", ""
    reason = "operup_grown" if age > GROWN * measure.operups else "operup_old"
    return code, FAIL, reason, facts.operup_at.isoformat()


def _update_number(facts: InstallationFacts, measure: Measure) -> Answer:
    """Compare the bases with each other and with the licence, then the whole with the rest of the estate."""
    code = "UpdateNumberBehind"
    told = [base.update_number for base in facts.bases or () if base.update_number is not None]
    newest = max([*told, *([facts.update_number] if facts.update_number is not None else [])], default=None)
    if newest is None:
        return code, UNKNOWN, "", ""
    oldest = min([*told, newest])
    if oldest < newest:
        return code, FAIL, "update_mixed", f"{oldest} < {newest}"
    if measure.usual_update is not None and newest < measure.usual_update:
        return code, FAIL, "update_behind", f"{newest} < {measure.usual_update}"
    return code, OK, "", ""


def _terms(facts: InstallationFacts) -> Answer:
    code = "KodeksDBLicensesZero"
    if facts.licence_end is not None:
        return code, OK, "", ""
    return code, UNKNOWN if facts.bases is None else FAIL, "", ""


def _licence(facts: InstallationFacts, at: datetime, measure: Measure) -> Iterator[Answer]:
    """Speak of the nearest end, at the sharpest step it has reached; another end is another matter."""
    end = facts.licence_end
    left = (end - day_of(facts.reported_at, at, measure.zone)).days if end else None
    step = next((days for days in LICENCE_STEPS if left is not None and left <= days), None)
    for days in LICENCE_STEPS:
        code = f"KodeksLicenseExpiring{days}day"
        if end is None:
            yield code, UNKNOWN, "", ""
        elif days == step:
            yield code, FAIL, f"licence_{end.isoformat()}", _ending(facts, end)
        else:
            yield code, OK, "", ""


def _ending(facts: InstallationFacts, end: date) -> str:
    names = [base.name for base in facts.bases or () if base.licence_end == end]
    if not names or len(names) == len(facts.bases or ()):
        return ""
    return ", ".join(names[:NAMED])[:180] + (f" +{len(names) - NAMED}" if len(names) > NAMED else "")
