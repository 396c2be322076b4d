"""Every reason has its words, in plain Russian."""

from __future__ import annotations

import re

import pytest

from checks.catalogue import ROWS
from checks.model import Family, Fault, LookKind, Mark, Role, Scope
from checks.reports import STATUS_REASONS, UNSAID, Broken, broken_reason
from checks.silences import Preset
from templates.words import KINDS, MENDED, REASONS, ROLES, SCOPES, SPANS, did, reason, title

UPLOADS = [*map(broken_reason, Broken), *STATUS_REASONS.values(), *UNSAID.values(), "silent", "never", "many"]
PRODUCED = [*Fault, *Mark, *UPLOADS]


@pytest.mark.parametrize("word", PRODUCED)
def test_every_reason_is_worded(word: str) -> None:
    assert word in REASONS
    assert re.search("[а-я]", REASONS[word])
    assert REASONS[word] == REASONS[word].strip(" .")


def test_statuses_days_and_strangers() -> None:
    assert reason("status_502") == "прокси не дождался Техэксперта (код 502)"
    assert reason("status_418") == "отвечает кодом 418"
    assert reason("days_7") == "осталось не больше 7 дней"
    assert reason("days_1") == "остался последний день"
    assert reason("something new") == "something new"


def test_every_word_of_the_model_is_there() -> None:
    assert set(ROLES) == set(Role)
    assert set(SCOPES) == set(Scope)
    assert set(KINDS) == set(LookKind)
    assert set(MENDED) == set(Family)
    assert set(SPANS) == set(Preset)


def test_every_row_of_the_catalogue_can_be_told_well_and_ill() -> None:
    ourselves = {code for code, row in ROWS.items() if row.family is Family.OURSELVES}
    assert not [code for code, row in ROWS.items() if not row.well and code not in ourselves]
    assert not [code for code, row in ROWS.items() if row.opens and not row.steps]


@pytest.mark.parametrize(
    ("person", "verb"),
    [("Анна", "взяла"), ("Игорь", "взял"), ("Илья Петров", "взял"), ("Никита", "взял"), ("Ольга К.", "взяла"),
     ("Саша", "взял(а)"), ("te_duty", "взял(а)"), ("", "взял(а)"), ("Мария", "взяла"), ("ПАША", "взял")],
)  # fmt: skip
def test_verbs_agree_with_names(person: str, verb: str) -> None:
    assert did(person, "взял", "взяла") == verb


def test_a_reason_can_make_another_trouble_of_a_code() -> None:
    assert title("KodeksHttp200Status", "отвечает ошибкой", "no_answer") == "Техэксперт не отвечает"
    assert title("KodeksHttp200Status", "отвечает ошибкой", "status_500") == "отвечает ошибкой"
    assert title("RedirectServerDown", "не работает", "status_502") == "отвечает ошибкой"
    assert title("RedirectServerDown", "не работает", "refused") == "не работает"


def test_name_servers_that_do_not_answer_are_not_called_a_missing_name() -> None:
    assert title("DomainNotResolved", "usual", Fault.RESOLVER_TIMEOUT) == "серверы имён домена не отвечают"
    assert title("DomainNotResolved", "usual", Fault.NAME_NOT_FOUND) == "usual"
