"""How a bot is to watch the estate: what its configuration needs, and the files that it reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a bot has to be told in order to watch the estate."""

    dns_servers: tuple[str, ...]
    allow_networks: tuple[str, ...]
    reference_hosts: tuple[str, ...]
    reference_names: tuple[str, ...]
    lists: tuple[Path, ...]
    """Files to import, in this order."""
    upload_token_file: Path
    """The distributor's token that reports carry; the intake must know it."""
    ca_file: Path | None = None
    """Issuer to trust, where some clients speak TLS."""
    logins: tuple[str, ...] = ()
    """Clients that let the check user in."""


def keep_token(path: Path) -> Path:
    """Make a secret on the first start, readable by its owner only; later starts find it."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"{token_urlsafe(24)}\n", encoding="ascii")
    return path
