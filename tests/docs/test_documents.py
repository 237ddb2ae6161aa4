"""The documents say what the program does: commands, options, settings, exit codes, links."""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer
import typer.main

from coach.app.settings import KEYS
from coach.cli import app
from coach.conversation import errors

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    {
        *ROOT.glob("*.md"),
        *(
            path
            for folder in ("docs", "pipelines", "models", "reports", "tests")
            for path in (ROOT / folder).rglob("*.md")
        ),
    }
    - {*(ROOT / "reports" / "demo").rglob("*"), *(ROOT / "tests" / "golden").rglob("*")}
)
README = ROOT / "README.md"
RAISED_BY_NOBODY = {130: "interrupted from the keyboard, by the shell's own rule", 0: "all went well", 1: "ours"}

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)", re.DOTALL)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=named)


def command_lines(text: str) -> Iterator[str]:
    """Yield every ``coach …`` in code: whole lines of shell examples, and spans within sentences."""
    for language, block in FENCE.findall(text):
        if language in ("sh", "console", "bash"):
            for line in block.splitlines():
                bare = line.removeprefix("$ ").strip().removeprefix(".venv/bin/")
                if re.match(r"coach\b(?!:)", bare):
                    yield bare
    for span in CODE.findall(FENCE.sub("", text)):
        if re.match(r"coach [a-z-]", span):
            yield span


Command = Any
"""Typer carries a copy of click, whose classes have no public name."""

USAGE_ERROR = typer.BadParameter.__mro__[1]


@cache
def root() -> Command:
    return typer.main.get_command(app)


def below(command: Command) -> dict[str, Command]:
    """Return a command's own commands; none for one that does something itself."""
    found: dict[str, Command] = getattr(command, "commands", {})
    return found


def complaint(line: str) -> str | None:
    """Return what the program would have against a command line, ``None`` when it understands it."""
    words = [word for word in shlex.split(line, comments=True)[1:] if word != "…"]
    command = root()
    while below(command) and words and not words[0].startswith("-"):
        if words[0] not in below(command):
            return f"there is no command {words[0]!r} in {command.name!r}"
        command, words = below(command)[words[0]], words[1:]
    if not words or {"--help", "--version"} & set(words) or below(command):
        return None  # a sentence may name a command without what it is given
    try:
        command.make_context(command.name, words)
    except USAGE_ERROR as error:
        return str(error)
    return None


@each_document
def test_every_command_in_a_document_is_understood(path: Path) -> None:
    wrong = {line: why for line in command_lines(path.read_text("utf-8")) if (why := complaint(line))}
    assert not wrong


def test_a_command_that_does_not_exist_is_found_out() -> None:
    assert complaint("coach review call.wav --swop") is not None
    assert complaint("coach revue call.wav") is not None
    assert complaint("coach review call.wav --swap  # and a remark") is None


def test_the_readme_has_commands_at_all() -> None:
    assert len(set(command_lines(README.read_text("utf-8")))) >= 10


def options() -> set[str]:
    """Return every option of every command."""
    found: set[str] = set()
    waiting = [root()]
    while waiting:
        command = waiting.pop()
        found.update(name for each in command.params for name in (*each.opts, *each.secondary_opts))
        waiting.extend(below(command).values())
    return found | {"--help"}


OTHERS = {
    "--local-dir",
    "--picture-only",
    "--no-deps",
    "--split",
    "--role",
    "--strip",
    "--wer",
    "--only",
    "--quality",
    "--semantic",
}
"""Options of other programs that documents speak of."""


@each_document
def test_every_option_in_a_document_exists(path: Path) -> None:
    text = FENCE.sub("", path.read_text("utf-8"))
    said = {word for span in CODE.findall(text) for word in re.findall(r"(?<![\w-])--[a-z][a-z-]*", span)}
    assert said - options() - OTHERS == set()


def test_the_commands_of_the_makefile_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    text = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    said = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
    assert {"demo", "test"} <= said <= targets


def rows(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its head."""
    part = text.split(f"\n{heading}\n", 1)[1]
    lines = [line for line in re.split(r"\n#+ ", part)[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_every_setting_is_in_the_readme_and_nothing_else() -> None:
    table = rows(README.read_text("utf-8"), "## Settings")
    assert [row[0].strip("`") for row in table] == list(KEYS)


def test_the_defaults_in_the_readme_are_those_of_the_program() -> None:
    said = {row[0].strip("`"): row[2] for row in rows(README.read_text("utf-8"), "## Settings")}
    for name, key in KEYS.items():
        if isinstance(key.default, bool):
            assert said[name] == ("yes" if key.default else "no")
        elif isinstance(key.default, float):
            assert said[name] == f"{key.default:g}"
        elif isinstance(key.default, str):
            assert f"`{key.default}`" in said[name]
        elif isinstance(key.default, tuple):
            assert re.findall(r"`(\w+)`", said[name]) == list(key.default)
        else:
            assert "`" not in said[name]


def test_every_exit_code_is_in_the_readme_and_nothing_else() -> None:
    table = {int(row[0]) for row in rows(README.read_text("utf-8"), "## Exit codes")}
    classes = [found for _, found in inspect.getmembers(errors, inspect.isclass)]
    used = {found.exit_code for found in classes if issubclass(found, errors.CoachError)}
    assert table == used | set(RAISED_BY_NOBODY)


@each_document
def test_every_link_leads_somewhere(path: Path) -> None:
    lost = []
    for target in LINK.findall(FENCE.sub("", path.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / unquote(file)).resolve() if file else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)
    assert not lost


def anchors(path: Path) -> set[str]:
    """Return the anchors of a document's headings, as code forges make them."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.casefold()).replace(" ", "-") for head in heads}


@each_document
def test_no_document_promises_what_nobody_can(path: Path) -> None:
    text = " ".join(path.read_text("utf-8").casefold().split())
    for promise in ("pci compliant", "pci-compliant", "pci compliance", "100% accurate", "guaranteed to"):
        assert promise not in text


def test_the_changelog_has_a_place_for_what_comes() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "\n## [Unreleased]\n\n### Added\n" in text


def test_every_decision_is_listed_and_has_its_three_parts() -> None:
    folder = ROOT / "docs" / "adr"
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [name[:4] for name in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    listed = LINK.findall((folder / "README.md").read_text("utf-8"))
    assert listed == pages
    for name in pages:
        text = (folder / name).read_text("utf-8")
        assert text.startswith(f"# {int(name[:4])}. ")
        for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert part in text


def test_every_folder_that_people_change_says_what_reads_it() -> None:
    for folder in ("pipelines", "models", "reports", "tests", "docs"):
        assert (ROOT / folder / "README.md").is_file()


def test_every_requirement_has_its_reason() -> None:
    wanted = re.findall(r"^([a-z][\w-]*)", (ROOT / "requirements" / "run.in").read_text("utf-8"), re.MULTILINE)
    text = (ROOT / "docs" / "adr" / "0008-dependencies.md").read_text("utf-8")
    reasons = set(re.findall(r"[\w-]+", " ".join(re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE))))
    assert set(wanted) - {"hatchling", "editables"} <= reasons
