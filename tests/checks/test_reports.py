"""An upload counts once, a broken one is no sign of health, a late one overrules nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from checks.model import Outcome
from checks.readers.status import read_status
from checks.reports import Broken, Known, Reception, Report, ReportKind, Verdict, judge

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
BEFORE = Known(heard_at=NOON - QUARTER, good_at=NOON - QUARTER, reported_at=NOON - QUARTER)


def status(*lines: str, at: datetime | None = NOON) -> Report:
    facts = read_status("\n".join(lines or ("kserver_main_page 0", "kserver_product_control 0")).encode())
    return Report(client="romashka", kind=ReportKind.STATUS, reported_at=at, broken=facts.broken, samples=facts.samples)


def broken(kind: ReportKind = ReportKind.SYSINFO) -> Report:
    return Report(client="romashka", kind=kind, broken=Broken.TRUNCATED)


def said(verdict: Verdict) -> dict[str, Outcome]:
    return {observation.code: observation.outcome for observation in verdict.observations}


def test_a_good_status_answers_everything() -> None:
    verdict = judge(status(), now=NOON, known=BEFORE)

    assert verdict.reception is Reception.NEW
    assert verdict.known == Known(heard_at=NOON, good_at=NOON, reported_at=NOON)
    assert said(verdict) == {
        "SmartStatusSilent": Outcome.OK,
        "UploadBroken": Outcome.OK,
        "MainPageBroken": Outcome.OK,
        "ProductSetBroken": Outcome.OK,
    }


@pytest.mark.parametrize(
    ("line", "reason", "detail"),
    [
        ('kserver_main_page{path="/docs",status="update DB"} 1', "update DB", "/docs"),
        ('kserver_main_page{status="Unexpected change list  products"} 1', "unexpected change list products", ""),
        ('kserver_main_page{status="no required volume DB"} 1', "no required volume DB", ""),
        ('kserver_main_page{status="<b>boo</b>"} 1', "main_page", "<b>boo</b>"),
        ('kserver_main_page{path="/a"} 1\nkserver_main_page{path="/b"} 2', "main_page", "/a, /b"),
        ('kserver_main_page{path="/a"} 0\nkserver_main_page{path="/b"} 1', "main_page", "/b"),
    ],
)
def test_a_broken_page_says_why(line: str, reason: str, detail: str) -> None:
    verdict = judge(status(line), now=NOON, known=BEFORE)

    page = next(each for each in verdict.observations if each.code == "MainPageBroken")
    assert (page.outcome, page.reason, page.detail) == (Outcome.FAIL, reason, detail)
    assert "ProductSetBroken" not in said(verdict)


def test_a_value_that_is_no_number_is_unknown() -> None:
    assert said(judge(status("kserver_main_page NaN"), now=NOON, known=BEFORE))["MainPageBroken"] is Outcome.UNKNOWN


def test_the_same_report_again_is_heard_and_nothing_else() -> None:
    verdict = judge(status(), now=NOON + QUARTER, known=BEFORE, same_at=NOON)

    assert verdict.reception is Reception.REPEATED
    assert said(verdict) == {"SmartStatusSilent": Outcome.OK}
    assert verdict.known == replace(BEFORE, heard_at=NOON + QUARTER, good_at=NOON + QUARTER)


def test_a_report_without_a_time_says_the_same_anew_after_a_while() -> None:
    report = status(at=None)

    assert judge(report, now=NOON, known=BEFORE, same_at=NOON - timedelta(minutes=1)).reception is Reception.REPEATED
    assert judge(report, now=NOON, known=BEFORE, same_at=NOON - QUARTER).reception is Reception.NEW


def test_the_same_broken_file_every_hour_is_broken_every_hour() -> None:
    verdict = judge(broken(), now=NOON, known=BEFORE, same_at=NOON - timedelta(hours=1))

    assert said(verdict)["UploadBroken"] is Outcome.FAIL
    assert verdict.known.broken


def test_a_broken_upload_is_heard_but_judges_nothing() -> None:
    verdict = judge(broken(), now=NOON, known=BEFORE)

    assert said(verdict) == {"SmartXMLfileIsToOld": Outcome.OK, "UploadBroken": Outcome.FAIL}
    assert verdict.observations[1].reason == "report_truncated"
    assert verdict.known == replace(BEFORE, heard_at=NOON)


def test_a_broken_upload_sent_again_stays_broken() -> None:
    first = judge(broken(), now=NOON, known=BEFORE).known

    again = judge(broken(), now=NOON + timedelta(minutes=1), known=first, same_at=NOON)

    assert again.reception is Reception.REPEATED
    assert again.known.broken


def test_a_good_status_does_not_mend_a_broken_sysinfo() -> None:
    sysinfo = judge(broken(), now=NOON - QUARTER, known=Known()).known

    assert said(judge(status(), now=NOON, known=BEFORE, others=[sysinfo]))["UploadBroken"] is Outcome.UNKNOWN


def test_a_report_overtaken_by_a_newer_one_judges_nothing() -> None:
    newest = replace(BEFORE, reported_at=NOON)
    verdict = judge(status("kserver_main_page 1", at=NOON - QUARTER), now=NOON, known=newest)

    assert verdict.reception is Reception.LATE
    assert "MainPageBroken" not in said(verdict)
    assert verdict.known.reported_at == NOON


def test_a_sender_whose_clock_fell_back_is_still_believed() -> None:
    verdict = judge(status("kserver_main_page 1", at=datetime(2000, 1, 1, tzinfo=UTC)), now=NOON, known=BEFORE)

    assert verdict.reception is Reception.NEW
    assert said(verdict)["MainPageBroken"] is Outcome.FAIL
