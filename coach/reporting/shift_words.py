"""A shift's figures in words: what a template writes down without deciding anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from coach.reporting.phrases import Phrases
from coach.reporting.shift_values import (
    ENOUGH,
    ENOUGH_CALLS,
    AgentSkill,
    Agreed,
    Agreement,
    Contests,
    Era,
    Figure,
    Listen,
    Period,
    SoFar,
    Spot,
    TypeFigure,
)
from coach.reporting.text import NO_BREAK, clean, clock, duration, percent

MONTHS = "January February March April May June July August September October November December".split()


def day_in_words(day: date | datetime | None, *, year: bool = True) -> str:
    """Return a day as people write it.

    >>> day_in_words(date(2026, 3, 2)).replace(NO_BREAK, " ")
    '2 March 2026'
    """
    if day is None:
        return ""
    shown = f"{day.day}{NO_BREAK}{MONTHS[day.month - 1]}"
    return f"{shown}{NO_BREAK}{day.year}" if year else shown


def days_in_words(start: date, end: date) -> str:
    """Return the days from one to another, no longer than they need.

    >>> days_in_words(date(2026, 3, 2), date(2026, 3, 8)).replace(NO_BREAK, " ")
    '2–8 March 2026'
    >>> days_in_words(date(2026, 3, 30), date(2026, 4, 5)).replace(NO_BREAK, " ")
    '30 March – 5 April 2026'
    """
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day_in_words(end, year=False)} {end.year}"
    first = day_in_words(start, year=start.year != end.year)
    return f"{first} – {day_in_words(end, year=False)} {end.year}"


def short_day(day: date) -> str:
    """Return a day in as little room as there is, below a picture."""
    return f"{day.day}{NO_BREAK}{MONTHS[day.month - 1][:3]}"


@dataclass(frozen=True, slots=True)
class Teller:
    """Says what a page shows.

    Attributes:
        say: The sentences.
    """

    say: Phrases

    def figure(self, figure: Figure) -> str:
        """Return a count: ``12 of 20``."""
        return self.say("count.figure", met=figure.met, of=figure.of).replace(" ", NO_BREAK)

    def likely(self, figure: Figure) -> str:
        """Return how far chance reaches, and from how many calls that is known."""
        span = self.say("count.likely", low=percent(figure.low), high=percent(figure.high))
        return f"{span}, {self.say.count('count.calls', figure.calls).replace(' ', NO_BREAK)}"

    def span(self, figure: Figure) -> str:
        """Return how far chance reaches, for a column whose head says so."""
        return self.say("count.span", low=percent(figure.low), high=percent(figure.high))

    def so_far(self, yet: SoFar) -> str:
        """Return how much there is yet: of opportunities or of calls, whichever is what is waited for."""
        if yet.of >= ENOUGH:
            blanks = {"n": yet.of, "enough": ENOUGH, "calls": yet.calls, "enough_calls": ENOUGH_CALLS}
            return self.say("count.so_far_calls", **blanks)
        return self.say("count.so_far", n=yet.of, enough=ENOUGH)

    def since(self, yet: SoFar) -> str:
        """Return how much has come together after the last weeks that are shown."""
        return self.say("count.since", so_far=self.so_far(yet))

    def compared(self, skill: AgentSkill, names: Phrases) -> str:
        """Return how a skill's last weeks stand beside the same person's weeks before.

        Args:
            skill: Of one person.
            names: What definitions are called.
        """
        era = skill.eras[-1]
        if era.periods and era.periods[-1].compared is not None:
            return self.say(f"count.{era.periods[-1].compared}")
        if era.change != "first":
            return self._changed(f"era.now_{era.change}", era, names)
        return self.say("count.first") if era.periods else ""

    def period(self, period: Period) -> str:
        """Return which weeks a period is."""
        if period.start is None or period.end is None:
            return self.say("count.undated")
        return days_in_words(period.start, period.end)

    def tick(self, period: Period) -> str:
        """Return the first day of a period in as little room as there is."""
        return "–" if period.start is None else short_day(period.start)

    def skill(self, skill: AgentSkill) -> str:
        """Return what a skill is called."""
        key = f"count.{skill.key}"
        return self.say(key) if self.say.has(key) else clean(skill.label)

    def type_(self, found: TypeFigure) -> str:
        """Return what a type of call is called."""
        return clean(found.call_type) if found.call_type else self.say("count.other_types")

    def era(self, era: Era, names: Phrases) -> str:
        """Return what is different from the era before; empty for the first.

        Args:
            era: What was counted in one way.
            names: What definitions are called.
        """
        if era.change == "first":
            return ""
        return self._changed(f"era.{era.change}", era, names)

    def _changed(self, key: str, era: Era, names: Phrases) -> str:
        return self.say(key, changed=", ".join(self._definition(name, names) for name in era.changed))

    def _definition(self, name: str, names: Phrases) -> str:
        return names.measure(name) if names.has(f"measure.{name}.label") else names.kind(name)

    def reason(self, listen: Listen) -> str:
        """Return why a call is on the list."""
        if listen.reason == "good":
            skill = clean(listen.skill)
            return self.say("reason.good", skill=skill) if skill else self.say("reason.good_plain")
        return self.say(f"reason.{listen.reason}")

    def hear(self, spot: Spot) -> str:
        """Return what a link to a call is called."""
        return self.say("listen.hear") if spot.at is None else self.say("listen.hear_at", at=clock(spot.at))

    def agreement(self, agreement: Agreement) -> list[tuple[str, tuple[str, ...]]]:
        """Return the policy, line by line: what, and what was agreed on it."""
        say = self.say
        return [
            (say("agreement.purpose"), (say(f"agreement.purpose_{agreement.purpose}"),)),
            (say("agreement.agents"), (say("agreement.agents_see"),)),
            (say("agreement.supervisors"), tuple(map(clean, agreement.supervisors))),
            (say("agreement.sees"), tuple(say(f"sees.{what}") for what in agreement.sees)),
            (say("agreement.keep"), (say.count("agreement.keep_days", agreement.keep_days),)),
            (say("agreement.told_on"), (day_in_words(agreement.told_on),)),
            (say("agreement.ask"), (clean(agreement.ask),)),
        ]

    def agreed(self, row: Agreed) -> str:
        """Return what agreement beyond chance says."""
        kappa = "" if row.kappa is None else f"{row.kappa:.2f}"
        return self.say(f"calibrate.{row.verdict}", n=row.of, enough=ENOUGH, kappa=kappa)

    def same(self, row: Agreed) -> str:
        """Return how often both said the same, with how far chance reaches."""
        counted = self.say("count.figure", met=row.same, of=row.of)
        if row.low is None or row.high is None:
            return counted
        return f"{counted}, {self.say('count.likely', low=percent(row.low), high=percent(row.high))}"

    def contested(self, contests: Contests) -> str:
        """Return how many moments were contested and what came of them."""
        total = contests.waiting + contests.misheard + contests.stands
        told = self.say.count("left.contested", total)
        if not total:
            return told
        states = self.say(
            "left.contested_states",
            waiting=contests.waiting,
            misheard=contests.misheard,
            stands=contests.stands,
        )
        return f"{told} {states}"

    def length(self, seconds: float) -> str:
        """Return a length of time."""
        return duration(round(seconds))


def current(skill: AgentSkill) -> tuple[Period | None, SoFar | None]:
    """Return what may be said of a skill now: the last weeks with enough to go by, and what came after them.

    Only the latest way of counting speaks of now.
    """
    era = skill.eras[-1]
    return (era.periods[-1] if era.periods else None), era.so_far


def has_more(skill: AgentSkill) -> bool:
    """Whether there is more than the last weeks to show: earlier ones, or types of call."""
    earlier = sum(len(era.periods) for era in skill.eras) - bool(skill.eras[-1].periods)
    return earlier > 0 or bool(skill.eras[-1].types)
