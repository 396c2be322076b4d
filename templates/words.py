"""The words for what was measured: one table from the stable reasons of observations to what people read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checks.buttons import moment_word
from checks.catalogue.errors import KNOWN as KNOWN_ERRORS
from checks.model import CauseKind, Family, Fault, LookKind, Mark, Priority, Role, Scope
from checks.reports import Broken, broken_reason
from templates.filters import plural

BROKEN: Mapping[Broken, str] = {
    Broken.EMPTY: "приходит пустой файл",
    Broken.TOO_LARGE: "файл слишком велик",
    Broken.NOT_TEXT: "приходит не текст",
    Broken.HTML: "вместо отчёта приходит веб-страница",
    Broken.NO_METRICS: "в файле нет ни одного показателя",
    Broken.NOT_A_REPORT: "приходит не отчёт",
    Broken.TRUNCATED: "отчёт обрывается",
    Broken.DAMAGED: "архив повреждён",
    Broken.ENCRYPTED: "архив под паролем",
    Broken.NESTED: "внутри архива ещё один архив",
    Broken.BAD_NAME: "в архиве недопустимое имя файла",
    Broken.BOMB: "архив раздувается сверх меры",
    Broken.TOO_MANY_FILES: "в архиве слишком много файлов",
    Broken.NO_REPORT_INSIDE: "в архиве нет отчёта",
    Broken.COMPRESSION: "архив сжат незнакомым способом",
    Broken.DOCTYPE: "в отчёте чужая разметка, читать её опасно",
    Broken.NOT_WELL_FORMED: "отчёт составлен с ошибками",
    Broken.TOO_DEEP: "отчёт вложен слишком глубоко",
    Broken.BAD_DATABASE: "файл базы в отчёте повреждён",
    Broken.UNREADABLE: "отчёт не читается",
}
REASONS: Mapping[str, str] = {
    Fault.NAME_NOT_FOUND: "такого имени нет в сети",
    Fault.NAME_EMPTY: "имя есть, но адреса за ним нет",
    Fault.RESOLVER_FAILS: "сервер имён отвечает ошибкой",
    Fault.RESOLVER_TIMEOUT: "сервер имён не ответил вовремя",
    Fault.ADDRESS_FORBIDDEN: "имя ведёт на служебный адрес, туда мы не ходим",
    Fault.REFUSED: "соединения отклоняются",
    Fault.UNREACHABLE: "до сервера нет пути по сети",
    Fault.CONNECT_TIMEOUT: "соединение не устанавливается",
    Fault.TLS_EXPIRED: "сертификат просрочен",
    Fault.TLS_NOT_YET_VALID: "сертификат ещё не начал действовать",
    Fault.TLS_WRONG_HOST: "сертификат выдан на другое имя",
    Fault.TLS_SELF_SIGNED: "сертификат самоподписанный",
    Fault.TLS_UNKNOWN_ISSUER: "издатель неизвестен или не прислан промежуточный сертификат",
    Fault.TLS_BROKEN: "защищённое соединение не устанавливается",
    Fault.NO_ANSWER: "соединяется, но не отвечает",
    Fault.DRIPPING: "отвечает так медленно, что страница не загружается",
    Fault.RESET: "соединение обрывается",
    Fault.NOT_HTTP: "отвечает, но это не страница",
    Fault.TOO_LARGE: "ответ слишком велик",
    Fault.BAD_LOCATION: "переадресует на негодный адрес",
    Fault.REDIRECT_LOOP: "переадресация ходит по кругу",
    Fault.TOO_MANY_REDIRECTS: "слишком много переадресаций подряд",
    Fault.WRONG_TARGET: "переадресует не туда",
    "chat_blocked": "бота заблокировали",
    "chat_kicked": "бота удалили из чата",
    "chat_gone": "чата больше нет",
    "chat_refuses": "Telegram не даёт писать в этот чат",
    Fault.BAD_ADDRESS: "в списке указан негодный адрес",
    Fault.NO_ECHO: "не отвечает на ping",
    Fault.OURSELVES: "не смогли проверить по своей причине",
    Mark.NO_SEATS: "все места заняты",
    Mark.BAD_LOGIN: "вход не принят",
    Mark.SERVICE_MESSAGE: "на странице служебное сообщение",
    Mark.KEY_INACTIVE: "ключ неактивен",
    Mark.EMERGENCY: "страница сообщает об аварии",
    "update DB": "идёт обновление баз",
    "unexpected change list products": "состав баз изменился сам по себе",
    "no required volume DB": "нет нужного тома базы",
    "no answer": "Техэксперт не отвечает даже на своём сервере",
    "operup_old": "новых давно не было",
    "operup_grown": "новых нет уже вдвое дольше срока",
    "update_mixed": "у баз разные номера обновления",
    "update_behind": "у других клиентов номер новее",
    "main_page": "главная страница с ошибкой",
    "product_control": "состав баз с ошибкой",
    "silent": "отчётов нет",
    "never": "не было ни одного отчёта",
    "updated": "не в обычное для клиента время",
    "unusual": "такая тишина для него необычна",
    "late": "отчёт опаздывает",
    "broken": "отчёт не читается",
    **{broken_reason(why): words for why, words in BROKEN.items()},
    "witnesses": "не отвечают и проверочные узлы",
    "many": "замолчали сразу многие",
    "bot was kicked": "бота удалили из чата",
    "bot was blocked": "бота заблокировали",
    "chat not found": "чата больше нет",
}
TITLES: Mapping[tuple[str, str], str] = {
    ("KodeksHttp200Status", Fault.NO_ANSWER): "Техэксперт не отвечает",
    ("KodeksHttp200Status", Fault.DRIPPING): "Техэксперт отвечает слишком медленно",
    ("KodeksHttp200Status", Fault.RESET): "Техэксперт обрывает соединение",
    ("KodeksHttp200Status", Fault.NOT_HTTP): "вместо Техэксперта отвечает что-то другое",
    ("DomainNotResolved", Fault.RESOLVER_TIMEOUT): "серверы имён домена не отвечают",
    ("DomainNotResolved", Fault.RESOLVER_FAILS): "серверы имён домена отвечают ошибкой",
    ("RedirectServerDown", Fault.WRONG_TARGET): "переадресует не туда",
    ("RedirectServerDown", Fault.BAD_LOCATION): "переадресует не туда",
    ("RedirectServerDown", Fault.REDIRECT_LOOP): "переадресует по кругу",
    ("RedirectServerDown", "status"): "отвечает ошибкой",
}
"""Code and reason (any status as ``status``) → what is wrong, where the reason makes another trouble of it."""
TITLED = frozenset({Fault.WRONG_TARGET, Mark.SERVICE_MESSAGE, Mark.EMERGENCY, Mark.NO_SEATS})
"""Reasons that say no more than the title of their card does."""
PLAIN = frozenset({Fault.REFUSED, Fault.UNREACHABLE, Fault.NAME_NOT_FOUND, Fault.NAME_EMPTY, Fault.RESET})
"""Reasons whose particulars only say the same again."""
STATUSES: Mapping[int, str] = {
    401: "просит входа (код 401)",
    403: "вход запрещён (код 403)",
    404: "страница не найдена (код 404)",
    500: "внутренняя ошибка (код 500)",
    502: "прокси не дождался Техэксперта (код 502)",
    503: "обслуживание (код 503)",
    504: "прокси не дождался Техэксперта (код 504)",
}
KINDS: Mapping[str, str] = {
    LookKind.DOMAIN: "обычный адрес",
    LookKind.INSTALLATION: "напрямую",
    LookKind.LICMAN: "менеджер лицензий",
    LookKind.LOGIN: "проверочный вход",
    LookKind.PING: "ping",
    LookKind.LICMAN_PING: "ping менеджера лицензий",
    LookKind.REDIRECT: "переадресация",
    LookKind.BILLING: "онлайн-доступ",
    LookKind.REFERENCE: "проверочный узел",
}
EVERY: Mapping[int, str] = {
    900: "каждые 15 минут",
    1800: "каждые полчаса",
    3600: "раз в час",
    **{3600 * hours: f"раз в {hours} часа" for hours in (2, 3, 4)},
    **{3600 * hours: f"раз в {hours} часов" for hours in (6, 8, 12)},
    86400: "раз в сутки",
}
"""Seconds between a client's usual reports → how that is said."""
MENDED: Mapping[str, str] = {
    Family.SERVICE: "снова работает",
    Family.DOMAIN: "снова открывается по обычному адресу",
    Family.CERTIFICATE: "сертификат снова в порядке",
    Family.SEATS: "свободные места появились",
    Family.LICMAN: "менеджер лицензий снова отвечает",
    Family.REPORTS: "отчёты снова приходят",
    Family.STATUS: "снова в порядке",
    Family.UPDATES: "снова обновляется",
    Family.VERSION: "версия сменилась",
    Family.LICENCE: "лицензия продлена",
    Family.ACCESS: "вход в онлайн-доступ снова работает",
    Family.QUOTA_DOCS: "лимит документов восстановлен",
    Family.QUOTA_SEARCH: "лимит поиска восстановлен",
    Family.QUOTA_PRINT: "лимит печати восстановлен",
    Family.QUOTA_UPLOAD: "лимит выгрузки восстановлен",
    Family.USAGE: "снова пользуются",
    Family.RENEWAL: "вопрос о продлении снят",
    Family.GROWTH: "лимитов и мест снова хватает",
    Family.TRAINING: "повод прошёл",
    Family.OURSELVES: "снова в порядке",
    Family.CHANGE: "после изменения всё вернулось",
}
CALM: Mapping[str, str] = {
    Family.REPORTS: "людям это не мешает",
    Family.UPDATES: "Техэксперт работает",
    Family.VERSION: "Техэксперт работает",
    Family.STATUS: "документы открываются",
    Family.LICENCE: "пока всё открывается",
    Family.SEATS: "кто уже вошёл, работает",
    Family.LICMAN: "Техэксперт пока работает",
    Family.CERTIFICATE: "пока всё открывается",
}
"""Why a trouble of this kind, where it is not critical, can wait."""
ROLES: Mapping[str, str] = {
    Role.ADMIN: "администратор",
    Role.HEAD: "руководитель",
    Role.SUPPORT: "техподдержка",
    Role.MANAGER: "менеджер",
    Role.VIEWER: "наблюдатель",
}
SCOPES: Mapping[str, str] = {
    Scope.CLIENT: "всё об этом клиенте",
    Scope.CAUSE: "эту аварию",
    Scope.CODE: "все такие сообщения",
}
SPANS: Mapping[str, str] = {
    "1h": "1 час",
    "4h": "4 часа",
    "9": "до 09:00",
    "24h": "24 часа",
    "mended": "до починки",
}
"""What a mute may last, by the word that its button carries."""

MEN_LIKE_WOMEN = re.compile(
    "иль|никит|лук|фом|кузьм|савв|данил|гаврил|миш|паш|л[её]ш|сер[её]ж|кол|тол|ван|пет|вас|дим|юр|кост|гош|гриш|бор|вов|"
    "вит|ст[её]п|фед|л[её]в|сен|жор"
)
EITHER = frozenset({"саша", "женя", "валя", "слава"})


def reason(word: str) -> str:
    """Return the words for a reason; one that nobody has worded yet is shown as it is."""
    if word in REASONS:
        return REASONS[word]
    kind, _, rest = word.partition("_")
    if kind == "status" and rest.isdigit():
        return STATUSES.get(int(rest), f"отвечает кодом {rest}")
    if kind == "error" and rest in KNOWN_ERRORS:
        return f"ошибка {rest}: {KNOWN_ERRORS[rest].means}"
    if kind == "error":
        return f"ошибка {rest}"
    if kind == "licence" and re.fullmatch(r"\d{4}-\d{2}-\d{2}", rest):
        return f"до {rest[8:]}.{rest[5:7]}.{rest[:4]}"
    if kind == "watch" and rest.replace("_", "").isdigit():
        return f"подтверждено {rest.replace('_', ' из ')}"
    if kind == "days" and rest.isdigit():
        return f"осталось не больше {plural(int(rest), 'дня')}" if int(rest) > 1 else "остался последний день"
    return word


def habit(said: str) -> str | None:
    """Return in words how often a client usually reports: «раз в час по будням»; None when it does not say."""
    seconds, _, days = said.partition("/")
    every = EVERY.get(int(seconds)) if seconds.isascii() and seconds.isdecimal() and len(seconds) < 7 else None  # noqa: PLR2004
    return None if every is None else f"{every} по будням" if days == "workdays" else every


def title(code: str, usual: str, why: str) -> str:
    """Return what is wrong, more exactly than the catalogue's ``usual`` where the measured reason allows it."""
    return TITLES.get((code, why.partition("_")[0] if why.startswith("status_") else why), usual)


def did(person: str, he: str, she: str) -> str:
    """Choose the verb for a person known by name only: «взял Игорь», «взяла Анна», «взял(а) te_duty»."""
    first = next(iter(person.split()), "").casefold()
    if not re.fullmatch("[а-яё]+", first) or first in EITHER:
        return f"{he}(а)" if she == f"{he}а" else f"{he}/{she}"
    return she if first.endswith(("а", "я")) and not MEN_LIKE_WOMEN.fullmatch(first[:-1]) else he


def mark(priority: int, *, critical: bool) -> str:
    """Return the mark a card begins with."""
    if critical:
        return "🔴"
    return "🟠" if priority <= Priority.K3 else "🟡"


WORDS: dict[str, Any] = {
    "CALM": CALM,
    "Cause": CauseKind,
    "KINDS": KINDS,
    "MENDED": MENDED,
    "PLAIN": PLAIN,
    "ROLES": ROLES,
    "SCOPES": SCOPES,
    "SPANS": SPANS,
    "TITLED": TITLED,
    "did": did,
    "habit": habit,
    "mark": mark,
    "moment_word": moment_word,
    "reason": reason,
}
