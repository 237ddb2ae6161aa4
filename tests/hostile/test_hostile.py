"""Hostile input: one clear sentence or a whole review, and nothing done that no review does."""

from __future__ import annotations

import csv
import io
import multiprocessing
import re
import sys
import unicodedata
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import confined
from corpus import CASES, Case

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="limits on a process as Linux sets them"),
    pytest.mark.xdist_group("hostile"),
]

TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
"""Marks that show text in another order."""


@pytest.fixture(scope="module")
def server() -> ForkServerContext:
    """A server of processes that have everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(confined.PRELOAD)
    return context


def ran(server: ForkServerContext, tmp_path: Path, case: Case) -> tuple[int, str]:
    """Return how a case ended, and what it printed."""
    given = tmp_path / "given"
    given.mkdir()
    case.write(given)
    user = {
        name: str(tmp_path / "user" / name)
        for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
    }
    user |= {"XDG_CONFIG_HOME": str(tmp_path / "user" / "config"), "COLUMNS": "100"}
    for folder in user.values():
        if folder.startswith("/"):
            Path(folder).mkdir(parents=True, exist_ok=True)
    process = server.Process(
        target=confined.review, args=([case.command, *case.arguments], user, str(given)), daemon=True
    )
    process.start()
    process.join(400)  # a busy machine is no fault; the processor time is limited inside
    if process.exitcode is None:
        process.kill()
        process.join()
        pytest.fail("it did not end")
    return process.exitcode, (tmp_path / "printed").read_bytes().decode("utf-8", "backslashreplace")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_hostile_input_ends_as_the_documents_say(tmp_path: Path, server: ForkServerContext, case: Case) -> None:
    code, printed = ran(server, tmp_path, case)

    assert code != confined.BROKEN_OUT, (tmp_path / "broken-out").read_text()
    assert code in case.codes, printed
    assert "Traceback" not in printed
    assert "unforeseen" not in printed
    assert harmless(printed), ascii(printed)
    if code:
        assert 10 < len(printed.strip()) < 1200
    assert not list(tmp_path.rglob("owned*")), "somebody stepped out"
    for name, content in case.unharmed.items():
        assert (tmp_path / "given" / name).read_text() == content
    for path in (tmp_path / "given" / "coaching").glob("*"):
        if path.is_symlink():
            continue  # of a format that was not asked for
        assert path.stat().st_mode & 0o777 == 0o600
        check(path)


def harmless(text: str) -> bool:
    """Whether a terminal would show a text as it stands."""
    return not any(c in TURNS or (unicodedata.category(c) == "Cc" and c not in "\n\t") for c in text)


def check(path: Path) -> None:
    """Look for what a browser, a spreadsheet, a player or a terminal would act on."""
    text = path.read_text(encoding="utf-8")
    assert harmless(text), path.name
    if path.suffix == ".html":
        assert (
            len(re.findall(r"<script", text, re.IGNORECASE)) == len(re.findall(r"</script", text, re.IGNORECASE)) <= 2
        )
        assert not re.search(r"<(?:img/|img |svg/|iframe|object|embed|base|b>)", text, re.IGNORECASE)
        assert not re.search(r"<[^>]*\son(?:error|load)\s*=", text, re.IGNORECASE)
        assert "49" not in re.findall(r"7\*7}}|\{\{(\d+)\}\}", text)
        assert not re.search(r'(?:src|href)="(?:https?:|//|javascript:)', text, re.IGNORECASE)
    if path.suffix == ".csv":
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert not [cell for cell in cells if cell[:1] in tuple("=+@\t\r\uff1d") or re.match(r"-[^\d ]", cell)]
    if path.suffix == ".vtt":
        assert all(re.match(r"[\d:.]+ --> [\d:.]+$", line) for line in text.splitlines() if "-->" in line)
    if path.suffix == ".md":
        assert not re.search(r"(?<!\\)\]\((?:javascript|https?):", text)
        assert not re.search(r"(?<!\\)<(?:script|img|svg)", text)
