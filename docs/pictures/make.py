"""Make the example report anew, and the README's picture of it: ``python docs/pictures/make.py``.

Reviews the call that comes with the product into ``reports/example``, opens the page in Chromium, and puts its first
screen, what it says once it is answered, and a phone's screen beside each other. Needs Playwright and a Chromium.

    --picture-only   take the picture of the report that is there
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "reports" / "example"
PAGE = EXAMPLE / "high-bill.html"
PICTURE = Path(__file__).with_name("report.png")

SCREENS: dict[str, dict[str, Any]] = {
    "first": {"viewport": {"width": 860, "height": 1400}, "color_scheme": "light"},
    "advice": {"viewport": {"width": 860, "height": 1400}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 380, "height": 1350}, "color_scheme": "dark"},
}
FRAME = """
<style>
  body { margin: 0; }
  main { padding: 26px; width: 1208px; box-sizing: border-box; background: #e9e6df;
         display: grid; gap: 26px; grid-template-columns: 790px 340px; align-items: start; }
  img { display: block; border-radius: 10px; box-shadow: 0 6px 24px rgb(0 0 0 / 18%); }
  .first { width: 790px; }
  .advice { width: 790px; grid-row: 2; }
  .phone { width: 340px; border-radius: 22px; grid-row: 1 / 3; grid-column: 2; }
</style>
<main>"""


def main() -> None:
    """Make the report, then its picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--picture-only", action="store_true")
    if not parser.parse_args().picture_only:
        review()
    picture()


def review() -> None:
    """Review the made call by the defaults alone: no setting of this machine enters the example."""
    for old in EXAMPLE.glob("high-bill*"):
        old.unlink()  # a report of an earlier take of the call would be kept, and ours get another name
    with tempfile.TemporaryDirectory() as empty:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("COACH_")}
        clean |= {"XDG_CONFIG_HOME": empty, "XDG_STATE_HOME": empty, "XDG_DATA_HOME": empty}
        command = [sys.executable, "-m", "coach", "demo", "--quiet", "--out", str(EXAMPLE)]
        subprocess.run(command, check=True, cwd=empty, env=clean)  # noqa: S603  (our own program)
    for made in EXAMPLE.glob("high-bill.*"):
        made.chmod(0o644)


def picture() -> None:
    """Take the screens and lay them side by side."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (may be absent)

    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        shots = {name: _screen(browser, name, options) for name, options in SCREENS.items()}
        page = browser.new_page(viewport={"width": 1208, "height": 900})
        images = "".join(
            f'<img class="{name}" src="data:image/png;base64,{b64encode(shot).decode()}">'
            for name, shot in shots.items()
        )
        page.set_content(FRAME + images)
        page.locator("main").screenshot(path=PICTURE)
        browser.close()
    sys.stdout.write(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB\n")


def _screen(browser: Any, name: str, options: dict[str, Any]) -> bytes:  # noqa: ANN401  (Playwright may be absent)
    context = browser.new_context(**options, device_scale_factor=2)
    page = context.new_page()
    page.goto(PAGE.as_uri())
    page.wait_for_timeout(500)
    page.click("#first-hear")
    page.evaluate("(audio => { audio.pause(); audio.currentTime = 0; })(document.querySelector('audio'))")
    if name != "first":
        page.click("#first-ask [data-answer=yes]")
    page.evaluate("document.activeElement.blur(); scrollTo({top: 0, behavior: 'instant'})")
    if name == "phone":
        page.evaluate("scrollBy({top: listen.getBoundingClientRect().top - 24, behavior: 'instant'})")
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    shot: bytes = page.screenshot(clip=_part(page, name, options["viewport"]))
    context.close()
    return shot


def _part(page: Any, name: str, size: dict[str, int]) -> dict[str, float]:  # noqa: ANN401
    """Return what of a screen is shown: all of the phone's, of the others what belongs together."""
    edges = {"first": ("body", "#first"), "advice": ("#advice", ".pair")}
    if name not in edges:
        return {"x": 0, "y": 0, **size}
    upper, lower = (page.locator(selector).first.bounding_box() for selector in edges[name])
    top, margin = max(0.0, upper["y"] - 32), 36 if name == "first" else 14
    return {"x": 0, "y": top, "width": size["width"], "height": lower["y"] + lower["height"] + margin - top}


if __name__ == "__main__":
    main()
