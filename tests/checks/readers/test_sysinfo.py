"""A sysinfo report is read from whatever it is wrapped in, or the reason why not is named; nothing raises."""

from __future__ import annotations

import io
import json
import sqlite3
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model.installation import InstallationFacts, Key, Missing, OperUp, Why
from checks.readers import archive
from checks.readers.sysinfo import Sysinfo, read_sysinfo
from checks.reports import Broken
from checks.written import write

SAMPLE = (Path(__file__).parents[2] / "testdata" / "sysinfo.xml").read_bytes()


def read(body: bytes) -> Sysinfo:
    return read_sysinfo(io.BytesIO(body))


def facts_in(body: bytes) -> InstallationFacts:
    found = read(body)
    assert found.broken is None
    return found.facts


def zipped(*members: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as bundle:
        for name, body in members:
            bundle.writestr(name, body)
    return out.getvalue()


def sqlite_file(tmp_path: Path, *, wal: bool = False) -> bytes:
    path = tmp_path / "report.sqlite"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    if wal:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE bases (name TEXT)")
    connection.executemany("INSERT INTO bases VALUES (?)", [("x" * 100,)] * 200)
    connection.commit()
    connection.close()
    return path.read_bytes()


def test_the_example_says_all_it_knows() -> None:
    assert facts_in(SAMPLE) == InstallationFacts(
        form="default",
        reported_at=datetime(2026, 11, 23, 8, 40, tzinfo=UTC),
        module="2.1.0",
        version="6.4.5.127",
        registration="0599000123",
        legal_name="ООО «Ромашка»",
        key=Key.OK,
        operup_at=datetime(2026, 11, 23, 2, 40, tzinfo=UTC),
        operup_file="2330nvd.ud6",
        operups=(
            OperUp(name="2330nvd.ud6", at=datetime(2026, 11, 23, 2, 40, tzinfo=UTC)),
            OperUp(name="2329nvd.ud6", at=datetime(2026, 11, 20, 2, 35, tzinfo=UTC)),
        ),
        update_number=2330,
        licence_end=date(2026, 12, 31),
        seats=20,
        sessions=17,
        refused=2,
    )


@pytest.mark.parametrize("name", ["romashka.xml", "sysinfo\\report.xml", "a/b/отчёт.xml"])
def test_a_zip_is_read_as_what_is_in_it(name: str) -> None:
    assert read(zipped(("readme.txt", b"hello"), (name, SAMPLE))) == read(SAMPLE)


@pytest.mark.parametrize("encoding", ["windows-1251", "utf-16", "koi8-r"])
def test_the_file_names_its_encoding(encoding: str) -> None:
    body = SAMPLE.decode().replace("UTF-8", encoding).replace("«", '"').replace("»", '"')
    body = body.replace('"ООО "Ромашка""', '"ООО Ромашка"')

    assert facts_in(body.encode(encoding)).legal_name == "ООО Ромашка"


def test_cp1251_is_guessed_when_no_encoding_is_named() -> None:
    body = SAMPLE.decode().replace(' encoding="UTF-8"', "").encode("cp1251")

    assert facts_in(body).legal_name == "ООО «Ромашка»"


def test_a_report_of_an_unknown_form_is_not_broken(tmp_path: Path) -> None:
    assert facts_in(b"<kodeks><version>6</version></kodeks>") == InstallationFacts(form="xml")
    assert facts_in(sqlite_file(tmp_path)) == InstallationFacts(form="sqlite")
    assert facts_in(zipped(("si.db", sqlite_file(tmp_path)))) == InstallationFacts(form="sqlite")


def test_a_database_in_wal_mode_is_read_too(tmp_path: Path) -> None:
    assert facts_in(sqlite_file(tmp_path, wal=True)) == InstallationFacts(form="sqlite")


def test_a_fact_that_makes_no_sense_leaves_the_others() -> None:
    facts = facts_in(SAMPLE.replace(b'total="20"', b'total="many"').replace(b'state="ok"', b'state="?"'))

    assert facts.missing == (
        Missing(fact="key", why=Why.NO_WORD, detail="?"),
        Missing(fact="seats", why=Why.NO_NUMBER, detail="many"),
    )
    assert (facts.seats, facts.key, facts.version) == (None, None, "6.4.5.127")


BOMB = zipped(("r.xml", b"<sysinfo>" + 2 * (b'<a b="' + b"x" * 9_000_000 + b'"/>') + b"</sysinfo>"))
MANY = zipped(*[(f"{n}.txt", b"x") for n in range(archive.MAX_FILES + 1)])
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<sysinfo module="&b;"/>"""
ENCRYPTED = bytearray(zipped(("r.xml", SAMPLE)))
ENCRYPTED[6] |= 1
ENCRYPTED[ENCRYPTED.index(b"PK\x01\x02") + 8] |= 1


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", Broken.EMPTY),
        (b"   \n", Broken.EMPTY),
        (b"curl: (7) failed", Broken.NOT_A_REPORT),
        (SAMPLE[:300], Broken.TRUNCATED),
        (b"<sysinfo><a></b></sysinfo>", Broken.NOT_WELL_FORMED),
        (b"<sysinfo>\xff\xfe</sysinfo>" * 2, Broken.NOT_WELL_FORMED),
        (LAUGHS, Broken.DOCTYPE),
        (b"<!--" + b"x" * 70_000 + b"-->" + b'<!DOCTYPE s SYSTEM "file:///etc/passwd"><sysinfo/>', Broken.DOCTYPE),
        (LAUGHS.decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"').encode("utf-16"), Broken.DOCTYPE),
        (b"<a>" * 100 + b"</a>" * 100, Broken.TOO_DEEP),
        (zipped(("r.xml", SAMPLE))[:-30], Broken.TRUNCATED),
        (zipped(("r.xml", LAUGHS)), Broken.DOCTYPE),
        (zipped(("inner.zip", zipped(("r.xml", SAMPLE)))), Broken.NESTED),
        (zipped(("readme.txt", b"hello")), Broken.NO_REPORT_INSIDE),
        (zipped(), Broken.NO_REPORT_INSIDE),
        (zipped(("../../etc/cron.d/x.xml", SAMPLE)), Broken.BAD_NAME),
        (zipped(("..\\x.xml", SAMPLE)), Broken.BAD_NAME),
        (zipped(("C:\\x.xml", SAMPLE)), Broken.BAD_NAME),
        (zipped(("/etc/x.xml", SAMPLE)), Broken.BAD_NAME),
        (zipped(("r.xml", SAMPLE), how=zipfile.ZIP_LZMA), Broken.COMPRESSION),
        (bytes(ENCRYPTED), Broken.ENCRYPTED),
        (BOMB, Broken.BOMB),
        (MANY, Broken.TOO_MANY_FILES),
        (archive.SQLITE + b"garbage" * 200, Broken.BAD_DATABASE),
    ],
    ids=[f"{n}" for n in range(24)],
)
def test_what_cannot_be_read_says_why(body: bytes, why: Broken) -> None:
    assert read(body).broken is why


@pytest.mark.slow
def test_endless_elements_are_a_bomb() -> None:
    assert read(b"<sysinfo>" + b"<a/>" * 2_100_000 + b"</sysinfo>").broken is Broken.BOMB


def test_a_zip_damaged_inside_is_broken() -> None:
    body = bytearray(zipped(("r.xml", SAMPLE), how=zipfile.ZIP_STORED))
    body[body.index(b"6.4.5.127")] = ord("9")

    assert read(bytes(body)).broken is Broken.DAMAGED


def test_a_damaged_database_is_broken(tmp_path: Path) -> None:
    body = bytearray(sqlite_file(tmp_path))
    body[4096:12288] = b"\xee" * 8192

    assert read(bytes(body)).broken is Broken.BAD_DATABASE


def test_an_outside_entity_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("topsecret")
    body = f'<!DOCTYPE s [<!ENTITY x SYSTEM "file://{secret}">]><sysinfo module="1">&x;</sysinfo>'

    facts = read(body.encode())

    assert facts.broken is Broken.DOCTYPE
    assert "topsecret" not in repr(facts)


def test_memory_does_not_grow_with_the_file() -> None:
    head, _, tail = SAMPLE.decode().partition("<bases")
    body = (head + '<events><event login="someone" ip="10.0.0.1"/></events>\n' * 60_000 + "<bases" + tail).encode()
    file = io.BytesIO(zipped(("r.xml", body)))
    tracemalloc.start()

    facts = read_sysinfo(file)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert facts.facts.update_number == 2330
    assert peak < 4_000_000


@given(st.binary(max_size=400))
def test_no_bytes_raise(tail: bytes) -> None:
    for head in (b"", b"<sysinfo", b"PK\x03\x04", archive.SQLITE, b"\xff\xfe<\0"):
        json.dumps(write(read(head + tail).facts))


@given(st.integers(min_value=0, max_value=len(SAMPLE)), st.binary(min_size=1, max_size=8), st.booleans())
@settings(max_examples=150)
def test_no_spoilt_report_raises(at: int, junk: bytes, wrapped: bool) -> None:
    whole = zipped(("r.xml", SAMPLE)) if wrapped else SAMPLE

    json.dumps(write(read(whole[:at] + junk + whole[at + len(junk) :]).facts))
