"""The made review's files, word for word: a change of what people or programs read is seen before it ships.

``COACH_UPDATE_GOLDEN=1 pytest tests/golden`` writes them anew; read the difference before it is kept.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.conversation import Review
from coach.reporting.html import ReportSound, render_html
from coach.reporting.markdown import render_markdown
from coach.reporting.summary import terminal_summary
from coach.reporting.table import render_csv
from coach.reporting.view import json_text
from coach.reporting.vtt import render_vtt

HERE = Path(__file__).parent / "reporting"
SAMPLES = Path(__file__).parents[1] / "unit" / "reporting" / "samples.py"


def _page(review: Review) -> str:
    """Return the page without what changes with its looks: style, script, their hashes, the lanes' bars."""
    text = render_html(review, ReportSound(mp3=b"ID3", duration=121.5))
    text = re.sub(r"<style>.*?</style>", "<style></style>", text, flags=re.DOTALL)
    text = re.sub(r"<script>.*?</script>", "<script></script>", text, flags=re.DOTALL)
    text = re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-…", text)
    text = re.sub(r' d="[^"]{40,}"', ' d="…"', text)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


OUTPUTS: dict[str, Callable[[Review], str]] = {
    "high-bill.json": json_text,
    "high-bill.html": _page,
    "high-bill.md": render_markdown,
    "high-bill.csv": render_csv,
    "high-bill.vtt": render_vtt,
    "high-bill.txt": lambda review: "\n".join(terminal_summary(review, Path("coaching/high-bill.html"))) + "\n",
}


@pytest.fixture(scope="module")
def review() -> Review:
    spec = importlib.util.spec_from_file_location("golden_samples", SAMPLES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    made: Review = module.review()
    return made


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_made_review_reads_as_it_did(name: str, review: Review) -> None:
    made = OUTPUTS[name](review)
    kept = HERE / name
    if os.environ.get("COACH_UPDATE_GOLDEN") == "1":
        HERE.mkdir(exist_ok=True)
        kept.write_bytes(made.encode("utf-8"))

    assert made == kept.read_bytes().decode("utf-8")
    assert len(made) > 500  # something was compared
