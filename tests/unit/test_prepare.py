"""A machine that cannot have what coach needs is told so before anything is installed."""

from __future__ import annotations

import importlib.util
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def prepare(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("prepare", ROOT / "requirements" / "prepare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def never(*_: object) -> int:
        raise AssertionError("nothing may be installed")

    monkeypatch.setattr(module.subprocess, "call", never)
    return module


def test_an_old_python_is_told_which_is_needed(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare.sys, "version_info", (3, 10, 4))

    assert prepare.main(["run"]) == 5
    assert "Python 3.11 or newer is needed, and this is 3.10" in capsys.readouterr().err


def test_a_python_without_venv_is_told_how_to_get_it(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "venv", None)

    assert prepare.main(["run"]) == 5
    assert "apt install python3" in capsys.readouterr().err


def on(
    system: str, machine: str, libc: tuple[str, str] = ("glibc", "2.36"), mac: str = "15.1"
) -> Callable[[pytest.MonkeyPatch], None]:
    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(platform, "system", lambda: system)
        monkeypatch.setattr(platform, "machine", lambda: machine)
        monkeypatch.setattr(platform, "libc_ver", lambda: libc)
        monkeypatch.setattr(platform, "mac_ver", lambda: (mac, ("", "", ""), ""))

    return patch


@pytest.mark.parametrize(
    ("machine", "lacks"),
    [
        (on("Linux", "x86_64"), None),
        (on("Linux", "aarch64"), None),
        (on("Darwin", "arm64"), None),
        (on("Windows", "AMD64"), None),
        (on("Linux", "x86_64", ("", "")), "Linux without glibc"),
        (on("Linux", "x86_64", ("glibc", "2.31")), "glibc 2.31"),
        (on("Darwin", "arm64", mac="14.5"), "macOS 14"),
        (on("Darwin", "x86_64"), "Darwin on x86_64"),
        (on("Linux", "riscv64"), "Linux on riscv64"),
    ],
)
def test_each_platform_is_known(
    prepare: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    machine: Callable[[pytest.MonkeyPatch], None],
    lacks: str | None,
) -> None:
    machine(monkeypatch)
    found = prepare.no_bundled_engine()

    assert found is None if lacks is None else lacks in found


def test_without_an_engine_the_rest_is_still_installed(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on("Linux", "x86_64", ("", ""))(monkeypatch)
    calls: list[list[str]] = []
    monkeypatch.setattr(prepare.subprocess, "call", lambda command: calls.append(command) or 0)
    monkeypatch.setattr(prepare, "VENV", str(tmp_path))
    monkeypatch.setattr(prepare, "ROOT", str(tmp_path))
    (tmp_path / "pyproject.toml").write_text("")

    assert prepare.main(["run"]) == 0
    assert "coach review --transcript" in capsys.readouterr().err
    (reduced,) = [argument for command in calls for argument in command if argument.endswith("run.txt")]
    kept = Path(reduced).read_text(encoding="utf-8")
    assert "moonshine-voice" not in kept
    assert "onnxruntime==" in kept
    assert "numpy==" in kept


@pytest.mark.parametrize("name", ["run.txt", "test.txt"])
def test_every_requirement_is_pinned_and_hashed_and_names_no_host(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    entries = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]

    assert len(entries) > 50
    assert all("==" in entry and entry.endswith("\\") for entry in entries)
    assert "://" not in text
    assert "--index-url" not in text
