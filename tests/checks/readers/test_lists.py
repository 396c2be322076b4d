"""The four lists are told apart by what they hold; good lines go in, bad ones say what is wrong with them."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from checks.model import ClientKind
from checks.readers.cells import Endpoint
from checks.readers.entries import AccessEntry, ClientEntry, EndpointEntry, Listed, ListKind, RedirectEntry
from checks.readers.flaws import Flaw, Trouble
from checks.readers.lists import read_list

LISTS = Path(__file__).parents[2] / "testdata" / "lists"
FULL = (
    "name,title,kind,manager,email,domain,redirect,address,admin_url,licman,contract_end,seats,freshness_hours,"
    "time_zone,contacts"
)


def sample(name: str) -> Listed:
    return read_list(name, (LISTS / name).read_bytes())


def listed(*lines: str) -> Listed:
    return read_list("list.csv", "\n".join(lines).encode())


def client(listed: Listed, number: int = 0) -> ClientEntry:
    entry = listed.entries[number]
    assert isinstance(entry, ClientEntry)
    return entry


def cell(column: str, value: str) -> Listed:
    """A list of one client with one more cell."""
    return listed(f"name;{column}", f"a;{value}")


def only(listed: Listed) -> Flaw:
    (flaw,) = listed.flaws
    return flaw


# ── which list is it ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "kind", "lines"),
    [
        ("clients.csv", ListKind.CLIENTS, 5),
        ("clients_bom.csv", ListKind.CLIENTS, 5),
        ("redirects.csv", ListKind.REDIRECTS, 2),
        ("managers.csv", ListKind.MANAGERS, 5),
        ("managers_cp1251.csv", ListKind.MANAGERS, 5),
        ("online.csv", ListKind.ONLINE, 3),
    ],
)
def test_a_list_is_told_by_its_content(name: str, kind: ListKind, lines: int) -> None:
    found = read_list("whatever.txt", (LISTS / name).read_bytes())

    assert (found.kind, len(found.entries), found.flaws) == (kind, lines, ())


def test_encodings_tell_the_same() -> None:
    assert sample("managers.csv").entries == sample("managers_cp1251.csv").entries
    assert sample("clients.csv").entries == sample("clients_bom.csv").entries


def test_russian_headers_are_understood() -> None:
    found = listed("Имя;Название;Вид;Менеджер", "a;Ромашка;облако;Ольга")

    assert client(found).told == {"title": "Ромашка", "kind": ClientKind.CLOUD, "manager": "Ольга"}


def test_a_header_of_one_column_is_enough() -> None:
    assert client(listed("name", "romashka")).name == "romashka"


def test_a_misspelt_column_refuses_the_file_and_names_the_nearest() -> None:
    flaw = only(listed("name,redirct", "a,r1"))

    assert (flaw.trouble, flaw.value, flaw.hint, flaw.refused) == (
        Trouble.MISSPELT_COLUMN,
        "redirct",
        "redirect",
        True,
    )


def test_a_misspelt_owner_does_not_turn_redirects_into_clients() -> None:
    assert only(listed("name,title,address,ownr", "r1,R,10.0.0.1,x")).hint == "owner"


def test_a_foreign_column_is_remarked_and_left_out() -> None:
    found = listed("name,комментарий,title", "a,что угодно,Ромашка")

    assert only(found) == Flaw(line=1, trouble=Trouble.UNKNOWN_COLUMN, value="комментарий", refused=False)
    assert client(found).told == {"title": "Ромашка"}


def test_headers_without_name_or_with_a_column_twice_are_refused() -> None:
    assert only(listed("title,manager", "Ромашка,Ольга")).trouble is Trouble.NO_NAME_COLUMN
    assert only(listed("name,title,title", "a,b,c")).trouble is Trouble.REPEATED_COLUMN


@pytest.mark.parametrize("text", ["just words", "a,b,c\nd,e,f", "<html><body>404</body></html>", "{}"])
def test_what_is_no_list_says_so(text: str) -> None:
    found = listed(text)

    assert found.kind is None
    assert only(found).trouble is Trouble.NOT_A_LIST


# ── what the lines tell ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_full_line_of_our_own_list() -> None:
    romashka = client(sample("clients.csv"))

    assert romashka.name == "romashka"
    assert romashka.told == {
        "title": "ООО «Ромашка»",
        "kind": ClientKind.CLOUD,
        "manager": "Ольга Смирнова",
        "email": "olga@example.org",
        "domain": "romashka.te-cloud.ru",
        "redirect": "r1",
        "address": "http://10.20.0.11",
        "admin_url": "http://10.20.0.11/admin",
        "licman": "10.20.0.11:8888",
        "contract_end": date(2026, 12, 31),
        "seats": 20,
        "contacts": "И. Петров, +7 900 000-00-01",
    }
    assert romashka.blank == {"freshness", "time_zone"}


def test_both_forms_of_a_managers_list() -> None:
    first, *_, last = sample("managers.csv").entries

    assert first == EndpointEntry(
        line=1,
        endpoint=Endpoint("romashka.te-cloud.ru", 80),
        scheme="http",
        told={"manager": "Ольга Смирнова", "email": "olga@example.org", "time_zone": "+0"},
    )
    assert last == ClientEntry(
        line=5,
        name="severproekt",
        told={"manager": "Анна Лисина", "email": "anna@example.org", "time_zone": "+4", "sends_uploads": True},
    )


def test_lists_without_a_header_may_be_workbooks_with_blank_last_columns() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Ромашка", "login", 12345, "host.example", "docs", "https"])
    stream = io.BytesIO()
    book.save(stream)

    (entry,) = read_list("online.xlsx", stream.getvalue()).entries

    assert isinstance(entry, AccessEntry)
    assert (entry.password.reveal(), entry.manager) == ("12345", None)


def test_an_access_keeps_its_password_to_itself() -> None:
    found = sample("online.csv")
    access = found.entries[1]

    assert isinstance(access, AccessEntry)
    assert (access.firm, access.key) == ("АО «Прогресс»", ("online.example.org", "docs", "progress"))
    assert access.password.reveal() == "=s3cret;2"
    assert "s3cret" not in repr(found) + str(access) + f"{access.password}"


def test_a_redirect_server() -> None:
    assert sample("redirects.csv").entries[1] == RedirectEntry(
        line=3,
        name="r2",
        told={
            "title": "Переадресация Облака № 2",
            "address": "http://10.20.0.2:8080",
            "owner": "поддержка Облака",
            "contacts": "+7 800 000-00-00, круглосуточно",
        },
    )


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("domain", "техэксперт.рф", "техэксперт.рф"),
        ("domain", "https://te.example:8443/docs", "https://te.example:8443/docs"),
        ("domain", "te.example.", "te.example."),
        ("domain", "[2001:db8::1]:8080", "[2001:db8::1]:8080"),
        ("domain", "2001:db8::1", "2001:db8::1"),
        ("address", "srv_te:8080", "http://srv_te:8080"),
        ("address", "http://10.0.0.5/docs", "http://10.0.0.5/docs"),
        ("licman", "10.0.0.5", "10.0.0.5:8888"),
        ("licman", "10.0.0.5:9999", "10.0.0.5:9999"),
        ("contract_end", "2026-12-31", date(2026, 12, 31)),
        ("contract_end", "31.12.2026", date(2026, 12, 31)),
        ("contract_end", "1.2.2027", date(2027, 2, 1)),
        ("freshness_hours", "168", timedelta(days=7)),
        ("freshness_hours", "1,5", timedelta(minutes=90)),
        ("seats", "0", 0),
        ("time_zone", "МСК+2", "+2"),
        ("time_zone", "-1", "-1"),
        ("time_zone", "Asia/Yekaterinburg", "Asia/Yekaterinburg"),
        ("contacts", "+7 (900) 000-00-00, Иван", "+7 (900) 000-00-00, Иван"),
        ("contacts", "два\u200b  пробела", "два пробела"),
        ("email", "a@example.org; b@example.org", "a@example.org, b@example.org"),
        ("kind", "Online", ClientKind.ONLINE),
    ],
)
def test_good_cells(column: str, value: str, told: object) -> None:
    found = cell(column, value) if ";" not in value else cell(column, f'"{value}"')

    assert found.flaws == ()
    assert list(client(found).told.values()) == [told]


@pytest.mark.parametrize(
    ("column", "value", "trouble"),
    [
        ("domain", "two words.example", Trouble.URL),
        ("domain", "a..example", Trouble.HOST),
        ("domain", ".example", Trouble.HOST),
        ("domain", "a-.example", Trouble.HOST),
        ("domain", "999.1.1.1", Trouble.HOST),
        ("domain", "ромашка-.рф", Trouble.HOST),
        ("domain", "a" * 64 + ".example", Trouble.HOST),
        ("domain", "https://", Trouble.HOST),
        ("domain", "[2001:db8::1", Trouble.HOST),
        ("domain", "host:0", Trouble.PORT),
        ("domain", "host:65536", Trouble.PORT),
        ("domain", "host:", Trouble.PORT),
        ("domain", "host:80a", Trouble.PORT),
        ("domain", "ftp://host.example", Trouble.SCHEME),
        ("address", "file:///etc/passwd", Trouble.SCHEME),
        ("address", "http://admin:secret@host.example", Trouble.CREDENTIALS),
        ("address", "http://host\\@evil.example", Trouble.URL),
        ("licman", "host:99999", Trouble.PORT),
        ("contract_end", "31.02.2026", Trouble.DATE),
        ("contract_end", "12/31/2026", Trouble.DATE),
        ("contract_end", "31.12.0026", Trouble.DATE),
        ("seats", "-5", Trouble.RANGE),
        ("seats", "много", Trouble.NUMBER),
        ("seats", "1e9", Trouble.NUMBER),
        ("freshness_hours", "0", Trouble.RANGE),
        ("freshness_hours", "nan", Trouble.NUMBER),
        ("time_zone", "+99", Trouble.TIME_ZONE),
        ("time_zone", "Europe/Moskva", Trouble.TIME_ZONE),
        ("time_zone", "../../etc/passwd", Trouble.TIME_ZONE),
        ("time_zone", "Europe", Trouble.TIME_ZONE),
        ("title", "=1+1", Trouble.FORMULA),
        ("title", "@SUM(A1)", Trouble.FORMULA),
        ("title", "+1+cmd|' /C calc'!A0", Trouble.FORMULA),
        ("title", "-HYPERLINK(1)", Trouble.FORMULA),
    ],
)
def test_bad_cells_refuse_their_line_with_the_reason(column: str, value: str, trouble: Trouble) -> None:
    found = cell(column, value)

    assert (only(found).line, only(found).trouble, only(found).column) == (2, trouble, column)
    assert found.entries == ()
    assert [entry.name for entry in found.mentions if isinstance(entry, ClientEntry)] == ["a"]
    assert "secret" not in repr(found)


def test_a_bad_word_names_the_nearest() -> None:
    assert (only(cell("kind", "clowd")).trouble, only(cell("kind", "clowd")).hint) == (Trouble.WORD, "cloud")


def test_a_bad_email_costs_the_email_not_the_client() -> None:
    found = cell("email", "nobody")

    assert (only(found).trouble, only(found).refused) == (Trouble.EMAIL, False)
    assert (client(found).told, client(found).blank) == ({}, frozenset())


@pytest.mark.parametrize("name", ["ромашка", "two words", "-dash", "a/b", "a" * 65, "../x"])
def test_names_are_short_and_latin(name: str) -> None:
    found = listed("name,title", f"{name},Ромашка")

    assert only(found).column == "name"
    assert found.strangers == 1


def test_every_bad_cell_of_a_line_is_named() -> None:
    found = listed("name,seats,contract_end", "a,-1,never", "b,1,2026-01-01")

    assert [(flaw.line, flaw.column) for flaw in found.flaws] == [(2, "seats"), (2, "contract_end")]
    assert client(found).name == "b"


def test_each_line_of_the_bad_sample_is_refused_for_its_own_reason() -> None:
    found = sample("clients_bad.csv")

    assert [entry.name for entry in found.entries if isinstance(entry, ClientEntry)] == ["good", "mail1"]
    assert [flaw.line for flaw in found.flaws] == list(range(3, 20))


def test_fewer_or_more_cells_than_the_header_are_refused_but_blank_ones_forgiven() -> None:
    found = listed("name,title,manager", "a,b", "c,d,e,f", "g,h,i,,,")

    assert [(flaw.line, flaw.trouble, flaw.hint) for flaw in found.flaws] == [
        (2, Trouble.FIELD_COUNT, "2/3"),
        (3, Trouble.FIELD_COUNT, "4/3"),
    ]
    assert [entry.line for entry in found.entries] == [4]


def test_wrong_lines_of_lists_without_a_header() -> None:
    managers = listed(
        "host:99999,M,m@example.org,http,d,u,p,ping,0,3600,604800",
        "имя,M,m@example.org,smartupload,d,u,p,donotping,0,3600,604800",
        "a.example:80,M,m@example.org,gopher,d,u,p,ping,0,3600,604800",
        "b.example:80,M,m@example.org,http,d,u,p,ping,0,often,604800",
        "c.example:80,M",
        "d.example:80,M,m@example.org,http,d,u,p,ping,0,3600,604800",
    )

    assert managers.kind is ListKind.MANAGERS
    assert [(flaw.line, flaw.trouble) for flaw in managers.flaws] == [
        (1, Trouble.PORT),
        (2, Trouble.NAME),
        (3, Trouble.WORD),
        (4, Trouble.NUMBER),
        (5, Trouble.FIELD_COUNT),
    ]
    assert [entry.line for entry in managers.entries] == [6]
    assert (len(managers.mentions), managers.strangers) == (1, 4)


def test_wrong_accesses_do_not_repeat_passwords() -> None:
    online = listed(
        ",login,hunter2,host.example,docs,https,M,m@example.org",
        "Ромашка,,hunter2,host.example,docs,https,M,m@example.org",
        "Ромашка,login,,host.example,docs,https,M,m@example.org",
        "Ромашка,login,hunter2,bad host,docs,https,M,m@example.org",
        "Ромашка,login,hunter2,comma,host.example,docs,https,M,m@example.org",
        "Ромашка,login,hunter2,host.example,docs,https,,",
    )

    assert [(flaw.line, flaw.trouble, flaw.column) for flaw in online.flaws] == [
        (1, Trouble.MISSING, "firm"),
        (2, Trouble.MISSING, "login"),
        (3, Trouble.MISSING, "password"),
        (4, Trouble.HOST, "host"),
        (5, Trouble.FIELD_COUNT, ""),
    ]
    assert len(online.entries) == 1
    assert "hunter2" not in repr(online)


# ── lines that clash ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_name_twice_with_other_data_is_refused_and_names_the_first_line() -> None:
    found = listed("name,title", "a,First", "A,Second")

    assert only(found) == Flaw(line=3, trouble=Trouble.TAKEN, value="a", hint="2")
    assert client(found).told == {"title": "First"}


def test_a_repeated_line_is_forgiven() -> None:
    found = listed("name,title", "a,First", "a,First")

    assert (only(found).trouble, only(found).refused) == (Trouble.REPEATED, False)
    assert len(found.entries) == 1


def test_two_clients_of_one_title_go_in_with_a_remark() -> None:
    found = listed("name,title", "a,Ромашка", "b,РОМАШКА")

    assert (only(found).trouble, only(found).hint, only(found).refused) == (Trouble.TITLE_TAKEN, "2", False)
    assert len(found.entries) == 2


def test_a_login_twice_with_another_password_is_refused_without_showing_it() -> None:
    line = "Ромашка,login,{},host.example,docs,https,,"
    found = listed(line.format("one-secret"), line.format("two-secret"))

    assert only(found) == Flaw(line=2, trouble=Trouble.TAKEN, value="login", hint="1")


# ── nothing raises ────────────────────────────────────────────────────────────────────────────────────────────────

HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("=+-@[]():/\\.,;\"'«» \t0123456789azя\u202e\u200b")), st.characters(codec="utf-8")
    ),
    max_size=40,
)


@given(
    st.lists(st.lists(HOSTILE, min_size=1, max_size=16), max_size=6), st.sampled_from([FULL, "name,owner,address", ""])
)
def test_hostile_lines_never_raise(rows: list[list[str]], header: str) -> None:
    found = listed(header, *(",".join(row) for row in rows))

    assert all(flaw.line >= 0 for flaw in found.flaws)


@given(st.lists(HOSTILE, min_size=15, max_size=15))
def test_hostile_cells_never_raise_in_any_column(row: list[str]) -> None:
    quoted = ",".join('"{}"'.format(cell.replace('"', '""')) for cell in row)
    listed(FULL, quoted)
    listed("x.example:80,M,m@example.org,http,d,u,p,ping,0,1,1", ",".join(row[:11]), f'{quoted},"","",""')
    listed("F,l,p,host.example,docs,http,,", ",".join(row[:8]))


@given(st.binary(max_size=300), st.sampled_from([b"", b"name,title\n", b"name;owner\n", b"PK\x03\x04", b"\xff\xfe"]))
def test_bytes_never_raise(content: bytes, start: bytes) -> None:
    read_list("x", start + content)
