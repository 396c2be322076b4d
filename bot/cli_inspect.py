"""Shows what a report contains and what the present forms make of it, so that a form is written in minutes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.config import Config
from checks.hours import zone_of
from checks.model.installation import FACTS, LISTS, InstallationFacts
from checks.readers.archive import BrokenReportError
from checks.readers.metrics import read_metrics
from checks.readers.outline import Outline, Place, Table, outline
from checks.readers.status import MAX_BYTES, StatusFacts, read_status
from checks.readers.sysinfo import Sysinfo, read_sysinfo
from checks.readers.values import MOSCOW, Manner
from checks.reports import Broken
from templates.fact_words import fact_name, missing_words
from templates.words import reason

FINE, FAILED = 0, 1
SHOWN = 5
FORMS = {
    "default": "собственный вид бота",
    "xml": "ни один раздел [sysinfo.ИМЯ] не подошёл",
    "sqlite": "ни один раздел [sysinfo.ИМЯ] не подошёл",
}


def inspect(path: Path, config: Config) -> int:
    """Print what a report contains and the facts that are read from it, or why it cannot be read."""
    try:
        if path.suffix.lower() == ".status":
            lines = list(_status(read_status(path.read_bytes()[: MAX_BYTES + 1]), config))
            broken = None
        else:
            with path.open("rb") as file:
                read = read_sysinfo(file, zone=zone_of(config.quiet_hours.time_zone, MOSCOW), forms=config.forms)
                broken = read.broken
                lines = list(_broken(read)) if read.broken else [*_outline(outline(file)), *_facts(read.facts)]
    except OSError as error:
        print(f"inspect: {path}: {error.strerror}", file=sys.stderr)
        return FAILED
    except BrokenReportError as error:
        broken, lines = error.why, list(_broken(Sysinfo(broken=error.why, detail=error.detail)))
    for line in lines:
        print(_safe(line))
    return FAILED if broken else FINE


def _safe(line: str) -> str:
    """Take the teeth out of what a stranger's file would do to a terminal."""
    return "".join(sign if sign.isprintable() else "�" for sign in line)


def _broken(read: Sysinfo) -> Iterator[str]:
    why = read.broken or Broken.UNREADABLE
    yield f"Не читается: {reason(f'report_{why}')}" + (f" ({read.detail})" if read.detail else "")


def _outline(found: Outline) -> Iterator[str]:
    yield "Что в файле"
    if found.places:
        yield from _places(found.places)
    for table in found.tables:
        yield from _table(table)
    if found.cut:
        yield "  … показано не всё"
    yield ""


def _places(places: Sequence[Place]) -> Iterator[str]:
    width = min(max(len(place.path) for place in places), 60)
    for place in places:
        samples = " | ".join(place.samples)
        yield f"  {place.path:<{width}}  {place.count:>6}" + (f"  {samples}" if samples else "")


def _table(table: Table) -> Iterator[str]:
    if table.virtual:
        yield f"  {table.name}: виртуальная таблица, не читается"
        return
    yield f"  {table.name}: " + ("не читается" if table.rows is None else f"строк {table.rows}")
    for column in table.columns:
        yield f"    {column.path}" + (f"  {' | '.join(column.samples)}" if column.samples else "")


def _facts(facts: InstallationFacts) -> Iterator[str]:
    yield f"Что прочитано: {FORMS.get(facts.form) or f'по разделу [sysinfo.{facts.form}]'}"
    for fact in FACTS:
        value = getattr(facts, fact)
        if value is None:
            continue
        if fact in LISTS:
            yield f"  {fact_name(fact)} ({fact}): {len(value)}"
            yield from (f"    {_row(row)}" for row in value[:SHOWN])
            if len(value) > SHOWN:
                yield f"    … и ещё {len(value) - SHOWN}"
        else:
            yield f"  {fact_name(fact)} ({fact}): {_row(value) if fact == 'totals' else _plain(value)}"
    if facts.missing:
        yield "Не прочитано"
        yield from (f"  {missing_words(missing)}" for missing in facts.missing)


def _row(row: Any) -> str:
    return ", ".join(f"{name}={_plain(value)}" for name, value in asdict(row).items() if value not in {None, ""})


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else str(value)


def _status(found: StatusFacts, config: Config) -> Iterator[str]:
    if found.broken:
        yield from _broken(Sysinfo(broken=found.broken))
    yield f"Составлен: {_plain(found.reported_at) if found.reported_at else 'не сказано'}"
    yield f"Метрик: {len(found.samples)}" + (f", непонятных строк: {found.skipped}" if found.skipped else "")
    for sample in found.samples:
        labels = ",".join(f'{name}="{value}"' for name, value in sample.labels)
        yield f"  {sample.name}{'{' + labels + '}' if labels else ''}  {sample.value:g}"
    told = read_metrics(found.samples, config.meters, found.reported_at, Manner())
    if told is not None:
        yield ""
        yield from _facts(told)
    elif config.meters:
        yield "По разделу [metrics] ничего не прочитано: таких метрик в файле нет"
