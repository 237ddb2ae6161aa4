"""docs/store.md tells of every table and column, and its examples run."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from postgres import GROUP
from review_files import review_file, sha
from sqlalchemy import create_engine, text

from coach.store.parquet import write_turns, write_words
from coach.store.store import open_store
from coach.store.tables import metadata

PAGE = (Path(__file__).parents[3] / "docs" / "store.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_every_column_is_told(name: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    told = set(re.findall(r"`([^`]+)`", row))
    if name == "about":
        assert {"name", "value"} <= told
    else:
        assert {column.name for column in metadata.tables[name].columns} <= told


def test_the_examples_run(file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store(str(file), purpose="shift") as store:
        store.record(review_file(), agent="Dana")
        write_words(review_file(), store.folder)
        write_turns(review_file(), store.folder)
        monkeypatch.chdir(file.parent)
        query = re.search(r'^  "(SELECT .*)"$', PAGE, re.MULTILINE)
        assert query is not None
        with sqlite3.connect(file) as plain:
            assert plain.execute(query[1].replace("patience", "talk_ratio")).fetchall() == [("a.wav", None, 0.6)]
        plain.close()
        python = next(block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "read_sql" in block)
        made: dict[str, object] = {}
        exec(python, made)  # noqa: S102  (our own page)
        made["store"].close()  # type: ignore[attr-defined]
        shown = capsys.readouterr().out
        assert "billing" in shown
        assert "Dana" not in shown  # no figure of one person's: those have a threshold
        assert len(pd.read_parquet("shift/turns")) == 3


def test_the_view_gives_each_calls_newest_result(url: str) -> None:
    with open_store(url, purpose="shift") as store:
        for fingerprint in ("zz", "aa"):
            store.record(review_file(fingerprint=fingerprint))
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT sha256, fingerprint FROM latest")).all()
    engine.dispose()

    assert [tuple(row) for row in found] == [(sha("a"), "aa")]


@GROUP
def test_the_counters_can_be_set_as_the_page_says(postgres_url: str) -> None:
    statement = re.search(r"`(SELECT setval\(.*?FROM results)`", PAGE)
    assert statement is not None
    with open_store(postgres_url, purpose="shift") as store:
        store.record(review_file())
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        assert connection.execute(text(statement[1])).scalar() == 1
    engine.dispose()
