"""Which digests of nights are old: told by what is in them, and never the newest."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.app.purge_files import old_digests
from coach.reporting.digest import Digest, digest_day, is_digest, render_digest

BEFORE = datetime(2026, 3, 1, 12, tzinfo=UTC)


def told(folder: Path, day: str, name: str | None = None) -> Path:
    path = folder / (name or f"night-{day}-023000.md")
    path.write_text(render_digest(Digest(day, reviewed=3), "shift.html"), encoding="utf-8")
    return path


def test_those_before_the_time_are_old_and_the_newest_never_is(tmp_path: Path) -> None:
    old = [told(tmp_path, day) for day in ("2025-12-31", "2026-02-27")]
    recent = told(tmp_path, "2026-02-28")  # its night may have ended after noon, somewhere
    assert old_digests(tmp_path, BEFORE) == old
    recent.unlink()
    assert old_digests(tmp_path, BEFORE) == old[:1]
    old[0].unlink()
    assert old_digests(tmp_path, BEFORE) == []


def test_of_two_in_one_night_the_later_one_is_the_newest(tmp_path: Path) -> None:
    first, _ = told(tmp_path, "2026-01-01"), told(tmp_path, "2026-01-01", "night-2026-01-01-023000-2.md")
    assert old_digests(tmp_path, BEFORE) == [first]


def test_a_digest_is_known_by_its_content_and_not_by_when_it_was_copied(tmp_path: Path) -> None:
    kept = [told(tmp_path, "2026-03-01"), told(tmp_path, "2026-02-28", "night-2020-01-01-000000.md")]
    for path in kept:
        os.utime(path, (0, 0))
    assert old_digests(tmp_path, BEFORE) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"# My nights, 2020-01-01\n", b"# Last night, soon\n", b"a\n# Last night, 2020-01-01\n", b"\xff\xfe# Last"],
)
def test_what_is_no_digest_is_let_be_and_is_not_the_newest(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "night-9999-mine.md").write_bytes(content)
    told(tmp_path, "2020-01-02")
    assert old_digests(tmp_path, BEFORE) == []
    told(tmp_path, "2020-01-03")
    assert [path.name for path in old_digests(tmp_path, BEFORE)] == ["night-2020-01-02-023000.md"]


def test_a_digest_tells_its_own_day() -> None:
    text = render_digest(Digest("2026-03-01", failed=1), "shift.html")
    assert (is_digest(text), str(digest_day(text))) == (True, "2026-03-01")
    assert digest_day("# Last night, someday\n") is None
