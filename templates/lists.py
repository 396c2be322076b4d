"""The words for imported lists: what a file is, what is wrong with a line, what a field is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from checks.model import ClientKind
from checks.readers.entries import ListKind
from checks.readers.flaws import Flaw, Trouble
from checks.roll import Change, Noun
from templates.filters import duration, plural

LISTS: Mapping[ListKind, str] = {
    ListKind.CLIENTS: "клиенты",
    ListKind.REDIRECTS: "серверы переадресации",
    ListKind.MANAGERS: "менеджеры и их клиенты",
    ListKind.ONLINE: "онлайн-доступы",
}
SECTIONS: Mapping[Noun, str] = {
    Noun.CLIENT: "Клиенты",
    Noun.REDIRECT: "Серверы переадресации",
    Noun.ACCESS: "Онлайн-доступы",
}
FIELDS: Mapping[str, str] = {
    "address": "прямой адрес",
    "admin_url": "админка",
    "catalogue": "каталог",
    "client": "клиент",
    "contacts": "контакты",
    "contract_end": "договор до",
    "domain": "адрес для входа",
    "email": "почта",
    "freshness": "срок свежести",
    "host": "узел",
    "kind": "вид",
    "licman": "менеджер лицензий",
    "manager": "менеджер",
    "night_calls": "звонить ночью",
    "owner": "владелец",
    "password": "пароль",
    "redirect": "переадресация",
    "scheme": "протокол",
    "seats": "места",
    "sends_uploads": "сам присылает отчёты",
    "time_zone": "часовой пояс",
    "title": "название",
}
CLIENT_KINDS: Mapping[ClientKind, str] = {
    ClientKind.SERVER: "сервер клиента",
    ClientKind.CLOUD: "облако",
    ClientKind.CLOSED: "закрытый контур",
    ClientKind.ONLINE: "онлайн-доступ",
}
TROUBLES: Mapping[Trouble, str] = {
    Trouble.EMPTY: "файл пуст",
    Trouble.TOO_LARGE: "файл слишком велик (не больше {hint} МБ)",
    Trouble.TOO_MANY_LINES: "в файле слишком много строк (не больше {hint})",
    Trouble.NOT_A_LIST: "это не список клиентов, серверов, менеджеров или доступов",
    Trouble.BAD_WORKBOOK: "книгу Excel не удалось прочитать; сохраните её заново как .xlsx или .csv",
    Trouble.NO_NAME_COLUMN: "нет колонки name",
    Trouble.MISSPELT_COLUMN: "неизвестная колонка «{value}»; похоже на {hint}",
    Trouble.REPEATED_COLUMN: "колонка {column} встречается дважды",
    Trouble.UNKNOWN_COLUMN: "колонка «{value}» неизвестна, пропущена",
    Trouble.MORE_SHEETS: "прочитан только первый лист, остальные пропущены: {value}",
    Trouble.NUL: "в строке нулевые байты",
    Trouble.ENCODING: "в строке нечитаемые символы, проверьте кодировку",
    Trouble.CONTROL: "в строке управляющие символы",
    Trouble.UNCLOSED_QUOTE: "кавычка не закрыта",
    Trouble.FIELD_COUNT: "число полей не то: {hint}",
    Trouble.TOO_LONG: "слишком длинное значение",
    Trouble.FORMULA: "формула вместо значения",
    Trouble.SHEET_ERROR: "в ячейке ошибка Excel",
    Trouble.TAKEN: "«{value}» уже есть в строке {hint}, данные другие",
    Trouble.REPEATED: "повторяет строку {hint}",
    Trouble.TITLE_TAKEN: "название «{value}» уже есть в строке {hint}, их не различить",
    Trouble.SEVERAL_CLIENTS: "«{value}» может быть любым из них: {hint}",
    Trouble.GONE_KEPT: "нет записей: {value}, но никто не убран, пока не исправлены непонятные строки: {hint}",
    Trouble.UNKNOWN_REDIRECT: "сервер переадресации «{value}» не описан ни в одном списке",
    Trouble.MISSING: "не заполнено",
    Trouble.NAME: "«{value}» не годится: нужны латинские буквы, цифры, точка, дефис",
    Trouble.HOST: "«{value}» не узел сети",
    Trouble.PORT: "«{value}» не порт (нужно от 1 до 65535)",
    Trouble.URL: "«{value}» не адрес",
    Trouble.SCHEME: "адрес с «{value}»: открываем только http и https",
    Trouble.CREDENTIALS: "в адресе логин или пароль, уберите их",
    Trouble.EMAIL: "«{value}» не почтовый адрес, не взят",
    Trouble.DATE: "«{value}» не дата (нужно 2026-12-31 или 31.12.2026)",
    Trouble.NUMBER: "«{value}» не число",
    Trouble.RANGE: "«{value}» вне пределов {hint}",
    Trouble.WORD: "«{value}» неизвестно, годится: {hint}",
    Trouble.TIME_ZONE: "«{value}» не часовой пояс (нужно +2, -1 или Asia/Yekaterinburg)",
}
LARGE_WORKBOOK = "книга Excel разворачивается в слишком большой объём или устроена небезопасно"
OLD_WORKBOOK = "старый формат .xls; сохраните как .xlsx или .csv"
MEANT = ("; похоже на {hint}", frozenset({Trouble.UNKNOWN_REDIRECT}))


def flaw_words(flaw: Flaw) -> str:
    """Say what is wrong, with the column where it is one: «seats: «-5» вне пределов 0–100000»."""
    if flaw.trouble is Trouble.TOO_LARGE and flaw.hint == "xlsx":
        return LARGE_WORKBOOK
    if flaw.trouble is Trouble.BAD_WORKBOOK and flaw.hint == "xls":
        return OLD_WORKBOOK
    words = TROUBLES[flaw.trouble]
    if flaw.trouble in MEANT[1] and flaw.hint:
        words += MEANT[0]
    filled = words.format(column=flaw.column, value=flaw.value, hint=_hint(flaw))
    named = flaw.column and "{column}" not in words and flaw.trouble is not Trouble.TITLE_TAKEN
    return f"{flaw.column}: {filled}" if named else filled


def _hint(flaw: Flaw) -> str:
    if flaw.trouble is Trouble.FIELD_COUNT:
        found, _, wanted = flaw.hint.partition("/")
        return f"{found}, нужно {wanted}"
    return flaw.hint


def flaw_place(flaw: Flaw) -> str:
    return f"строка {flaw.line}" if flaw.line else "файл"


def value_words(value: Any) -> str:
    """Write a field's value as people do."""
    if value is None or value == "":
        return "нет"
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, ClientKind):
        return CLIENT_KINDS[value]
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return duration(value) if isinstance(value, timedelta) else str(value)


def change_words(change: Change, *, fresh: bool = False) -> str:
    """Write one change: «менеджер: Ольга → Игорь», «пароль изменён»; of something ``fresh`` only what it has now."""
    field = FIELDS.get(change.field, change.field)
    if change.field == "password":
        return f"{field} изменён"
    if fresh:
        return f"{field}: {value_words(change.new)}"
    return f"{field}: {value_words(change.old)} → {value_words(change.new)}"


def lines_words(count: int) -> str:
    return plural(count, "строка")


LIST_WORDS: Mapping[str, Any] = {
    "LISTS": LISTS,
    "SECTIONS": SECTIONS,
    "change_words": change_words,
    "flaw_place": flaw_place,
    "flaw_words": flaw_words,
}
