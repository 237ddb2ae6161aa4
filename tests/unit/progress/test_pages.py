"""The weeks in words: what got better first, small samples said so, nothing blamed; and in every format."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import random
import re
import sys
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from coach.app import progress_files
from coach.app.progress import weeks_of
from coach.app.progress_files import FILES, write
from coach.conversation import ConfigurationError
from coach.reporting.progress import sentences
from coach.reporting.progress_charts import BOTTOM, LEFT, RIGHT, TOP, charts
from coach.reporting.progress_html import progress_html
from coach.reporting.progress_text import COLUMNS, progress_csv, progress_json, progress_markdown, records
from coach.reporting.progress_values import Progress


def _module(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


made = _module("progress_pages_made", Path(__file__).with_name("made.py"))
call, skill, BACK, ASK = made.call, made.skill, made.BACK, made.ASK

BLAME = re.compile(
    r"\b(wrong|bad|badly|worse|worst|poor|poorly|fail\w*|fault\w*|mistake\w*|error\w*|violat\w*|never|must|cold|rude|"
    r"lack\w*|weak\w*|unprofessional|robotic|interrupt\w*|careless\w*|ignored?|neglect\w*|forgot\w*|missed|should have|"
    r"you should|you did not|you didn't|you do not|you don't|you always|"
    r"too (?:much|many|long|fast|slow|little time)|penal\w*|deduct\w*|score too low|not good enough)\b",
    re.IGNORECASE,
)


def weeks(*calls: object, **options: object) -> Progress:
    runs = options.pop("runs", [made.RUN])
    progress: Progress = weeks_of(calls, (), runs, today=made.TODAY, **options)  # type: ignore[arg-type]
    return progress


def full(*, changed: bool = True, ways: int = 1) -> Progress:
    """Return ten weeks of twenty calls in which one skill got better, another less, or none."""
    calls = []
    for n in range(20):
        late = n >= 10 and changed
        even = (skill(name, 1, 2) for name in ("Room to talk", "Letting them finish", "Acknowledging and reassuring"))
        skills = (skill(BACK, 3 if late else 0, 3), skill(ASK, 0 if late else 3, 3), *even, skill("Of our own", 2, 4))
        mark = "f0" if ways == 2 and n < 6 else "f1"
        calls.append(call(n, *skills, days=4 * (19 - n), fingerprint=mark, heard=(1, 2)))
    runs = [replace(made.RUN, fingerprint="f0", transcriber="small <b>"), made.RUN]
    return weeks(*calls, runs=runs)


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_no_sentence_blames_or_labels() -> None:
    allowed = {
        "progress.lines.about",
        "progress.lines.about_latest",
    }  # "never an average": of the count, not of anybody
    found = {key: text for key, text in sentences().sentences.items() if BLAME.search(text)}

    assert set(found) <= allowed


def test_every_sentence_is_said_somewhere() -> None:
    """A sentence that nothing says is one that a supervisor edits in vain."""
    source = "".join(
        path.read_text("utf-8")
        for folder in ("coach/reporting", "coach/cli", "coach/app", "reports/templates")
        for path in (Path(__file__).parents[3] / folder).glob("*progress*")
        if path.suffix in (".py", ".j2")
    )
    computed = ("progress.ways.", "progress.short.", "progress.name.", "progress.add.", "progress.charts.")
    counted = re.compile(r"\.(one|many)$")
    for key in sentences().sentences:
        name = counted.sub("", key)
        assert f'"{name}"' in source or name.startswith(computed) or name.split(".")[-1] in source, key


def test_what_got_better_comes_first() -> None:
    for text in (progress_markdown(full()), progress_html(full())):
        better, less, came_up = (
            text.index(part) for part in ("What got better", "Where there is room", "What came up")
        )
        assert better < less < came_up
    told = " ".join(progress_markdown(full()).split())
    assert "Saying it back: 0 of 30 in the first 10 calls, 30 of 30 in the 10 since." in told
    assert "Asking: 30 of 30 in the first 10 calls, 0 of 30 in the 10 since." in told


def test_nothing_to_change_is_an_answer() -> None:
    for text in (progress_markdown(full(changed=False)), progress_html(full(changed=False))):
        assert "Nothing to change is" in text
        assert "What got better" not in text


def test_too_little_to_compare_is_not_nothing_to_change() -> None:
    progress = weeks(*(call(n, skill(BACK, 1, 1), skill(ASK, 0, 1), days=n) for n in range(6)))
    told = " ".join(progress_markdown(progress).split())

    assert "Too few of any one thing came up so far" in told
    assert "Nothing to change" not in told


def test_fewer_calls_than_a_handful_say_what_will_come() -> None:
    progress = weeks(*(call(n, skill(BACK, 1, 1), days=n) for n in range(4)))
    told = " ".join(progress_markdown(progress).split())

    assert "4 calls so far." in told
    assert "from five calls on" in told
    assert "4 of 4" in told
    assert "Nothing to change" not in told
    assert "from five calls on" in progress_html(progress)


def test_an_empty_library_says_how_it_fills() -> None:
    assert "coach progress --add" in " ".join(progress_markdown(weeks()).split())
    assert "coach progress --add" in progress_html(weeks())
    quiet = weeks(call(1, skill(BACK, 1, 1), days=200))
    assert "1 before them" in progress_markdown(quiet)


def test_a_small_sample_says_so() -> None:
    few = weeks(*(call(n, skill(BACK, 1, 1), skill(ASK, 3, 6), days=8 * n) for n in range(4)))

    assert re.search(r"Saying it back\s+\| 4 of 4\s+\| too few", progress_markdown(few))
    assert re.search(r"Asking\s+\| 12 of 24\s+\| \d+% to \d+%", progress_markdown(few))
    assert "too few to say" in progress_html(few)


def test_hard_calls_and_contested_moments_are_told_of() -> None:
    progress = weeks(call(1, skill(BACK, 1, 1)), call(2, hard=True), call(3, hard=True), call(4, roles=False))
    told = " ".join(progress_markdown(progress).split())

    assert "2 hard calls are in none of them" in told
    assert "One call is left out, as it could not be told which side is yours." in told
    assert "marked as misheard" not in told
    only_hard = progress_markdown(weeks(call(2, hard=True)))
    assert "One hard call" in only_hard


def test_weeks_of_another_way_stand_apart_with_a_sentence() -> None:
    progress = full(ways=2)
    text = progress_markdown(progress)

    first, second = [part for part in text.split("## Week by week")[1].split("\n\n") if part.startswith("| Week of")]
    sentence = " ".join(text.split())
    assert r"another recogniser heard: moonshine, not small \<b\>." in sentence
    assert "small &lt;b&gt;" in progress_html(progress)
    assert len(first.splitlines()) + len(second.splitlines()) == 4 + len({p.week for p in progress.lines[0].points})
    assert "14 calls that were reviewed as the latest one was" in sentence
    chart = charts(progress, sentences())[0]
    assert [link for link in chart.links if link.earlier]
    where = {dot.x: dot.earlier for dot in chart.dots}
    assert all(where[link.x1] == where[link.x2] == link.earlier for link in chart.links)


def test_markdown_fits_a_terminal() -> None:
    for progress in (full(), full(ways=2), weeks(), full(changed=False)):
        assert max(len(line) for line in progress_markdown(progress).splitlines()) <= 80
    plain = [line for line in progress_markdown(full(), width=50).splitlines() if not line.startswith("|")]
    assert max(map(len, plain)) <= 50


def test_what_a_name_holds_is_no_markup() -> None:
    odd = "<script>x</script> [a](http://b) \x1b[31m"
    progress = weeks(*(call(n, skill(odd, 1, 2), days=n, agent=odd) for n in range(6)), agent=odd)

    page, text = progress_html(progress), progress_markdown(progress)
    assert "<script" not in page
    assert "\x1b" not in page + text
    assert r"\<script\>x\</script\> \[a\]" in text
    assert "=" not in progress_csv(weeks(call(1, skill("=1+1", 1, 2)))).replace("'=1+1", "")


def test_the_page_is_closed_to_the_world() -> None:
    page = Page(progress_html(full()))
    tags = {tag for tag, _ in page.tags}
    policy = next(attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy")

    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in tags
    assert not [
        attrs for _, attrs in page.tags if "style" in attrs or "src" in attrs or any(n[:2] == "on" for n in attrs)
    ]
    assert {attrs["href"] for tag, attrs in page.tags if tag == "link"} == {"data:,"}


def test_each_picture_has_its_table_beside_it() -> None:
    progress = full()
    page = progress_html(progress)

    assert page.count("<figure") == page.count('<svg class="weeks"') == page.count("<details") == len(progress.lines)
    for chart in charts(progress, sentences()):
        assert len(chart.rows) == len(chart.dots)
        assert all(LEFT <= dot.x <= RIGHT and TOP <= dot.high <= dot.y <= dot.low <= BOTTOM for dot in chart.dots)


def test_a_chart_stands_over_all_weeks_and_names_stay_apart() -> None:
    for weeks_ in (1, 2, 3, 5, 12, 30, 104):
        calls = [call(n, skill(BACK, 1, 1), days=7 * n) for n in range(weeks_)]
        (chart,) = charts(weeks(*calls, weeks=weeks_), sentences())
        at = [x for x, _, _ in chart.ticks]
        assert len(chart.dots) == weeks_
        assert all(later - earlier >= 40 for earlier, later in pairwise(at))
        assert chart.ticks[-1][1] == "16 Nov"


def test_csv_and_parquet_hold_the_same_as_documented(tmp_path: Path) -> None:
    progress = full(ways=2)
    write(progress, ("csv", "parquet"), tmp_path / "out")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out" / "progress.csv").read_text())))
    table = pd.read_parquet(tmp_path / "out" / "progress.parquet")
    documented = (Path(__file__).parents[3] / "docs" / "progress.md").read_text("utf-8")

    assert list(table.columns) == list(COLUMNS) == list(rows[0])
    assert len(table) == len(rows) == len(records(progress))
    assert (
        table["met"].sum()
        == sum(int(row["met"]) for row in rows)
        == sum(p.met for x in progress.lines for p in x.points)
    )
    assert table["week"].iloc[0] == date.fromisoformat(rows[0]["week"])
    section = documented.split("## As tables")[1].split("\n## ")[0]
    told = [name for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]
    assert told == list(COLUMNS)


def test_an_empty_table_still_has_its_columns(tmp_path: Path) -> None:
    write(weeks(), ("csv", "parquet"), tmp_path)

    assert list(pd.read_parquet(tmp_path / "progress.parquet").columns) == list(COLUMNS)
    assert (tmp_path / "progress.csv").read_text().strip() == ",".join(COLUMNS)


def test_json_holds_everything_and_no_float_without_end() -> None:
    whole = json.loads(json.dumps(progress_json(full()), allow_nan=False))

    assert whole["schema"] == "coach.progress/1"
    assert whole["until"] == "2026-11-20"
    assert whole["lines"][1]["points"][0]["week"] == "2026-08-31"
    assert {line["verdict"] for line in whole["lines"]} == {"better", "less", "same"}


def test_the_same_weeks_are_the_same_files() -> None:
    shuffled = [call(n, skill(BACK, 1, 2), days=3 * n) for n in range(12)]
    again = random.Random(1).sample(shuffled, len(shuffled))

    for name in ("md", "html", "csv", "json"):
        assert FILES[name](weeks(*shuffled)) == FILES[name](weeks(*again))


def _drawn() -> bool:
    try:
        import weasyprint  # noqa: F401, PLC0415  (needs a library of the system)
    except (ImportError, OSError):
        return False
    return True


@pytest.mark.skipif(not _drawn(), reason="no WeasyPrint or no Pango: install the extra pdf and libpangoft2-1.0-0")
def test_a_pdf_is_drawn_from_the_page_alone(tmp_path: Path) -> None:
    (path,) = write(full(ways=2), ("pdf",), tmp_path)
    made_pdf = path.read_bytes()

    assert made_pdf.startswith(b"%PDF-")
    assert made_pdf.rstrip().endswith(b"%%EOF")
    assert len(made_pdf) > 10_000
    pages = len(re.findall(rb"/Type /Page\b", made_pdf))
    assert pages == 0 or 2 <= pages <= 5  # none where they lie in compressed streams
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not _drawn(), reason="no WeasyPrint or no Pango: install the extra pdf and libpangoft2-1.0-0")
def test_everything_of_the_page_is_on_paper() -> None:
    import weasyprint  # noqa: PLC0415  (needs a library of the system)

    progress = full(ways=2)
    drawn = weasyprint.HTML(string=progress_html(progress, printed=True)).render()
    words: list[str] = []
    for page in drawn.pages:
        for box in page._page_box.descendants():
            text = getattr(box, "text", "")
            if text.strip() and 0 <= box.position_y < page.height and 0 <= box.position_x < page.width:
                words.append(text.strip())
    said = " ".join(words)

    for chart in charts(progress, sentences()):
        assert chart.label in said
        for week, _, counted, reach, _ in chart.rows:
            assert week in said
            assert counted in said
            assert reach in said
    assert words.count("Week of") == len(progress.lines)
    assert sum(" of " in word for word in words) >= sum(len(line.points) for line in progress.lines)


@pytest.mark.parametrize(("raised", "told"), [(ImportError, 'extra "pdf"'), (OSError, "Pango")])
def test_without_what_makes_a_pdf_a_sentence_says_what_to_do(
    raised: type[Exception], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise raised(name)

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])

    with pytest.raises(ConfigurationError, match=told):
        write(full(), ("html", "pdf"), tmp_path / "out")
    assert not (tmp_path / "out").exists()  # nothing half-done


def test_nothing_is_fetched() -> None:
    with pytest.raises(ValueError, match="nothing is fetched"):
        progress_files._nothing("https://example.org/x.png")
