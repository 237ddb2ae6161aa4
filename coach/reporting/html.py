"""The report: one page that opens from a folder, plays the call, and connects to nothing."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from coach.conversation import Review
from coach.reporting import charts, page
from coach.reporting.first import ANSWERS, First, first
from coach.reporting.lanes import BARS, picture
from coach.reporting.opening import length, opening, title
from coach.reporting.phrases import Phrases, phrases
from coach.reporting.take import OwnWords, Take, drills, takes
from coach.reporting.templates import digest, fill, policy, source
from coach.reporting.text import clean


@dataclass(frozen=True, slots=True)
class ReportSound:
    """The call's sound as a report carries it. Already masked.

    Attributes:
        mp3: The sound itself, to be put into the page.
        src: Name of a file in the same folder, for calls too long to put into the page.
        peaks: Loudest sample of each slice, 0 to 1, one sequence a party, agent first.
        duration: Seconds.
    """

    mp3: bytes | None = None
    src: str | None = None
    peaks: tuple[tuple[float, ...], ...] = ()
    duration: float = 0.0

    def __post_init__(self) -> None:
        if self.mp3 is not None and self.src is not None:
            raise ValueError("a report's sound is either in the page or beside it")
        if self.src is not None and ("/" in self.src or "\\" in self.src or self.src in ("", ".", "..")):
            raise ValueError("the sound beside a report lies in the same folder")

    @property
    def address(self) -> str | None:
        """What the player plays: a ``data:`` address, or a relative one that no name can turn into another host."""
        if self.mp3 is not None:
            return f"data:audio/mpeg;base64,{base64.b64encode(self.mp3).decode('ascii')}"
        return None if self.src is None else f"./{quote(self.src)}"

    @property
    def policy(self) -> str:
        """Where the page may take sound from."""
        if self.mp3 is not None:
            return "data:"
        return "'none'" if self.src is None else "'self'"


SCRIPTS = ("notes.js", "take.js", "report.js")
"""The page's one script, in this order."""

SILENT = ReportSound()
"""A report without sound."""


def render_html(
    review: Review, sound: ReportSound | None = None, own_words: Mapping[int, OwnWords] | None = None
) -> str:
    """Return the report's page.

    Args:
        review: What was found; masked.
        sound: The call's sound and its peaks; ``None`` for a report to read only.
        own_words: Answers of the person's own or their team's to offer beside advice, by the moment's index.

    Raises:
        ConfigurationError: A template or the file of sentences was edited so that it no longer works.
    """
    sound = sound or SILENT
    say = phrases()
    style, script = source("report.css"), source(*SCRIPTS)
    span = max(sound.duration, length(review), review.conversation.duration)
    entries = page.entries(review, say)
    coaching = review.coaching
    asked = None if sound.address is None else first(review, say)
    again = takes(review)
    values: dict[str, object] = {
        "say": say,
        "review": review,
        "sound": sound,
        "policy": _policy(style, script, sound, recording=bool(again)),
        "style": Markup(style),  # noqa: S704  (our own file, hashed in the policy)
        "script": Markup(script),  # noqa: S704
        "data": Markup(_data(review, asked, again)),  # noqa: S704  (every <, > and & is escaped there)
        "name": title(review, say),
        "length": length(review),
        "opening": opening(review, say),
        "unsure": review.roles.confidence < page.SURE and review.roles.agent is not None,
        "swap_named": _swap(review, say),
        "keep": page.card(review, coaching.keep, say),
        "try_": page.card(review, coaching.try_, say),
        "another": [page.card(review, advice, say) for advice in coaching.another],
        "practice": _practice(review, say),
        "takes": again,
        "drills": drills(review),
        "own_words": own_words or {},
        "remembered": page.remembered(review),
        "picture": picture(review, sound.peaks, span, say),
        "bars": BARS,
        "worth": [entry for entry in entries if entry.tone in ("credit", "chance")],
        "noticed": [entry for entry in entries if entry.tone in ("plain", "quiet")],
        "lines": page.lines(review, say),
        "first": asked,
        "answers": ANSWERS,
        "hearings": ("all", *page.hearings(review)),
        "talk_chart": charts.talk(review, span, say),
        "turn_chart": charts.turn_lengths(review, say),
        "weighing": charts.weighing(review, span, say),
        "groups": page.groups(review, say),
        "tallies": page.tallies(review, say),
        "said_once": page.said_once(review),
        "recipe": page.recipe_lines(review),
        "masked": {kind: count for kind, count in review.masked.items() if count},
    }
    return fill("report.html.j2", values, called="A template of the report")


def _data(review: Review, asked: First | None, again: Mapping[int, Take]) -> str:
    plain = {index: take.plain for index, take in again.items()}
    return page.script_data(review, None if asked is None else asked.plain, plain)


def _swap(review: Review, say: Phrases) -> str | None:
    """Return the command that exchanges the two sides of this call, ``None`` where its one file has no name to type."""
    name = review.recording.uri
    if not name or review.recording.parts or "[" in name or clean(name) != name:
        return None  # two files, no recording, or a name of which something was masked
    return say("roles.swap_named", file=shlex.quote(f"./{name}" if name.startswith("-") else name))


def _practice(review: Review, say: Phrases) -> list[tuple[str, page.Place, int]]:
    """Return the drills, each with the moment it grew from and that moment's index."""
    moments = review.findings.moments
    known = (drill for drill in review.coaching.practice if 0 <= drill.moment < len(moments))
    return [(say.drill(drill.drill), page.place(review, moments[drill.moment].start), drill.moment) for drill in known]


def _policy(style: str, script: str, sound: ReportSound, *, recording: bool) -> str:
    """Return the page's content security policy: its own style and script by hash, its sound, nothing else.

    An answer that the page records is played from a ``data:`` address, so none of it needs a connection.
    """
    media = " ".join(dict.fromkeys([sound.policy, "data:"])).removeprefix("'none' ") if recording else sound.policy
    return policy(f"script-src {digest(script)}", f"style-src {digest(style)}", f"media-src {media}")
