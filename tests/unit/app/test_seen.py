"""What was read of files is remembered only while nothing about them has changed."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from coach.app import naming
from coach.app.seen import Seen

LONG_AGO = time.time() - 3600


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were really read."""
    read: list[Path] = []
    real = naming.sha256_of

    def watched(path: Path) -> str:
        read.append(path)
        return real(path)

    monkeypatch.setattr(naming, "sha256_of", watched)
    return read


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as old: a file's time of change cannot be put back."""
    monkeypatch.setattr("coach.app.seen.SETTLED", -(10**15))


def hashed(path: Path, base: Path) -> str:
    with Seen(base) as seen:
        return seen.sha256(path)


@pytest.mark.usefixtures("settled")
def test_a_file_is_read_once_and_again_when_it_changes(tmp_path: Path, reads: list[Path]) -> None:
    path, base = tmp_path / "call.wav", tmp_path / "seen.sqlite"
    path.write_bytes(b"one")
    assert [hashed(path, base) for _ in range(3)] == [hashlib.sha256(b"one").hexdigest()] * 3
    assert len(reads) == 1
    assert base.stat().st_mode & 0o777 == 0o600
    assert b"call" not in base.read_bytes()  # no names

    os.utime(path, (LONG_AGO, LONG_AGO))
    hashed(path, base)
    assert len(reads) == 2
    stat = path.stat()
    path.write_bytes(b"two")  # as long, and its time of content put back
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert hashed(path, base) == hashlib.sha256(b"two").hexdigest()
    other = tmp_path / "other"
    other.write_bytes(b"six")
    other.replace(path)
    assert hashed(path, base) == hashlib.sha256(b"six").hexdigest()


def test_what_was_just_written_is_not_believed(tmp_path: Path, reads: list[Path]) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(b"one")
    hashed(path, tmp_path / "seen.sqlite")
    hashed(path, tmp_path / "seen.sqlite")
    assert len(reads) == 2


@pytest.mark.usefixtures("settled")
def test_a_memory_that_cannot_be_used_is_none(tmp_path: Path, reads: list[Path]) -> None:
    path, base = tmp_path / "call.wav", tmp_path / "seen.sqlite"
    path.write_bytes(b"one")
    base.write_bytes(b"this is no database, but it is long enough to be taken for one" * 20)
    assert hashed(path, base) == hashlib.sha256(b"one").hexdigest()
    assert hashed(path, tmp_path / "call.wav" / "seen.sqlite") == hashlib.sha256(b"one").hexdigest()
    assert len(reads) == 2


@pytest.mark.usefixtures("settled")
def test_addresses_are_known_by_their_mark(tmp_path: Path) -> None:
    with Seen(tmp_path / "seen.sqlite") as seen:
        seen.keep_at("s3://bucket/call.wav", "etag-1", "f" * 64)
        seen.keep_at("s3://bucket/unmarked.wav", "", "e" * 64)
    with Seen(tmp_path / "seen.sqlite") as seen:
        assert seen.at("s3://bucket/call.wav", "etag-1") == "f" * 64
        assert seen.at("s3://bucket/call.wav", "etag-2") is None
        assert seen.at("s3://bucket/unmarked.wav", "") is None


def test_an_absent_file_is_none(tmp_path: Path) -> None:
    with Seen(tmp_path / "seen.sqlite") as seen:
        assert seen.facts(tmp_path / "absent.json") is None
