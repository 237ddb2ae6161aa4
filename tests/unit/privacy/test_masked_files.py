"""A transcript full of private data, reviewed with every format: none of it is in any file, nor in what is printed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SAID = """WEBVTT

00:00:00.000 --> 00:00:04.000
<v Dana>Thank you for calling, how can I help, and can I have the card number please?

00:00:04.500 --> 00:00:12.000
<v +1 312-555-0187>Sure, it's 4111-1111-1111-1111, exp 09/29, code 713, and my email is jane.doe@example.com.

00:00:12.500 --> 00:00:16.000
<v Dana>Thank you Karen, and your date of birth?

00:00:16.500 --> 00:00:22.000
<v +1 312-555-0187>June 3, 1951. I live at 1425 Elm Street. The password is b l u e bird. My bill was $243.50.
"""
PRIVATE = ("4111", "09/29", "713,", "jane.doe", "312-555", "1951", "Elm", "b l u e", "bird")


@pytest.mark.parametrize("name", ["call-4111 1111 1111 1111.vtt", "pay-4111111111111111-jane.doe@example.com.vtt"])
def test_nothing_private_of_a_transcript_is_written_or_printed(tmp_path: Path, name: str) -> None:
    transcript, out = tmp_path / name, tmp_path / "out"
    transcript.write_text(SAID, encoding="utf-8")
    (tmp_path / "broken 4111 1111 1111 1111.vtt").write_bytes(b"\x00")
    command = [sys.executable, "-m", "coach", "review", "--agent-speaker", "1", "--out", str(out), "--transcript"]

    done = subprocess.run(
        [*command, name, "--format", "html,json,md,csv,vtt"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    refused = subprocess.run(
        [*command, "broken 4111 1111 1111 1111.vtt"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    files = sorted(out.iterdir())
    printed = done.stdout + done.stderr + refused.stdout + refused.stderr
    everything = [path.name + path.read_text("utf-8") for path in files] + [printed]
    assert done.returncode == 0
    assert refused.returncode != 0
    assert len(files) == 5
    assert not [word for word in PRIVATE for text in everything if word in text]
    assert all("$243.50" in text for text in everything if "[card]" in text and "WEBVTT" in text)
