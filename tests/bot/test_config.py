"""Each mistake in the configuration is one line that names file, key and rule; the shipped file is the reference."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.config import Config, ConfigError, load

ROOT = Path(__file__).parents[2]
WRONG = sorted((ROOT / "tests/testdata/config").glob("*.toml"))


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_wrong_file_is_told_in_one_line_that_names_file_key_and_rule(path: Path) -> None:
    key, _, rule = path.read_text().splitlines()[0].removeprefix("# ").partition(" | ")

    with pytest.raises(ConfigError) as caught:
        load(path, {})

    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith(f"{path}: ")
    assert rule in said
    if not key.startswith("("):
        assert f": {key}" in said


def test_a_secret_is_never_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        load(ROOT / "tests/testdata/config/token_in_file.toml", {})

    assert "do-not-write-me-here" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: нет такого файла"):
        load(tmp_path / "none.toml", {})


def test_the_shipped_file_says_what_holds_without_it() -> None:
    shipped, bare = load(ROOT / "config.toml", {}), Config()
    networks = {"look": {"allow_networks"}}

    assert shipped.model_dump(exclude=networks) == bare.model_dump(exclude=networks)
    assert len(shipped.look.allow_networks) == 4


def keys_of(section: type[BaseModel]) -> set[str]:
    return set(section.model_fields)


def test_the_shipped_file_names_every_key() -> None:
    text = (ROOT / "config.toml").read_text()
    sections = {name: field.default for name, field in Config.model_fields.items()}

    for name, default in sections.items():
        if not isinstance(default, BaseModel):
            assert name in text
            continue
        begin = text.index(f"[{name}]")
        rest = text[begin : text.find("\n[", begin + 1)] if "\n[" in text[begin + 1 :] else text[begin:]
        for key in keys_of(type(default)) - {"token", "secret_key", "upload_token", "url"}:
            assert f"{key} =" in rest or f"[{name}.{key}]" in text, f"{name}.{key} is not in config.toml"


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[look]\ninterval = "60s"\n')
    environment = {
        "SMARTBOT_LOOK__INTERVAL": "20s",
        "SMARTBOT_LOOK__CONCURRENCY": "7",
        "SMARTBOT_LOOK__ALLOW_NETWORKS": '["127.0.0.0/8"]',
        "SMARTBOT_TELEGRAM__TOKEN": "12345:hush",
        "SMARTBOT_LOG": "debug",
        "OTHER__THING": "x",
    }

    config = load(path, environment)

    assert config.look.interval == timedelta(seconds=20)
    assert config.look.concurrency == 7
    assert config.token() == "12345:hush"
    assert config.log == "debug"
    assert "hush" not in repr(config)


def test_a_wrong_environment_value_is_told_too(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.touch()

    with pytest.raises(ConfigError, match=r"look\.concurrency: нужно целое число"):
        load(path, {"SMARTBOT_LOOK__CONCURRENCY": "many"})


def test_the_token_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("123:abc\n")
    (tmp_path / "empty").write_text("\n")
    path = tmp_path / "config.toml"
    path.touch()

    def token(file: str) -> str | None:
        return load(path, {"SMARTBOT_TELEGRAM__TOKEN_FILE": str(tmp_path / file)}).token()

    assert token("token") == "123:abc"
    with pytest.raises(ConfigError, match="файл пуст"):
        token("empty")
    with pytest.raises(ConfigError, match="файл не читается"):
        token("missing")


def test_the_command_line_ends_with_two_and_one_line() -> None:
    wrong = ROOT / "tests/testdata/config/unknown_key.toml"

    ended = subprocess.run(
        [sys.executable, "-m", "bot", "--config", str(wrong), "config", "check"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "look.intervall: нет такого ключа" in ended.stderr


def test_every_wrong_file_is_toml_but_the_one_that_must_not_be() -> None:
    broken = [path.stem for path in WRONG if not _parses(path)]

    assert broken == ["not_toml"]


def _parses(path: Path) -> bool:
    try:
        tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError:
        return False
    return True
