"""What managers hear: quotas, use, renewals, growth, training; and the check login of an online access."""

from __future__ import annotations

from checks.catalogue.row import AT_ONCE, MANAGER, SUPPORT_AND_MANAGER, Row
from checks.model import Family, Priority, Quota, Severity, Threshold

QUOTA_FAMILIES: dict[Quota, Family] = {
    Quota.DOCS: Family.QUOTA_DOCS,
    Quota.SEARCH: Family.QUOTA_SEARCH,
    Quota.PRINT: Family.QUOTA_PRINT,
    Quota.UPLOAD: Family.QUOTA_UPLOAD,
}
QUOTA_WORDS: dict[Quota, tuple[str, str]] = {
    Quota.DOCS: ("Docs", "документов"),
    Quota.SEARCH: ("Search", "поисковых запросов"),
    Quota.PRINT: ("Print", "печати"),
    Quota.UPLOAD: ("Upload", "выгрузки"),
}
LEFT: dict[int, tuple[str, Priority]] = {
    0: ("LeftZero", Priority.K3),
    50: ("Left50", Priority.K4),
    150: ("Left150", Priority.K5),
}
"""Told when fewer than so many are left; 0 = none at all."""


def quota_code(quota: Quota, left: int) -> str:
    return f"OnlineBilling{QUOTA_WORDS[quota][0]}{LEFT[left][0]}"


def _quota(quota: Quota, left: int) -> Row:
    of_what = QUOTA_WORDS[quota][1]
    return Row(
        code=quota_code(quota, left),
        title=f"лимит {of_what} исчерпан" if not left else f"лимит {of_what}: осталось меньше {left}",
        well=f"лимита {of_what} хватает",
        source="billing",
        family=QUOTA_FAMILIES[quota],
        priority=LEFT[left][1],
        severity=Severity.WARNING if not left else Severity.INFO,
        threshold=AT_ONCE,
        audience=MANAGER,
        means="До 1-го числа клиент этим пользоваться не сможет." if not left else "До 1-го числа может не хватить.",
        causes=("доступом пользуется больше одного человека", "много работы в этом месяце"),
        steps=("узнать, хватает ли клиенту доступа, и предложить ещё один или сетевую версию",),
    )


def _usage(code: str, title: str, *, priority: Priority = Priority.K5, source: str = "time", ours: bool = False) -> Row:
    return Row(
        code=code,
        title=title,
        well="пользуются как обычно",
        source=source,
        family=Family.USAGE,
        priority=priority,
        severity=Severity.INFO,
        threshold=AT_ONCE,
        audience=MANAGER,
        means="Тот, кто не пользуется, не продлевает.",
        causes=("человек ушёл или потерял доступ", "не умеют искать нужное", "ищут в других местах"),
        steps=("позвонить: всё ли открывается, нужна ли помощь или обучение",),
        ours=ours,
    )


def _renewal(code: str, title: str, priority: Priority, *, ours: bool = True, steps_up: bool = False) -> Row:
    return Row(
        code=code,
        title=title,
        well="срок не подходит",
        source="time",
        family=Family.RENEWAL,
        priority=priority,
        severity=Severity.INFO,
        threshold=AT_ONCE,
        audience=MANAGER,
        means="Время договариваться о продлении.",
        steps=("показать клиенту, чем он пользовался за год, и договориться о продлении",),
        steps_up=steps_up,
        ours=ours,
    )


def _training(code: str, title: str, step: str) -> Row:
    return Row(
        code=code,
        title=title,
        well="нового нет",
        source="time",
        family=Family.TRAINING,
        priority=Priority.K5,
        severity=Severity.INFO,
        threshold=AT_ONCE,
        audience=MANAGER,
        means="Повод позвонить и научить.",
        steps=(step,),
    )


ROWS: tuple[Row, ...] = (
    Row(
        code="OnlineLoginFailed",
        title="вход в онлайн-доступ не удаётся",
        well="вход в онлайн-доступ работает",
        source="billing",
        family=Family.ACCESS,
        priority=Priority.K2,
        severity=Severity.WARNING,
        threshold=Threshold(failures=3, successes=1),
        audience=SUPPORT_AND_MANAGER,
        means="Клиент, скорее всего, тоже не может войти.",
        causes=("пароль сменили, а в списке остался старый", "сервер поставщика не отвечает", "доступ закрыт"),
        steps=("войти с этими данными вручную; если пароль сменился, исправить его в списке доступов",),
    ),
    *(_quota(quota, left) for quota in Quota for left in LEFT),
    Row(
        code="LimitExhaustedOften",
        title="лимит или места кончаются раз за разом",
        well="лимитов и мест хватает",
        source="time",
        family=Family.GROWTH,
        priority=Priority.K4,
        severity=Severity.INFO,
        threshold=AT_ONCE,
        audience=MANAGER,
        means="Исчерпав лимит, клиент редко жалуется: он идёт искать в другом месте.",
        causes=("доступом пользуется больше одного человека", "мест меньше, чем людей"),
        steps=("предложить ещё один доступ или сетевую версию",),
        ours=True,
    ),
    Row(
        code="KodeksDetectOverUserError",
        title="пользователю отказано: не было свободных мест",
        well="мест хватало всем",
        source="time",
        family=Family.GROWTH,
        priority=Priority.K4,
        severity=Severity.INFO,
        threshold=AT_ONCE,
        audience=MANAGER,
        means="Кто-то хотел войти и не смог.",
        causes=("мест меньше, чем людей",),
        steps=("узнать, часто ли не хватает мест, и предложить ещё",),
    ),
    _renewal("RenewalAtRisk", "продление под угрозой: срок близко, а пользуются мало", Priority.K3),
    _renewal("ContractEnding", "кончается договор", Priority.K4, steps_up=True),
    _renewal("KodeksUnsupportedButUsed", "договор кончился, а пользоваться продолжают", Priority.K4, ours=False),
    _usage("OnlineNoLogin", "никто не заходит", priority=Priority.K4, ours=True),
    _usage("KodeksUserActivityIsLow", "мало обращений за месяц", priority=Priority.K4),
    _usage("KodeksUserAInvolvementIsLow", "мало кто из пользователей заходит", priority=Priority.K4),
    _usage("UsageLow", "пользуются гораздо меньше, чем раньше", ours=True),
    _usage("OnlineUserActivityIsLow30", "к 30-му использовано меньше 15 % документов"),
    _usage("OnlineUserActivityIsLow20", "к 20-му использовано меньше 10 % документов"),
    _usage("OnlineUserActivityIsLow10", "к 10-му использовано меньше 3 % документов"),
    _training("KodeksNewUser", "новые пользователи", "пригласить новых пользователей на первое обучение"),
    _training(
        "KodeksSearchIsEmpty",
        "ищут и не находят",
        "посмотреть, что искали: документа нет в комплекте (предложить) или надо научить искать",
    ),
    _training("KodeksSearchError", "поиск кончается ошибкой", "узнать у клиента, что искали и что он видел"),
)
