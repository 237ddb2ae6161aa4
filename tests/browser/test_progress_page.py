"""A person's weeks in a real browser, opened from the disk: quiet, readable for everybody, at any width, on paper."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from coach.app.progress import weeks_of
from coach.reporting.progress_html import progress_html
from coach.reporting.progress_values import Progress

pytestmark = pytest.mark.browser

SKILLS = (
    "Letting them finish",
    "Room to talk",
    "Saying it back",
    "Asking",
    "Acknowledging and reassuring",
    "Ours " * 20,
)


def _made() -> ModuleType:
    path = Path(__file__).parents[1] / "unit" / "progress" / "made.py"
    spec = importlib.util.spec_from_file_location("progress_page_made", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


made = _made()


def progress(calls: int = 30) -> Progress:
    """Return twelve weeks with two ways of reviewing, a hard call, small weeks, and one skill that got better."""
    found = []
    for n in range(calls):
        late = n >= calls * 0.6
        skills = [made.skill(name, (n + i) % 3 + (late and i == 2), 3) for i, name in enumerate(SKILLS)]
        skills = [replace(one, met=min(one.met, one.of)) for one in skills]
        mark = "f0" if n < calls / 4 else "f1"
        found.append(made.call(n, *skills, days=80 - 80 * n / calls, fingerprint=mark, hard=n == 5, heard=(1, 2)))
    runs = [replace(made.RUN, fingerprint="f0", transcriber="another <i>"), made.RUN]
    return weeks_of(found, (), runs, today=made.TODAY)


@pytest.fixture
def open_weeks(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:  # noqa: ANN401  (Playwright may be absent)
    contexts = []

    def open_it(text: str, **options: object) -> Any:  # noqa: ANN401
        file = tmp_path / "progress.html"
        file.write_bytes(text.encode())
        context = chromium.new_context(**{"viewport": {"width": 1100, "height": 800}, **options})
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(
            "window.violations = [];"
            "addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective))"
        )
        page.complaints, page.asked = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(file.as_uri())
        return page

    yield open_it
    for context in contexts:
        context.close()


def test_it_opens_without_a_word_to_anybody(open_weeks: Callable[..., Any]) -> None:
    page = open_weeks(progress_html(progress()))

    assert [url.rsplit("/", 1)[-1] for url in page.asked if not url.startswith("data:")] == ["progress.html"]
    assert page.evaluate("window.violations") == []
    assert page.complaints == []
    # The style was taken: its hash is what the policy names.
    assert page.evaluate("getComputedStyle(document.querySelector('.multiples')).display") == "grid"


@pytest.mark.parametrize("looks", ["light", "dark", "print", "phone", "early", "empty"])
def test_everybody_can_use_it(looks: str, open_weeks: Callable[..., Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    options: dict[str, Any] = {"color_scheme": "dark" if looks == "dark" else "light"}
    if looks == "phone":
        options["viewport"] = {"width": 320, "height": 640}
    shown = progress({"early": 3, "empty": 0}.get(looks, 30))
    page = open_weeks(progress_html(shown), **options)
    if looks == "print":
        page.emulate_media(media="print")
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")

    found = axe.Axe().run(page).response["violations"]

    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("width", [320, 768, 1600])
def test_nothing_scrolls_sideways(width: int, open_weeks: Callable[..., Any]) -> None:
    page = open_weeks(progress_html(progress()), viewport={"width": width, "height": 700})
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        "[...document.querySelectorAll('.card')].filter(card => { const edge = card.getBoundingClientRect();"
        "return [...card.querySelectorAll('svg, table')].some(part => "
        "part.getBoundingClientRect().right > edge.right + 1 || part.getBoundingClientRect().left < edge.left - 1);"
        "}).length"
    )
    assert outside == 0


def test_every_table_opens_by_keyboard(open_weeks: Callable[..., Any]) -> None:
    page = open_weeks(progress_html(progress()))
    tables = page.locator("details").count()
    opened = set()
    for _ in range(tables):
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        opened.add(page.evaluate("document.activeElement.innerText"))

    assert page.locator("details[open]").count() == tables == 7
    assert len(opened) == tables  # each says whose table it is


def test_names_of_weeks_stay_in_their_picture_and_apart(open_weeks: Callable[..., Any]) -> None:
    page = open_weeks(progress_html(progress()), viewport={"width": 320, "height": 640})
    crossing = page.evaluate(
        "[...document.querySelectorAll('svg.weeks')].filter(picture => {"
        "const names = [...picture.querySelectorAll('text')].map(name => name.getBoundingClientRect());"
        "const edge = picture.getBoundingClientRect();"
        "return names.some((a, i) => a.left < edge.left - 1 || a.right > edge.right + 1"
        "|| names.some((b, j) => j > i && a.left < b.right && b.left < a.right"
        "&& a.top + 2 < b.bottom && b.top + 2 < a.bottom));"
        "}).length"
    )
    assert crossing == 0


def test_paper_has_the_tables(open_weeks: Callable[..., Any]) -> None:
    page = open_weeks(progress_html(progress()))
    page.emulate_media(media="print")

    shown = page.evaluate(
        "[...document.querySelectorAll('details table')].map(table => table.getBoundingClientRect().height)"
    )
    assert len(shown) == 7
    assert min(shown) > 20
    beside = page.evaluate(
        "[...document.querySelectorAll('figure')].every("
        "figure => figure.querySelector('svg').getBoundingClientRect().right"
        "<= figure.querySelector('table').getBoundingClientRect().left + 1)"
    )
    assert beside
    assert page.pdf(format="A4").startswith(b"%PDF")
