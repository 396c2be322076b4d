"""What README and the guides tell is there: files, pictures, commands, alerts, columns, keys."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot.__main__ import parser
from bot.config import Config
from checks.access import COMMANDS
from checks.catalogue import ROWS
from checks.readers.lines import CLIENT_COLUMNS, REDIRECT_COLUMNS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "deploy").glob("*.md")]
PICTURES = sorted((ROOT / "docs" / "img").glob("*.png"))
ADMIN = (ROOT / "docs" / "administrator.md").read_text()
TEXTS = "\n".join(page.read_text() for page in PAGES)
KIB = 1024


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchor(title: str) -> str:
    """Return what a heading is called in links, as hosts of repositories do it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text()
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    anchors = {f"#{anchor(title)}" for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}

    for link in links:
        if link.startswith("#"):
            assert link in anchors
        elif not link.startswith("http"):
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_every_picture_is_shown_and_small(picture: Path) -> None:
    assert f"img/{picture.name}" in TEXTS
    assert picture.stat().st_size < 200 * KIB


def test_make_knows_the_targets_told() -> None:
    makefile = (ROOT / "Makefile").read_text()

    for target in set(re.findall(r"(?:^ {4}|`)make (\w+)", TEXTS, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_command_line_knows_the_commands_told() -> None:
    known = parser().format_help()

    for command in set(re.findall(r"\b(?:smartbot|bot) (config|import|admin-code|token|look|inspect|db|run)\b", TEXTS)):
        assert command in known
    told = set(re.findall(r"`smartbot ([a-z-]+)", TEXTS))
    assert told <= set(re.findall(r"^ {4}([a-z-]+) ", known, re.MULTILINE))


def test_the_bot_knows_the_commands_told() -> None:
    told = set(re.findall(r"`/([a-z]+)[ `]", TEXTS)) - {"start", "readyz", "healthz", "metrics", "upload"}

    assert told <= set(COMMANDS)


def test_the_administrator_is_told_every_column_and_no_other() -> None:
    clients, redirects = ADMIN.split("### Клиенты")[1].split("### Серверы переадресации")

    assert re.findall(r"^\| `(\w+)`", clients, re.MULTILINE) == list(CLIENT_COLUMNS)
    assert re.findall(r"^\| `(\w+)`", redirects.split("### ")[0], re.MULTILINE) == list(REDIRECT_COLUMNS)


def test_the_names_given_to_columns_are_understood() -> None:
    aliases = {alias for column in (*CLIENT_COLUMNS.values(), *REDIRECT_COLUMNS.values()) for alias in column.aliases}

    for row in re.findall(r"^\| `\w+` \| ([^|]*) \|", ADMIN, re.MULTILINE):
        told = {row.strip()} if row.strip() in aliases else {word.strip() for word in row.split(",")}
        assert told <= aliases


def test_the_administrator_is_told_of_every_alert_that_opens_an_incident() -> None:
    told = set(re.findall(r"\b[A-Z][a-z]+[A-Z][A-Za-z0-9]+\b", ADMIN)) | set(re.findall(r"SmartXMLfileIsToOld", ADMIN))
    opening = {code for code, row in ROWS.items() if row.opens}

    assert opening - told <= {"StorageTrouble"}


def test_examples_of_configuration_are_accepted() -> None:
    for example in re.findall(r"```toml\n(.*?)```", TEXTS, re.DOTALL):
        Config.model_validate(tomllib.loads(example))


def test_keys_told_are_keys_of_the_configuration() -> None:
    for section, key in re.findall(r"\[(\w+)\] ([a-z_]+)\b", TEXTS):
        fields = Config.model_fields[section].annotation.model_fields  # type: ignore[union-attr]
        assert key in fields, f"[{section}] {key}"
