"""What an upload means: is it new, is it late, can it be read, and which checks does it answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import isnan

from checks.model import Observation, Outcome, Subject, SubjectKind
from checks.model.installation import InstallationFacts


class ReportKind(StrEnum):
    """Two kinds of report reach us; ``.zip`` and ``.xml`` are one kind in two wrappings."""

    SYSINFO = "sysinfo"
    STATUS = "status"


class Broken(StrEnum):
    """Why an upload could not be read; each is told to people in its own words."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    HTML = "html"
    """A web page came in place of the report: the script saved an error or a login page."""
    NO_METRICS = "no_metrics"
    NOT_A_REPORT = "not_a_report"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    NESTED = "nested"
    BAD_NAME = "bad_name"
    BOMB = "bomb"
    TOO_MANY_FILES = "too_many_files"
    NO_REPORT_INSIDE = "no_report_inside"
    COMPRESSION = "compression"
    DOCTYPE = "doctype"
    NOT_WELL_FORMED = "not_well_formed"
    TOO_DEEP = "too_deep"
    BAD_DATABASE = "bad_database"
    UNREADABLE = "unreadable"


SAME_SENDING = timedelta(minutes=10)
"""A report without a time of its own that comes again within this is a retry; later it says the same thing anew."""

LATE = timedelta(hours=1)
"""An older report overtaken by a newer one is late by less than this; by more, the sender's clock was set back."""

SILENT: Mapping[ReportKind, str] = {
    ReportKind.SYSINFO: "SmartXMLfileIsToOld",
    ReportKind.STATUS: "SmartStatusSilent",
}

STATUS_CODES: Mapping[str, str] = {
    "kserver_main_page": "MainPageBroken",
    "kserver_product_control": "ProductSetBroken",
}

NO_ANSWER = "no answer"
"""What our own scripts say where the installation does not answer on its own machine."""

STATUS_REASONS: Mapping[str, str] = {
    label.lower(): label
    for label in ("update DB", "unexpected change list products", "no required volume DB", NO_ANSWER)
}
"""What the label ``status`` is known to say; anything else is told as it stands, under the reason in ``UNSAID``."""

UNSAID: Mapping[str, str] = {"MainPageBroken": "main_page", "ProductSetBroken": "product_control"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One line of metrics text."""

    name: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()

    def label(self, name: str) -> str:
        return next((value for key, value in self.labels if key == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is remembered about one kind of report of one client before the next one comes."""

    heard_at: datetime | None = None
    """The last upload of any quality, by our clock."""
    good_at: datetime | None = None
    """The last upload that could be read."""
    reported_at: datetime | None = None
    """The newest time that a report of this kind gave of itself."""

    @property
    def broken(self) -> bool:
        return self.heard_at is not None and (self.good_at is None or self.good_at < self.heard_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An upload as read: from whom, what kind, its own time, and either what it says or why it is broken."""

    client: str
    kind: ReportKind
    reported_at: datetime | None = None
    broken: Broken | None = None
    samples: tuple[Sample, ...] = ()
    facts: InstallationFacts | None = None
    """What it says of the installation; None = nothing that we understand."""


class Reception(StrEnum):
    """What became of an upload."""

    NEW = "new"
    REPEATED = "repeated"
    """The same content again: heard, and nothing else."""
    LATE = "late"
    """Overtaken by a newer report: kept, but it judges nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an upload changes."""

    reception: Reception
    known: Known
    observations: tuple[Observation, ...] = field(default=())


def judge(
    report: Report,
    *,
    now: datetime,
    known: Known,
    others: Sequence[Known] = (),
    same_at: datetime | None = None,
) -> Verdict:
    """Decide what ``report`` changes.

    ``known`` is what is remembered of its kind, ``others`` of the client's other kinds; ``same_at`` is when the same
    content was received before, None if never. Content with a time of its own counts once for ever. Content without
    one (every broken file) counts again after ten minutes: then it is the next upload saying the same.
    """
    heard = _observe(report, SILENT[report.kind], Outcome.OK, now)
    if same_at is not None and (report.reported_at is not None or now - same_at < SAME_SENDING):
        return Verdict(
            reception=Reception.REPEATED,
            known=replace(known, heard_at=now, good_at=known.good_at if known.broken else now),
            observations=(heard,),
        )
    if report.broken:
        broken = _observe(report, "UploadBroken", Outcome.FAIL, now, broken_reason(report.broken), report.kind)
        return Verdict(reception=Reception.NEW, known=replace(known, heard_at=now), observations=(heard, broken))
    late = _overtaken(report.reported_at, known)
    readable = Outcome.UNKNOWN if any(other.broken for other in others) else Outcome.OK
    return Verdict(
        reception=Reception.LATE if late else Reception.NEW,
        known=Known(heard_at=now, good_at=now, reported_at=known.reported_at if late else report.reported_at),
        observations=(
            heard,
            _observe(report, "UploadBroken", readable, now),
            *(() if late else status_observations(report, now)),
        ),
    )


def broken_reason(why: Broken) -> str:
    """Return the reason that templates word; a word of its own, for a web page can be ``too_large`` as well."""
    return f"report_{why}"


def status_observations(report: Report, at: datetime) -> tuple[Observation, ...]:
    """Read the known metrics: 0 = fine, anything else = error, no such metric = no answer."""
    found = ((code, [s for s in report.samples if s.name == name]) for name, code in STATUS_CODES.items())
    return tuple(_worst(report, code, samples, at) for code, samples in found if samples)


def _worst(report: Report, code: str, samples: Sequence[Sample], at: datetime) -> Observation:
    bad = [sample for sample in samples if sample.value != 0 and not isnan(sample.value)]
    if not bad:
        unknown = any(isnan(sample.value) for sample in samples)
        return _observe(report, code, Outcome.UNKNOWN if unknown else Outcome.OK, at)
    said = next((label for sample in bad if (label := sample.label("status").strip())), "")
    reason = STATUS_REASONS.get(" ".join(said.lower().split()))
    paths = dict.fromkeys(sample.label("path") for sample in bad if sample.label("path"))
    detail = said if said and reason is None else ", ".join(paths)
    return _observe(report, code, Outcome.FAIL, at, reason or UNSAID[code], detail[:200])


def _overtaken(reported_at: datetime | None, known: Known) -> bool:
    if reported_at is None or known.reported_at is None:
        return False
    return timedelta(0) < known.reported_at - reported_at <= LATE


def _observe(report: Report, code: str, outcome: Outcome, at: datetime, *why: str) -> Observation:
    subject = Subject(SubjectKind.CLIENT, report.client)
    reason, detail = (*map(str, why), "", "")[:2]
    return Observation(subject=subject, code=code, outcome=outcome, at=at, reason=reason, detail=detail)
