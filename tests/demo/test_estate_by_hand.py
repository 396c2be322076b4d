"""The estate can be started by hand: it says how to watch it and obeys lines of JSON."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


async def test_it_says_its_settings_obeys_and_ends_when_asked(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "demo.estate", "--free-ports", "--folder", str(tmp_path)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, cwd=ROOT)
    assert process.stdin
    assert process.stdout

    async def heard() -> Any:
        assert process.stdout
        return json.loads(await asyncio.wait_for(process.stdout.readline(), 10))

    settings = await heard()
    process.stdin.write(b'{"redirect": "r1", "state": "refuse"}\n{"redirect": "r1", "state": "sad"}\nwhat?\n')
    answers = [await heard() for _ in range(3)]
    process.send_signal(signal.SIGTERM)

    assert await asyncio.wait_for(process.wait(), 10) == 0
    process.stdin.close()
    assert settings["lists"] == [str(tmp_path / "redirects.csv"), str(tmp_path / "clients.csv")]
    assert [answer["ok"] for answer in answers] == [True, False, False]
    assert "known: ok" in answers[1]["error"]
