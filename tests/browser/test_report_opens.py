"""The report in a real browser, opened from the disk: it plays, it is quiet, and everybody can use it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.browser

HOSTILE = [
    "</script><script>window.owned=1</script>",
    "<img src=x onerror=window.owned=1>",
    "\u202eevil",
    "w" * 10_000,
    "🙂👩‍👩‍👧",
    "\"'><svg onload=window.owned=1>",
]


@pytest.mark.parametrize("beside", [False, True], ids=["sound inside", "sound beside"])
def test_it_opens_without_a_word_to_anybody(beside: bool, open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review(), beside=beside)
    opened.page.click("button.moment-button >> nth=0")
    opened.until("document.querySelector('audio').currentTime > 0")

    addresses = [url for url in opened.requests if not url.startswith("data:")]
    assert {url.rsplit("/", 1)[-1] for url in addresses} == {
        "call.html",
        *(["the%20call%20%231.mp3"] if beside else []),
    }
    assert all(url.startswith("file:") for url in addresses)
    assert opened.violations == []
    assert opened.complaints == []
    assert opened.page.evaluate("Math.abs(document.querySelector('audio').duration - 121.5)") < 0.2


@pytest.mark.parametrize("beside", [False, True], ids=["sound inside", "sound beside"])
def test_every_moment_plays_from_where_it_is(beside: bool, open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review(), beside=beside)
    opened.page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    # Looked at where the sound lands: a busy machine would see it play on.
    opened.page.evaluate("document.querySelector('audio').play = () => Promise.resolve()")
    buttons = opened.page.locator("button.moment-button")

    assert buttons.count() >= 15
    for index in range(buttons.count()):
        wanted = float(buttons.nth(index).get_attribute("data-at"))
        at = buttons.nth(index).evaluate(
            "button => new Promise(done => { const audio = document.querySelector('audio');"
            "audio.addEventListener('seeked', () => done(audio.currentTime), {once: true});"
            "button.click(); })"
        )
        assert at == pytest.approx(wanted, abs=0.1)
    opened.page.evaluate("delete document.querySelector('audio').play")
    buttons.nth(0).click()
    opened.until("!document.querySelector('audio').paused")


def test_a_link_from_another_page_leads_to_its_moment(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    assert opened.time == 0
    opened.page.goto("about:blank")
    opened.page.goto(f"{opened.requests[0]}#t=65.5")
    opened.until("document.querySelector('audio').currentTime > 0")
    assert opened.time == pytest.approx(65.5, abs=0.1)  # and it waits there: nothing plays unasked
    assert opened.page.evaluate("document.querySelector('audio').paused")


def test_words_turns_and_lanes_play(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    word = opened.page.locator("#turn-3 .words [data-t]").nth(5)

    word.click()
    assert opened.time == pytest.approx(float(word.get_attribute("data-t")), abs=1)
    opened.until("document.querySelector('#turn-3.now .words .now')")
    opened.page.click("#turn-8 button")
    assert opened.time == pytest.approx(samples.review().conversation.turns[8].start, abs=1)
    opened.page.locator("#lanes").scroll_into_view_if_needed()
    lanes = opened.page.locator("#lanes").bounding_box()
    opened.page.mouse.click(lanes["x"] + lanes["width"] * 0.5, lanes["y"] + 60)
    assert opened.time == pytest.approx(121.5 / 2, abs=1)
    opened.until("Math.abs(parseFloat(document.getElementById('playhead').getAttribute('x1')) - 50) < 2")
    mark = opened.page.locator("#lanes circle.chance").first
    mark.click()
    assert opened.time == pytest.approx(float(mark.get_attribute("data-at")), abs=1)


def test_the_keys_play_and_go(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    keyboard = opened.page.keyboard
    starts = sorted({moment.start for moment in samples.review().findings.moments})

    keyboard.press("Space")
    opened.until("!document.querySelector('audio').paused")
    keyboard.press("Space")
    opened.until("document.querySelector('audio').paused")
    assert opened.page.evaluate("scrollY") == 0
    before = opened.time
    keyboard.press("ArrowRight")
    assert opened.time == pytest.approx(before + 5, abs=0.1)
    keyboard.press("ArrowLeft")
    keyboard.press("ArrowLeft")
    assert opened.time == pytest.approx(max(0, before - 5), abs=0.1)
    keyboard.press("Shift+ArrowRight")
    keyboard.press("Shift+ArrowRight")
    assert opened.time == pytest.approx(starts[1], abs=0.1)
    keyboard.press("Shift+ArrowLeft")
    assert opened.time == pytest.approx(starts[0], abs=0.1)


def test_everything_can_be_reached_by_tab_and_pressed(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    opened.page.click("#first-skip")
    opened.page.evaluate("scrollTo(0, 0); document.activeElement.blur()")
    reached = set()
    for _ in range(120):
        opened.page.keyboard.press("Tab")
        reached.add(opened.page.evaluate("document.activeElement.className || document.activeElement.tagName"))

    assert reached >= {"skip", "listen-to", "moment-button", "at", "link", "SUMMARY", "AUDIO"}
    button = opened.page.locator("button.listen-to[data-at]").first
    button.focus()
    opened.page.keyboard.press("Space")
    opened.until("!document.querySelector('audio').paused")
    assert opened.time == pytest.approx(float(button.get_attribute("data-at")), abs=1)


def test_no_control_is_out_of_the_keyboards_reach(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.practising("high-bill-acknowledged"))
    opened.page.click("#first-skip")
    opened.page.evaluate(
        "document.querySelectorAll('details').forEach(part => part.open = true);"
        "scrollTo(0, 0); document.activeElement.blur();"
        "document.addEventListener('focusin', event => event.target.setAttribute('data-reached', ''))"
    )
    controls = "button, a[href], select, summary, textarea, audio, [tabindex='0']"
    there = "[...document.querySelectorAll(`" + controls + "`)].filter(e => e.checkVisibility() && !e.disabled)"
    for _ in range(400):
        opened.page.keyboard.press("Tab")
        if not opened.page.evaluate("document.querySelector('#notes-clear:not([data-reached])')"):
            break
    for _ in range(20):  # what comes after the notes
        opened.page.keyboard.press("Tab")

    assert opened.page.evaluate(f"{there}.length") > 80
    missed = f"{there}.filter(e => !e.hasAttribute('data-reached')).map(e => e.outerHTML.slice(0, 100))"
    assert opened.page.evaluate(missed) == []


@pytest.mark.parametrize("width", [320, 768, 1600])
def test_nothing_scrolls_sideways(width: int, open_page: Callable[..., Any], samples: ModuleType) -> None:
    for review in (samples.review(), samples.saying("w" * 10_000)):
        opened = open_page(review, viewport={"width": width, "height": 700})
        opened.page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("looks", ["light", "dark", "print", "phone", "silent"])
def test_everybody_can_use_it(looks: str, open_page: Callable[..., Any], samples: ModuleType) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    options: dict[str, Any] = {"color_scheme": "dark" if looks == "dark" else "light"}
    if looks == "phone":
        options["viewport"] = {"width": 320, "height": 640}
    opened = open_page(samples.review(), silent=looks == "silent", **options)
    if looks == "print":
        opened.page.emulate_media(media="print")
    opened.page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    opened.page.evaluate("document.getElementById('turn-4').classList.add('now')")

    found = axe.Axe().run(opened.page).response["violations"]

    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_call_is_shown_as_text(text: str, open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.saying(text))
    opened.page.click("button.moment-button >> nth=0")

    assert opened.page.evaluate("window.owned") is None
    assert opened.violations == []
    assert opened.complaints == []
    # What is out of sight is laid out only when it comes near, which moves what follows it.
    opened.until(
        "(turn => (turn.scrollIntoView(), turn.innerText.length > 0))(document.querySelector('#turn-1 .words'))"
    )
    shown = opened.page.locator("#turn-1 .words").inner_text()
    assert "".join(shown.split()) == "".join(text.replace("\u202e", "").split())
    assert opened.page.locator("#turn-1 .words :is(img, svg, script)").count() == 0


def test_it_reads_without_script(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review(), java_script_enabled=False, silent=True)

    assert "That is a big jump" in opened.page.locator("main").inner_text()
    assert opened.page.locator("#turns").is_visible()


def test_it_prints_everything_that_was_said(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    opened.page.emulate_media(media="print")

    box = opened.page.locator("#turns").bounding_box()
    last = opened.page.locator(".turn").last.bounding_box()
    assert last["y"] + last["height"] <= box["y"] + box["height"] + 1
    assert opened.page.pdf(format="A4").startswith(b"%PDF")


def test_what_is_folded_away_stands_on_paper(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.review())
    opened.page.click("#first-skip")
    folded = opened.page.locator("details .moment .moment-button").first
    assert not folded.is_visible()

    opened.page.emulate_media(media="print")

    assert folded.is_visible()
    assert opened.page.locator("details").evaluate_all("parts => parts.every(part => !part.open)")


def test_a_two_hour_call_opens_at_once_and_scrolls(open_page: Callable[..., Any], samples: ModuleType) -> None:
    opened = open_page(samples.longer(60), beside=True)

    timing = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    assert opened.page.evaluate(timing) < 2000
    assert opened.page.locator(".turn").count() == 60 * len(samples.review().conversation.turns)
    assert opened.page.evaluate("getComputedStyle(document.querySelector('.turn')).contentVisibility") == "auto"
    took = opened.page.evaluate(
        "new Promise(done => { const list = document.getElementById('turns'); const from = performance.now();"
        "let n = 0;"
        "const step = () => { list.scrollTop = list.scrollHeight * ++n / 40;"
        "if (n < 40) requestAnimationFrame(step); else done(performance.now() - from); }; step(); })"
    )
    # One picture's worth of keeping in step with the sound is far less than the time between two of them.
    step = "(() => { const from = performance.now(); for (let n = 0; n < 50; n++) keepStep();"
    assert opened.page.evaluate(f"{step} return (performance.now() - from) / 50; }})()") < 16
    assert took < 40 * 100  # ten pictures a second on a busy machine; sixty on an idle one
