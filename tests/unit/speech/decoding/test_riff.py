from __future__ import annotations

import struct
from pathlib import Path

import pytest

from coach.speech.decoding.riff import read_riff


def header(tag: int = 1, declared: int = 16_000, *, extra: bytes = b"") -> bytes:
    fields = struct.pack("<HHIIHH", tag, 1, 8_000, 16_000, 2, 16)
    return b"RIFF\0\0\0\0WAVE" + extra + b"fmt \x10\0\0\0" + fields + b"data" + struct.pack("<I", declared)


@pytest.mark.parametrize("declared", [0, 0xFFFFFFFF, 0x7FFFF000, 0x80000000])
def test_placeholders_promise_nothing(declared: int, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(header(declared=declared) + bytes(800))
    found = read_riff(path)
    assert found is not None
    assert (found.declared, found.declared_seconds, found.present, found.cut) == (None, None, 800, False)


def test_a_cut_file_is_told_from_a_missing_pad(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    for there, cut in ((16_000, False), (15_999, False), (8_000, True)):
        path.write_bytes(header(extra=b"LIST\x03\0\0\0abc\0") + bytes(there))
        found = read_riff(path)
        assert found is not None
        assert (found.declared_seconds, found.cut) == (1.0, cut)


def test_the_tag_is_found_behind_an_extensible_header(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    fields = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 8_000, 8_000, 1, 8, 22, 8, 0) + struct.pack("<H", 7) + bytes(14)
    path.write_bytes(b"RIFF\0\0\0\0WAVEfmt \x28\0\0\0" + fields + b"data\x40\x1f\0\0" + bytes(8_000))
    found = read_riff(path)
    assert found is not None
    assert (found.tag, found.declared_seconds) == (7, 1.0)


def test_long_files_keep_their_size_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    sizes = b"ds64\x1c\0\0\0" + struct.pack("<QQQI", 0, 6_000_000_000, 0, 0)
    path.write_bytes(b"RF64" + header(declared=0xFFFFFFFF, extra=sizes)[4:] + bytes(800))
    found = read_riff(path)
    assert found is not None
    assert (found.declared, found.cut) == (6_000_000_000, True)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3\x04" + bytes(50), header()[:30], b"RIFF\0\0\0\0WAVE"])
def test_other_files_have_none(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    assert read_riff(path) is None
