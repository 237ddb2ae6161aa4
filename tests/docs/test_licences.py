"""The list of licences is that of what is pinned, and nothing gets into the base under a licence without a reason."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def _program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("licences", ROOT / "docs" / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


licences = _program()


def section(title: str) -> dict[str, str]:
    """Return the licences of one table of the page, by package."""
    text = licences.PAGE.read_text(encoding="utf-8")
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return {row[1]: row[2] for row in re.finditer(r"^\| ([a-z0-9-]+) \| ([^|]+?) \|", found[1], re.MULTILINE)}


def test_the_page_names_what_is_pinned() -> None:
    base = section("What `coach` runs on")
    assert list(base) == licences.pinned("run.txt")
    tests = {*section("Tests and checks"), *section("Extras"), *base}
    assert set(licences.pinned("test.txt")) <= tests


def test_the_page_says_what_each_package_says() -> None:
    page, here = licences.before(), licences.installed()

    wrong = {
        name: (told, here[name]) for name, told in page.items() if name in here and here[name] not in ("UNKNOWN", told)
    }

    assert wrong == {}, "make it anew: python docs/licences.py"


def test_the_program_makes_the_page() -> None:
    if set(licences.pinned("run.txt")) - {"colorama", "httpx2-jsfetch"} - set(licences.installed()):
        pytest.skip("not all of requirements/test.txt is installed here: make test")
    assert licences.page() == licences.PAGE.read_text(encoding="utf-8")


def test_the_base_asks_for_no_more_than_naming_without_a_reason() -> None:
    base = section("What `coach` runs on")

    assert licences.refused(base) == []
    assert [name for name, licence in base.items() if re.search(r"\bA?GPL", licence)] == []


def test_extras_and_tests_too() -> None:
    assert licences.refused({**section("Extras"), **section("Tests and checks")}) == []


def test_no_exception_is_left_over() -> None:
    page = licences.before()

    assert [name for name in licences.EXCEPTIONS if not licences.unusual(page.get(name, "MIT"))] == []


def test_the_models_are_those_of_the_manifest() -> None:
    text = licences.PAGE.read_text(encoding="utf-8")

    assert all(line in text for line in licences._models())


@pytest.mark.parametrize(
    ("licence", "found"),
    [
        ("MIT", []),
        ("MIT AND GPL-3.0-only", ["x"]),
        ("GPL-2.0-only OR MIT", []),
        ("AGPL-3.0-only", ["x"]),
        ("Proprietary", ["x"]),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", []),
    ],
)
def test_the_check_itself_refuses(licence: str, found: list[str]) -> None:
    assert licences.refused({"x": licence}) == found
