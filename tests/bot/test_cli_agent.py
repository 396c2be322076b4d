"""``smartbot agent`` writes an archive that only its owner reads, or says in one line why not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from storage.database import Database
from tests.talk import settle_estate

PUBLIC = "https://smart.example.ru"


@pytest.fixture(autouse=True)
async def estate(database: Database) -> None:
    await settle_estate(database)


def agent(database_url: str, *words: str, public_url: str = PUBLIC) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SMARTBOT_STORAGE__URL": database_url, "SMARTBOT_SERVER__PUBLIC_URL": public_url}
    command = [sys.executable, "-m", "bot", "agent", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_an_archive_is_made(database_url: str, tmp_path: Path) -> None:
    done = agent(database_url, "romashka", "--os", "linux", "--to", str(tmp_path))

    path = tmp_path / "smartbot-romashka-linux.zip"
    assert (done.returncode, done.stdout.strip()) == (0, str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    with ZipFile(path) as archive:
        assert f"{PUBLIC}/upload?token=sb_" in archive.read("smartbot.curl").decode()

    again = agent(database_url, "romashka", "--os", "linux", "--to", str(tmp_path))
    assert again.returncode == 1
    assert "уже есть" in again.stderr


@pytest.mark.parametrize(
    ("name", "system", "public_url", "said"),
    [
        ("romashk", "linux", PUBLIC, (1, "agent: нет клиента romashk; похожие: romashka")),
        ("rom ashka", "linux", PUBLIC, (1, "agent: нет клиента rom ashka")),
        ("romashka", "beos", PUBLIC, (2, "smartbot agent: ")),
        ("romashka", "windows", "", (2, "server.public_url: ")),
        ("romashka", "windows", "https://x/$(id)", (2, "server.public_url: ")),
    ],
)
def test_what_is_wrong_is_one_line(  # noqa: PLR0917 - two fixtures and a row
    database_url: str, tmp_path: Path, name: str, system: str, public_url: str, said: tuple[int, str]
) -> None:
    done = agent(database_url, name, "--os", system, "--to", str(tmp_path), public_url=public_url)

    code, why = said
    assert done.returncode == code
    assert done.stderr.startswith(why)
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.glob("*.zip")) == []
