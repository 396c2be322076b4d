"""Reads sysinfo files in a process of its own: strangers' files stall nobody, and may take only so much memory.

Speaks over its pipes: first the forms as JSON, then for each file a line of JSON (``zone``, ``path`` or ``size``) and,
without a path, that many bytes; answers each with eight digits, the length of the JSON that follows.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from checks.hours import zone_of
from checks.model.installation import InstallationFacts
from checks.readers.forms import Form
from checks.readers.sysinfo import Sysinfo, read_sysinfo
from checks.readers.values import MOSCOW
from checks.reports import Broken
from checks.written import read, write

MEMORY = 200 * 1024 * 1024
"""Bytes of its own that the process may take; a file that wants more is broken."""
LENGTH = 8


def main() -> None:
    """Serve until the other side closes."""
    _bound()
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer every file that is asked about."""
    forms = [_form(said) for said in json.loads(source.readline())]
    while line := source.readline():
        answer = _answer(json.loads(line), source, forms)
        sink.write(f"{len(answer):0{LENGTH}}".encode() + answer)
        sink.flush()


def answered(answer: bytes) -> Sysinfo:
    """Read what the process answered."""
    said = json.loads(answer)
    broken = said.get("broken")
    return Sysinfo(
        facts=read(said["facts"]),
        broken=Broken(broken) if broken else None,
        detail=str(said.get("detail", "")),
    )


def introduced(forms: Sequence[Form]) -> bytes:
    """Return the first line for the process."""
    return json.dumps([asdict(form) for form in forms]).encode() + b"\n"


def _answer(asked: Mapping[str, Any], source: IO[bytes], forms: Sequence[Form]) -> bytes:
    zone = zone_of(asked.get("zone"), MOSCOW)
    try:
        if path := asked.get("path"):
            with Path(path).open("rb") as file:
                found = read_sysinfo(file, zone=zone, forms=forms)
        else:
            found = read_sysinfo(BytesIO(source.read(asked["size"])), zone=zone, forms=forms)
        return _written(found)
    except (OSError, MemoryError) as error:
        return _written(Sysinfo(broken=Broken.UNREADABLE, detail=type(error).__name__))


def _written(found: Sysinfo) -> bytes:
    facts = InstallationFacts() if found.broken else found.facts
    said = {"facts": write(facts), "broken": found.broken, "detail": found.detail}
    return json.dumps(said, ensure_ascii=True).encode()


def _form(said: Mapping[str, Any]) -> Form:
    lists = {"sqlite": tuple(said["sqlite"]), "dates": tuple(said["dates"]), "yes": tuple(said["yes"])}
    return Form(**{**said, **lists, "no": tuple(said["no"])})


def _bound() -> None:
    """Take what the system lets us take from ourselves: memory, files, priority."""
    with suppress(ImportError, ValueError, OSError):
        import os  # noqa: PLC0415 - POSIX only
        import resource  # noqa: PLC0415

        os.nice(5)
        for what, limit in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
            resource.setrlimit(what, (limit, limit))


if __name__ == "__main__":
    main()
