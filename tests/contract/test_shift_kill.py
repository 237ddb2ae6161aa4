"""A night that is killed, or whose disk fails, at any point: nothing unmasked is left, and the next makes up for it.

One call is reviewed, one file cannot be, one call is due to be forgotten, and a digest is mailed. Each point of that
work is tried, some of them by default and all of them with ``COACH_EVERY_POINT=1``.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import dying_night
import pytest
from mail.sink import Sink, mail_sink
from nights import SCRIPT, Here, engine_here, make_call, told, unmasked, write_night

from coach.app.nightly.night import run_night
from coach.app.nightly.orders import load_night

USER = ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "TMPDIR")
EVERY = os.environ.get("COACH_EVERY_POINT") == "1"
SHARE = {"kill": 1 if EVERY else 21, "ENOSPC": 1 if EVERY else 29, "EIO": 1 if EVERY else 29}
"""Every so many points one is tried."""

NO_MATTER = frozenset("reviewed_at added_at at first_at last_at step attempts id result_id".split())
"""Times, and numbers that count how often something was written."""


class Place:
    """One folder, always of the same name, in which all nights are run."""

    def __init__(self, folder: Path, sink: Sink, server: ForkServerContext) -> None:
        self.folder, self.kept, self.sink, self._server = folder / "here", folder / "kept", sink, server
        self.recipe = self.folder / "night.toml"
        self.log = folder / "points.txt"
        self.environment = {name: str(self.folder / "user" / name) for name in USER}

    def prepare(self) -> None:
        """Make the evening before: a call that was reviewed long ago, two files that are new."""
        (self.folder / "user" / "TMPDIR").mkdir(parents=True)
        mail = {"to": ["ann@example.org"], "from": "coach@example.org", "host": "127.0.0.1", "port": self.sink.port}
        write_night(self.folder, mail)
        make_call(self.folder / "inbox" / "old.wav", 7, 3.0)
        self.again()
        with sqlite3.connect(self.folder / "shift.sqlite") as base:
            base.execute("UPDATE calls SET started_at = '2020-01-01 00:00:00.000000'")
        base.close()
        make_call(self.folder / "inbox" / "new.wav", 8, 3.0)
        (self.folder / "inbox" / "damaged.wav").write_bytes(b"RIFF....WAVEnothing")
        shutil.copytree(self.folder, self.kept)

    def reset(self) -> None:
        """Let it be the evening before again."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)
        self.sink.taken.clear()

    def night(self, number: int, act: str) -> int:
        """Run a night in a process of its own, and return how that ended."""
        arguments = (str(self.recipe), self.environment, number, act, str(self.log))
        process = self._server.Process(target=dying_night.night, args=arguments, daemon=True)
        process.start()
        process.join(120)
        code = process.exitcode
        process.close()
        assert isinstance(code, int)
        return code

    def again(self) -> int:
        """Run a night here, an hour later, and return its exit code."""
        for path in self.folder.rglob("*.part"):
            os.utime(path, (time.time() - 2 * 3600,) * 2)
        with pytest.MonkeyPatch.context() as patch, told():
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.setattr("coach.app.nightly.night.open_engine", lambda *_, **__: engine_here(Here()))
            return run_night(load_night(str(self.recipe))).exit_code

    def unmasked(self) -> list[str]:
        """Return what is unmasked on the disk, but for the recordings themselves."""
        return unmasked(*(path for path in self.folder.iterdir() if path.name != "inbox"))

    def state(self) -> dict[str, object]:
        """Return everything that is on the disk, but for times."""
        files = {
            str(path.relative_to(self.folder)): _timeless(path)
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and "user" not in path.parts and not path.name.startswith(("shift.sqlite", "night-"))
        }
        return files | {"rows": _rows(self.folder / "shift.sqlite"), "told": self._told()}

    def _told(self) -> list[str]:
        """Return what all digests tell together: of a failing disk the night itself may tell the one half."""
        text = "\n".join(path.read_text(encoding="utf-8") for path in (self.folder / "out").glob("night-*.md"))
        return sorted(re.findall(r"One new call.*|One recording could.*|One call was forgotten|\| damaged.*", text))


def _timeless(path: Path) -> object:
    if path.suffix == ".parquet" or path.name in (".night-last.json", ".coach.lock"):
        return path.name
    text = path.read_bytes().decode("latin-1")
    if path.suffix == ".json":
        review = json.loads(text)
        review.pop("reviewed_at", None)
        text = json.dumps(review)
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[:\d.]*(\+00:00|Z)?", "TIME", text)
    return re.sub(r"\d\d?:\d\d(:\d\d)?", "CLOCK", text)


def _rows(file: Path) -> dict[str, list[str]]:
    with sqlite3.connect(file) as base:
        names = [
            name
            for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name != "sqlite_sequence"
        ]
        found = {}
        for name in names:
            cursor = base.execute(f'SELECT * FROM "{name}"')  # noqa: S608
            columns = [column for column, *_ in cursor.description or ()]
            rows = [str({c: v for c, v in zip(columns, row, strict=True) if c not in NO_MATTER}) for row in cursor]
            found[name] = sorted(set(rows) if name == "looks" else rows)  # a page that is written twice is given twice
    base.close()
    return found


@pytest.fixture(name="place", scope="module")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(dying_night.PRELOAD)
    with mail_sink() as sink:
        place = Place(tmp_path_factory.mktemp("killed"), sink, server)
        place.prepare()
        yield place


@pytest.fixture(name="points", scope="module")
def _points(place: Place) -> list[str]:
    """Every point of a whole night, by its name."""
    place.reset()
    assert place.night(0, "count") == 3
    return place.log.read_text(encoding="utf-8").splitlines()


@pytest.fixture(name="whole", scope="module")
def _whole(place: Place, points: list[str]) -> dict[str, object]:
    """What a night leaves that nothing befell."""
    assert place.unmasked() == []
    assert len(place.sink.mails) == 1
    assert json.loads((place.folder / "out" / "new.json").read_text(encoding="utf-8"))["masked"] == {"card": 1}
    return place.state()


def chosen(points: list[str], act: str) -> list[int]:
    """Return the points to try: the end of each stage, and every so many of all."""
    # Each stage; of other kinds, such as files that are brought to the disk, the spread ones serve.
    first = {name: number for number, name in reversed(list(enumerate(points, 1))) if name.endswith(" 1.0")}.values()
    disk = {n for n, name in enumerate(points, 1) if act == "kill" or name.split()[0] not in dying_night.NO_DISK}
    spread = set(range(1, len(points) + 1, SHARE[act]))
    return sorted(disk & (spread | set(first) if act == "kill" else spread))


def differences(found: dict[str, object], wanted: dict[str, object]) -> list[str]:
    return [name for name in sorted({*found, *wanted}) if found.get(name) != wanted.get(name)]


def test_the_points_are_those_that_leave_traces(points: list[str]) -> None:
    kinds = {name.split()[0] for name in points}
    assert kinds == set("replace unlink written made fsync synced appended parquet mail begin commit stage".split())
    assert {name for name in points if name.startswith("stage")} >= {
        f"stage {name} 1.0" for name in ("decode", "report")
    }


def test_killed_anywhere_the_next_night_ends_as_if_nothing_had_been(
    place: Place, points: list[str], whole: dict[str, object]
) -> None:
    for number in chosen(points, "kill"):
        where = f"{number}: {points[number - 1]}"
        place.reset()
        assert place.night(number, "kill") == -signal.SIGKILL, where
        assert place.unmasked() == [], where
        assert place.again() in (0, 3), where
        assert differences(place.state(), whole) == [], where
        assert len({mail["Message-ID"] for mail in place.sink.mails}) == 1, where
        assert len(place.sink.mails) <= (2 if "mail" in where or "unlink" in where else 1), where
        assert place.again() == 0, where  # and nothing is left to do


@pytest.mark.parametrize("act", ["ENOSPC", "EIO"])
def test_a_disk_that_fails_anywhere_ends_the_night_cleanly_and_the_next_one_does_the_rest(
    place: Place, points: list[str], whole: dict[str, object], act: str
) -> None:
    for number in chosen(points, act):
        where = f"{number}: {points[number - 1]}"
        place.reset()
        assert place.night(number, act) in (74, 5, 3), where
        assert place.unmasked() == [], where
        assert place.again() in (0, 3), where
        assert differences(place.state(), whole) == [], where
        assert place.again() == 0, where


def test_the_check_itself_finds_what_is_unmasked(tmp_path: Path) -> None:
    for name, content in (("a.json", SCRIPT["right"]), ("b.csv", "4111"), ("c.wav", ""), ("d.json", "[card]")):
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert [Path(name).name for name in unmasked(tmp_path)] == ["a.json", "b.csv", "c.wav"]
