"""What the scripts at a client are made of: which files for which system, and what may stand in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b


class System(StrEnum):
    """What a client's server runs."""

    WINDOWS = "windows"
    LINUX = "linux"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the bundle; ``private`` = it holds a secret, or will."""

    name: str
    template: str
    runs: bool = False
    private: bool = False


CLIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ADDRESS = re.compile(r"https?://[A-Za-z0-9._\-\[\]:]+(?:/[A-Za-z0-9._~/-]*)?")
"""What a shell, a batch file and curl's own file take literally, whatever they are."""

COMMON = (
    Part("smartbot.curl", "agent_smartbot.curl", private=True),
    Part("kodeks.curl", "agent_kodeks.curl", private=True),
)
PARTS: Mapping[System, tuple[Part, ...]] = {
    System.LINUX: (
        Part("ПРОЧТИ.txt", "agent_linux_readme.txt"),
        Part("install.sh", "agent_linux_install.sh", runs=True),
        Part("settings.sh", "agent_linux_settings.sh"),
        Part("smartstatus.sh", "agent_linux_smartstatus.sh", runs=True),
        Part("smartupload.sh", "agent_linux_smartupload.sh", runs=True),
        Part("smartstatus.service", "agent_linux_smartstatus.service"),
        Part("smartstatus.timer", "agent_linux_smartstatus.timer"),
        Part("smartupload.service", "agent_linux_smartupload.service"),
        Part("smartupload.timer", "agent_linux_smartupload.timer"),
        Part("smartbot.cron", "agent_linux_smartbot.cron"),
        *COMMON,
    ),
    System.WINDOWS: (
        Part("ПРОЧТИ.txt", "agent_windows_readme.txt"),
        Part("install.bat", "agent_windows_install.bat"),
        Part("settings.bat", "agent_windows_settings.bat"),
        Part("smartstatus.bat", "agent_windows_smartstatus.bat"),
        Part("smartupload.bat", "agent_windows_smartupload.bat"),
        *COMMON,
    ),
}


def may_be_named(client: str) -> bool:
    """Tell whether the name can stand in a script as it is."""
    return CLIENT.fullmatch(client) is not None


def intake_address(public_url: str) -> str | None:
    """Return where reports go, without a slash at the end; None when there is no address that scripts can use."""
    return public_url.rstrip("/") if ADDRESS.fullmatch(public_url) else None


def minute_of(client: str) -> int:
    """Return the client's own minute of the hour: thousands of scripts must not report in one."""
    return int.from_bytes(blake2b(client.encode(), digest_size=4).digest()) % 60
