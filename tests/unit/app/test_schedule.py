"""Every scheduler gets its own language, and a path with a blank or a percent sign stays one path."""

from __future__ import annotations

import plistlib
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from coach.app.schedule import SYSTEMS, System, coach_command, memory_for, night_named, schedule
from coach.conversation import ConfigurationError, UsageError
from coach.engines import machine
from coach.resources import resource

PROGRAM = ["/opt/my tools/coach"]
RECIPE = '/home/d ana/calls & 100 % "mine" $HOME/nightly.toml'
ARGUMENTS = ["nightly", RECIPE]


def line(text: str, start: str) -> str:
    (found,) = [row for row in text.splitlines() if row.startswith(start)]
    return found.removeprefix(start)


def test_cron_runs_the_command_at_the_time() -> None:
    written = schedule("cron", ARGUMENTS, "4:05", PROGRAM)
    (row,) = [row for row in written.splitlines() if not row.startswith("#")]
    minute, hour, *rest = row.split(" ", 5)
    assert (minute, hour, rest[:3]) == ("05", "04", ["*", "*", "*"])
    # cron turns \% into % and gives the rest to a shell.
    assert shlex.split(rest[3].replace(r"\%", "%")) == [*PROGRAM, *ARGUMENTS, "--quiet"]
    assert not re.search(r"(?<!\\)%", row)


def test_systemd_units_hold_the_command_and_make_up_for_a_night_missed() -> None:
    written = schedule("systemd", ARGUMENTS, "23:45", PROGRAM)
    command = line(written, "ExecStart=")
    words = [
        word.replace("%%", "%").replace("$$", "$") for word in shlex.split(command)
    ]  # the quotes mean the same here
    assert words == [*PROGRAM, *ARGUMENTS]
    assert line(written, "OnCalendar=") == "*-*-* 23:45:00"
    assert line(written, "Persistent=") == "true"
    assert line(written, "UMask=") == "0077"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here: install systemd")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = shutil.which("true") or "/bin/true"
    service, timer = schedule("systemd", ["nightly"], "2:30", [program]).split("\n\n# ~", 1)
    (tmp_path / "coach-nightly.service").write_text(service + "\n")
    (tmp_path / "coach-nightly.timer").write_text("# ~" + timer)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "coach-nightly.timer")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "coach-nightly" not in checked.stderr


def test_launchd_takes_the_property_list() -> None:
    found = plistlib.loads(schedule("launchd", ARGUMENTS, "2:30", PROGRAM).encode())
    assert found["ProgramArguments"] == [*PROGRAM, *ARGUMENTS]
    assert found["StartCalendarInterval"] == {"Hour": 2, "Minute": 30}
    assert found["Umask"] == 0o077


def test_task_scheduler_takes_the_task() -> None:
    written = schedule("windows", ["nightly", r"C:\calls & more\n.toml"], "2:30", [r"C:\c o\coach.exe"])
    root = ET.fromstring(written)  # noqa: S314  (our own)
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert root.findtext(".//t:Command", namespaces=space) == r"C:\c o\coach.exe"
    assert root.findtext(".//t:Arguments", namespaces=space) == r'nightly "C:\calls & more\n.toml"'
    assert (root.findtext(".//t:StartBoundary", namespaces=space) or "").endswith("T02:30:00")


@pytest.mark.parametrize("at", ["25:00", "2.30", "2:60", "", "now", "2:30; rm"])
def test_what_is_no_time_is_refused(at: str) -> None:
    with pytest.raises(UsageError, match="not a time of day"):
        schedule("cron", ["nightly"], at)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_line_break_in_a_path_is_refused(system: System) -> None:
    with pytest.raises(UsageError):
        schedule(system, ["nightly", "/srv/a\n* * * * * rm"], "2:30")


def test_this_installation_is_named_whole() -> None:
    assert Path(coach_command()[0]).is_absolute()


def test_a_nights_memory_fits_the_calls_that_it_has_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 8)
    monkeypatch.setattr(machine, "_told", {"MemTotal": 64_000_000_000}.get)
    assert memory_for() == machine.needed(8)
    assert memory_for(2) == machine.needed(2)
    assert memory_for(None, "ray") > memory_for()
    assert memory_for(8, "ray", "10.0.0.5:6379") < machine.needed(1)
    monkeypatch.setattr(machine, "_told", {"MemTotal": 4_000_000_000}.get)
    assert memory_for() == machine.needed(5)
    megabytes = int(line(schedule("systemd", ARGUMENTS, "2:30", PROGRAM), "MemoryMax=").removesuffix("M"))
    assert 0 <= megabytes * 2**20 - machine.needed(5) < 2**20


def test_a_night_that_is_not_named_is_the_one_that_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="Which night"):
        night_named(None)
    recipe = tmp_path / "nightly.toml"
    recipe.write_bytes(resource("pipelines", "nightly.toml").read_bytes())
    assert night_named(None).recipe == str(recipe.resolve())
    assert night_named(Path("nightly.toml")).recipe == str(recipe.resolve())


def test_a_night_that_could_not_run_is_not_scheduled(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        night_named(tmp_path / "gone.toml")
    other = tmp_path / "nightly.txt"
    other.touch()
    with pytest.raises(UsageError, match="no recipe"):
        night_named(other)
    empty = tmp_path / "empty.toml"
    empty.write_text('name = "x"\nstages = ["decode"]\n')
    with pytest.raises(ConfigurationError, match=r"no \[night\]"):
        night_named(empty)
