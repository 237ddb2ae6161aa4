from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.detectors import average_precision, scored
from tests.benchmarks.labelled import UnreadableError, choose, stripped

PROGRAM = Path(__file__).parents[1] / "benchmarks" / "detectors.py"


def written(path: Path, *rows: object) -> Path:
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(lines.encode()))
    else:
        path.write_text(lines, encoding="utf-8")
    return path


def test_one_label_will_do_and_ignored_rows_are_left_out(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.jsonl.gz",
        {"text": "Pardon?", "label": "non_understanding"},
        {"text": "Hm.", "labels": ["ignore"], "previous_text": None},
        {"text": "Who?"},
    )
    chosen = choose(path, None, None)
    assert [(row.text, row.labels, row.previous) for row in chosen.rows] == [
        ("Pardon?", frozenset({"non_understanding"}), "")
    ]
    assert chosen.notes == ["1 rows without a label are left out"]


def test_a_row_without_a_split_is_of_the_one_that_its_conversation_gives(tmp_path: Path) -> None:
    rows = [{"text": str(name), "labels": ["other"], "source": "made", "conversation": str(name)} for name in range(40)]
    parts = {
        split: {row.text for row in choose(written(tmp_path / "a.jsonl", *rows), split, None).rows}
        for split in ("train", "dev", "test")
    }
    assert sum(map(len, parts.values())) == len(set.union(*parts.values())) == 40
    assert len(parts["train"]) > len(parts["dev"]) > 0


def test_a_split_that_is_named_counts_and_one_that_nobody_can_tell_is_told(tmp_path: Path) -> None:
    named = {"text": "one", "labels": ["other"], "split": "dev", "conversation": "1"}
    path = written(tmp_path / "a.jsonl", named, {"text": "two", "labels": ["other"]})
    chosen = choose(path, "dev", None)
    assert [row.text for row in chosen.rows] == ["one", "two"]
    assert chosen.notes == ["1 rows say neither split nor conversation: scored as dev"]
    assert [row.text for row in choose(path, "test", None).rows] == ["two"]


@pytest.mark.parametrize(
    ("name", "role", "kept"),
    [
        ("oasis.jsonl", None, ["agent"]),
        ("oasis.jsonl", "all", ["agent", "caller"]),
        ("other.jsonl", None, ["agent", "caller"]),
        ("other.jsonl", "agent", ["agent"]),
    ],
)
def test_oasis_is_scored_on_the_agents_rows(tmp_path: Path, name: str, role: str | None, kept: list[str]) -> None:
    rows = [{"text": "x", "labels": ["other"], "speaker_role": role} for role in ("agent", "caller")]
    assert [row.role for row in choose(written(tmp_path / name, *rows), None, role).rows] == kept


def test_where_nobody_is_the_agent_all_are_scored_and_it_is_said(tmp_path: Path) -> None:
    chosen = choose(
        written(tmp_path / "a.jsonl", {"text": "x", "labels": ["other"], "speaker_role": "B"}), None, "agent"
    )
    assert (len(chosen.rows), chosen.notes) == (1, ["no row says that it is an agent's: all are scored"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"nothing of the kind\n", "line 1: no row"),
        (b'{"labels": []}\n', "no 'text'"),
        (b"[1]\n", "not an object"),
        (b"\x1f\x8b\x08broken", "damaged gzip"),
        (b"", "no row to score"),
        (b"\xff\xfe\xfa\n", "line 1"),
    ],
)
def test_a_bad_file_is_told_in_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "bad.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=says) as caught:
        choose(path, None, None)
    assert str(path) in str(caught.value)


def test_figures() -> None:
    score = scored("made", "question", [(0.9, True), (0.8, False), (0.6, True), (0.4, True), (0.1, False)])
    assert (score.positives, score.precision, score.recall) == (3, 2 / 3, 2 / 3)
    assert score.f1 == pytest.approx(2 / 3)
    assert score.average_precision == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert average_precision([(0.5, True), (0.5, False)]) == 0.5


def test_stripped_is_what_a_recogniser_without_marks_gives() -> None:
    assert stripped("Well -- it's 40, ISN'T it?") == "well it's 40 isn't it"


def test_the_program_prints_and_writes_the_same_and_goes_on_after_a_bad_file(tmp_path: Path) -> None:
    good = written(
        tmp_path / "good.jsonl.gz",
        {"text": "Did you pay it in July?", "previous_text": "", "labels": ["question"]},
        {"text": "Right.", "previous_text": "I paid.", "labels": ["other"]},
    )
    out = tmp_path / "out.json"
    command = [sys.executable, str(PROGRAM), str(tmp_path / "none.gz"), str(good), "--strip", "--json", str(out)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROGRAM.parents[2])
    assert ran.returncode == 1
    assert "none.gz cannot be opened" in ran.stderr
    assert "Traceback" not in ran.stderr
    scores = json.loads(out.read_text("utf-8"))
    assert [(s["corpus"], s["label"], s["positives"], s["f1"]) for s in scores] == [("good", "question", 1, 1.0)]
    assert "question" in ran.stdout
