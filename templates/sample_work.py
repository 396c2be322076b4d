"""Sample facts for everything that is said about planned work, for the gallery and its tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from checks.model import Extent, Source, WindowState
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

WORKS: tuple[Sample, ...] = (
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
