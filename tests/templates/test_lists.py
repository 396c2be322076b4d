"""Whatever is wrong with a list is said in Russian, and whatever a list holds fits into a message."""

from __future__ import annotations

import string
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.merging import Remark, merge
from checks.model import Access, Client, ClientKind, Redirect
from checks.readers.flaws import Flaw, Trouble
from checks.readers.lists import read_list
from checks.roll import Change, Difference, Item, Noun, Roll, Section
from handlers.imports import FileRead, Proposal
from templates import render
from templates.lists import FIELDS, LISTS, TROUBLES, change_words, flaw_place, flaw_words
from tests.telegram_html import check_message

TEXT = st.text(max_size=120)
FLAWS = st.builds(
    Flaw,
    line=st.integers(0, 10**6),
    trouble=st.sampled_from(Trouble),
    column=TEXT,
    value=TEXT,
    hint=TEXT,
    refused=st.booleans(),
)
CHANGES = st.builds(Change, field=st.sampled_from(sorted(FIELDS)), old=TEXT, new=TEXT)
ITEMS = st.lists(
    st.builds(
        Item,
        name=TEXT,
        title=TEXT,
        changes=st.lists(CHANGES, max_size=5).map(tuple),
        returned=st.booleans(),
        successor=TEXT,
    ),
    max_size=12,
).map(tuple)
SECTIONS = st.builds(
    Section, noun=st.sampled_from(Noun), added=ITEMS, changed=ITEMS, gone=ITEMS, unchanged=st.integers(0, 10**5)
)
PROPOSALS = st.builds(
    Proposal,
    id=st.none() | st.integers(1, 10**9),
    files=st.lists(
        st.builds(
            FileRead,
            name=TEXT,
            kind=st.none() | st.sampled_from(list(LISTS)),
            taken=st.integers(0, 10**5),
            refused=st.integers(0, 99),
        ),
        min_size=1,
        max_size=5,
    ).map(tuple),
    difference=st.builds(Difference, sections=st.lists(SECTIONS, max_size=3).map(tuple)),
    remarks=st.lists(st.builds(Remark, file=TEXT, flaw=FLAWS), max_size=12).map(tuple),
)


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_words_that_use_what_is_known(trouble: Trouble) -> None:
    fields = {name for _, name, _, _ in string.Formatter().parse(TROUBLES[trouble]) if name}

    assert fields <= {"value", "hint", "column"}


def test_every_field_has_a_name() -> None:
    told = {name for value in (Client, Redirect, Access) for name in value.__dataclass_fields__}

    assert told - {"name", "login"} <= FIELDS.keys()


def test_flaws_name_line_column_and_value() -> None:
    flaw = Flaw(line=7, trouble=Trouble.RANGE, column="seats", value="-5", hint="0–100000")

    assert f"{flaw_place(flaw)}: {flaw_words(flaw)}" == "строка 7: seats: «-5» вне пределов 0–100000"
    assert flaw_words(Flaw(line=3, trouble=Trouble.FIELD_COUNT, hint="3/15")) == "число полей не то: 3, нужно 15"
    assert flaw_words(Flaw(line=1, trouble=Trouble.MISSPELT_COLUMN, value="redirct", hint="redirect")) == (
        "неизвестная колонка «redirct»; похоже на redirect"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change(field="manager", old="Ольга", new="Игорь"), "менеджер: Ольга → Игорь"),
        (Change(field="contract_end", old=None, new=date(2026, 12, 31)), "договор до: нет → 31.12.2026"),
        (Change(field="freshness", old=timedelta(days=2), new=timedelta(days=7)), "срок свежести: 2 дня → 7 дней"),
        (Change(field="kind", old=ClientKind.SERVER, new=ClientKind.CLOUD), "вид: сервер клиента → облако"),
        (Change(field="sends_uploads", old=False, new=True), "сам присылает отчёты: нет → да"),
        (Change(field="password"), "пароль изменён"),
    ],
)
def test_changes_read_as_people_say_them(change: Change, words: str) -> None:
    assert change_words(change) == words


@settings(max_examples=25)
@given(PROPOSALS, st.booleans())
def test_a_proposal_fits_whatever_the_list_holds(proposal: Proposal, asked_twice: bool) -> None:
    message = render("proposal", now=datetime(2026, 11, 23, 9).astimezone(), proposal=proposal, asked_twice=asked_twice)

    check_message(message)
    assert bool(message.buttons) == (proposal.id is not None)


def test_a_proposal_says_what_would_happen(noon: datetime) -> None:
    before = merge(Roll(), [read_list("c.csv", b"name,title,manager\na,A,Olga\nb,B,Olga\nc,C,Olga\n")]).after
    merged = merge(before, [read_list("c.csv", b"name,title,manager\na,A,Igor\nb,B,Olga\nd,evil.ru,\n")])
    files = (FileRead(name="c.csv", kind=next(iter(LISTS)), taken=3, refused=0),)

    proposal = Proposal(id=5, files=files, difference=merged.difference, remarks=merged.remarks)
    message = render("proposal", now=noon, proposal=proposal, asked_twice=False)

    assert message.text.splitlines()[0] == "🟡 <b>Список прочитан. Применить?</b>"
    assert message.text.split("\n\n")[1].splitlines() == [
        "Клиенты: добавится 1, изменится 1, уйдёт 1, без изменений 1",
        "− C",
        "• A: менеджер: Olga → Igor",
        "+ <code>evil.ru</code>",
    ]
    assert [button.data for row in message.buttons for button in row] == ["1:iapply:5", "1:idrop:5"]


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("applied", "🟢 <b>Список применён</b>"),
        ("applied_before", "🟢 <b>Список уже применён</b>"),
        ("dropped_before", "⚪ <b>Список отменён, ничего не изменено</b>"),
        ("unknown", "⚪ <b>Это предложение больше не хранится, пришлите файл ещё раз</b>"),
    ],
)
def test_the_end_of_an_import(word: str, first: str, noon: datetime) -> None:
    message = render("proposal_decided", now=noon, word=word, who="Анна", at=noon, sections=())

    assert message.text.splitlines() == [first, "Анна, 12:00"]
