"""Words and turns of calls as Parquet files, masked as the review is: for analyses of many calls."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write_words(review: Mapping[str, object], folder: Path) -> Path:
    """Write a review's words as one small file, ``FOLDER/words/month=YYYY-MM/SHA256-FINGERPRINT.parquet``."""
    raise NotImplementedError


def write_turns(review: Mapping[str, object], folder: Path) -> Path:
    """Write a review's turns as one small file, ``FOLDER/turns/month=YYYY-MM/SHA256-FINGERPRINT.parquet``."""
    raise NotImplementedError
