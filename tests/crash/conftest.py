"""A scene with the present schema for every death."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.crash.scene import Scene, open_scene

AT_ONCE = """
[thresholds.RedirectServerDown]
failures = 1
successes = 1
"""


@pytest.fixture
async def scene(tmp_path: Path, empty_database: Path) -> AsyncIterator[Scene]:
    shutil.copy(empty_database, tmp_path / "smartbot.sqlite")
    async with open_scene(tmp_path, more=AT_ONCE) as opened:
        yield opened
