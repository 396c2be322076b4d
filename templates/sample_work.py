"""Sample facts for everything that is said about planned work, for the gallery and its tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

from checks.announcing import Misread
from checks.model import Extent, Source, WindowState
from templates.cards import Page
from templates.sample_answers import LOST
from templates.samples import BRIEFS, NIGHT, Sample
from templates.work import Ended, Work

DISK = Work(
    id=3,
    extent=Extent.CLIENT,
    what="Ромашка",
    begins_at=NIGHT - timedelta(hours=2, minutes=6),
    ends_at=NIGHT - timedelta(minutes=6),
    state=WindowState.OVER,
    reason="замена диска",
    by="Анна",
)
SERVER = replace(DISK, id=4, extent=Extent.REDIRECT, what="r1", reason="перенос на новую площадку", by="Игорь")
NIGHTLY = replace(DISK, id=5, extent=Extent.ALL, what="", reason="", by="", source=Source.CONFIGURATION)
KIND = replace(DISK, id=6, extent=Extent.CODE, what="давно нет отчётов", reason="", by="", source=Source.API)
ENDED = Ended(works=(SERVER,), clients=214)

PLANNED = replace(
    SERVER, id=7, state=WindowState.PLANNED, begins_at=NIGHT + timedelta(hours=9), ends_at=NIGHT + timedelta(hours=11)
)
LASTING = replace(DISK, state=WindowState.LASTING, ends_at=NIGHT + timedelta(hours=1), undoable=True)
EVERY_NIGHT = replace(
    NIGHTLY, id=8, state=WindowState.PLANNED, cron="0 3 * * *", said=("*", 3, 0), length=timedelta(minutes=30),
    begins_at=NIGHT + timedelta(hours=21), ends_at=NIGHT + timedelta(hours=21, minutes=30), known=False,
)  # fmt: skip
ODD = replace(
    EVERY_NIGHT, id=9, cron="0 */6 * * 1-5", said=None, source=Source.CHAT, by="Анна", state=WindowState.LOOKING
)
SERVERS = SimpleNamespace(rows=[("r1", "0f1e2d3c4b5a")], before=None, after=1)
WORDED = replace(KIND, id=10, state=WindowState.LASTING, ends_at=NIGHT + timedelta(hours=1), mine=False)


def _said(title: str, template: str, **facts: object) -> Sample:
    return Sample(title=title, template=template, facts=facts)


DIALOGUE: tuple[Sample, ...] = (
    _said("/maintenance: объявлено", "work_said", work=LASTING, clients=1, fresh=True),
    _said("/maintenance: объявлено на вечер", "work_said", work=PLANNED, clients=38, fresh=True),
    _said("/maintenance: уже объявлено", "work_said", work=EVERY_NIGHT, clients=214, fresh=False),
    _said(
        "/maintenance", "work_list", listed=[LASTING, ODD, WORDED, PLANNED, EVERY_NIGHT], may=True,
        page=Page(number=0, pages=2, total=15),
    ),
    _said("/maintenance: ничего", "work_list", listed=[], may=False, page=Page()),
    _said("/maintenance: где", "work_new", extents=list(Extent), servers=2),
    _said("/maintenance: на каком сервере", "work_servers", page=SERVERS),
    _said("/maintenance: на сколько", "work_length", extent=Extent.CLIENT, what="Ромашка", tail="c.romashka",
          name="romashka"),
    _said("/maintenance: всё, на сколько", "work_length", extent=Extent.ALL, what="", tail="all.", name=""),
    *(
        _said(f"/maintenance: непонятно, {why}", "work_unread", why=why, asked="ромашка завтра")
        for why in Misread
    ),
    _said("/maintenance: кто", "work_whom", choice=[("Ромашка", "/maintenance romashka 2ч")], more=3, asked="ром"),
    _said("/maintenance: никто", "work_whom", choice=[], more=0, asked="ъъъ"),
)  # fmt: skip

WORKS: tuple[Sample, ...] = (
    *DIALOGUE,
    Sample(title="Работы закончены: все вернулись", template="work_over", facts={"over": ENDED}),
    Sample(
        title="Работы закончены: двое не вернулись",
        template="work_over",
        facts={"over": replace(ENDED, away=2, incidents=(LOST, BRIEFS[1]), elsewhere=1, repeat=True)},
    ),
    Sample(
        title="Работы у клиента закончены, всё работает",
        template="work_over",
        facts={"over": replace(ENDED, works=(DISK,), clients=1)},
    ),
    Sample(
        title="Работы у клиента закончены, не всё работает",
        template="work_over",
        facts={"over": replace(ENDED, works=(DISK,), clients=1, away=1, incidents=(LOST,))},
    ),
    Sample(
        title="Несколько работ закончились вместе, потом починилось",
        template="work_over",
        facts={
            "over": replace(
                ENDED, works=(DISK, NIGHTLY, KIND), incidents=(replace(LOST, ended_at=NIGHT - timedelta(minutes=1)),)
            )
        },
    ),
    Sample(
        title="Работы по виду сообщений закончены",
        template="work_over",
        facts={"over": Ended(works=(KIND,), incidents=(LOST,))},
    ),
)
