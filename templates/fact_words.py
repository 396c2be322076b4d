"""Names of facts, and why one could not be read, in words."""

from __future__ import annotations

from collections.abc import Mapping

from checks.model.installation import Missing, Why

FACT_NAMES: Mapping[str, str] = {
    "reported_at": "когда составлен",
    "module": "версия модуля отчёта",
    "version": "версия ПК",
    "registration": "регистрационный номер",
    "legal_name": "название",
    "key": "ключ защиты",
    "key_code": "код ошибки ключа",
    "update_number": "номер обновления",
    "licence_end": "ближайший конец лицензии",
    "operup_at": "новейший операп",
    "operup_file": "файл новейшего операпа",
    "seats": "мест по лицензии",
    "sessions": "сейчас в системе",
    "free_seats": "свободных мест",
    "refused": "отказов за нехваткой мест",
    "spp": "служба вопросов",
    "daily_update": "ежедневное обновление",
    "copy_done": "копирование баз",
    "totals": "счётчики",
    "bases": "базы",
    "operups": "операпы",
    "connected": "кто в системе",
    "users": "пользователи",
    "usage": "использование по дням",
    "queries": "поиски без результата",
}

WHY_WORDS: Mapping[Why, str] = {
    Why.ABSENT: "ничего не нашлось",
    Why.NO_NUMBER: "это не целое число",
    Why.NO_DATE: "это не дата",
    Why.NO_MOMENT: "это не дата со временем",
    Why.NO_WORD: "непонятно, да это или нет",
    Why.WRONG_SHAPE: "у SELECT другие столбцы",
    Why.BAD_QUERY: "запрос не выполнился",
}


def fact_name(fact: str) -> str:
    """Return the name of a fact, of ``bases.error`` as «базы: error»."""
    name, dot, column = fact.partition(".")
    called = FACT_NAMES.get(name, name)
    return f"{called}, столбец {column}" if dot else called


def missing_words(missing: Missing) -> str:
    """Say in one line which fact could not be read and why."""
    detail = f": {missing.detail}" if missing.detail else ""
    return f"{fact_name(missing.fact)} ({missing.fact}): {WHY_WORDS[missing.why]}{detail}"
