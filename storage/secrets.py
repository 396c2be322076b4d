"""Keeps passwords and lists with passwords unreadable at rest; the key comes from the environment or a file."""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from checks.secret import Secret


class KeyFault(Exception):  # noqa: N818 - "key fault" says it
    """The key cannot be used; the message names where it came from, never the key."""


class Vault:
    """Seals with the first key, opens with any: an old key stays behind the new one while passwords are renewed."""

    def __init__(self, *keys: bytes) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def __repr__(self) -> str:
        return "Vault(•••)"

    def seal(self, secret: Secret) -> bytes:
        return self._fernet.encrypt(secret.reveal().encode())

    def open(self, sealed: bytes) -> Secret | None:
        """Return the secret; None when it was sealed with another key or was spoilt."""
        try:
            return Secret(self._fernet.decrypt(sealed).decode())
        except InvalidToken:
            return None

    def pack(self, content: bytes) -> bytes:
        """Compress and seal a whole file."""
        return self._fernet.encrypt(zlib.compress(content))

    def unpack(self, sealed: bytes) -> bytes | None:
        try:
            return zlib.decompress(self._fernet.decrypt(sealed))
        except InvalidToken:
            return None


def open_vault(key: str | None, key_file: Path) -> Vault:
    """Open with ``key`` (one or several, by commas), else with the key file, which is made on the first start.

    Raises:
        KeyFault: the key is no Fernet key, or the file can be neither read nor made.

    """
    if key:
        return _vault([one.strip().encode() for one in key.split(",")], "SMARTBOT_STORAGE__SECRET_KEY")
    try:
        content = _read_or_make(key_file)
    except OSError as error:
        raise KeyFault(f"{key_file}: {error.strerror or error}") from error
    return _vault(content.split(), str(key_file))


def _vault(keys: list[bytes], source: str) -> Vault:
    try:
        return Vault(*keys)
    except ValueError:
        raise KeyFault(f"{source}: нужен ключ Fernet, 32 байта в base64") from None


def _read_or_make(path: Path) -> bytes:
    """Read the key file, or make it for its owner alone; of two processes that start at once one makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(FileNotFoundError):
            draft.unlink()
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    path.chmod(0o600)
    return path.read_bytes()
