"""``coach progress``, and what ``coach review`` leaves in the person's own library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import coach, load

from coach.app import library

HEAVY = ("sqlalchemy", "alembic", "pandas", "pyarrow", "weasyprint")


def told(transcript: Path, number: int) -> Path:
    """Return the same call with another word in it, so that it is another call."""
    words = json.loads(transcript.read_text(encoding="utf-8"))
    segment = words["segments"][1]
    segment["words"][-1]["word"] = f"right{'o' * number}"
    path = transcript.with_name(f"call-{number}.json")
    path.write_text(json.dumps(words), encoding="utf-8")
    return path


def review(transcript: Path, number: int, cwd: Path, *more: object, **environment: str) -> None:
    ran = coach("review", "--transcript", told(transcript, number), *more, cwd=cwd, **environment)
    assert ran.returncode == 0, ran.stderr
    assert "library" not in ran.stderr


def kept() -> int:
    if not library.exists():
        return 0
    with library.open_library() as store:
        return len(store.calls())


def test_before_the_first_review_it_says_how_it_fills_and_makes_nothing(tmp_path: Path) -> None:
    ran = coach("progress", cwd=tmp_path)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "coach review" in ran.stdout
    assert not library.folder().exists()
    assert list(tmp_path.iterdir()) == []


def test_reviews_add_up_and_the_third_gives_another_idea(tmp_path: Path, transcript: Path) -> None:
    for number in range(3):
        review(transcript, number, tmp_path)
    reviews = [load(tmp_path / "coaching" / f"call-{n}.json") for n in range(3)]
    tried = [(one["coaching"]["try"] or {}).get("skill") for one in reviews]

    assert tried[0] == tried[1]
    assert tried[2] != tried[0]
    assert ["because_of" in one["coaching"] for one in reviews] == [False, False, True]
    because = reviews[2]["coaching"]["because_of"]
    assert because["passed_over"] == tried[0]
    assert because["calls"] == [one["source"] for one in reviews[:2]]
    assert len({one["provenance"]["fingerprint"] for one in reviews}) == 1
    found = [[moment["kind"] for moment in one["moments"]] for one in reviews]
    assert found[0] == found[1] == found[2]  # what is found depends on the call alone
    ran = coach("progress", cwd=tmp_path)
    assert "3 calls so far" in ran.stdout
    assert "| Saying it back" in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 80


def test_what_came_after_makes_no_call_new(tmp_path: Path, transcript: Path) -> None:
    for number in range(3):
        review(transcript, number, tmp_path)
    before = (tmp_path / "coaching" / "call-0.json").read_bytes()

    for switch in ("true", "false"):
        ran = coach("review", "--transcript", told(transcript, 0), cwd=tmp_path, COACH_LIBRARY=switch)
        assert "nothing new" in ran.stdout
    assert (tmp_path / "coaching" / "call-0.json").read_bytes() == before
    assert kept() == 3


def test_a_call_reviewed_again_is_one_call_and_says_the_same(tmp_path: Path, transcript: Path) -> None:
    for number in range(3):
        review(transcript, number, tmp_path)
    first = load(tmp_path / "coaching" / "call-2.json")
    review(transcript, 2, tmp_path, "--force")

    assert load(tmp_path / "coaching" / "call-2.json") == first
    assert kept() == 3


def test_the_example_failures_and_a_library_that_is_not_wanted_leave_nothing(tmp_path: Path, transcript: Path) -> None:
    coach("review", tmp_path / "nowhere.wav", cwd=tmp_path)
    review(transcript, 1, tmp_path, COACH_LIBRARY="false")

    assert not library.folder().exists()


def test_a_library_that_cannot_be_written_fails_no_review(tmp_path: Path, transcript: Path) -> None:
    library.folder().mkdir(parents=True)
    (library.folder() / "own.sqlite").write_bytes(b"something else entirely" * 50)
    ran = coach("review", "--transcript", told(transcript, 1), cwd=tmp_path)

    assert ran.returncode == 0
    assert (tmp_path / "coaching" / "call-1.html").is_file()
    assert ran.stdout.rstrip().endswith("Report: coaching/call-1.html")
    assert ran.stderr.count("not added to your library") == 1
    told_of = coach("progress", cwd=tmp_path)
    assert told_of.returncode == 5
    assert "no database of coach" in " ".join(told_of.stderr.split())


def test_earlier_reviews_and_notes_come_in(tmp_path: Path, transcript: Path) -> None:
    review(transcript, 1, tmp_path, COACH_LIBRARY="false")
    at = "2026-03-02T18:04:00.000Z"
    notes = {
        "schema": "coach.notes/1", "recording": load(tmp_path / "coaching" / "call-1.json")["source"], "name": "call-1",
        "agent": "agent", "fingerprint": "f", "coach": "0", "saved_at": at, "misheard": [], "not_me": None,
        "first": {"turn": 1, "start": 4.0, "end": 9.0, "finding": "room", "question": "?", "answer": "not_yet",
                  "answered_at": at},
    }  # fmt: skip
    (tmp_path / "coaching" / "call-1.notes.json").write_text(json.dumps(notes))
    ran = coach("progress", "--add", "coaching", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert "One call was added to your library." in ran.stderr
    assert "Your notes on one call were taken in." in ran.stderr
    assert "agreed 1 of 1 times" in " ".join(ran.stdout.split())
    again = coach("progress", "--add", "coaching", cwd=tmp_path)
    assert "One call was there already." in again.stderr
    missing = coach("progress", "--add", "nowhere", cwd=tmp_path)
    assert (missing.returncode, missing.stdout) == (4, "")


def test_files_are_written_and_named(tmp_path: Path, transcript: Path) -> None:
    review(transcript, 1, tmp_path)
    ran = coach("progress", "--format", "md,html,csv,parquet,json", "--out", "weeks", cwd=tmp_path)

    assert ran.stdout.splitlines() == [f"weeks/progress.{name}" for name in ("md", "html", "csv", "parquet", "json")]
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "weeks").iterdir()} == {0o600}
    assert coach("progress", "--out", "page", cwd=tmp_path).stdout == "page/progress.html\n"


def test_json_is_for_programs(tmp_path: Path, transcript: Path) -> None:
    review(transcript, 1, tmp_path)
    ran = coach("progress", "--json", "--weeks", "1", cwd=tmp_path)
    whole = json.loads(ran.stdout)

    assert (whole["schema"], whole["weeks"], whole["calls"], ran.stderr) == ("coach.progress/1", 1, 1, "")


def test_a_voice_is_told_only_to_who_asks_and_only_from_enough_calls(tmp_path: Path, transcript: Path) -> None:
    review(transcript, 1, tmp_path)

    assert "your voice" not in coach("progress", cwd=tmp_path).stdout
    asked = coach("progress", "--tone", "--format", "html,json", cwd=tmp_path)
    assert "No call here has enough of your voice" in asked.stdout
    assert "tone" not in json.loads((tmp_path / "coaching" / "progress.json").read_text())
    assert json.loads(coach("progress", "--tone", "--json", cwd=tmp_path).stdout)["tone"] == {
        "calls": 0,
        "compared": [],
        "why": "none",
    }


@pytest.mark.parametrize(
    ("options", "told_of"),
    [(["--format", "xls"], "no format"), (["--format", ","], "takes a list"), (["--weeks", "0"], "--weeks")],
)
def test_what_does_not_fit_is_refused(options: list[str], told_of: str, tmp_path: Path) -> None:
    ran = coach("progress", *options, cwd=tmp_path)

    assert ran.returncode == 2
    assert told_of in ran.stderr


def test_a_review_is_told_before_a_database_is_loaded(tmp_path: Path, transcript: Path) -> None:
    """What the library needs is loaded once the report is written and told; reading what is remembered needs none."""
    review(transcript, 1, tmp_path)
    script = (
        "import sys\n"
        "from coach.app import library, review as use\n"
        "from coach.app.item import Request\n"
        "from pathlib import Path\n"
        "kept = library.keep\n"
        "def keep(*given):\n"
        f"    print('BEFORE', *(name for name in {HEAVY} if name in sys.modules))\n"
        "    trouble = kept(*given)\n"
        f"    print('AFTER', *(name for name in {HEAVY} if name in sys.modules))\n"
        "    return trouble\n"
        "library.keep = keep\n"
        f"sys.argv = ['coach', 'review', '--transcript', {str(told(transcript, 2))!r}]\n"
        "from coach.cli import main\n"
        "main()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    lines = ran.stdout.splitlines()

    assert ran.returncode == 0, ran.stderr
    before = next(number for number, line in enumerate(lines) if line.startswith("BEFORE"))
    assert lines[before] == "BEFORE"
    assert any(line.startswith("Report:") for line in lines[:before])
    assert "sqlalchemy" in lines[before + 1]
    assert "pandas" not in lines[before + 1]
