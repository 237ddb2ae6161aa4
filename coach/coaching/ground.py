"""What advice stands on: the call, what was found in it, and what may be quoted."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from coach.coaching.rubric import Rubric
from coach.conversation import CLEAR, Conversation, Findings, Interval, Moment, Role, Turn, Word

MOST_WORDS = 28
"""Words of a quotation, after which it is cut."""

QUOTABLE = 0.75
"""Share of clear words from which a quotation is worth reading."""

ANSWERED_WITHIN = 2
"""The agent's turns after a story in which an answer to it is looked for."""

ALL_UNDERSTOOD = 0.88
"""Share of a party's words in the whole call that must be right to say what none of them did: one word undoes that."""

DOUBT = 1.0
"""What doubt about the words adds to how sure a question must be to count: where a fifth may be wrong, 0.7 for 0.5."""

PARTIES: tuple[Role, ...] = ("agent", "customer")

SENTENCE_ENDS = (".", "?", "!")

Found = tuple[int, Moment]
"""A moment and its index in the review."""


def clear(word: Word) -> bool:
    """Whether a word was heard clearly; an engine that gives no confidence says nothing against it."""
    return word.confidence is None or word.confidence >= CLEAR


@dataclass(frozen=True)
class Ground:
    """One call with its findings.

    Attributes:
        conversation: The call.
        findings: What the analysers found.
        rubric: What counts.
        delayed_line: Whether both parties often started at once.
    """

    conversation: Conversation
    findings: Findings
    rubric: Rubric
    delayed_line: bool = False

    def moments(self, *kinds: str, role: Role = "agent", sure: float | None = None) -> list[Found]:
        """Return the moments of these kinds with their indices, at least as sure as the rubric counts from."""
        least = self.rubric.sure if sure is None else sure
        return [
            (index, moment)
            for index, moment in enumerate(self.findings.moments)
            if moment.kind in kinds and moment.role == role and moment.confidence >= least
        ]

    def turns(self, role: Role) -> list[tuple[int, Turn]]:
        """Return a party's turns with their indices, backchannels and attempts left out."""
        return [
            (index, turn)
            for index, turn in enumerate(self.conversation.turns)
            if turn.role == role and turn.kind == "turn"
        ]

    def turn(self, moment: Moment, *names: str) -> int | None:
        """Return the first turn that a moment's evidence names, ``None`` when it names none."""
        for name in names:
            index = moment.evidence.get(name)
            if isinstance(index, int) and not isinstance(index, bool) and 0 <= index < len(self.conversation.turns):
                return index
        return None

    @cached_property
    def stories(self) -> list[tuple[int, Turn]]:
        """The customer's turns that are stories, with their indices."""
        return [(i, turn) for i, turn in self.turns("customer") if len(turn.words) >= self.rubric.story_words]

    @cached_property
    def hard(self) -> bool:
        """Whether the customer made this a hard call."""
        return bool(self.moments("hard_call", role="customer", sure=self.rubric.coach))

    @cached_property
    def shares(self) -> tuple[float | None, float | None]:
        """Shares of the agent's and of the customer's speech that were heard clearly."""
        return self.conversation.heard("agent"), self.conversation.heard("customer")

    @cached_property
    def has_words(self) -> bool:
        """Whether both parties have words; of one recorded alone, that one."""
        return all(party.words for party in self.conversation.callers)

    @cached_property
    def heard(self) -> bool:
        """Whether both parties were heard well enough to call something absent."""
        return self.has_words and all(share is None or share >= self.rubric.heard for share in self.shares)

    def understood(self, role: Role) -> bool:
        """Whether a party's words in the whole call are right, and make sense, often enough to say what none did.

        Args:
            role: Whose words.
        """
        right = self.conversation.understood_throughout(role)
        return right is None or right >= ALL_UNDERSTOOD

    def answers(self, told: int) -> list[Interval]:
        """Return the agent's next turns after one of the customer's, as many as an answer is looked for in."""
        story = self.conversation.turns[told]
        agents = [turn.interval for _, turn in self.turns("agent")]
        return [turn for turn in agents if turn.start >= story.start and turn.end > story.end][:ANSWERED_WITHIN]

    def followed(self, told: int) -> bool:
        """Whether one of the customer's turns and what answered it were understood; so it is when nothing did."""
        answers = self.answers(told)
        if not answers:
            return True
        story = self.conversation.turns[told].interval
        answer = Interval(min(story.end, *(turn.start for turn in answers)), max(turn.end for turn in answers))
        return self.conversation.followed((story,), answer)

    def sure_of(self, told: int) -> float:
        """Return how sure a find in what answered one of the customer's turns must be: the surer, the less was heard.

        Words that were misheard make questions of what was none; what is only likely there is not counted.
        """
        answers = self.answers(told)
        right = [self.conversation.understood("agent", turn) for turn in answers]
        least = min((share for share in right if share is not None), default=1.0)
        return self.rubric.sure + DOUBT * (1.0 - least)

    def words(self, role: Role, within: Interval) -> list[Word]:
        """Return a party's words whose middle lies in a stretch of time."""
        party = self.conversation.party(role)
        if party is None:
            return []
        first = bisect_left(party.words, within.start - 0.05, key=lambda word: word.interval.middle)
        last = bisect_left(party.words, within.end + 0.05, key=lambda word: word.interval.middle)
        return list(party.words[first:last])

    def clearness(self, role: Role, within: Interval) -> float:
        """Return the share of a party's words there that were heard clearly, 0 without any."""
        words = self.words(role, within)
        return sum(clear(word) for word in words) / len(words) if words else 0.0

    def sentence(self, role: Role, within: Interval) -> Interval:
        """Return the sentence that a clause stands in, as far as a quotation holds it.

        Args:
            role: Whose words.
            within: The clause; returned as it is where no mark ends the sentence.
        """
        turn = next((t for _, t in self.turns(role) if t.start - 0.05 <= within.start < t.end), None)
        inside = [i for i, word in enumerate(turn.words) if word.interval.middle in within] if turn else []
        if turn is None or not inside:
            return within
        first, last = inside[0], inside[-1]
        while first > 0 and not turn.words[first - 1].text.endswith(SENTENCE_ENDS):
            first -= 1
        while last + 1 < len(turn.words) and not turn.words[last].text.endswith(SENTENCE_ENDS):
            last += 1
        whole = turn.words[last].text.endswith(SENTENCE_ENDS) and last - first < MOST_WORDS
        return Interval(turn.words[first].start, turn.words[last].end) if whole else within

    def quote(self, role: Role, within: Interval) -> str:
        """Return what a party said, unclear words left out as "…"; empty when too little was clear.

        Args:
            role: Whose words.
            within: When.
        """
        words = self.words(role, within)
        if self.clearness(role, within) < QUOTABLE:
            return ""
        said: list[str] = []
        for word in words[:MOST_WORDS]:
            text = word.text if clear(word) else "…"
            if text != "…" or said[-1:] != ["…"]:
                said.append(text)
        if len(words) > MOST_WORDS and said[-1:] != ["…"]:
            said.append("…")
        return " ".join(said)
