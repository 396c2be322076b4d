"""Sample facts for everything that is seen at a glance, for the gallery and its tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from checks.model import WindowState
from templates.board import Board
from templates.cards import Someone
from templates.digest import Digest, Ends, Muted, Night, OnDuty, Open, Signalled, Signals, Works
from templates.sample_answers import BEHIND, LOST, MUTES
from templates.sample_work import DISK, SERVER
from templates.samples import BRIEFS, MORNING, Sample

SINCE = MORNING - timedelta(hours=24)
OVER = replace(BEHIND, opened_at=MORNING - timedelta(hours=2), ended_at=MORNING - timedelta(minutes=8))
NIGHTS = Night(incidents=(OVER, replace(LOST, ended_at=MORNING - timedelta(hours=3))))
OPENS = Open(incidents=BRIEFS, fresh=frozenset({BRIEFS[-1].number}))
SIGNALS = Signals(
    rows=(
        Signalled(label="Вектор", title="документы по лимиту кончаются", since=MORNING, new=True),
        Signalled(label="Прогресс", title="никто не заходит", since=MORNING - timedelta(days=8)),
    ),
    answered=3,
)
MUTED = Muted(total=3, ending=(replace(MUTES[0], what="Ромашка", until=MORNING + timedelta(hours=4)),))
WORKS = Works(
    works=(
        replace(DISK, state=WindowState.LASTING, ends_at=MORNING + timedelta(hours=1)),
        replace(SERVER, begins_at=MORNING + timedelta(hours=9), ends_at=MORNING + timedelta(hours=11)),
    )
)
ENDS = Ends(
    licences_today=("Ромашка", "Вектор"), contracts_soon=("Прогресс", "Заря", "Маяк", "Полюс"), contracts_today=("Луч",)
)
QUIET = Digest(since=SINCE, until=MORNING, clients=212)
GROUP = replace(QUIET, hit=3, parts=(NIGHTS, OPENS, MUTED, WORKS, OnDuty(who=Someone(id=7, name="Анна"))))
OLGA = replace(QUIET, name="Ольга", own=True, hit=3, parts=(NIGHTS, OPENS, SIGNALS, MUTED, ENDS))


def _morning(title: str, digest: Digest) -> Sample:
    return Sample(title=title, template="digest", now=MORNING, facts={"digest": digest})


def _menu(title: str, **facts: object) -> Sample:
    usual = {
        "cron": "5 8 * * *",
        "said": ("*", 8, 5),
        "usual": True,
        "hears": True,
        "due_at": MORNING + timedelta(days=1, minutes=5),
        "mine": False,
        "changes": True,
    }
    return Sample(title=title, template="digest_menu", now=MORNING, facts={**usual, **facts})


CALM = Board(clients=212, swept_at=MORNING, mutes=1)
ROUGH = Board(
    clients=212,
    hit=40,
    incidents=BRIEFS,
    muted=((131, MUTES[0]),),
    mutes=3,
    works=WORKS.works,
    duty=Someone(id=7, name="Анна"),
    swept_at=MORNING - timedelta(minutes=1),
)


def _board(title: str, board: Board) -> Sample:
    return Sample(title=title, template="board", now=MORNING, facts={"board": board})


GLANCES: tuple[Sample, ...] = (
    _board("Табло: всё в порядке", CALM),
    _board("Табло: не всё в порядке", ROUGH),
    _board("Табло: мы ничего не видим", replace(ROUGH, blind_since=MORNING, pin_refused=True, repeat=True)),
    _board("Табло менеджера без клиентов", Board(clients=0, own=True)),
    *(
        Sample(
            title=f"/board: {title}",
            template="board_said",
            now=MORNING,
            facts={"fresh": fresh, "removed": removed, "topic": fresh},
        )
        for title, fresh, removed in (("новое", True, False), ("уже есть", False, False), ("убрано", False, True))
    ),
    _morning("Утро: ничего не случилось", QUIET),
    _morning("Утро техподдержки", GROUP),
    _morning("Утро менеджера", OLGA),
    _morning(
        "Утро после двух дней отсутствия", replace(GROUP, since=MORNING - timedelta(days=3), away=True, repeat=True)
    ),
    _morning("Утро: список пуст", Digest(since=SINCE, until=MORNING)),
    _menu("/digest: как у всех"),
    _menu("/digest: своё время", usual=False, said=("1-5", 9, 0), cron="0 9 * * 1-5", mine=True),
    _menu("/digest: своё расписание", usual=False, said=None, cron="*/30 7-9 * * *", changes=False),
    _menu("/digest: не нужна", usual=False, said=None, cron="", due_at=None, mine=True),
    Sample(title="/digest: непонятно", template="digest_unread", now=MORNING, facts={"asked": "завтра"}),
)
