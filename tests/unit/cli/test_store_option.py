"""A password in a store's URL is warned of on every command that takes one, and never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import coach
from nights import write_night

from coach.cli import stores

HIDDEN = "hunter2-8817"
NOWHERE = f"coach:{HIDDEN}@127.0.0.1:1/nothing"
"""A server that is not there."""

COMMANDS = (
    ("shift", "calls"),
    ("purge", "--agent", "Ann", "--yes"),
    ("looks",),
    ("answers", "list"),
    ("answers", "sheet"),
    ("doctor",),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_it_is_warned_of_and_not_repeated(tmp_path: Path, command: tuple[str, ...]) -> None:
    ran = coach(*command, "--store", f"postgresql+psycopg://{NOWHERE}", cwd=tmp_path)

    assert "put it into PGPASSWORD or ~/.pgpass" in ran.stderr
    assert HIDDEN not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        (None, False),
        ("shift.sqlite", False),
        ("C:/a:b@c/shift.sqlite", False),
        ("sqlite:///a:b@c/shift.sqlite", False),
        ("postgresql+psycopg://coach@db/shift", False),
        ("postgresql+psycopg://coach@/shift?host=/run/a:b@c", False),
        (f"postgresql://{NOWHERE}", True),
        (f"postgresql://coach@db/shift?connect_timeout=3&password={HIDDEN}", True),
        (f"postgresql://coach:{HIDDEN}@127.0.0.1/a@b", True),
    ],
)
def test_what_holds_a_password(url: str | None, warned: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert stores.named(url) == url
    told = capsys.readouterr().err
    assert bool(told) == warned
    assert HIDDEN not in told


@pytest.mark.parametrize("command", ["nightly", "watch"])
@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_one_in_a_nights_recipe_is_warned_of(tmp_path: Path, command: str, mode: int) -> None:
    recipe = write_night(tmp_path, store=f"postgresql+psycopg://{NOWHERE}")
    recipe.chmod(mode)
    typed = (command, recipe, *(("--times", "1") if command == "watch" else ()))

    ran = coach(*typed, cwd=tmp_path)
    quiet = coach(*typed, "--quiet", cwd=tmp_path)

    assert (ran.returncode, quiet.returncode) == (5, 5)  # the server is not there
    assert "night.toml holds the database's password. Leave it out of the URL" in " ".join(ran.stderr.split())
    assert (f"chmod 600 {recipe}" in ran.stderr) == (mode != 0o600)
    assert ("chmod 600" in quiet.stderr) == (mode != 0o600)  # each night's mail need not repeat what can be borne
    assert ("password" in quiet.stderr.replace("PGPASSWORD", "")) == (mode != 0o600)
    assert HIDDEN not in "".join((*ran[1:], *quiet[1:]))


def test_a_recipe_without_one_is_not_warned_of(tmp_path: Path) -> None:
    ran = coach("nightly", write_night(tmp_path), cwd=tmp_path)
    assert "password" not in ran.stderr
