"""Error codes of installations in words: what each means, and what to do first. Data, in Russian."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explained:
    """One error code."""

    means: str
    step: str


STORAGE: Mapping[str, Explained] = {
    "2": Explained("файла базы нет на месте", "проверить, не переместили ли папку с базами"),
    "3": Explained("папки с базами нет на месте", "проверить, не переименовали ли папку с базами"),
    "5": Explained(
        "у службы Техэксперта нет прав на папку с базами",
        "проверить, от чьего имени работает служба: к сетевой папке нужна пользовательская учётная запись",
    ),
    "53": Explained(
        "служба Техэксперта не видит сетевую папку с базами",
        "проверить, что служба работает от имени пользователя, а не системы, и что сетевая папка открывается",
    ),
    "64": Explained(
        "сетевая папка с базами пропала во время работы",
        "проверить, включено ли сетевое хранилище и есть ли до него сеть",
    ),
    "67": Explained("такой сетевой папки нет", "проверить имя сетевой папки в настройках и само хранилище"),
}
"""Volumes cannot be opened: one trouble of the storage, however many volumes report it."""

_KEY_STEP = "проверить ключ защиты и программу его проброса"
_NET_STEP = "проверить, запущен ли менеджер лицензий и открыт ли его порт"
_DISK_STEP = "заменить повреждённый том копией с дистрибутива"
_UPDATE_STEP = "посмотреть, какое обновление ставили последним"

BASES: Mapping[str, Explained] = {
    "4111": Explained("ключ защиты не подключён", _KEY_STEP),
    "4112": Explained("менеджер лицензий отвечает непонятно", _NET_STEP),
    "4113": Explained("менеджер лицензий не видит ключ", _KEY_STEP),
    "4116": Explained("менеджер лицензий не найден", _NET_STEP),
    "4117": Explained("ключ защиты заблокирован", "уточнить у поставщика, почему ключ в чёрном списке"),
    "4118": Explained("прокси-сервер не принимает пароль", "проверить логин и пароль прокси в настройках"),
    "51": Explained("ключ защиты не отвечает", _KEY_STEP),
    "6": Explained("ключ защиты не отвечает", _KEY_STEP),
    "665": Explained("ключ защиты не отвечает", _KEY_STEP),
    "50": Explained("ключ не зарегистрирован на этом компьютере", "заново зарегистрировать ключ на сервере клиента"),
    "4107": Explained("ключ не зарегистрирован на этом компьютере", "заново зарегистрировать ключ на сервере клиента"),
    "2007": Explained("на базу нет права", "сверить состав баз с договором, запросить файл лицензии"),
    "4103": Explained("на базу нет права", "сверить состав баз с договором, запросить файл лицензии"),
    "2008": Explained("пользователей больше, чем по лицензии", "сверить число мест с договором"),
    "4106": Explained("пользователей больше, чем по лицензии", "сверить число мест с договором"),
    "2010": Explained("лицензия не подходит к базе", "запросить новый файл лицензии"),
    "2020": Explained("лицензия от другого обновления", "обновить базы и лицензию до одного номера"),
    "4101": Explained("лицензия от другого обновления", "обновить базы и лицензию до одного номера"),
    "2021": Explained("срок лицензии вышел или ещё не начался", "проверить дату на сервере и срок лицензии"),
    "4110": Explained("срок лицензии вышел или ещё не начался", "проверить дату на сервере и срок лицензии"),
    "600": Explained("том базы повреждён", _DISK_STEP),
    "601": Explained("том базы повреждён", _DISK_STEP),
    "669": Explained("том базы повреждён", _DISK_STEP),
    "613": Explained("том базы другой версии", "обновить версию ПК или заменить том"),
    "696": Explained("строение тома другое", "обновить версию ПК или заменить том"),
    "793": Explained("это обновление уже установлено", _UPDATE_STEP),
    "792": Explained("обновление от другого номера", _UPDATE_STEP),
    "794": Explained("обновление не подошло", _UPDATE_STEP),
    "970": Explained("обновление не установилось", _UPDATE_STEP),
    "954": Explained("обновление не установилось", _UPDATE_STEP),
    "955": Explained("обновление не установилось", _UPDATE_STEP),
}

NO_RIGHT = frozenset({"2007", "4103"})
KNOWN: Mapping[str, Explained] = {**BASES, **STORAGE}


def because(codes: Mapping[str, Explained]) -> dict[str, str]:
    """Return what each code means, by the reason that observations carry."""
    return {f"error_{code}": one.means for code, one in codes.items()}


def first(codes: Mapping[str, Explained]) -> dict[str, str]:
    """Return the first step for each code, by the reason that observations carry."""
    return {f"error_{code}": one.step for code, one in codes.items()}
