"""A scene with the present schema for every death."""

from __future__ import annotations

import gc
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.crash.scene import Scene, open_scene

AT_ONCE = """
[thresholds.RedirectServerDown]
failures = 1
successes = 1
"""


@pytest.fixture(autouse=True)
def loose_ends_stay_here() -> Iterator[None]:
    """Let go of what killed peers left behind now, not in the middle of somebody else's test."""
    yield
    gc.collect()


@pytest.fixture
async def scene(tmp_path: Path, empty_database: Path) -> AsyncIterator[Scene]:
    shutil.copy(empty_database, tmp_path / "smartbot.sqlite")
    async with open_scene(tmp_path, more=AT_ONCE) as opened:
        yield opened
