"""Reads a ``.status`` upload: a first line ``date: <HTTP date>``, then Prometheus text. Never raises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any

from checks.reports import Broken, Sample

MAX_BYTES = 1_048_576
MAX_SAMPLES = 5_000
MAX_LINE = 8_192
MAX_LABELS = 64
MAX_TEXT = 200

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:.]*")
LABEL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*')
CLOSING = re.compile(r"\s*\}")
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?|[+-]?[Ii]nf|[Nn]a[Nn]")
TIMESTAMP = re.compile(r"-?[0-9]{1,19}")
ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFacts:
    """What a status report says. Unknown metrics are kept under their own names."""

    reported_at: datetime | None = None
    """The sender's own time (UTC); None if the line is missing or no date."""
    samples: tuple[Sample, ...] = ()
    skipped: int = 0
    """Lines that are no metrics and no comments."""
    broken: Broken | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "metrics": [[sample.name, dict(sample.labels), _plain(sample.value)] for sample in self.samples],
            "skipped": self.skipped,
        }


def read_status(body: bytes) -> StatusFacts:
    """Read ``body``; lines that make no sense are skipped and counted, ``broken`` says why the whole is useless."""
    if not body.strip():
        return StatusFacts(broken=Broken.EMPTY)
    if len(body) > MAX_BYTES:
        return StatusFacts(broken=Broken.TOO_LARGE)
    text = _decode(body)
    if "\0" in text:
        return StatusFacts(broken=Broken.NOT_TEXT)
    if text.lstrip()[:1] == "<":
        return StatusFacts(broken=Broken.HTML)
    first, _, rest = text.lstrip().partition("\n")
    dated = first.lower().startswith("date:")
    reported_at = http_date(first[5:]) if dated else None
    samples, skipped = _samples(rest if dated else text)
    return StatusFacts(
        reported_at=reported_at,
        samples=samples,
        skipped=skipped,
        broken=None if samples else Broken.NO_METRICS,
    )


def http_date(text: str) -> datetime | None:
    """Return the moment in UTC, None for anything that is no date. A date without a zone is taken as UTC."""
    try:
        parsed = parsedate_to_datetime(text.strip()[:64])
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _decode(body: bytes) -> str:
    for mark, encoding in BOMS.items():
        if body.startswith(mark):
            return body.decode(encoding, errors="replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("cp1251", errors="replace")


def _samples(text: str) -> tuple[tuple[Sample, ...], int]:
    samples: list[Sample] = []
    skipped = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        sample = read_sample(stripped) if len(stripped) <= MAX_LINE and len(samples) < MAX_SAMPLES else None
        if sample is None:
            skipped += 1
        else:
            samples.append(sample)
    return tuple(samples), skipped


def read_sample(line: str) -> Sample | None:
    """Read ``name{label="value",…} number [timestamp]``, labels in any order; None if it is something else."""
    name = NAME.match(line)
    if name is None:
        return None
    labels, position = _labels(line, name.end())
    if position is None:
        return None
    words = line[position:].split()
    if not 1 <= len(words) <= 2 or not NUMBER.fullmatch(words[0]):  # noqa: PLR2004 - value and timestamp
        return None
    if len(words) > 1 and not TIMESTAMP.fullmatch(words[1]):
        return None
    return Sample(name=name.group()[:MAX_TEXT], value=float(words[0]), labels=labels)


def _labels(line: str, position: int) -> tuple[tuple[tuple[str, str], ...], int | None]:
    """Return the labels from ``position`` on and where they end; no end if they are malformed."""
    while position < len(line) and line[position] in " \t":
        position += 1
    if line[position : position + 1] != "{":
        return (), position
    position += 1
    labels: dict[str, str] = {}
    while found := LABEL.match(line, position):
        if len(labels) < MAX_LABELS:
            labels[found[1][:MAX_TEXT]] = _unescape(found[2])[:MAX_TEXT]
        position = found.end()
        if line[position : position + 1] != ",":
            break
        position += 1
    closing = CLOSING.match(line, position)
    return tuple(labels.items()), closing.end() if closing else None


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[0]), text)


def _plain(value: float) -> float | str:
    return value if isfinite(value) else str(value)
