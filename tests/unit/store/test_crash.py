"""Killed at any statement and any file, the store is as it was before or as it should be after; never between."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from review_files import review_file, sha

from coach.store.parquet import write_words
from coach.store.store import open_store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork and kill -9")

DRIVER = """
import json, os, shutil, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from coach.store import migrating  # so that no child needs to load it
from coach.store.store import open_store

made, work, action, stride = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
review = json.load(sys.stdin)
left = 0

def step(*_, **__):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "connect", lambda connection, _: connection.set_trace_callback(step))
unlink = Path.unlink
Path.unlink = lambda *given, **named: (step(), unlink(*given, **named))

def act():
    global left
    left = at if action == "open" else 0
    store = open_store(str(folder / "shift.sqlite"), purpose="shift")
    left = at if action != "open" else 0
    {"open": store.close, "record": lambda: store.record(review), "purge": lambda: store.purge(agent="Dana")}[action]()

for at in range(1, 500, stride):
    folder = work / str(at)
    shutil.copytree(made, folder)
    child = os.fork()
    if not child:
        act()
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
"""


@pytest.fixture
def made(file: Path) -> Path:
    """A folder with a store of two agents' calls."""
    with open_store(str(file), purpose="shift") as store:
        for name, agent in (("a", "Dana"), ("b", "Lee")):
            store.begin(name, f"{name}.wav")
            write_words(review_file(name), store.folder)
            store.record(review_file(name), agent=agent)
            store.finish(name, "done", sha256=sha(name))
    return file.parent


def _killed_everywhere(action: str, made: Path, work: Path, stride: int = 1) -> list[Path]:
    """Return the folders as each kill left them; the last is the one in which it came to the end."""
    work.mkdir()
    command = [sys.executable, "-c", DRIVER, str(made), str(work), action, str(stride)]
    subprocess.run(command, input=json.dumps(review_file(warnings=["new"])), text=True, check=True)
    return sorted(work.iterdir(), key=lambda folder: int(folder.name))


def _whole(folder: Path) -> None:
    plain = sqlite3.connect(folder / "shift.sqlite")
    assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
    plain.close()


def test_a_store_half_made_is_made_by_the_next_opening(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    folders = _killed_everywhere("open", tmp_path / "nothing", tmp_path / "work", stride=6)
    for folder in folders:
        with open_store(str(folder / "shift.sqlite"), purpose="shift") as store:
            assert store.record(review_file()).sha256 == sha("a")
        _whole(folder)

    assert len(folders) > 6


def test_a_review_is_in_the_store_whole_or_not_at_all(made: Path, tmp_path: Path) -> None:
    with open_store(str(made / "shift.sqlite"), purpose="shift") as store:
        before = store.call(sha("a"))
    folders = _killed_everywhere("record", made, tmp_path / "work")
    seen = []
    for folder in folders:
        _whole(folder)
        with open_store(str(folder / "shift.sqlite"), purpose="shift") as store:
            found = store.call(sha("a"))
        assert found is not None
        seen.append(found.warnings == ("new",))
        assert found == before or (found.warnings == ("new",) and len(found.moments) == 2)
        shutil.rmtree(folder)

    assert len(folders) > 12
    assert seen == sorted(seen)
    assert seen[-1]


def test_a_purge_is_ended_by_the_next_opening_or_had_not_begun(made: Path, tmp_path: Path) -> None:
    folders = _killed_everywhere("purge", made, tmp_path / "work")
    ended = []
    for folder in folders:
        _whole(folder)
        with open_store(str(folder / "shift.sqlite"), purpose="shift") as store:
            left = [call.agent for call in store.calls()]
            buried = store.tombstoned(sha("a"))
            files = sorted(file.stem for file in store.folder.rglob("*.parquet"))
            keys = [attempt.key for attempt in store.attempts()]
        texts = [file.name for file in folder.rglob("*") if file.is_file() and b"a.wav" in file.read_bytes()]
        if buried:
            assert (left, files, keys, texts) == (["Lee"], [sha("b")], ["b"], [])
        else:
            assert (left, files, keys) == (["Dana", "Lee"], sorted((sha("a"), sha("b"))), ["a", "b"])
        ended.append(buried)
        shutil.rmtree(folder)

    assert len(folders) > 20
    assert ended == sorted(ended)
    assert ended[-1]
