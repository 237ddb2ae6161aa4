"""The committed example is a report of the demo call as it is now, and the README's picture is small enough to load."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "reports" / "example"
PAGE = EXAMPLE / "high-bill.html"
PICTURE = ROOT / "docs" / "pictures" / "report.png"
ANEW = "make it anew: python docs/pictures/make.py"


def test_the_example_is_of_the_demo_call() -> None:
    recording = (ROOT / "tests" / "calls" / "high-bill" / "high-bill.wav").read_bytes()
    review = json.loads((EXAMPLE / "high-bill.json").read_text("utf-8"))
    digest = hashlib.sha256(recording).hexdigest()
    assert review["recording"]["sha256"] == digest, ANEW
    assert digest in PAGE.read_text("utf-8"), ANEW


def test_the_example_is_one_report_and_small() -> None:
    files = sorted(path for path in EXAMPLE.iterdir() if path.suffix != ".md")
    assert [path.name for path in files] == ["high-bill.html", "high-bill.json"]
    assert sum(path.stat().st_size for path in files) < 1_200_000


def test_the_example_was_made_with_the_defaults_and_tells_of_no_machine() -> None:
    text = (EXAMPLE / "high-bill.json").read_text("utf-8")
    page = re.sub(r"base64,[A-Za-z0-9+/=]+", "", PAGE.read_text("utf-8"))
    origins = {setting["origin"] for setting in json.loads(text)["recipe"]["settings"].values()}
    assert origins <= {"default", "the recipe solo.toml"}
    assert not re.search(r"/(?:home|root|tmp|work|Users)/", text + page)


def test_the_example_holds_no_card_number() -> None:
    review = json.loads((EXAMPLE / "high-bill.json").read_text("utf-8"))
    assert review["masked"].get("card") == 1
    assert not re.search(r"(?:\d[ -]?){13,}", " ".join(turn["text"] for turn in review["turns"]))


def test_the_picture_is_a_picture_and_small() -> None:
    data = PICTURE.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) < 400_000
