"""What practice prints, word for word; ``COACH_UPDATE_GOLDEN=1`` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command import coach

HERE = Path(__file__).parent / "practice"

COMMANDS: dict[str, list[str]] = {
    "list.txt": ["--list"],
    "customer.txt": ["shut-off"],
    "chair.txt": ["late-fee", "--seat", "customer"],
    "good.txt": ["late-fee", "--answer", "Eleven years on time, and then a week in the hospital. That's upsetting."],
    "scripted.txt": ["not-until", "--answer", "I understand your frustration. It's our policy not to remove charges."],
    "solved.txt": ["misread", "--answer", "I'll send somebody out tomorrow to read it again."],
    "plain.txt": ["due-date", "--answer", "The fourteenth."],
    "forced.txt": ["due-date", "--answer", "That must be so stressful, I'm very sorry. The fourteenth."],
    "room.txt": ["shut-off-daughter", "--answer", "It's a hundred and ninety, and you can pay it online."],
    "log.txt": ["--log"],
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_printed(name: str, tmp_path: Path) -> None:
    ran = coach("practice", *COMMANDS[name], cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert all(len(line) <= 80 for line in ran.stdout.splitlines())
    path = HERE / name
    if os.environ.get("COACH_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(ran.stdout, encoding="utf-8")
    assert ran.stdout == path.read_text(encoding="utf-8")
