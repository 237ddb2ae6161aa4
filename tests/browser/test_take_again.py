"""The second take in a real browser, from the disk: recorded from a made microphone, joined, saved; or typed."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import av
import jsonschema
import numpy as np
import pytest

from coach.resources import resource

pytestmark = pytest.mark.browser

TAKE = json.loads(resource("reports", "take.schema.json").read_text())
NOTES = json.loads(resource("reports", "notes.schema.json").read_text())
HEARD = """
    window.order = [];
    audio.addEventListener('play', () => order.push(['theirs', audio.currentTime]));
    audio.addEventListener('pause', () => order.push(['theirs end', audio.currentTime]));
    voice.addEventListener('play', () => order.push(['mine', voice.currentTime]));
    voice.addEventListener('ended', () => order.push(['mine end', voice.currentTime]));
"""
STORY = (66.5, 77.2)
"""When the customer of the made call tells what the advice is about."""
ANSWERED = 84.6


def _opened(open_page: Callable[..., Any], samples: ModuleType, **options: Any) -> Any:  # noqa: ANN401
    """Return the page with the second take open at the moment of the advice."""
    opened = open_page(samples.review(), **{"microphone": "made", **options})
    if opened.page.locator("#first-skip").is_visible():
        opened.page.click("#first-skip")
    if not options.get("silent"):
        opened.page.evaluate(HEARD)
    opened.page.click(".try [data-take]")
    assert _state(opened) == "ready"
    return opened


def _state(opened: Any) -> str:  # noqa: ANN401  (Playwright may be absent)
    return str(opened.page.evaluate("document.getElementById('take').dataset.state"))


def _reaches(opened: Any, state: str) -> None:  # noqa: ANN401
    opened.until(f"document.getElementById('take').dataset.state === '{state}'")


def _record(opened: Any, seconds: float = 1.2) -> None:  # noqa: ANN401
    """Record an answer without waiting for the end of the customer's words."""
    opened.page.click("#take-record")
    _reaches(opened, "hearing")
    opened.page.click("#take-turn")
    _reaches(opened, "recording")
    opened.page.wait_for_timeout(1000 * seconds)
    opened.page.click("#take-stop")
    _reaches(opened, "taken")


def _saved(opened: Any, button: str, to: Path) -> Any:  # noqa: ANN401
    with opened.page.expect_download() as download:
        opened.page.click(button)
    download.value.save_as(to)
    return json.loads(to.read_text(encoding="utf-8")), download.value.suggested_filename


def _quiet(opened: Any) -> bool:  # noqa: ANN401
    """Whether nothing was complained of, refused or asked for beyond the file itself."""
    away = [url for url in opened.requests if not url.startswith(("file:", "data:", "blob:"))]
    return not (opened.complaints or opened.violations or away)


@pytest.mark.parametrize("beside", [False, True], ids=["sound inside", "sound beside"])
def test_it_records_joins_and_plays_again(
    beside: bool, open_page: Callable[..., Any], samples: ModuleType, tmp_path: Path
) -> None:
    opened = _opened(open_page, samples, beside=beside)
    page = opened.page
    page.click("#take-record")
    _reaches(opened, "hearing")
    opened.until("!audio.paused")
    assert opened.time == pytest.approx(STORY[0], abs=1)
    page.evaluate(f"audio.currentTime = {STORY[1] - 0.4}")
    _reaches(opened, "recording")  # by itself, when their words are over
    assert STORY[1] <= opened.time < STORY[1] + 1
    assert page.locator("#take-state").inner_text() == "Recording: answer them."
    opened.until("recorder.state === 'recording' && clock.value > 1")
    page.click("#take-stop")
    _reaches(opened, "taken")

    # Both play by themselves, joined: their words, then the new answer.
    opened.until("order.length >= 3 && !audio.paused")
    assert page.evaluate("recorder.stream.getTracks().map(track => track.readyState)") == ["ended"]
    assert page.evaluate("voice.paused") is True
    page.evaluate(f"audio.currentTime = {STORY[1] - 0.4}")
    opened.until("order.at(-1)[0] === 'mine end'")
    told = [what for what, _ in page.evaluate("order")]
    assert told == ["theirs", "theirs end", "theirs", "theirs end", "mine", "mine end"]

    take, name = _saved(opened, "#take-save", tmp_path / "take.json")
    jsonschema.validate(take, TAKE)
    assert name == "high-bill.take.json"
    assert take["moment"] == {**take["moment"], "kind": "missed_empathy", "start": 66.5, "turn": 11}
    assert take["recording"] == "0b" * 32
    assert "waited" not in json.dumps(take)  # no word of the call
    sound, rate = _heard(take["sound"])
    assert page.evaluate("voice.src") == take["sound"]  # what was played is what is saved
    assert len(sound) / rate == pytest.approx(take["seconds"], abs=0.5)
    assert page.evaluate("voice.duration") == pytest.approx(len(sound) / rate, abs=0.3)
    assert _pitch(sound, rate) == pytest.approx(440, abs=5)  # and what the microphone heard

    page.evaluate("order.length = 0")
    page.click("#take-both")  # again
    opened.until("!audio.paused")
    page.evaluate(f"audio.currentTime = {STORY[1] - 0.2}")
    opened.until("order.some(([what]) => what === 'mine') && voice.currentTime > 0.2")
    assert [what for what, _ in page.evaluate("order")][:3] == ["theirs", "theirs end", "mine"]
    assert _quiet(opened)


def _heard(address: str) -> tuple[np.ndarray, int]:
    """Return the sound of a saved take, by another decoder than the browser's."""
    data = base64.b64decode(address.partition("base64,")[2])
    with av.open(io.BytesIO(data)) as container:
        frames = list(container.decode(audio=0))
    return np.concatenate([frame.to_ndarray().mean(axis=0) for frame in frames]), frames[0].sample_rate


def _pitch(sound: np.ndarray, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum)) * rate / len(sound)


def test_what_was_said_then_is_played_to_its_end(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = _opened(open_page, samples)
    opened.page.select_option("#hear", "agent", force=True)  # a moment by itself is heard whole all the same

    opened.page.click("#take-before")
    opened.until("!audio.paused")
    assert opened.time == pytest.approx(STORY[0], abs=1)
    opened.page.evaluate(f"audio.currentTime = {ANSWERED - 0.3}")
    opened.until("audio.paused")

    assert ANSWERED <= opened.time < ANSWERED + 1
    assert _state(opened) == "ready"  # hearing it records nothing
    assert opened.page.evaluate("recorder") is None


def test_it_stops_by_itself_after_a_minute(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = _opened(open_page, samples)
    assert opened.page.evaluate("clock.max") == 60
    opened.page.evaluate("clock.max = 0.6")
    opened.page.click("#take-record")
    _reaches(opened, "hearing")
    opened.page.click("#take-turn")

    _reaches(opened, "taken")

    assert opened.page.evaluate("recorder.state") == "inactive"
    assert _quiet(opened)


@pytest.mark.parametrize("when", ["hearing", "recording", "taken"])
def test_closing_leaves_nothing_behind(when: str, open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = _opened(open_page, samples)
    if when == "taken":
        _record(opened, 0.4)
    else:
        opened.page.click("#take-record")
        _reaches(opened, "hearing")
    if when == "recording":
        opened.page.click("#take-turn")
        _reaches(opened, "recording")

    opened.page.keyboard.press("Escape")
    opened.until("!take.open && audio.paused && voice.paused")

    opened.until("recorder.stream.getTracks().every(track => track.readyState === 'ended')")
    opened.page.wait_for_timeout(300)
    assert opened.page.evaluate("localStorage.length") == 1  # the answer to the question alone
    assert not opened.page.evaluate("order.some(([what]) => what === 'mine' ) && !voice.paused")
    assert _quiet(opened)
    opened.page.click(".try [data-take]")
    assert _state(opened) == "ready"


@pytest.mark.parametrize("why", ["denied", "none", "insecure", "not supported"])
def test_without_a_microphone_it_is_typed_and_kept(
    why: str,
    open_page: Callable[..., Any],
    samples: ModuleType,
    tmp_path: Path,
) -> None:
    opened = _opened(open_page, samples, microphone="refused" if why == "denied" else None)
    page = opened.page
    if why == "insecure":
        page.evaluate("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    if why == "not supported":
        page.evaluate("delete window.MediaRecorder")
    page.click("#take-record")
    _reaches(opened, "denied" if why == "denied" else "none")

    assert "You can type your answer." in page.locator("#take-state").inner_text()
    assert page.evaluate("document.activeElement.id") == "take-text"
    page.keyboard.type("You lost a whole day over this. I'll see to it myself.")
    page.click("#take-keep")
    _reaches(opened, "kept")
    page.click("#take-close")
    assert page.locator("#notes-count").inner_text() == "2 notes."
    page.reload()
    page.click(".try [data-take]")
    assert page.input_value("#take-text").startswith("You lost a whole day")
    page.click("#take-close")

    notes, _ = _saved(opened, "#notes-save", tmp_path / "notes.json")
    jsonschema.validate(notes, NOTES)
    (typed,) = notes["takes"]
    assert typed["said"] == "You lost a whole day over this. I'll see to it myself."
    assert (typed["kind"], typed["turn"]) == ("missed_empathy", 11)
    page.click(".try [data-take]")
    page.fill("#take-text", "  ")
    page.click("#take-keep")
    assert page.evaluate("notes.takes.length") == 0
    assert _quiet(opened)


def test_all_of_it_works_by_keyboard_alone(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review(), microphone="made")
    keyboard = opened.page.keyboard
    opened.page.focus("#first-skip")
    keyboard.press("Enter")
    opened.page.focus(".try [data-take]")
    keyboard.press("Enter")
    focused = "document.activeElement.id"
    assert opened.page.evaluate(focused) == "take-record"
    keyboard.press("Space")
    _reaches(opened, "hearing")
    opened.until("document.activeElement.id === 'take-turn'")
    keyboard.press("Enter")
    _reaches(opened, "recording")
    assert opened.page.evaluate(focused) == "take-stop"
    opened.page.wait_for_timeout(400)
    keyboard.press("Space")
    _reaches(opened, "taken")
    assert opened.page.evaluate(focused) == "take-both"
    reached = set()
    for _ in range(9):
        keyboard.press("Tab")
        reached.add(opened.page.evaluate(focused))
    assert reached >= {"take-record", "take-before", "take-both", "take-save", "take-type", "take-close"}
    opened.page.focus("#take-type")
    keyboard.press("Enter")
    assert opened.page.evaluate(focused) == "take-text"
    keyboard.type("One day, and nobody came. ")  # a space types, and plays nothing
    assert opened.page.input_value("#take-text").endswith("came. ")
    keyboard.press("Escape")
    assert opened.page.evaluate("take.open") is False
    assert opened.page.evaluate("document.activeElement.dataset.take") is not None  # back where one was


def test_everything_in_it_has_a_name(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = _opened(open_page, samples)
    page = opened.page

    assert page.get_by_role("dialog", name="Take it again").is_visible()
    assert page.get_by_role("button", name="Hear them, then answer").is_visible()
    assert page.get_by_text("Okay, but I waited at home the whole day.").last.is_visible()
    page.click("#take-record")
    _reaches(opened, "hearing")
    page.click("#take-turn")
    _reaches(opened, "recording")
    assert page.get_by_role("progressbar", name="Time used, of one minute").is_visible()
    assert page.get_by_role("status").filter(has_text="Recording").count() == 1
    page.get_by_role("button", name="Done").click()
    _reaches(opened, "taken")
    for name in ("Once more", "Hear it as it was", "Hear it as it is now", "Save this take as a file", "Close"):
        assert page.get_by_role("button", name=name, exact=True).is_visible()
    page.get_by_role("button", name="Type it instead").click()
    assert page.get_by_role("textbox", name="Your answer").is_visible()
    page.click("#take-close")
    names = [button.get_attribute("aria-label") for button in page.locator("[data-take]").all()]
    assert len(names) >= 4
    assert all(name and name.startswith("Take it again: ") for name in names)


@pytest.mark.parametrize("looks", ["light", "dark", "phone"])
@pytest.mark.parametrize("state", ["ready", "recording", "taken", "typing"])
def test_everybody_can_take_it_again(
    state: str, looks: str, open_page: Callable[..., Any], samples: ModuleType
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    options: dict[str, Any] = {"color_scheme": "dark" if looks == "dark" else "light"}
    if looks == "phone":
        options["viewport"] = {"width": 320, "height": 640}
    opened = _opened(open_page, samples, **options)
    if state == "recording":
        opened.page.click("#take-record")
        _reaches(opened, "hearing")
        opened.page.click("#take-turn")
        _reaches(opened, "recording")
    if state == "taken":
        _record(opened, 0.3)
        opened.page.click("#take-before")  # whatever plays now is the call
    if state == "typing":
        opened.page.click("#take-type")

    found = axe.Axe().run(opened.page).response["violations"]

    assert _state(opened) == state
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []
    if looks == "phone":
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert opened.page.evaluate("take.scrollWidth <= take.clientWidth") is True
        assert opened.page.evaluate("take.getBoundingClientRect().bottom <= innerHeight") is True


def test_without_sound_their_words_are_read(open_page: Callable[..., Any], samples: ModuleType, tmp_path: Path) -> None:
    opened = _opened(open_page, samples, silent=True)
    assert "Okay, but I waited" in opened.page.locator("#take-words").inner_text()
    opened.page.click("#take-record")
    _reaches(opened, "recording")
    opened.page.wait_for_timeout(500)
    opened.page.click("#take-stop")
    _reaches(opened, "taken")

    opened.until("voice.currentTime > 0.1")
    jsonschema.validate(_saved(opened, "#take-save", tmp_path / "take.json")[0], TAKE)
    assert _quiet(opened)


def test_a_hostile_customer_is_shown_as_text(open_page: Callable[..., Any], samples: ModuleType) -> None:
    text = "</script><script>window.owned=1</script> <img src=x onerror=window.owned=1> \u202eevil 🙂 " + "w" * 10_000
    review = samples.saying(text)
    sure = samples.replace(review, roles=samples.replace(review.roles, confidence=0.9))
    opened = open_page(sure, microphone="made", viewport={"width": 320, "height": 640})
    if opened.page.locator("#first-skip").is_visible():
        opened.page.click("#first-skip")
    opened.page.evaluate("call.takes[Object.keys(call.takes)[0]].turn = 1")  # whose words are the hostile ones
    opened.page.locator(".moment [data-take]").first.click()

    shown = opened.page.locator("#take-words")
    assert "<img src=x onerror=window.owned=1>" in shown.inner_text()
    assert shown.locator("img, script").count() == 0
    assert opened.page.evaluate("window.owned") is None
    assert opened.page.evaluate("take.scrollWidth <= take.clientWidth") is True
    assert _quiet(opened)


def test_the_line_that_practises_it_can_be_copied(open_page: Callable[..., Any], samples: ModuleType) -> None:
    review = samples.practising("high-bill-acknowledged")
    opened = open_page(review, permissions=["clipboard-read", "clipboard-write"])
    line = "coach practice high-bill-acknowledged"
    moment = opened.page.locator(".moment .practise")

    assert moment.locator("code").inner_text() == line
    moment.get_by_role("button", name=f"Copy: {line}").click()
    opened.until("document.querySelector('.practise [data-copy]').textContent === 'Copied'")
    assert opened.page.evaluate("navigator.clipboard.readText()") == line
    assert opened.complaints == []


def test_on_paper_there_is_nothing_to_press(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = _opened(open_page, samples)
    opened.page.emulate_media(media="print")

    assert not opened.page.locator("#take").is_visible()
    assert opened.page.locator("[data-take]:visible").count() == 0
