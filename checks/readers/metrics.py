"""Draws facts from metrics whose names only the configuration knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from checks.model.installation import InstallationFacts, Totals, Why
from checks.readers.draft import Draft, drawn
from checks.readers.forms import FormError
from checks.readers.status import read_sample
from checks.readers.values import COUNTED, SINGLE, Manner, key, number, truth
from checks.reports import Sample

METER = re.compile(r"(?P<fine_is_zero>!?)(?P<sample>[^@!]+?)(?:@(?P<label>[a-zA-Z_][a-zA-Z0-9_]*))?")
TOTALS = "totals."


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A metric that tells a fact."""

    fact: str
    """A single fact, or ``totals.NAME`` for a counter that only grows."""
    metric: str
    labels: tuple[tuple[str, str], ...] = ()
    """Labels that the line must have; it may have others."""
    label: str = ""
    """The fact is what this label says; empty = the value."""
    fine_is_zero: bool = False
    """0 means yes, as in ``kserver_main_page``."""

    def fits(self, sample: Sample) -> bool:
        return sample.name == self.metric and set(self.labels) <= set(sample.labels)


def meter_of(selector: str, fact: str) -> Meter:
    """Read a line of ``[metrics]``: ``name``, ``name{label="value"}``, ``name@label``, ``!name`` = fact.

    Raises:
        FormError: it is none of these, or there is no such fact.

    """
    found = METER.fullmatch(selector.strip())
    sample = read_sample(f"{found['sample'].strip()} 0") if found else None
    if found is None or sample is None:
        raise FormError(selector, 'нужно имя метрики, можно с метками: имя{метка="значение"}, имя@метка, !имя')
    counted = fact.removeprefix(TOTALS) if fact.startswith(TOTALS) else None
    if (counted is None and fact not in SINGLE) or (counted is not None and counted not in COUNTED):
        raise FormError(selector, f"нет такого факта: {fact}")
    return Meter(
        fact=fact,
        metric=sample.name,
        labels=sample.labels,
        label=found["label"] or "",
        fine_is_zero=bool(found["fine_is_zero"]),
    )


def read_metrics(
    samples: Sequence[Sample], meters: Iterable[Meter], reported_at: datetime | None, manner: Manner
) -> InstallationFacts | None:
    """Return what mapped metrics say; None = nothing is mapped that has come."""
    draft = Draft(manner)
    totals: dict[str, int] = {}
    heard = False
    for meter in meters:
        lines = [sample for sample in samples if meter.fits(sample)]
        if not lines:
            continue
        heard = True
        if meter.fact.startswith(TOTALS):
            _count(totals, meter.fact.removeprefix(TOTALS), _sum(lines))
        else:
            _take(draft, meter, lines)
    if not heard:
        return None
    if totals:
        draft.values["totals"] = Totals(**totals)
    if reported_at is not None:
        draft.values["reported_at"] = reported_at
    return drawn(draft.facts("metrics"))


def _take(draft: Draft, meter: Meter, lines: Sequence[Sample]) -> None:
    """Take one fact: of several lines numbers add up, of answers the worst counts, of words the first."""
    convert: Any = SINGLE[meter.fact]
    if meter.label:
        draft.single(meter.fact, [line.label(meter.label) for line in lines])
    elif convert in {truth, key}:
        fine = all((line.value == 0) if meter.fine_is_zero else (line.value > 0) for line in lines)
        draft.single(meter.fact, ["yes" if fine else "no"])
    elif convert is number:
        total = _sum(lines)
        if total is None or total < 0:
            draft.miss(meter.fact, Why.NO_NUMBER, str(lines[0].value))
        else:
            draft.single(meter.fact, [str(total)])
    elif isfinite(lines[0].value):
        draft.single(meter.fact, [f"{lines[0].value:.0f}"])


def _sum(lines: Sequence[Sample]) -> int | None:
    total = sum(line.value for line in lines)
    return int(total) if isfinite(total) and abs(total) <= 10**12 else None


def _count(totals: dict[str, int], name: str, value: int | None) -> None:
    if value is not None and value >= 0:
        totals[name] = totals.get(name, 0) + value


def meters_of(said: Mapping[str, str]) -> tuple[Meter, ...]:
    """Read all of ``[metrics]``.

    Raises:
        FormError: which line breaks which rule.

    """
    return tuple(meter_of(selector, fact) for selector, fact in said.items())
