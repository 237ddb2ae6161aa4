"""The reader's own view in a real browser: the question, the notes, the file they are saved as; and what is heard."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from coach.resources import resource

SCHEMA = json.loads(resource("reports", "notes.schema.json").read_text())
OPEN_ALL = "document.querySelectorAll('details').forEach(part => part.open = true)"


def _seen(opened: Any, selector: str) -> bool:  # noqa: ANN401  (Playwright may be absent)
    return bool(opened.page.locator(selector).first.is_visible())


def _save(opened: Any, to: Path) -> dict[str, Any]:  # noqa: ANN401
    with opened.page.expect_download() as download:
        opened.page.click("#notes-save")
    download.value.save_as(to)
    notes: dict[str, Any] = json.loads(to.read_text())
    jsonschema.validate(notes, SCHEMA)
    return {**notes, "file": download.value.suggested_filename}


def test_ones_own_view_comes_first(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())

    assert not _seen(opened, ".advice")
    assert not _seen(opened, "#first-ask")
    opened.page.click("#first-hear")
    assert opened.time == pytest.approx(5.4, abs=1)
    assert _seen(opened, "#first-ask")
    sizes = [button.bounding_box() for button in opened.page.locator("#first-ask button").all()]
    assert len({(round(box["width"]), round(box["height"])) for box in sizes}) == 1  # skipping is as large
    opened.page.click("#first-ask [data-answer=not_yet]")

    assert _seen(opened, ".advice")
    shown = opened.page.locator("#first-both").inner_text()
    assert "Not yet." in shown
    assert "You said it back in your own words" in shown
    assert "did not arrive" in shown
    assert "Skipped" not in shown
    assert opened.page.evaluate("document.activeElement.id") == "first-heading"
    assert opened.complaints == opened.violations == []


def test_the_moment_stops_by_itself(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    opened.page.click("#first-hear")
    opened.until("!document.querySelector('audio').paused")

    opened.page.evaluate("document.querySelector('audio').currentTime = 26.9")
    opened.until("document.querySelector('audio').paused")

    assert 27.1 < opened.time < 28.5  # a busy machine looks late
    opened.page.evaluate("document.querySelector('audio').play()")  # and goes on where it is asked to
    opened.until("document.querySelector('audio').currentTime > 29")


def test_an_answer_is_kept_and_can_be_given_again(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    opened.page.click("#first-skip")
    opened.page.click(".moment [data-misheard] >> nth=0")
    opened.page.reload()

    assert "Skipped." in opened.page.locator("#first-both").inner_text()
    assert _seen(opened, ".advice")
    assert opened.page.locator(".moment [aria-pressed=true]").count() == 1
    assert opened.page.locator("#notes-count").inner_text() == "2 notes."
    opened.page.click("#first-again")
    assert _seen(opened, "#first-ask")
    opened.page.click("#first-ask [data-answer=yes]")
    assert "You both heard it" in opened.page.locator("#first-both").inner_text()
    opened.page.click("#notes-clear")
    assert opened.page.locator("#notes-count").inner_text() == "No notes yet."
    assert opened.page.evaluate("localStorage.length") == 0


def test_the_question_can_be_left_out_for_good(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    opened.page.click("#first-off")
    opened.page.reload()

    assert _seen(opened, ".advice")
    assert not _seen(opened, "#first")
    opened.page.click("#first-on")
    assert _seen(opened, "#first")
    off = replace(samples.review(), recipe={"settings": {"you_first": {"value": False}}})
    without = open_page(off)
    assert without.page.locator("#first").count() == 0
    assert _seen(without, ".advice")
    assert without.complaints == []


def test_notes_are_saved_as_a_file(open_page: Callable[..., Any], samples: ModuleType, tmp_path: Path) -> None:
    opened = open_page(samples.review())
    assert opened.page.locator("#notes-save").is_disabled()
    opened.page.click("#first-hear")
    opened.page.click("#first-ask [data-answer=partly]")
    both = opened.page.locator(".moment [data-misheard*=' ']").first  # two findings about the same words
    both.click()
    opened.page.click("#not-me")

    notes = _save(opened, tmp_path / "notes.json")

    assert notes["file"] == "high-bill.notes.json"
    assert notes["recording"] == "0b" * 32
    assert (notes["first"]["answer"], notes["first"]["finding"], notes["first"]["turn"]) == ("partly", "given", 1)
    assert notes["first"]["question"] == "Did they feel heard there?"
    assert {note["kind"] for note in notes["misheard"]} == {"missed_empathy", "missed_paraphrase"}
    assert notes["not_me"]
    assert "jump" not in json.dumps(notes)  # no word of the call
    assert opened.complaints == opened.violations == []
    assert all(url.startswith(("file:", "data:", "blob:")) for url in opened.requests)


def test_taking_a_note_back_leaves_nothing(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())

    for button in ("#not-me", ".moment [data-misheard] >> nth=0"):
        opened.page.click(button)
        assert opened.page.get_attribute(button, "aria-pressed") == "true"
        opened.page.click(button)
        assert opened.page.get_attribute(button, "aria-pressed") == "false"
    assert opened.page.evaluate("localStorage.length") == 0


def test_that_is_not_me_tells_what_puts_it_right(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    opened.page.click("#not-me")

    assert "coach review --swap" in opened.page.locator("#not-me-noted").inner_text()


def test_advice_and_its_moment_are_misheard_together(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    opened.page.click("#first-skip")
    opened.page.click(".keep [data-misheard]")

    assert opened.page.locator(".moment.misheard").count() == 1


def test_it_works_where_the_browser_keeps_nothing(
    open_page: Callable[..., Any], samples: ModuleType, tmp_path: Path
) -> None:
    opened = open_page(samples.review())
    opened.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    opened.page.reload()
    opened.page.click("#first-skip")

    assert _seen(opened, "#notes-unkept")
    assert _save(opened, tmp_path / "notes.json")["first"]["answer"] == "skip"
    assert opened.complaints == []


def test_what_is_kept_by_somebody_else_does_no_harm(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    opened.page.click("#first-skip")
    key = opened.page.evaluate("localStorage.key(0)")
    for spoiled in ("{", "null", "3", '{"misheard": 3}', '"x"', '{"first": "x"}'):
        opened.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, spoiled])
        opened.page.reload()
        assert opened.page.locator("#notes-count").is_visible()
    assert opened.complaints == []


def test_all_of_it_works_by_keyboard_alone(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    keyboard = opened.page.keyboard
    reached: list[str] = []

    def tab_to(wanted: str) -> None:
        for _ in range(150):
            keyboard.press("Tab")
            here = opened.page.evaluate("(e => e.id || e.dataset.answer || e.className)(document.activeElement)")
            reached.append(here)
            if here == wanted:
                return
        raise AssertionError(f"{wanted} was never reached: {reached}")

    tab_to("first-hear")
    keyboard.press("Enter")
    tab_to("not_yet")
    keyboard.press("Space")
    assert _seen(opened, "#first-both")
    tab_to("not-me")
    keyboard.press("Space")
    tab_to("speed")
    keyboard.press("ArrowDown")
    assert opened.page.evaluate("document.querySelector('audio').playbackRate") == 1.25
    tab_to("hear")
    keyboard.press("ArrowDown")
    assert opened.page.input_value("#hear") == "speech"
    tab_to("mine note")
    keyboard.press("Space")
    tab_to("notes-save")
    assert opened.page.locator("#notes-count").inner_text() == "3 notes."
    tab_to("notes-clear")


@pytest.mark.parametrize("speed", ["0.75", "1", "1.25", "1.5", "2"])
def test_it_plays_slower_and_faster(speed: str, open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    opened.page.select_option("#speed", speed)
    opened.page.click("button.moment-button >> nth=0")

    assert opened.page.evaluate("document.querySelector('audio').playbackRate") == float(speed)


@pytest.mark.parametrize(
    ("hearing", "at", "reaches"),
    [("speech", 38.5, 47.2), ("agent", 11.9, 18.4), ("customer", 18.4, 27.3), ("all", 38.5, None)],
)
def test_what_is_not_to_be_heard_is_jumped_over(
    hearing: str, at: float, reaches: float | None, open_page: Callable[..., Any], samples: ModuleType
) -> None:
    opened = open_page(samples.review())
    opened.page.evaluate(f"document.querySelector('audio').currentTime = {at - 0.3}")
    opened.page.select_option("#hear", hearing)
    opened.page.evaluate("document.querySelector('audio').play()")

    if reaches is None:
        opened.until(f"document.querySelector('audio').currentTime > {at + 0.2}")
        assert opened.time < at + 2
    else:
        opened.until(f"document.querySelector('audio').currentTime >= {reaches}")
        assert opened.time < reaches + 2


def test_a_silence_gone_to_on_purpose_is_heard(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    opened.page.evaluate(OPEN_ALL)
    opened.page.select_option("#hear", "customer")
    wait = opened.page.locator(".moment.quiet button.moment-button")

    wait.click()
    opened.until("document.querySelector('audio').currentTime > 38.8")

    assert opened.time < 41


@pytest.mark.parametrize("looks", ["light", "dark", "print", "phone"])
@pytest.mark.parametrize("state", ["asking", "answered"])
def test_everybody_can_answer(state: str, looks: str, open_page: Callable[..., Any], samples: ModuleType) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    options: dict[str, Any] = {"color_scheme": "dark" if looks == "dark" else "light"}
    if looks == "phone":
        options["viewport"] = {"width": 320, "height": 640}
    opened = open_page(samples.review(), **options)
    opened.page.click("#first-hear")
    opened.page.evaluate("document.querySelector('audio').pause()")
    if state == "answered":
        opened.page.click("#first-ask [data-answer=partly]")
        opened.page.click(".moment [data-misheard] >> nth=1")
        opened.page.click("#not-me")
    opened.page.evaluate(OPEN_ALL)
    if looks == "print":
        opened.page.emulate_media(media="print")

    found = axe.Axe().run(opened.page).response["violations"]

    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []
    if looks == "phone":
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_what_is_held_back_stands_on_paper(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    opened.page.emulate_media(media="print")

    assert _seen(opened, ".advice")
    assert not _seen(opened, "#first")
    assert not _seen(opened, ".note")


def test_without_script_nothing_is_held_back(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review(), java_script_enabled=False)

    assert _seen(opened, ".advice")
    assert not _seen(opened, "#first")
    assert not _seen(opened, ".mine")
