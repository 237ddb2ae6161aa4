"""Starting the command line is light: help must not wait for models."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("numpy", "av", "onnxruntime", "pandas", "librosa", "faster_whisper", "jinja2", "torch", "sqlalchemy", "ray")


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom coach.cli import app\n"
        "try:\n    app(['--help'], standalone_mode=True)\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = ran.stderr.split("LOADED", 1)[1].split()

    assert "review" in ran.stdout
    assert "typer" in loaded  # the list is real
    assert [name for name in HEAVY if name in loaded] == []


def test_what_only_mono_needs_is_not_loaded_for_a_call_on_two_channels() -> None:
    script = (
        "import sys\nfrom coach.app.review import open_pipeline\n"
        "open_pipeline({}).choose_engine()\n"
        "print(*sorted(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert "coach.speech.diarizers.bundled" in loaded  # it has been chosen
    assert [name for name in loaded if name.startswith(("scipy", "pandas", "librosa", "torch"))] == []
