"""The night's digest: how many calls, how they ended, and where the page is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

from coach.reporting.phrases import Phrases, phrases
from coach.reporting.text import clean, duration, wrap

SENTENCES: Final = "night.toml"

COUNTS = ("reviewed", "failed", "quarantined", "partial", "old", "waiting", "copies", "forgotten")


@dataclass(frozen=True, slots=True)
class Digest:
    """What is told of a night.

    Attributes:
        day: As ISO 8601.
        reviewed: Calls reviewed now.
        failed: Recordings that could not be.
        quarantined: Recordings set aside for good.
        partial: Of those reviewed, how many recordings were cut short or damaged.
        old: Recordings not taken in, as their calls are older than what is kept.
        waiting: Recordings left for the next night.
        copies: Files with the bytes of another.
        forgotten: Calls whose time to be kept was over.
        seconds: What it took.
        sound: Seconds of sound reviewed.
        reasons: Names of recordings and why they were not reviewed; masked; for the file and never for the mail.
    """

    day: str
    reviewed: int = 0
    failed: int = 0
    quarantined: int = 0
    partial: int = 0
    waiting: int = 0
    copies: int = 0
    forgotten: int = 0
    seconds: float = 0.0
    sound: float = 0.0
    old: int = 0
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def news(self) -> bool:
        """Whether anything came of the night that somebody should know."""
        return bool(self.reviewed or self.failed or self.quarantined or self.partial or self.old or self.forgotten)


def subject(digest: Digest) -> str:
    """Return the mail's subject: a count."""
    return phrases(SENTENCES)("subject", reviewed=digest.reviewed)


def sentences(digest: Digest) -> list[str]:
    """Return the digest's sentences, in order; counts alone."""
    say = phrases(SENTENCES)
    if not digest.news and not digest.waiting and not digest.copies:
        return [say("nothing")]
    return list(_counted(digest, say))


def _counted(digest: Digest, say: Phrases) -> Iterator[str]:
    for name in COUNTS:
        count = getattr(digest, name)
        if count or name == "reviewed":
            yield say.count(name, count)
    if digest.reviewed:
        yield say("took.sentence", minutes=duration(digest.seconds), sound=duration(digest.sound))


def render_digest(digest: Digest, page: str) -> str:
    """Return the digest as a Markdown file for the reports' folder.

    Args:
        digest: What is told.
        page: The shift's page, relative to the folder.
    """
    say = phrases(SENTENCES)
    lines = [f"{_heading()}{digest.day}", ""]
    for sentence in sentences(digest):
        lines += [*wrap(sentence), ""]
    lines += [f"{say('page.link', page=page)}", ""]
    if digest.reasons:
        lines += [f"## {say('page.reasons')}", "", f"| {say('page.recording')} | {say('page.reason')} |", "|---|---|"]
        lines += [f"| {_cell(name)} | {_cell(reason)} |" for name, reason in digest.reasons]
        lines.append("")
    return "\n".join(lines)


def is_digest(text: str) -> bool:
    """Return whether a text is a night's digest."""
    return text.startswith(_heading())


def digest_day(text: str) -> date | None:
    """Return the day that a night's digest tells of, by its first line; ``None`` where a text is no digest."""
    line = text.partition("\n")[0]
    try:
        return date.fromisoformat(line.removeprefix(_heading()).strip()) if is_digest(line) else None
    except ValueError:
        return None


def _heading() -> str:
    return f"# {phrases(SENTENCES)('heading')}, "


def _cell(text: str) -> str:
    """Return a text as a cell of a Markdown table in which nothing of it is markup."""
    plain = clean(text).replace("\\", "\\\\")
    for mark in "|`*_[]<>#!":
        plain = plain.replace(mark, f"\\{mark}")
    return plain


def mail_text(digest: Digest, link: str | None) -> str:
    """Return the mail's plain part: counts, and a link where there is one.

    Args:
        digest: What is told.
        link: The shift's page as readers of the mail reach it.
    """
    lines = _mail_lines(digest, link)
    # An address that is cut in two leads nowhere, so its line is as long as it has to be.
    return "\n\n".join(line if link is not None and link in line else "\n".join(wrap(line)) for line in lines) + "\n"


def mail_html(digest: Digest, link: str | None) -> str:
    """Return the mail's other part: the same in a plain table, which is what every mail program shows.

    Args:
        digest: What is told.
        link: The shift's page as readers of the mail reach it.
    """
    cell = 'style="padding:4px 0;font:16px/1.5 sans-serif"'
    rows = "".join(f"<tr><td {cell}>{_linked(line, link)}</td></tr>" for line in _mail_lines(digest, link))
    title = escape(subject(digest))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body><table role="presentation" style="max-width:600px;margin:0 auto">{rows}</table></body></html>'
    )


def _mail_lines(digest: Digest, link: str | None) -> list[str]:
    say = phrases(SENTENCES)
    lines = sentences(digest)
    if digest.reasons:
        lines.append(say("page.mail_reasons"))
    return [*lines, *([say("page.link", page=link)] if link is not None else [])]


def _linked(line: str, link: str | None) -> str:
    text = escape(line)
    if link is None or not link.startswith(("https://", "http://")):
        return text
    address = escape(link)
    return text.replace(address, f'<a href="{address}">{address}</a>')
