"""Russian for figures: plural forms, lengths of time, moments, ages, numbers; one place for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from templates.clean import clean, clip, looks_like_a_link

NOUNS: dict[str, tuple[str, str, str]] = {
    "авария": ("авария", "аварии", "аварий"),
    "аварию": ("аварию", "аварии", "аварий"),
    "адрес": ("адрес", "адреса", "адресов"),
    "взгляд": ("проверка", "проверки", "проверок"),
    "дня": ("дня", "дней", "дней"),
    "день": ("день", "дня", "дней"),
    "документа": ("документа", "документов", "документов"),
    "запрос": ("запрос", "запроса", "запросов"),
    "новый пользователь": ("новый пользователь", "новых пользователя", "новых пользователей"),
    "обращение": ("обращение", "обращения", "обращений"),
    "отказ": ("отказ", "отказа", "отказов"),
    "домен": ("домен", "домена", "доменов"),
    "менеджер": ("менеджер", "менеджера", "менеджеров"),
    "клиент": ("клиент", "клиента", "клиентов"),
    "клиента": ("клиента", "клиентов", "клиентов"),
    "клиенту": ("клиенту", "клиентам", "клиентам"),
    "место": ("место", "места", "мест"),
    "ошибка": ("ошибка", "ошибки", "ошибок"),
    "пользователь": ("пользователь", "пользователя", "пользователей"),
    "пользователю": ("пользователю", "пользователям", "пользователям"),
    "раз": ("раз", "раза", "раз"),
    "сервер": ("сервер", "сервера", "серверов"),
    "сообщение": ("сообщение", "сообщения", "сообщений"),
    "сигнал": ("сигнал", "сигнала", "сигналов"),
    "строка": ("строка", "строки", "строк"),
    "час": ("час", "часа", "часов"),
    "чат": ("чат", "чата", "чатов"),
    "человек": ("человек", "человека", "человек"),
}
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7
NOTHING = "—"
NAMELESS = "без имени"
NAME_WIDTH = 48
HOST_WIDTH = 120
GROUPED_FROM = 10_000
EVERYBODY = re.compile("(?:всем пользователям|всех пользователей|все пользователи)(?! \\()", re.IGNORECASE)


def form(number: int, one: str, few: str, many: str) -> str:
    """Choose the form that Russian wants after ``number``: 1 клиент, 2 клиента, 5 клиентов."""
    tens, ones = abs(number) % 100, abs(number) % 10
    if ones == 1 and tens != 11:  # noqa: PLR2004 - одиннадцать
        return one
    if 2 <= ones <= 4 and not 12 <= tens <= 14:  # noqa: PLR2004 - двенадцать … четырнадцать
        return few
    return many


def noun(number: int, word: str) -> str:
    """Return the noun alone, in the form that ``number`` wants."""
    return form(number, *NOUNS[word])


def plural(number: int, word: str) -> str:
    """Return number and noun: «5 клиентов»."""
    return f"{count(number)} {noun(number, word)}"


def agree(number: int, singular: str, several: str) -> str:
    """Choose the verb: 21 клиент не открывается, 22 клиента не открываются."""
    return form(number, singular, several, several)


def count(number: int) -> str:
    """Write a whole number, in groups from 10 000 on."""
    return f"{number:,}".replace(",", " ") if abs(number) >= GROUPED_FROM else str(number)


def number(value: float, digits: int = 1) -> str:
    """Write a number with a comma; nothing after it where there is nothing to say."""
    whole, _, rest = f"{abs(value):.{digits}f}".partition(".")
    rest = rest.rstrip("0")
    sign = "−" if value < 0 and (rest or whole != "0") else ""
    return f"{sign}{count(int(whole))}" + (f",{rest}" if rest else "")


def percent(share: float, digits: int = 1) -> str:
    """Write a share from 0 to 1: «99,1 %». Anything short of all is never rounded up to 100."""
    value = share * 100
    rounded = round(value, digits)
    if share < 1 and rounded >= 100:  # noqa: PLR2004 - per cent
        rounded = 100 - 10**-digits
    return f"{number(rounded, digits)} %"


def duration(length: timedelta) -> str:
    """Write a length of time: «40 с», «37 мин», «2 ч 05 мин», «2 дня 3 ч», «8 дней»."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < MINUTE:
        return f"{seconds} с"
    if seconds < HOUR:
        return f"{seconds // MINUTE} мин"
    hours, minutes = divmod(seconds // MINUTE, 60)
    if seconds < DAY:
        return f"{hours} ч" + (f" {minutes:02d} мин" if minutes else "")
    days, hours = divmod(hours, 24)
    return plural(days, "день") + (f" {hours} ч" if hours and days < WEEK else "")


def elapsed(seconds: float) -> str:
    """Write how long an answer took: «84 мс», «1,2 с»."""
    return f"{round(seconds * 1000)} мс" if seconds < 1 else f"{number(seconds)} с"


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Write a moment as people of ``zone`` say it at ``now``: «06:02», «вчера, 20:08», «14.02, 20:08»."""
    there, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = f"{there:%H:%M}"
    distance = (there.date() - today).days
    near = {0: "", -1: "вчера, ", 1: "завтра, "}
    if distance in near:
        return near[distance] + clock
    return f"{day(there.date(), today)}, {clock}"


def on(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Write when something happened: «в 06:06», «вчера, 20:08», «14.02, 20:08»."""
    words = moment(at, now, zone)
    return words if "," in words else f"в {words}"


def between(start: datetime, end: datetime, now: datetime, zone: tzinfo) -> str:
    """Write how long something lasted by its ends: «с 06:02 до 07:54», «вчера с 20:06 до 21:58»."""
    there, then = start.astimezone(zone), end.astimezone(zone)
    if there.date() == then.date():
        return f"{from_(start, now, zone)} до {then:%H:%M}"
    return f"{since(start, now, zone)} {until(end, now, zone)}"


def until(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Write till when: «до 09:00», «до завтра, 09:00»."""
    return f"до {moment(at, now, zone)}"


def from_(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Write from when something will do: «с 08:00», «завтра с 08:00», «25.11 с 08:00»."""
    date_words, _, clock = moment(at, now, zone).rpartition(", ")
    return f"{date_words} с {clock}".strip()


def with_seats(means: str, seats: int | None, *, said: bool = False) -> str:
    """Say how many people «всем пользователям» are, where the list or a report knows, and that it is not known else.

    ``said``: the card tells it in another place.
    """
    count = "сколько их, неизвестно" if seats is None else plural(seats, "место")
    return means if said else EVERYBODY.sub(rf"\g<0> ({count})", means, count=1)


def day(when: date, today: date) -> str:
    """Write a date, with its year when that is not the present one."""
    return f"{when:%d.%m}" if when.year == today.year else f"{when:%d.%m.%Y}"


def when(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Write a moment with its day: «сегодня 05:40», «вчера, 20:08»."""
    words = moment(at, now, zone)
    return words if "," in words else f"сегодня {words}"


def since(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Write from when something lasts: «с 06:02», «со вчера, 20:08», «с 14.02, 20:08»."""
    words = moment(at, now, zone)
    return ("со " if words.startswith("вчера") else "с ") + words


def age(at: datetime, now: datetime) -> str:
    """Write how long ago: «только что», «23 мин назад», «2 дня 3 ч назад»."""
    length = now - at
    return "только что" if length < timedelta(minutes=1) else f"{duration(length)} назад"


def listed(words: Sequence[str], last: str = " и ") -> str:
    """Join words as Russian does: «Ромашка, Вектор и ТехПром»."""
    return last.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def capital(text: str) -> str:
    """Begin with a capital letter and leave the rest alone."""
    return text[:1].upper() + text[1:]


# ── for templates only ────────────────────────────────────────────────────────────────────────────────────────────


def code(text: str, most: int = HOST_WIDTH) -> Markup:
    """Set a domain, an address or measured words in monospace, where no chat makes a link of them."""
    return Markup("<code>{}</code>").format(clip(clean(text), most) or NOTHING)


def ready(text: str | None) -> str:
    """Return a text that is ready to be sent on, or a dash where there is none."""
    return clean(text or "") or NOTHING


def name(text: str, most: int = NAME_WIDTH) -> str | Markup:
    """Write a name; one that a chat would make tappable is set in monospace."""
    short = clip(clean(text), most) or NAMELESS
    return code(short) if looks_like_a_link(short) else escape(short)


def mention(person: Any) -> Markup:
    """Name a person so that the chat tells them; by number, whatever they are called."""
    words = clip(clean(person.name), NAME_WIDTH) or f"человек {person.id}"
    return Markup('<a href="tg://user?id={}">{}</a>').format(int(person.id), words)


@pass_context
def at_(context: Context, value: datetime) -> str:
    return moment(value, context["now"], context["zone"])


@pass_context
def on_(context: Context, value: datetime) -> str:
    return on(value, context["now"], context["zone"])


@pass_context
def between_(context: Context, start: datetime, end: datetime) -> str:
    return between(start, end, context["now"], context["zone"])


@pass_context
def until_(context: Context, value: datetime) -> str:
    return until(value, context["now"], context["zone"])


@pass_context
def when_(context: Context, value: datetime) -> str:
    return when(value, context["now"], context["zone"])


@pass_context
def from_then(context: Context, value: datetime) -> str:
    return from_(value, context["now"], context["zone"])


@pass_context
def since_(context: Context, value: datetime) -> str:
    return since(value, context["now"], context["zone"])


@pass_context
def age_(context: Context, value: datetime) -> str:
    return age(value, context["now"])


@pass_context
def day_(context: Context, value: date) -> str:
    return day(value, context["now"].astimezone(context["zone"]).date())


@pass_context
def left(context: Context, value: date) -> int:
    """Count the days until a date, for people of the zone; negative when it has passed."""
    today: date = context["now"].astimezone(context["zone"]).date()
    return (value - today).days


@pass_context
def fit(context: Context, rows: Sequence[Any], most: int = 10_000) -> Sequence[Any]:
    """Take as many rows as there is room for; the rest is told as a number (``beyond``)."""
    return rows[: min(most, context["room"])]


@pass_context
def beyond(context: Context, rows: Sequence[Any], most: int = 10_000) -> int:
    """How many rows ``fit`` left out."""
    room: int = context["room"]
    return len(rows) - min(len(rows), most, room)


FILTERS: dict[str, Any] = {
    "age": age_,
    "agree": agree,
    "at": at_,
    "between": between_,
    "beyond": beyond,
    "capital": capital,
    "clip": clip,
    "code": code,
    "count": count,
    "day": day_,
    "duration": duration,
    "elapsed": elapsed,
    "fit": fit,
    "from": from_then,
    "left": left,
    "listed": listed,
    "mention": mention,
    "name": name,
    "noun": noun,
    "number": number,
    "on": on_,
    "percent": percent,
    "plural": plural,
    "ready": ready,
    "since": since_,
    "until": until_,
    "when": when_,
    "with_seats": with_seats,
}
