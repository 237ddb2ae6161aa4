"""What holds for every test: no connection leaves the machine, and what was skipped is told at the end."""

from __future__ import annotations

import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no reason for a test to fail: nothing here is judged by the clock.
settings.register_profile("coach", deadline=None)
settings.load_profile("coach")

# Begun in the background, or under nohup, tests would hand down that interrupts are not listened to.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

GUARD = Path(__file__).parent / "guard"
sys.path.insert(0, str(GUARD))
import sitecustomize  # noqa: E402, F401  (installs the guard in this process)
from postgres import postgres_server, postgres_url  # noqa: E402, F401  (fixtures; nothing starts unless asked for)

# Programs that the tests start are guarded too.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(GUARD), os.environ.get("PYTHONPATH"))))
os.environ["HF_HUB_OFFLINE"] = "1"

# Looked through for examples in docstrings, it would be imported, and it needs torch; its tests say what enables it.
collect_ignore = [] if find_spec("torch") else ["tiny_pyannote.py"]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's own settings, state and models out of the tests, and the tests out of them."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name))
    for name in [name for name in os.environ if name.startswith("COACH_") and name != "COACH_UPDATE_GOLDEN"]:
        monkeypatch.delenv(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End with what was skipped and what enables it."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] = reasons.get(reason.removeprefix("Skipped: "), 0) + 1
    terminalreporter.section("skipped, and what enables it")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} x {reason}")
    if not reasons:
        terminalreporter.write_line("nothing was skipped")
