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
