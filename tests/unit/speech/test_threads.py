"""A call takes one thread a core, or as many as its process was told."""

from __future__ import annotations

import pytest

from coach.speech.threads import threads


@pytest.mark.parametrize(
    ("told", "cores", "most", "found"),
    [
        (None, 2, 4, 2),
        (None, 64, 4, 4),
        (None, None, 4, 1),
        ("1", 8, 4, 1),
        ("3", 8, 4, 3),
        ("16", 2, 4, 4),
        ("0", 2, 4, 2),
        ("many", 2, 4, 2),
        ("6", 2, 8, 6),
    ],
)
def test_threads(told: str | None, cores: int | None, most: int, found: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    if told is None:
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    else:
        monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert threads(most) == found
