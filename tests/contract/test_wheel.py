"""The wheel works where there is no checkout, and holds one package and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    ran = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    (found,) = out.glob("*.whl")
    return found


def test_the_wheel_brings_one_package_and_the_files_that_it_reads(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0].split("-")[0] for name in names} == {"coach"}
    for needed in (
        "coach/py.typed",
        "coach/coaching/advice.py",
        "coach/_data/pipelines/solo.toml",
        "coach/_data/models/manifest.toml",
        "coach/_data/models/rubrics/support.toml",
        "coach/_data/models/drills/starter.toml",
        "coach/_data/reports/templates/report.html.j2",
        "coach/_data/reports/review.schema.json",
        "coach/_data/demo/high-bill.wav",
    ):
        assert needed in names
    assert not [name for name in names if "__pycache__" in name or "/demo/high-bill.html" in name]


@pytest.mark.engine
def test_the_wheel_reviews_the_demo_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
        str(wheel),
    ]
    assert subprocess.run(install, capture_output=True, check=False).returncode == 0
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(site), os.environ.get("PYTHONPATH", "")))}

    script = "import coach, coach.resources as r; print(coach.__file__); print(r.resource('models'))"
    where = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    demo = subprocess.run(
        [sys.executable, "-m", "coach", "demo"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert all(line.startswith(str(site)) for line in where.stdout.splitlines())
    assert demo.returncode == 0, demo.stderr
    review = json.loads((tmp_path / "coaching" / "high-bill.json").read_text(encoding="utf-8"))
    assert review["separation"] == "channels"
