"""Clients are found by what people really type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Client
from checks.search import Found, build, find, sounds

ESTATE = (
    Client(name="romashka", title="ООО «Ромашка»", domain="romashka.te-cloud.ru", address="http://10.0.0.1/docs"),
    Client(name="vektor", title="Вектор", domain="http://docs.vektor.ru:8080/docs"),
    Client(name="vektor-plus", title="АО Вектор-Плюс"),
    Client(name="tehprom", title="ТехПром", domain="0599tp.te-cloud.ru"),
    Client(name="schuka", title="Щука и Ёж", domain="xn--80a1acny.xn--p1ai"),
    Client(name="aromat", title="Аромат"),
)
INDEX = build(ESTATE)


def names(query: str) -> tuple[str, ...]:
    return find(INDEX, query).names


@pytest.mark.parametrize(
    "query",
    ["роМа", "Ромашка", "romashka", "ROMA", "hjvfirf", "кщьфырлф", "ромшка", "romashka.te-cloud.ru",
     "http://romashka.te-cloud.ru/docs", "10.0.0.1", "ооо ромашка", "«Ромашка»", "  ромашка  ", "Ромашкa"],
)  # fmt: skip
def test_romashka_is_found(query: str) -> None:
    assert names(query)[0] == "romashka"


def test_who_begins_so_comes_before_who_contains_it() -> None:
    assert names("рома") == ("romashka", "aromat")


def test_an_exact_name_needs_no_choice() -> None:
    assert names("вектор") == ("vektor",)
    assert names("вект") == ("vektor", "vektor-plus")


def test_several_words_must_all_fit() -> None:
    assert names("вектор плюс") == ("vektor-plus",)
    assert names("plus vektor") == ("vektor-plus",)
    assert names("вектор ромашка") == ()


@pytest.mark.parametrize("query", ["щука", "schuka", "shchuka", "oerf", "ёж", "еж", "почта.рф"])
def test_spellings_of_one_sound_are_one(query: str) -> None:
    assert names(query) == ("schuka",)


def test_a_typo_is_forgiven() -> None:
    assert names("техпроом") == ("tehprom",)
    assert names("vecktor")[0] == "vektor"


def test_nobody_is_found_but_somebody_is_near() -> None:
    found = find(INDEX, "ромбовая шняга")

    assert found.names == ()
    assert "romashka" in found.near


def test_clients_of_others_are_not_even_near() -> None:
    found = find(INDEX, "ромашка", may_see=lambda name: name != "romashka")

    assert "romashka" not in (*found.names, *found.near)


@given(st.text(max_size=150))
def test_nothing_that_is_typed_can_raise(query: str) -> None:
    found = find(INDEX, query)

    assert isinstance(found, Found)
    assert len(set(found.names)) == len(found.names)


@given(st.lists(st.builds(Client, name=st.text(min_size=1), title=st.text(), domain=st.text()), max_size=5), st.text())
def test_nothing_that_is_listed_can_raise(clients: list[Client], query: str) -> None:
    find(build(clients), query)


@given(st.sampled_from(ESTATE), st.integers(3, 5))
def test_the_beginning_of_a_name_finds_it_in_both_alphabets_and_layouts(client: Client, length: int) -> None:
    part = client.name[:length]

    assert client.name in names(part)
    assert client.name in names(part.upper())


def test_sounds() -> None:
    assert sounds("Ромашка") == sounds("romashka") == sounds("ROMASHKA")
    assert sounds("Хлеб") == sounds("khleb") == sounds("hleb")
    assert sounds("Цех") == sounds("tsekh")
