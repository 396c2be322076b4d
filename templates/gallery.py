"""Prints every card with sample facts for fresh eyes to read: ``python -m templates.gallery``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime

from checks.model import Message
from templates import render, unmarked
from templates.sample_answers import ANSWERS
from templates.sample_digest import GLANCES
from templates.sample_duty import SAMPLES as DUTY
from templates.sample_signals import SIGNALS
from templates.sample_watch import WATCHES
from templates.sample_work import WORKS
from templates.samples import SAMPLES, Sample

EVERYTHING: tuple[Sample, ...] = (
    *SAMPLES,
    *ANSWERS,
    *WORKS,
    *WATCHES,
    *DUTY,
    *GLANCES,
    *SIGNALS,
)


def show(sample: Sample) -> str:
    """Return one card as a chat would show it, buttons in brackets."""
    message = message_of(sample)
    rows = (" ".join(f"[{button.text}]" for button in row) for row in message.buttons)
    return "\n".join([f"── {sample.title}", unmarked(message), *rows])


def message_of(sample: Sample) -> Message:
    now: datetime = sample.now
    return render(sample.template, now=now, **sample.facts)


def pages() -> Iterator[str]:
    return (show(sample) for sample in EVERYTHING)


if __name__ == "__main__":
    sys.stdout.write("\n\n".join(pages()) + "\n")
