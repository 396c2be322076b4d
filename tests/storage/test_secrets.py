"""Passwords at rest cannot be read without the key, and the key is for its owner alone."""

from __future__ import annotations

import copy
import pickle
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from checks.secret import Secret
from storage.secrets import KeyFault, open_vault


def test_a_key_file_is_made_on_the_first_start_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret.key"

    sealed = open_vault(None, path).seal(Secret("hunter2"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret.key"]
    assert open_vault(None, path).open(sealed) == Secret("hunter2")


def test_a_key_file_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(Fernet.generate_key())
    path.chmod(0o644)

    open_vault(None, path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_environment_goes_first_and_may_hold_an_old_key_too(tmp_path: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = open_vault(old, tmp_path / "unused").seal(Secret("hunter2"))

    assert open_vault(f"{new}, {old}", tmp_path / "unused").open(sealed) == Secret("hunter2")
    assert open_vault(new, tmp_path / "unused").open(sealed) is None
    assert not (tmp_path / "unused").exists()


def test_a_bad_key_is_named_by_its_place_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="SECRET_KEY") as fault:
        open_vault("not-a-key-at-all", tmp_path / "x")
    assert "not-a-key" not in str(fault.value)

    (tmp_path / "bad").write_text("")
    with pytest.raises(KeyFault, match="bad"):
        open_vault(None, tmp_path / "bad")
    (tmp_path / "folder").mkdir()
    with pytest.raises(KeyFault, match="folder"):
        open_vault(None, tmp_path / "folder")


def test_files_are_packed_unreadably(tmp_path: Path) -> None:
    vault = open_vault(None, tmp_path / "key")
    packed = vault.pack(b"password " * 1000)

    assert b"password" not in packed
    assert len(packed) < 1000
    assert vault.unpack(packed) == b"password " * 1000
    assert open_vault(None, tmp_path / "other").unpack(packed) is None


def test_a_secret_does_not_leave_by_accident() -> None:
    secret = Secret("hunter2")

    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    for leak in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(secret)
