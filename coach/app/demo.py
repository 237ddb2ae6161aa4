"""The made call that ships with the product, reviewed like any other."""

from __future__ import annotations

from pathlib import Path

from coach.app.item import Request
from coach.conversation import NoSuchRecording
from coach.resources import resource

RECORDING = "high-bill.wav"


def demo_request() -> Request:
    """Return the request for the made call.

    Raises:
        NoSuchRecording: The installation lacks it.
    """
    recording: Path = resource("demo", RECORDING)
    if not recording.is_file():
        raise NoSuchRecording(f"The demo call {RECORDING} is missing from this installation. Install coach again.")
    return Request(recording=recording)
