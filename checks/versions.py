"""Versions of the software as Техэксперт numbers them: four numbers, compared as numbers, never as text."""

from __future__ import annotations

import re
from typing import TypeAlias

Version: TypeAlias = tuple[int, ...]

WRITTEN = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6}){3}")


def parse(text: str | None) -> Version | None:
    """Read ``6.4.3.59``; None for anything else."""
    if text is None or not WRITTEN.fullmatch(text.strip()):
        return None
    return tuple(int(part) for part in text.strip().split("."))


def below(version: str | None, required: str | None) -> bool | None:
    """Tell whether ``version`` is older than the required one; None = one of them is not known."""
    mine, wanted = parse(version), parse(required)
    return None if mine is None or wanted is None else mine < wanted
