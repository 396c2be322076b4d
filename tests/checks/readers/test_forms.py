"""A foreign report is read by the form that configuration gives; what does not fit is named, the rest is read."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from checks.model.installation import Base, InstallationFacts, Key, Missing, QueryOutcome, Totals, Usage, Why
from checks.readers.forms import DEFAULT, Form, FormError, form_of
from checks.readers.outline import outline
from checks.readers.sysinfo import names_of, read_sysinfo
from checks.readers.values import SINGLE, Manner, NoValueError
from checks.reports import Broken

ROOT = Path(__file__).parents[3]
FOREIGN = (ROOT / "tests/testdata/foreign/kodeks.xml").read_bytes()
OURS = (ROOT / "docs/sysinfo.xml").read_bytes()

KODEKS = {
    "xml": "/Report/Server",
    "facts": {
        "reported_at": "/Report/@Created",
        "version": "/Report/Server/Ver",
        "legal_name": "/Report/Server/Reg",
        "key": "//Lock/@present",
        "seats": "/Report/Seats/@all",
        "free_seats": "/Report/Seats/@free",
        "module": "/Report/Module",
    },
    "lists": {
        "bases": {
            "each": "//Vol",
            "name": "Title",
            "update_number": "Upd",
            "licence_end": "Till",
            "error": "Err/@code",
            "message": "Err",
        },
        "operups": {"each": "//OperUp/F", "name": "@n", "at": "@t"},
    },
}


def facts_in(body: bytes, *forms: Form) -> InstallationFacts:
    read = read_sysinfo(io.BytesIO(body), forms=forms)
    assert read.broken is None, read
    return read.facts


def test_our_own_example_follows_our_own_schema_and_says_everything() -> None:
    schema = etree.XMLSchema(etree.fromstring((ROOT / "docs/sysinfo.xsd").read_bytes()))
    schema.assertValid(etree.fromstring(OURS))

    facts = facts_in(OURS)

    unsaid = {"key_code", "totals", "free_seats"}
    assert set(facts.known) == {name for name in InstallationFacts.__dataclass_fields__ if name not in unsaid} - {
        "form",
        "missing",
    }
    assert facts.missing == ()
    assert facts.bases is not None
    assert facts.bases[2] == Base(
        name="Охрана труда",
        update_number=2329,
        licence_end=date(2027, 3, 31),
        error="53",
        message="Не могу открыть файл \\\\nas\\te\\ot.bsz (ошибка 53)",
    )
    assert facts.usage is not None
    assert facts.usage[0] == Usage(
        day=date(2026, 11, 20), searches=41, empty_searches=3, failed_searches=0, opened=57, saved=4, printed=2,
        refused=0, logins=9, active_users=6, sessions=5,
    )  # fmt: skip
    assert facts.queries is not None
    assert (facts.queries[0].text, facts.queries[0].outcome) == ("гост 34.201-2026", QueryOutcome.EMPTY)
    assert (facts.spp, facts.daily_update, facts.copy_done) == (True, True, True)


def test_a_foreign_report_is_read_by_its_form_namespaces_and_all() -> None:
    facts = facts_in(FOREIGN, form_of("kodeks", KODEKS))

    assert facts.form == "kodeks"
    assert (facts.version, facts.legal_name, facts.key) == ("6.4.3.59", "Vektor", Key.OK)
    assert facts.reported_at == datetime(2026, 11, 23, 8, 40, 5, tzinfo=UTC)
    assert (facts.seats, facts.free_seats, facts.sessions) == (10, 4, 6)
    assert facts.operup_at == datetime(2026, 11, 23, 2, 40, tzinfo=UTC)
    assert facts.licence_end == date(2026, 12, 31)
    assert facts.bases == (
        Base(name="Normy", update_number=2329, licence_end=date(2026, 12, 31)),
        Base(name="Ecology", update_number=2330, error="601", message="damaged"),
    )


def test_a_fact_that_does_not_fit_is_named_with_its_reason() -> None:
    assert set(facts_in(FOREIGN, form_of("kodeks", KODEKS)).missing) == {
        Missing(fact="module", why=Why.ABSENT),
        Missing(fact="bases.licence_end", why=Why.NO_DATE, detail="soon"),
    }


def test_the_first_form_that_fits_is_taken_and_ours_is_the_last() -> None:
    other = form_of("other", {"xml": "/Elsewhere"})
    late = form_of("late", {**KODEKS, "facts": {}})

    assert facts_in(FOREIGN, other, form_of("kodeks", KODEKS), late).form == "kodeks"
    assert facts_in(OURS, other, late).form == "default"
    assert facts_in(FOREIGN, other).form == "xml"


def test_a_path_that_may_mean_anything_reads_the_same() -> None:
    wild = form_of("wild", {"xml": "/*", "facts": {"version": "/*/*[1]/*[1]"}})

    assert wild.names is None
    assert facts_in(FOREIGN, wild).version == "6.4.3.59"
    assert names_of([DEFAULT, form_of("kodeks", KODEKS)]) is not None


def test_own_words_and_own_dates_come_before_the_usual_ones() -> None:
    form = form_of(
        "odd",
        {
            "xml": "/r",
            "facts": {"key": "/r/@k", "licence_end": "/r/@d"},
            "yes": ["0"],
            "no": ["1"],
            "dates": ["%m-%d-%y"],
        },
    )

    facts = facts_in(b'<r k="0" d="02-03-27"/>', form)

    assert (facts.key, facts.licence_end) == (Key.OK, date(2027, 2, 3))


# ── SQLite ────────────────────────────────────────────────────────────────────────────────────────────────────────

Script = Callable[[str], bytes]


@pytest.fixture
def made(tmp_path: Path) -> Script:
    def make(script: str) -> bytes:
        path = tmp_path / "foreign.db"
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        connection.executescript(script)
        connection.commit()
        connection.close()
        return path.read_bytes()

    return make


INFO = """
CREATE TABLE info (k TEXT, v); INSERT INTO info VALUES ('ver', '6.4.5.127'), ('seats', 10), ('lock', x'6f6b');
CREATE TABLE vols (title, upd, till); INSERT INTO vols VALUES ('Нормы', 2330, '2026-12-31'), (NULL, 1, NULL);
CREATE TABLE cnt (s, r); INSERT INTO cnt VALUES (120, 3);
"""
TABLES = {
    "sqlite": ["INFO", "vols"],
    "facts": {
        "version": "SELECT v FROM info WHERE k = 'ver'",
        "seats": "SELECT v FROM info WHERE k = 'seats'",
        "key": "SELECT v FROM info WHERE k = 'lock'",
        "module": "SELECT v FROM info WHERE k = 'module'",
        "sessions": "SELECT count(*) FROM visits",
        "refused": "SELECT s, r FROM cnt",
    },
    "lists": {
        "bases": "SELECT title AS name, upd AS update_number, till AS licence_end FROM vols",
        "totals": "SELECT s AS searches, r AS refused FROM cnt",
        "users": "SELECT title AS who FROM vols",
    },
}


def test_a_foreign_database_is_read_by_one_select_a_fact(made: Script) -> None:
    facts = facts_in(made(INFO), form_of("db", TABLES))

    assert (facts.form, facts.version, facts.seats, facts.key) == ("db", "6.4.5.127", 10, Key.OK)
    assert facts.bases == (Base(name="Нормы", update_number=2330, licence_end=date(2026, 12, 31)),)
    assert facts.totals == Totals(searches=120, refused=3)
    assert set(facts.missing) == {
        Missing(fact="module", why=Why.ABSENT),
        Missing(fact="sessions", why=Why.BAD_QUERY, detail="no such table: visits"),
        Missing(fact="refused", why=Why.WRONG_SHAPE, detail="s, r"),
        Missing(fact="users", why=Why.WRONG_SHAPE, detail="who"),
        Missing(fact="bases.name", why=Why.ABSENT),
    }


@pytest.mark.parametrize(
    "query",
    [
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n",
        "SELECT hex(zeroblob(100000000))",
        "SELECT load_extension('evil')",
        "SELECT count(*) FROM info a, info b, info c, pragma_database_list",
        "SELECT v FROM fts",
    ],
)
def test_a_select_that_asks_for_too_much_is_only_a_missing_fact(made: Script, query: str) -> None:
    body = made(INFO + "CREATE VIRTUAL TABLE fts USING fts5(v);")
    form = form_of("db", {"sqlite": ["info"], "facts": {"version": query, "seats": TABLES["facts"]["seats"]}})  # type: ignore[index]

    facts = facts_in(body, form)

    assert facts.seats == 10
    assert [missing.why for missing in facts.missing] == [Why.BAD_QUERY]


def test_a_view_that_never_ends_is_only_a_missing_fact(made: Script) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS v FROM n"
    body = made(f"CREATE TABLE t (v); INSERT INTO t VALUES (1); CREATE VIEW info AS {endless};")

    facts = facts_in(body, form_of("db", {"sqlite": ["t"], "facts": {"seats": "SELECT max(v) FROM info"}}))

    assert [(missing.fact, missing.why) for missing in facts.missing] == [("seats", Why.BAD_QUERY)]


@given(at=st.integers(min_value=0, max_value=16_000), junk=st.binary(min_size=1, max_size=40))
def test_no_spoilt_database_raises(at: int, junk: bytes) -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(INFO)
    whole = connection.serialize()
    connection.close()

    read = read_sysinfo(io.BytesIO(whole[:at] + junk + whole[at + len(junk) :]), forms=[form_of("db", TABLES)])

    assert read.broken in {None, *Broken}


# ── what an operator writes ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "place", "rule"),
    [
        ("text", "", "нужна таблица"),
        ({}, "", "одно из двух"),
        ({"xml": "/a", "sqlite": ["t"]}, "", "одно из двух"),
        ({"xml": "/a["}, "xml", "не XPath"),
        ({"xml": "/a", "facts": {"version": "//b("}}, "facts.version", "не XPath"),
        ({"xml": "/a", "facts": {"verion": "//b"}}, "facts.verion", "нет такого факта"),
        ({"xml": "/a", "facts": {"bases": "//b"}}, "facts.bases", "lists.bases"),
        ({"xml": "/a", "facts": {"version": 6}}, "facts.version", "строка"),
        ({"xml": "/a", "lists": {"bases": "//b"}}, "lists.bases", "each"),
        (
            {"xml": "/a", "lists": {"bases": {"each": "//b", "colour": "@c"}}},
            "lists.bases.colour",
            "нет такого столбца",
        ),
        ({"xml": "/a", "lists": {"basis": {"each": "//b"}}}, "lists.basis", "нет такого списка"),
        ({"sqlite": []}, "sqlite", "имена таблиц"),
        ({"sqlite": ["t"], "facts": {"version": "SELEC v FROM t"}}, "facts.version", "один SELECT"),
        ({"sqlite": ["t"], "facts": {"version": "SELECT v FRM t"}}, "facts.version", "не SELECT"),
        ({"sqlite": ["t"], "facts": {"version": "SELECT 1; DROP TABLE t"}}, "facts.version", "один SELECT"),
        ({"sqlite": ["t"], "facts": {"version": "DELETE FROM t"}}, "facts.version", "один SELECT"),
        ({"xml": "/a", "where": "x"}, "where", "нет такого ключа"),
    ],
)
def test_a_mistake_in_a_form_names_its_place(said: Any, place: str, rule: str) -> None:
    with pytest.raises(FormError) as caught:
        form_of("x", said)

    assert caught.value.place == place
    assert rule in caught.value.rule
    assert "\n" not in caught.value.rule


@given(st.sampled_from(sorted(SINGLE)), st.text(max_size=40))
def test_no_value_raises_anything_else(fact: str, text: str) -> None:
    with suppress(NoValueError):
        SINGLE[fact](text, Manner())


def test_an_outline_shows_where_what_stands(made: Script) -> None:
    places = {place.path: (place.count, place.samples) for place in outline(io.BytesIO(FOREIGN)).places}

    assert places["/Report/Volumes/Vol"] == (2, [])
    assert places["/Report/Volumes/Vol/Title"] == (2, ["Normy", "Ecology"])
    assert places["/Report/@Created"] == (1, ["23.11.2026 11:40:05"])
    found = {table.name: table for table in outline(io.BytesIO(made(INFO))).tables}
    assert (found["vols"].rows, [column.path for column in found["vols"].columns]) == (2, ["title", "upd", "till"])
    assert found["info"].columns[1].samples == ["6.4.5.127", "10", "ok"]
