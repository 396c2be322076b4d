"""Lists add up: each tells what it knows, none wipes what another told, and nobody goes by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checks.merging import Merged, merge
from checks.merging.matching import firm, slug
from checks.model import ClientKind
from checks.readers.entries import Listed
from checks.readers.flaws import Trouble
from checks.readers.lists import read_list
from checks.roll import Item, KnownClient, Noun, Roll, Section

LISTS = Path(__file__).parents[1] / "testdata" / "lists"
NOBODY = Roll()
MANAGER = "{},{},m@example.org,{},download,upload,process,ping,{},3600,604800"


def sample(name: str) -> Listed:
    return read_list(name, (LISTS / name).read_bytes())


def listed(file: str, *lines: str) -> Listed:
    return read_list(file, "\n".join(lines).encode())


def clients(*lines: str, header: str = "name,title,manager,domain") -> Listed:
    return listed("clients.csv", header, *lines)


def probed(host: str, manager: str = "Ольга", scheme: str = "http", shift: str = "0") -> str:
    return MANAGER.format(host, manager, scheme, shift)


def managers(*lines: str, file: str = "managers.csv") -> Listed:
    return listed(file, *lines)


def access(firm: str, login: str, password: str = "pw", manager: str = "Ольга") -> str:
    return f"{firm},{login},{password},online.example,docs,https,{manager},m@example.org"


def online(*lines: str, file: str = "online.csv") -> Listed:
    return listed(file, *lines)


def after(*lists: Listed, roll: Roll = NOBODY) -> Roll:
    """The roll after each list was imported in turn."""
    for one in lists:
        roll = merge(roll, [one]).after
    return roll


def section(merged: Merged, noun: Noun = Noun.CLIENT) -> Section:
    return next(section for section in merged.difference.sections if section.noun is noun)


def names(items: tuple[Item, ...]) -> list[str]:
    return sorted(item.name for item in items)


def changes(item: Item) -> Mapping[str, tuple[Any, Any]]:
    return {change.field: (change.old, change.new) for change in item.changes}


def troubles(merged: Merged) -> list[Trouble]:
    return [remark.flaw.trouble for remark in merged.remarks]


def present(roll: Roll) -> dict[str, KnownClient]:
    return {name: known for name, known in roll.clients.items() if not known.gone}


# ── the difference ────────────────────────────────────────────────────────────────────────────────────────────────


def test_everything_of_a_first_import_is_added() -> None:
    merged = merge(
        NOBODY, [sample("online.csv"), sample("managers.csv"), sample("clients.csv"), sample("redirects.csv")]
    )

    assert names(section(merged, Noun.REDIRECT).added) == ["r1", "r2"]
    assert names(section(merged).added) == [
        "10.30.0.7-8080",
        "mostostroy",
        "progress",
        "romashka",
        "severproekt",
        "tehprom",
        "vektor",
        "zavod15",
    ]
    assert names(section(merged, Noun.ACCESS).added) == ["progress", "romashka-1", "vektor-o"]
    assert not merged.difference.guarded
    assert merged.remarks == ()


def test_importing_twice_changes_nothing() -> None:
    lists = [sample(name) for name in ("clients.csv", "redirects.csv", "managers.csv", "online.csv")]

    again = merge(merge(NOBODY, lists).after, lists)

    assert again.difference.empty
    assert again.after == again.before
    assert section(again).unchanged == 8


def test_a_changed_field_is_shown_before_and_after() -> None:
    roll = after(listed("c", "name,manager,contract_end", "a,Ольга,31.12.2026"))

    merged = merge(roll, [listed("c", "name,manager,contract_end", "a,Игорь,31.12.2027")])

    (item,) = section(merged).changed
    assert changes(item) == {"manager": ("Ольга", "Игорь"), "contract_end": (date(2026, 12, 31), date(2027, 12, 31))}


def test_a_changed_password_is_told_and_not_shown() -> None:
    merged = merge(after(online(access("Ромашка", "r", "old-secret"))), [online(access("Ромашка", "r", "new-secret"))])

    (item,) = section(merged, Noun.ACCESS).changed
    assert changes(item) == {"password": (None, None)}
    assert "secret" not in repr(merged)


def test_the_fingerprint_is_of_what_is_shown() -> None:
    one, two = clients("a,Ромашка,Ольга,"), clients("a,Ромашка,Игорь,")

    assert merge(NOBODY, [one]).difference.fingerprint == merge(NOBODY, [one]).difference.fingerprint
    assert merge(NOBODY, [one]).difference.fingerprint != merge(NOBODY, [two]).difference.fingerprint


# ── who tells what ────────────────────────────────────────────────────────────────────────────────────────────────


def test_columns_that_a_list_does_not_have_are_left_alone() -> None:
    roll = after(clients("a,Ромашка,Ольга,a.example"), listed("c.csv", "name,manager", "a,Игорь"))

    client = roll.clients["a"].client
    assert (client.title, client.manager, client.domain) == ("Ромашка", "Игорь", "a.example")


def test_a_blank_cell_takes_away_what_the_same_list_told() -> None:
    roll = after(clients("a,Ромашка,Ольга,a.example"), clients("a,Ромашка,,"))

    assert (roll.clients["a"].client.manager, roll.clients["a"].client.domain) == (None, None)


def test_a_blank_cell_does_not_take_away_what_another_list_told() -> None:
    roll = after(
        clients("a,Ромашка,,a.example"), managers(probed("a.example:80", "Ольга")), clients("a,Ромашка,,a.example")
    )

    assert roll.clients["a"].client.manager == "Ольга"


def test_a_managers_list_finds_the_client_by_what_he_types_and_by_his_direct_address() -> None:
    roll = after(
        listed("c", "name,domain,address", "a,https://A.example/docs,", "b,техэксперт.рф,", "c,,10.0.0.5:8080"),
        managers(
            probed("a.example:443", "Анна", "https"),
            probed("xn--e1aaougdegv4f.xn--p1ai:80", "Борис"),
            probed("10.0.0.5:8080", "Вера"),
        ),
    )

    assert {name: known.client.manager for name, known in roll.clients.items()} == {
        "a": "Анна",
        "b": "Борис",
        "c": "Вера",
    }
    assert roll.clients["a"].client.domain == "https://A.example/docs"


def test_a_managers_list_yields_to_our_own_in_what_it_knows_worse() -> None:
    own = listed("c", "name,domain,time_zone", "a,a.example,Asia/Yekaterinburg")

    roll = after(own, managers(probed("a.example:80", shift="2")))

    assert roll.clients["a"].client.time_zone == "Asia/Yekaterinburg"


def test_a_managers_list_makes_clients_of_unknown_hosts() -> None:
    roll = after(
        managers(
            probed("1234.te-cloud.ru:80"),
            probed("10.0.0.5:8080"),
            probed("xn--e1aaougdegv4f.xn--p1ai:443", scheme="https"),
        )
    )

    cloud, address, idn = (known.client for known in roll.clients.values())
    assert (cloud.name, cloud.domain, cloud.kind) == ("1234.te-cloud.ru", "http://1234.te-cloud.ru", ClientKind.CLOUD)
    assert (address.name, address.address, address.domain) == ("10.0.0.5-8080", "http://10.0.0.5:8080", None)
    assert (idn.name, idn.domain) == ("xn--e1aaougdegv4f.xn--p1ai", "https://техэксперт.рф")


def test_a_client_that_sends_uploads_is_known_to() -> None:
    roll = after(clients("a,Ромашка,,"), managers(MANAGER.format("A", "Ольга", "smartupload", "2")))

    client = roll.clients["a"].client
    assert (client.title, client.sends_uploads, client.time_zone) == ("Ромашка", True, "+2")


def test_an_address_that_several_clients_share_is_not_guessed() -> None:
    roll = after(listed("c", "name,address", "a,10.0.0.5", "b,10.0.0.5"), managers(probed("c.example:80")))

    merged = merge(roll, [managers(probed("10.0.0.5:80"), probed("c.example:80"))])

    (remark,) = merged.remarks
    assert (remark.flaw.trouble, remark.flaw.hint, remark.flaw.refused) == (Trouble.SEVERAL_CLIENTS, "a, b", True)
    assert merged.difference.empty


def test_our_own_list_gives_a_name_to_a_client_known_by_his_host_only() -> None:
    today = managers(probed("a.te-cloud.ru:80", "Ольга"))
    own = listed("c", "name,title,domain", "romashka,Ромашка,a.te-cloud.ru")

    merged = merge(after(today), [own])

    assert present(merged.after).keys() == {"romashka"}
    assert merged.after.clients["romashka"].client.manager == "Ольга"
    assert [item.successor for item in section(merged).gone] == ["romashka"]
    assert not merged.difference.guarded
    assert merge(merged.after, [today]).difference.empty
    assert present(merge(after(today), [own, today]).after).keys() == {"romashka"}


def test_a_redirect_server_is_meant_in_any_case_or_by_its_title_and_a_missing_one_is_remarked_once() -> None:
    servers = listed("r", "name,title,owner", "r1,Первый,x")
    own = listed("c", "name,redirect", "a,R1", "b,первый", "c,r7", "d,r7")

    merged = merge(NOBODY, [own, servers])

    assert [known.client.redirect for known in merged.after.clients.values()] == ["r1", "r1", "r7", "r7"]
    assert [(r.flaw.line, r.flaw.trouble, r.flaw.value, r.flaw.refused) for r in merged.remarks] == [
        (4, Trouble.UNKNOWN_REDIRECT, "r7", False)
    ]


# ── accesses ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("title", ["romashka", "ООО «Ромашка»", 'ооо "РОМАШКА"', "Ромашка", "Ромашка ООО"])
def test_a_firm_is_the_client_whatever_its_quotes_and_form(title: str) -> None:
    roll = after(clients("romashka,ООО «Ромашка»,,"), online(access(title, "r")))

    assert roll.clients.keys() == {"romashka"}
    (known,) = roll.accesses.values()
    assert known.access.client == "romashka"


def test_another_legal_form_is_another_firm() -> None:
    roll = after(clients("romashka,ООО «Ромашка»,,"), online(access("АО Ромашка", "r")))

    assert {name: known.client.title for name, known in roll.clients.items()} == {
        "romashka": "ООО «Ромашка»",
        "romashka-2": "АО Ромашка",
    }


def test_an_unknown_firm_becomes_a_client_of_kind_online() -> None:
    roll = after(online(access("ООО «Прогресс-Щит»", "p1"), access("ООО Прогресс-Щит", "p2")))

    (known,) = roll.clients.values()
    client = known.client
    assert (client.name, client.kind, client.title, client.manager) == (
        "progress-schit",
        ClientKind.ONLINE,
        "ООО «Прогресс-Щит»",
        "Ольга",
    )
    assert [known.access.client for known in roll.accesses.values()] == ["progress-schit"] * 2


def test_a_firm_that_could_be_two_clients_is_not_guessed() -> None:
    merged = merge(after(clients("a,ООО Ромашка,,", "b,ООО «Ромашка»,,")), [online(access("Ромашка", "r"))])

    assert troubles(merged) == [Trouble.SEVERAL_CLIENTS]
    assert not merged.after.accesses


def test_an_access_does_not_change_the_installation_of_the_same_client() -> None:
    roll = after(clients("a,Ромашка,Ольга,a.example"), online(access("Ромашка", "r", manager="Игорь")))

    assert (roll.clients["a"].client.manager, roll.clients["a"].client.kind) == ("Ольга", ClientKind.SERVER)


# ── who is gone ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_is_listed_no_more_is_gone_and_may_return() -> None:
    both = clients("a,A,,", "b,B,,", "c,C,,")

    less = merge(after(both), [clients("a,A,,", "b,B,,")])
    again = merge(less.after, [both])

    assert names(section(less).gone) == ["c"]
    assert not less.difference.guarded
    assert [(item.name, item.returned) for item in section(again).added] == [("c", True)]


def test_who_is_still_on_another_list_stays() -> None:
    roll = after(clients("a,A,,a.example", "b,B,,"), managers(probed("a.example:80")), clients("b,B,,"))

    assert present(roll).keys() == {"a", "b"}


def test_the_lists_of_two_managers_do_not_chase_each_other_away() -> None:
    roll = after(
        managers(probed("a.example:80"), file="managers_anna.csv"),
        managers(probed("b.example:80"), file="managers_boris.csv"),
    )

    assert present(roll).keys() == {"a.example", "b.example"}


@pytest.mark.parametrize(
    "file", ["managers-2026-12-01.csv", "managers (1).csv", "C:\\lists\\managers_01.12.2026.csv", "whatever.csv"]
)
def test_a_new_edition_is_known_by_its_name_or_by_whom_it_holds(file: str) -> None:
    hosts = ["a.example:80", "b.example:80", "c.example:80"]

    merged = merge(after(managers(*map(probed, hosts))), [managers(*map(probed, hosts[:2]), file=file)])

    assert names(section(merged).gone) == ["c.example"]


def test_more_than_half_gone_is_guarded() -> None:
    roll = after(clients("a,A,,", "b,B,,", "c,C,,"))

    assert merge(roll, [clients("a,A,,")]).difference.guarded
    assert not merge(roll, [clients("a,A,,", "b,B,,")]).difference.guarded


def test_a_client_whose_line_is_bad_is_not_gone() -> None:
    header = "name,title,seats"
    roll = after(clients("a,A,1", "b,B,1", header=header))

    merged = merge(roll, [clients("a,A,1", "b,B,many", header=header)])

    assert merged.difference.empty


def test_nobody_goes_while_it_is_unclear_whom_a_bad_line_is_about() -> None:
    roll = after(clients("a,A,,", "b,B,,", "c,C,,"))

    merged = merge(roll, [clients("a,A,,", "b,B,,", "я,Я,,")])

    assert merged.difference.empty
    assert troubles(merged) == [Trouble.NAME, Trouble.GONE_KEPT]


def test_redirects_and_accesses_go_too() -> None:
    roll = after(
        listed("r", "name,owner", "r1,x", "r2,x", "r3,x"), online(access("A", "1"), access("A", "2"), access("Б", "3"))
    )

    merged = merge(roll, [listed("r", "name,owner", "r1,x", "r2,x"), online(access("A", "1"), access("A", "2"))])

    assert names(section(merged, Noun.REDIRECT).gone) == ["r3"]
    assert names(section(merged, Noun.ACCESS).gone) == ["3"]
    assert names(section(merged).gone) == ["b"]


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = st.sampled_from(["a", "B", "b", "c", "d.example"])
HOSTS = st.sampled_from(["a.example:80", "b.example:80", "d.example:443", "10.0.0.5:80"])
FIRMS = st.sampled_from(["ООО A", "A", "АО «A»", "b", "Б", "d.example"])
MANAGERS = st.sampled_from(["", "Ольга", "Игорь"])
A_CLIENT = st.builds(
    "{},{},{},{}".format, NAMES, FIRMS, MANAGERS, st.sampled_from(["", "a.example", "10.0.0.5", "d.example"])
)
A_MANAGER = st.one_of(
    st.builds(probed, HOSTS, MANAGERS),
    st.builds(lambda name, manager: MANAGER.format(name, manager, "smartupload", "1"), NAMES, MANAGERS),
)
AN_ACCESS = st.builds(access, FIRMS, st.sampled_from(["1", "2", "3"]), st.sampled_from(["x", "y"]), MANAGERS)
A_LIST = st.one_of(
    st.lists(A_CLIENT, min_size=1, max_size=4).map(lambda lines: clients(*lines)),
    st.lists(A_MANAGER, min_size=1, max_size=4).map(lambda lines: managers(*lines)),
    st.lists(AN_ACCESS, min_size=1, max_size=4).map(lambda lines: online(*lines)),
)


@settings(max_examples=100)
@given(st.lists(A_LIST, max_size=4), A_LIST)
def test_the_same_list_again_changes_nothing(history: list[Listed], last: Listed) -> None:
    roll = after(*history)
    first = merge(roll, [last])
    assume(not any(remark.flaw.refused for remark in first.remarks))
    roll = first.after

    again = merge(roll, [last])

    assert again.difference.empty, again.difference
    assert again.after == roll


@settings(max_examples=100)
@given(st.lists(A_LIST, max_size=6))
def test_every_access_has_a_client_and_names_differ_by_more_than_case(history: list[Listed]) -> None:
    roll = after(*history)

    assert all(known.access.client in roll.clients for known in roll.accesses.values())
    assert len({name.casefold() for name in roll.clients}) == len(roll.clients)
    assert all(known.gone == (not known.lists) for known in roll.clients.values())


def test_short_names_are_latin_and_free() -> None:
    assert slug("ООО «Щит и Ключ»", set()) == "schit-i-klyuch"
    assert slug("Ромашка", {"romashka", "romashka-2"}) == "romashka-3"
    assert slug("«»", set()) == "online"
    assert firm("Общество с ограниченной ответственностью «Ёлка»") == firm("ООО Елка")
