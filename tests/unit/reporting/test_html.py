"""The page: escaped, closed to the world, honest about what was heard."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from coach.conversation import Coaching, ConfigurationError, Party, Word
from coach.reporting import html as module
from coach.reporting.html import ReportSound, render_html
from coach.reporting.lanes import BARS, activity, envelope, ticks
from coach.resources import resource

STEREO_BITS = 32_000  # a second, as two lanes are encoded
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Elements and text of a page, and whether every element was closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.content: dict[str, str] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("style", "script"):
            kind = self.elements[-1][1].get("type") or self.open[-1]
            self.content[kind] = self.content.get(kind, "") + data
        else:
            self.text.append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.elements if t == tag and all(a.get(k) == v for k, v in wanted.items())]

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).replace("\u00a0", " ").split())


@pytest.fixture(scope="module")
def page(samples: ModuleType) -> Page:
    return Page(render_html(samples.review(), ReportSound(mp3=b"ID3", duration=121.5)))


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_page_is_closed_to_the_world(page: Page) -> None:
    policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"]

    assert policy == (
        f"default-src 'none'; script-src {_digest(page.content['script'])}; "
        f"style-src {_digest(page.content['style'])}; "
        "media-src data:; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert page.open == []
    assert not any(name.startswith("on") or name == "style" for _, attrs in page.elements for name in attrs)
    addresses = [value for _, attrs in page.elements for name, value in attrs.items() if name in ("src", "href")]
    assert {str(address)[:5] for address in addresses if not str(address).startswith("#")} <= {"data:", "data:,"}


def test_the_script_is_small_and_makes_no_markup(page: Page) -> None:
    script = "\n".join(resource("reports", "templates", name).read_text() for name in module.SCRIPTS)
    code = [line for line in script.splitlines() if line.strip() and not line.strip().startswith("//")]

    assert page.content["script"] == script
    assert 200 < len(code) <= 300
    assert max(map(len, code)) <= 120
    assert not any(line.count(";") > 5 for line in code)  # nor is it made short by long lines
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|fetch\(|XMLHttp|import\(", script)


def test_the_first_screen_is_three_sentences_then_keep_and_try(page: Page) -> None:
    words = page.words

    assert len(page.all("p", **{"class": "opening"})) == 3
    assert "The call took 2 min 2 s: you spoke for 57 s, the customer for 46 s." in words
    assert "told you at length what was going on 3 times, and you showed once that you had heard it" in words
    order = [
        "One to keep, one to try",
        "Listen You (agent)",
        "What came up, skill by skill",
        "The numbers",
        "How it was heard",
    ]
    assert sorted(order, key=words.rindex) == order


def test_every_moment_is_a_button_that_knows_its_time(page: Page, samples: ModuleType) -> None:
    made = samples.review()
    buttons = page.all("button", **{"class": "moment-button"})
    starts = {(moment.start, moment.end) for moment in made.findings.moments}

    assert {(float(str(b["data-at"])), float(str(b["data-end"]))) for b in buttons} == starts


def test_findings_about_the_same_words_share_an_entry(page: Page) -> None:
    entry = "Play from 1:06 Room for a word on how it is for them Room to say it back before the answer Okay, but"

    assert page.words.count(entry) == 1
    assert len(page.all("p", **{"class": "also"})) == 1


def test_every_word_can_be_played_and_unclear_ones_are_marked(page: Page, samples: ModuleType) -> None:
    spoken = sum(len(turn.words) for turn in samples.review().conversation.turns)
    timed = [attrs for attrs in page.all("span") if "data-t" in attrs]

    assert len(timed) >= spoken
    assert len([attrs for attrs in timed if attrs.get("class") == "unclear"]) == len(
        "Sure, it's fourteen Alder Court.".split()
    )


def test_the_numbers_show_what_they_are_made_of_and_why_not(page: Page) -> None:
    assert "Your share of the talking Your speech out of both sides' speech. 56% 57 s of 1 min 43 s" in page.words
    assert "not known their words were not heard clearly enough to count" in page.words
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption"))


def test_it_says_how_it_was_heard(page: Page) -> None:
    for told in (
        "The right channel (told from what was said, sure). The right channel opens with the company's greeting.",
        "coach review --swap",
        "You 97%, Customer 86%",
        "1 × card number",
        "Part of the customer's side was faint",
        "bundled (moonshine tiny, int8)",
        "transcribe.batch = 8",
        "3f" * 16,
    ):
        assert told in page.words
    assert "0 × card security code" not in page.words


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\u202eevil\u202c \u2066x",
    '"\' onmouseover=alert(1) x="',
    "{{ 7 * 7 }}{% raw %}",
    "x" * 10_000,
    "🙂 👩‍👩‍👧 \x00\x1b[31m",
    "\udcff",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_call_is_text(text: str, samples: ModuleType) -> None:
    plain, hostile = (Page(render_html(samples.saying(said))) for said in ("words", text))

    tags = {tag for tag, _ in plain.elements}
    assert {tag for tag, _ in hostile.elements} <= tags
    assert len(hostile.all("script")) == 2
    assert not any(name.startswith("on") for _, attrs in hostile.elements for name in attrs)
    assert "49" not in hostile.words or "49" in plain.words
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", hostile.words)
    json.loads(hostile.content["application/json"])
    assert "<" not in hostile.content["application/json"]


def test_unclear_words_are_never_quoted_in_advice(samples: ModuleType) -> None:
    made = samples.review()
    clear = Page(render_html(made)).words
    parties = tuple(_mumbling(party) for party in made.conversation.parties)
    unclear = Page(render_html(replace(made, conversation=replace(made.conversation, parties=parties)))).words

    assert "“I lost a day of work for that, and nobody even called me”" in clear
    assert "“I lost a day of work" not in unclear
    assert "“You waited a whole day" not in unclear
    assert "not heard clearly enough to quote" in unclear
    assert "not heard clearly enough to build an example on" in unclear
    assert "“That is a big jump" in unclear  # other moments keep their words


def _mumbling(party: Party) -> Party:
    def mumbled(word: Word) -> Word:
        return replace(word, confidence=0.2) if 66 < word.start < 78 else word

    return replace(party, words=tuple(map(mumbled, party.words)))


def test_without_sound_moments_lead_to_the_words(samples: ModuleType) -> None:
    silent = Page(render_html(samples.review()))

    assert silent.all("audio") == []
    assert not any("data-at" in button for button in silent.all("button"))
    targets = {str(a["href"])[1:] for a in silent.all("a")}
    assert targets <= {str(attrs["id"]) for _, attrs in silent.elements if "id" in attrs}
    policy = str(silent.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"])
    assert "media-src data:;" in policy  # an answer that is recorded in the page, and nothing else
    unsure = replace(samples.review(), roles=replace(samples.review().roles, confidence=0.5))
    assert "media-src 'none'" in str(Page(render_html(unsure)).all("meta", **{"http-equiv": "Content-Security-Policy"}))


def test_sound_beside_the_page_is_named_so_that_it_stays_beside_it(samples: ModuleType) -> None:
    beside = Page(render_html(samples.review(), ReportSound(src='a #1? "x":y.mp3')))

    assert beside.all("audio")[0]["src"] == "./a%20%231%3F%20%22x%22%3Ay.mp3"
    assert "media-src 'self'" in str(beside.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"])


@pytest.mark.parametrize("src", ["../x.mp3", "/etc/x.mp3", "http://x/y.mp3", "a\\b.mp3", "", ".."])
def test_sound_from_elsewhere_is_refused(src: str) -> None:
    with pytest.raises(ValueError, match="same folder"):
        ReportSound(src=src)


def test_ten_minutes_with_their_sound_are_under_four_megabytes(samples: ModuleType) -> None:
    made = samples.longer(5)
    sound = ReportSound(mp3=bytes(STEREO_BITS // 8 * round(5 * samples.DURATION)), duration=5 * samples.DURATION)

    assert 600 < sound.duration < 620
    assert 3_000_000 < len(render_html(made, sound).encode()) < 4_000_000


def test_sound_is_in_the_page_or_beside_it() -> None:
    with pytest.raises(ValueError, match="either"):
        ReportSound(mp3=b"x", src="x.mp3")


def test_unsure_roles_show_the_command_first(samples: ModuleType) -> None:
    made = samples.review()
    unsure = Page(render_html(replace(made, roles=replace(made.roles, confidence=0.5)))).words

    assert unsure.index("coach review --swap") < unsure.index("One to keep")


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("the call #1.wav", "coach review 'the call #1.wav' --swap"),
        ("-1.wav", "coach review ./-1.wav --swap"),
        ("call.wav; rm x", "coach review 'call.wav; rm x' --swap"),
        ("from [phone].wav", None),
        (None, None),
    ],
)
def test_what_exchanges_the_sides_names_this_call(name: str | None, command: str | None, samples: ModuleType) -> None:
    made = samples.review()
    words = Page(render_html(replace(made, recording=replace(made.recording, uri=name)))).words

    assert "coach review --swap" in words
    assert ("in the folder of its recording" in words) == (command is not None)
    assert command is None or command in words


def test_a_transcript_without_times_makes_a_page(samples: ModuleType) -> None:
    bare = Page(render_html(samples.transcript_only()))

    assert "there are no lanes to draw" in bare.words
    assert "There was too little to go by." in bare.words
    assert bare.words.count("the transcript carries no times of words") >= len(samples.review().findings.measures)
    assert bare.all("figure") == []


def test_one_lane_that_nobody_could_name_makes_a_page(samples: ModuleType) -> None:
    made = samples.review()
    party = replace(made.conversation.parties[0], role="unknown")
    mono = replace(made.conversation, separation="none", parties=(party,))

    page = Page(render_html(replace(made, separation="none", conversation=mono), ReportSound(peaks=((0.1, 0.5),))))

    assert len(page.all("path")) == 1
    assert "One lane over time." in page.words
    assert "Not told apart: everything that needs two sides is left open." in page.words


def test_one_voice_on_one_channel_is_not_said_to_be_told_apart(samples: ModuleType) -> None:
    made = samples.review()
    alone = replace(
        made.conversation, separation="diarization", parties=(replace(made.conversation.parties[0], role="unknown"),)
    )

    page = Page(render_html(replace(made, separation="diarization", conversation=alone)))

    assert "only one voice was heard" in page.words
    assert "Where both speak at once" not in page.words


def test_ones_own_side_is_one_lane_and_says_so(samples: ModuleType) -> None:
    made = samples.review()
    alone = replace(made.conversation, parties=made.conversation.parties[:1])

    page = Page(render_html(replace(made, conversation=alone), ReportSound(peaks=((0.1, 0.5),))))

    assert len(page.all("path")) == 1
    assert "This is your own side of the call" in page.words
    assert "Your side only, so there is one lane." in page.words
    assert "Customer: not known" not in page.words
    assert "coach review --swap" not in page.words


def test_nothing_to_change_is_an_answer(samples: ModuleType) -> None:
    assert "Nothing to change in this call." in Page(render_html(replace(samples.review(), coaching=Coaching()))).words


def test_an_index_that_points_nowhere_is_not_a_crash(samples: ModuleType) -> None:
    made = samples.review()
    lost = replace(made.coaching, keep=replace(made.coaching.keep, moment=999))

    render_html(replace(made, coaching=lost, skills=(replace(made.skills[0], moments=(999,)),)))


def test_a_template_that_was_spoiled_says_so(
    tmp_path: Path, samples: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = resource("reports", "templates")
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr("coach.reporting.templates.resource", lambda *names: tmp_path.joinpath(*names[2:]))
    (tmp_path / "heard.html.j2").write_text("{% if %}")

    with pytest.raises(ConfigurationError, match="line 1"):
        render_html(samples.review())

    (tmp_path / "report.css").write_text("body::after { content: '</style><script>' }")
    with pytest.raises(ConfigurationError, match="would end its own element"):
        render_html(samples.review())


def test_lanes_show_the_loudest_of_each_slice() -> None:
    heights = envelope([0.0] * 999 + [0.5] + [0.0] * 1000)

    assert len(heights) == BARS
    assert max(heights) == heights[BARS // 2 - 1] == 1.0
    assert sum(height > 0 for height in heights) == 1
    assert envelope([]) == ()
    assert envelope([0.0, 0.0]) == (0.0, 0.0)


def test_without_peaks_lanes_show_who_spoke_when(samples: ModuleType) -> None:
    speech = samples.review().conversation.parties[0].speech

    heights = activity(speech, samples.DURATION)

    spoken = sum(heights) / 0.8 * samples.DURATION / BARS
    assert spoken == pytest.approx(sum(interval.duration for interval in speech), abs=0.01)


@pytest.mark.parametrize("length", [0.5, 7, 60, 121.5, 1200, 14_400, 90_000])
def test_a_few_times_stand_along_the_line(length: float) -> None:
    marks = ticks(length)

    assert marks[0].x == 0
    assert len(marks) <= 14
    assert all(0 <= tick.x <= 100 for tick in marks)
