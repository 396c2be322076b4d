"""A status report is read whatever its labels' order, and nothing in it can raise."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.readers.status import MAX_BYTES, http_date, read_sample, read_status
from checks.reports import Broken

GOOD = b"""date: Mon, 23 Nov 2026 09:00:00 GMT
# HELP kserver_main_page main page
kserver_main_page{service="kodweb",path="/docs"} 0
kserver_product_control{path="/docs",status="update DB",service="kodweb"} 1
something_new_total{a="b"} 12.5 1764000000000
"""


def test_a_report_gives_its_time_and_every_metric() -> None:
    facts = read_status(GOOD)

    assert facts.reported_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert [sample.name for sample in facts.samples] == [
        "kserver_main_page",
        "kserver_product_control",
        "something_new_total",
    ]
    assert facts.samples[1].label("status") == "update DB"
    assert (facts.broken, facts.skipped) == (None, 0)


@pytest.mark.parametrize(
    "line",
    [
        'm{service="kodweb",path="/docs",status="update DB"} 1',
        'm{status="update DB", path="/docs" , service="kodweb",} 1',
        'm { path = "/docs",status="update DB",service="kodweb"}\t1 1764000000000',
    ],
)
def test_labels_come_in_any_order(line: str) -> None:
    sample = read_sample(line)

    assert sample is not None
    assert dict(sample.labels) == {"service": "kodweb", "path": "/docs", "status": "update DB"}
    assert sample.value == 1


def test_labels_may_hold_anything_that_is_escaped() -> None:
    sample = read_sample(r'm{status="he said \"no\" {here}, \\ and\nleft",b="2"} 1')

    assert sample is not None
    assert sample.label("status") == 'he said "no" {here}, \\ and\nleft'
    assert sample.label("b") == "2"


@pytest.mark.parametrize(
    "line", ["m", "m{} ", "m{a=1} 1", 'm{a="1" 1', 'm{a="1"} one', "m 1 2 3", "m 1_0", "1m 1", 'm{a="1"} 0x10', "m ١"]
)
def test_a_line_that_is_no_metric_is_skipped(line: str) -> None:
    assert read_sample(line) is None
    facts = read_status(f"good 1\n{line}\n".encode())
    assert (len(facts.samples), facts.skipped) == (1, 1)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", Broken.EMPTY),
        (b" \r\n ", Broken.EMPTY),
        (b"<html><body>502 Bad Gateway</body></html>", Broken.HTML),
        (b"date: Mon, 23 Nov 2026 09:00:00 GMT\n", Broken.NO_METRICS),
        (b"curl: (7) Failed to connect", Broken.NO_METRICS),
        (b"metric 1\0\n", Broken.NOT_TEXT),
        (b"m 1\n" * (MAX_BYTES // 4 + 1), Broken.TOO_LARGE),
    ],
)
def test_a_useless_report_says_why(body: bytes, why: Broken) -> None:
    assert read_status(body).broken is why


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_windows_may_have_written_the_file(encoding: str) -> None:
    body = 'Date: Mon, 23 Nov 2026 09:00:00 GMT\r\nm{status="база"} 1\r\n'.encode(encoding)

    facts = read_status(body)

    assert facts.reported_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert [sample.label("status") for sample in facts.samples] == ["база"]


@pytest.mark.parametrize("text", ["", "yesterday", "Mon, 99 Nov 2026 09:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2300"])
def test_a_date_that_is_none_is_left_out(text: str) -> None:
    assert http_date(text) is None
    assert read_status(f"date: {text}\nm 1".encode()).broken is None


def test_a_report_without_a_date_is_still_read() -> None:
    facts = read_status(b"kserver_main_page 0\n")

    assert facts.reported_at is None
    assert len(facts.samples) == 1


@given(st.binary(max_size=2000))
def test_no_bytes_raise(body: bytes) -> None:
    json.dumps(read_status(body).as_json(), allow_nan=False)


pieces = st.sampled_from(
    ["date: ", "Mon, 23 Nov 2026", *'m{}"\\,= \n\r1#\ufeffж', 'a="b"', "NaN", "+Inf", "1e9999"],
)


@given(st.lists(pieces, max_size=60).map("".join))
def test_no_almost_right_text_raises(text: str) -> None:
    json.dumps(read_status(text.encode()).as_json(), allow_nan=False)


@given(st.text(max_size=80))
def test_no_date_raises(text: str) -> None:
    moment = http_date(text)
    assert moment is None or moment.tzinfo is UTC
