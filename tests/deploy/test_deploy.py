"""What deploy/ ships is accepted by the programs that will read it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

DEPLOY = Path(__file__).parents[2] / "deploy"
SYSTEMD, NGINX = shutil.which("systemd-analyze"), shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
BINARY = "/opt/smartbot/.venv/bin/smartbot"
EXPOSURE = 20
"""Tenths of systemd's own measure, 0 safest … 100; services without any hardening have 96."""


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there in place of the one that is not installed here."""
    path = tmp_path / "smartbot.service"
    path.write_text((DEPLOY / path.name).read_text().replace(BINARY, sys.executable))
    return path


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed")
def test_systemd_understands_every_line_of_the_unit(unit: Path) -> None:
    told = run(SYSTEMD, "verify", "--man=no", str(unit))

    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed")
def test_the_service_may_do_little(unit: Path) -> None:
    told = run(SYSTEMD, "security", "--offline=yes", f"--threshold={EXPOSURE}", "--no-pager", str(unit))

    assert told.returncode == 0, told.stdout[-400:] + told.stderr


def test_the_unit_runs_the_command_that_the_package_installs() -> None:
    lines = (DEPLOY / "smartbot.service").read_text().splitlines()

    assert f"ExecStart={BINARY} run --config /etc/smartbot/config.toml" in lines
    assert "KillSignal=SIGTERM" in lines


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_nginx_accepts_the_snippet(tmp_path: Path) -> None:
    told = run(NGINX, "-t", "-q", "-p", str(tmp_path), "-c", str(wrapped(tmp_path, free_port())))

    assert told.returncode == 0, told.stderr


def test_the_snippet_lets_in_what_clients_need_and_no_more() -> None:
    text = (DEPLOY / "nginx.conf").read_text()

    assert "client_max_body_size 25m;" in text
    assert "$request_uri" not in text
    assert "$args" not in text
    assert '"$request"' not in text
    assert "location /                 { return 404; }" in text


def wrapped(folder: Path, port: int) -> Path:
    """Write a whole configuration around the snippet, with a certificate, that needs no rights."""
    issued = trustme.CA().issue_cert("smart.example.ru")
    issued.cert_chain_pems[0].write_to_path(folder / "fullchain.pem")
    issued.private_key_pem.write_to_path(folder / "privkey.pem")
    snippet = (DEPLOY / "nginx.conf").read_text()
    snippet = snippet.replace("/etc/ssl/smartbot/", f"{folder}/").replace("/var/log/nginx/", f"{folder}/")
    snippet = snippet.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace(
        "    listen [::]:443 ssl;\n", ""
    )
    (folder / "snippet.conf").write_text(snippet)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} include {folder}/snippet.conf; }}\n"
    )
    return whole


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
