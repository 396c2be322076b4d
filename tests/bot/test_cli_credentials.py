"""``smartbot credentials`` asks for the password, keeps it sealed, and never shows it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from checks.model import Purpose
from storage import credentials
from storage.database import Database
from storage.secrets import open_vault
from tests.talk import settle_estate


@pytest.fixture(autouse=True)
async def clients(database: Database) -> None:
    await settle_estate(database)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "secret.key"


def run(url: str, key_file: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    places = {"SMARTBOT_STORAGE__URL": url, "SMARTBOT_STORAGE__SECRET_KEY_FILE": str(key_file)}
    command = [sys.executable, "-m", "bot", "credentials", *words]
    environment = {**os.environ, **places}
    return subprocess.run(command, capture_output=True, text=True, env=environment, input=typed, check=False)


async def test_a_password_is_kept_for_the_check_user(database: Database, database_url: str, key_file: Path) -> None:
    done = run(database_url, key_file, "romashka", typed="hush\n")

    assert done.returncode == 0, done.stderr
    assert "hush" not in done.stdout + done.stderr
    async with database.read() as connection:
        found = await credentials.load(connection, "romashka", Purpose.LOGIN, vault=open_vault(None, key_file))
    assert found is not None
    assert (found.login, found.password.reveal()) == ("smartlogin", "hush")

    assert run(database_url, key_file, "romashka", "--forget").stdout == "Забыто.\n"
    assert run(database_url, key_file, "romashka", "--forget").stdout == "Забывать нечего.\n"


def test_no_password_and_no_client_are_told_in_one_line(database_url: str, key_file: Path) -> None:
    nothing = run(database_url, key_file, "romashka", typed="\n")
    nobody = run(database_url, key_file, "romashk", typed="hush\n")

    assert (nothing.returncode, nothing.stderr) == (1, "credentials: пароль не введён\n")
    assert (nobody.returncode, nobody.stderr) == (1, "credentials: нет клиента romashk; похожие: romashka\n")
