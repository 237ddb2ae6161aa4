"""A shift's page and an agent's own in a real browser: quiet, for everybody, on any screen and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coach.app.shift.assembling import Material
from coach.app.shift.pages import write_pages
from tests.unit.shift.made import a_shift, attempt, material, week

pytestmark = pytest.mark.browser

PAGES = ["shift", "agent"]
HOSTILE = [
    "<img src=x onerror=window.owned=1>",
    "w" * 3_000,
    "\u202eevil</title><script>window.owned=1</script>",
    "\"'><svg onload=window.owned=1>",
]

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a shift's pages, and a report where each link leads."""
    folder = tmp_path_factory.mktemp("shift")
    write_pages(folder, a_shift())
    return folder


@pytest.fixture
def open_it(
    chromium: Any,  # noqa: ANN401  (Playwright may be absent)
) -> Iterator[Open]:
    """Return a function that opens a page from the disk and listens to it."""
    contexts = []

    def opened(folder: Path, which: str, **options: object) -> Any:  # noqa: ANN401
        context = chromium.new_context(**{"viewport": {"width": 1100, "height": 800}, **options})
        contexts.append(context)
        page = context.new_page()
        page.heard = []
        page.add_init_script(
            "window.violations = [];"
            "addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective))"
        )
        page.on("console", lambda message: page.heard.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.on("request", lambda request: page.heard.append(request.url))
        page.goto(address(folder, which).as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


def address(folder: Path, which: str) -> Path:
    return folder / "shift.html" if which == "shift" else sorted((folder / "agents").glob("*.html"))[0]


def unfold(page: Any) -> None:  # noqa: ANN401
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")


@pytest.mark.parametrize("which", PAGES)
def test_it_opens_without_a_word_to_anybody(which: str, folder: Path, open_it: Open) -> None:
    page = open_it(folder, which)

    assert [said for said in page.heard if not said.startswith("data:")] == [address(folder, which).as_uri()]
    assert page.evaluate("window.violations") == []
    assert page.locator("script").count() == 0


@pytest.mark.parametrize("looks", ["light", "dark", "print", "phone"])
@pytest.mark.parametrize("which", PAGES)
def test_everybody_can_use_it(which: str, looks: str, folder: Path, open_it: Open) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    options: dict[str, Any] = {"color_scheme": "dark" if looks == "dark" else "light"}
    if looks == "phone":
        options["viewport"] = {"width": 320, "height": 640}
    page = open_it(folder, which, **options)
    if looks == "print":
        page.emulate_media(media="print")
    unfold(page)

    found = axe.Axe().run(page).response["violations"]

    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("width", [320, 768, 1600])
@pytest.mark.parametrize("which", PAGES)
def test_nothing_scrolls_sideways(which: str, width: int, folder: Path, open_it: Open) -> None:
    page = open_it(folder, which, viewport={"width": width, "height": 700})
    unfold(page)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("which", PAGES)
def test_it_reads_at_twice_the_size(which: str, folder: Path, open_it: Open) -> None:
    page = open_it(folder, which, viewport={"width": 640, "height": 400}, device_scale_factor=2)
    page.evaluate("document.documentElement.setAttribute('class', 'x'); document.body.style.fontSize = '200%'")
    unfold(page)

    assert page.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.parametrize("which", PAGES)
def test_everything_can_be_reached_by_tab(which: str, folder: Path, open_it: Open) -> None:
    page = open_it(folder, which)
    wanted = page.locator("a[href]:visible, summary:visible").count()
    reached = []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(e => [e.tagName, e.getAttribute('href') || e.innerText,"
                " getComputedStyle(e).outlineStyle != 'none'])(document.activeElement)"
            )
        )

    assert len({(tag, name) for tag, name, _ in reached}) >= 3
    assert reached[0][:2] == ["A", "#listen" if which == "shift" else "#well"]
    assert all(tag in ("A", "SUMMARY") and seen for tag, _, seen in reached)


def test_the_keyboard_opens_what_is_folded(folder: Path, open_it: Open) -> None:
    page = open_it(folder, "shift")
    summary = page.locator(".person summary").first
    summary.focus()
    page.keyboard.press("Enter")

    assert page.locator(".person table.weeks").first.is_visible()


def test_a_persons_page_is_theirs_and_hears_the_call(folder: Path, open_it: Open) -> None:
    assert open_it(folder, "shift").locator("a[href*='agents/']").count() == 0

    page = open_it(folder, "agent")
    assert page.locator("h1").inner_text() == "Your own weeks"
    link = page.locator("a.listen-to").first.get_attribute("href")
    assert link.startswith("./../") or link.startswith("./")
    assert re.fullmatch(r".*\.html(#t=\d+\.\d)?", link)  # to the call, or to a moment in it


@pytest.mark.parametrize("which", PAGES)
def test_every_picture_has_its_table(which: str, folder: Path, open_it: Open) -> None:
    page = open_it(folder, which)
    figures = page.locator("figure")

    assert figures.count() >= 1
    for i in range(figures.count()):
        dots = figures.nth(i).locator("circle.dot, .bars rect").count()
        rows = figures.nth(i).locator("table").first.locator("tbody tr:not(.break)").count()
        assert dots == rows > 0


def test_the_pictures_show_what_the_table_says(folder: Path, open_it: Open) -> None:
    page = open_it(folder, "agent")
    figure = page.locator("figure.multiple").last
    told = [text.split(": ")[-1] for text in figure.locator("circle.dot title").all_text_contents()]
    counts = [
        text.replace("\u00a0", " ") for text in figure.locator("table").first.locator("td.count").all_inner_texts()
    ]
    heights = [
        float(y) for y in figure.locator("circle.dot").evaluate_all("dots => dots.map(d => d.getAttribute('cy'))")
    ]

    assert [text.replace("\u00a0", " ") for text in told] == counts
    for count, height in zip(counts, heights, strict=True):
        met, of = map(int, count.split(" of "))
        assert height == pytest.approx(104 - 88 * met / of, abs=0.1)
    assert figure.locator("line.break").count() == 1  # the way of counting changed, and no line goes over it
    assert figure.locator("line.path").count() == len(counts) - 2


@pytest.mark.parametrize("which", PAGES)
def test_it_prints_what_is_folded_too(which: str, folder: Path, open_it: Open) -> None:
    page = open_it(folder, which)
    page.emulate_media(media="print")

    table = page.locator("details table").first
    assert table.bounding_box()["height"] > 20
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("which", PAGES)
def test_it_reads_without_script(which: str, folder: Path, open_it: Open) -> None:
    page = open_it(folder, which, java_script_enabled=False)

    assert "What was agreed" in page.locator("main").inner_text()
    assert page.locator(".count:visible").count() > 0


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("which", PAGES)
def test_what_came_with_a_call_is_shown_as_text(which: str, text: str, tmp_path: Path, open_it: Open) -> None:
    calls = week(0, 12, agent=text, keep=text, skill=text, call_type=text)
    made: Material = material(calls, attempts=[attempt(text.replace("/", ""), message=text)])
    write_pages(tmp_path, made)
    page = open_it(tmp_path, which, viewport={"width": 320, "height": 640})
    unfold(page)

    assert page.evaluate("window.owned") is None
    assert page.evaluate("window.violations") == []
    assert page.locator("main :is(img, script)").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_hundred_people_open_at_once(tmp_path: Path, open_it: Open) -> None:
    calls = [each for i in range(100) for number in range(2) for each in week(number, 10, agent=f"Agent {i:03}")]
    write_pages(tmp_path, material(calls))
    page = open_it(tmp_path, "shift")

    assert page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd") < 3000
    assert page.locator(".person").count() == 100
    assert (tmp_path / "shift.html").stat().st_size < 2_000_000
