from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.conversation import Role, Roles, UsageError, Word
from coach.speech.parties import Claim, assign, cast, find_agent
from coach.speech.parties_cues import CUES

AGENT = "Thanks for calling, how can I help you? Can I have your account number? Let me check that for you."
CUSTOMER = "Hi, I'm calling because my bill doubled and I was told last month it would not. I don't understand."


def words(text: str) -> tuple[Word, ...]:
    return tuple(Word(word, index / 4, index / 4 + 0.25) for index, word in enumerate(text.split()))


def said(**texts: str) -> dict[str, tuple[Word, ...]]:
    return {speaker: words(text) for speaker, text in texts.items()}


def test_whoever_helps_is_the_agent_whichever_label_they_have() -> None:
    roles = find_agent(said(left=CUSTOMER, right=AGENT))
    assert (roles.agent, roles.source) == ("right", "words")
    assert roles.confidence > 0.95
    assert roles.why == "the right channel was taken as the agent because its words are those of an agent"


def test_the_evidence_is_what_they_said() -> None:
    evidence = find_agent(said(left=CUSTOMER, right=AGENT)).evidence
    assert "offers help: “Thanks for calling”" in evidence
    assert "looks it up: “Let me check”" in evidence
    assert any("my bill" in phrase for phrase in evidence)
    assert len(evidence) <= 5


def test_evidence_holds_no_names_and_no_numbers() -> None:
    agent = "My name is Dana how can I help? What is your four one two number? This is Dana with accounts."
    evidence = " ".join(find_agent(said(left=agent, right=CUSTOMER)).evidence)
    assert evidence
    assert "Dana" not in evidence
    assert "four" not in evidence


def test_punctuation_case_and_apostrophes_do_not_matter() -> None:
    plain = [text.upper().replace("'", "").replace(",", "").replace(".", "") for text in (AGENT, CUSTOMER)]
    one, other = find_agent(said(a=AGENT, b=CUSTOMER)), find_agent(said(a=plain[0], b=plain[1]))
    assert (one.agent, one.confidence) == (other.agent, other.confidence)


def test_every_fourth_word_misheard_leaves_it_clear() -> None:
    texts = [" ".join("blah" if i % 4 == 3 else w for i, w in enumerate(t.split())) for t in (AGENT, CUSTOMER)]
    roles = find_agent(said(a=texts[0], b=texts[1]))
    assert roles.agent == "a"
    assert roles.confidence > 0.7


def test_a_customer_with_trouble_tells_it_when_the_agent_says_nothing_typical() -> None:
    roles = find_agent(said(left="right okay mm hmm", right=CUSTOMER))
    assert roles.agent == "left"


@pytest.mark.parametrize("texts", [{}, {"left": ""}, {"left": "", "right": ""}])
def test_without_words_nobody_is_the_agent(texts: dict[str, str]) -> None:
    roles = find_agent(said(**texts))
    assert (roles.agent, roles.source, roles.confidence) == (None, "none", 0.0)
    assert roles.why


def test_one_speaker_alone_is_nobody() -> None:
    assert find_agent(said(mono=AGENT)).agent is None


def test_words_that_tell_nothing_leave_it_open() -> None:
    roles = find_agent(said(left="yes mm hmm right", right="okay hello"))
    assert (roles.agent, roles.confidence) == (None, 0.0)


def test_little_to_go_by_is_said_and_is_under_the_limit() -> None:
    roles = find_agent(said(left="does that work", right="oh right thanks"))
    assert roles.agent == "left"
    assert 0.5 < roles.confidence < 0.7
    assert "too little to be sure" in roles.why


def test_masked_words_are_not_words() -> None:
    masked = tuple(Word("[your]", 0, 1) for _ in range(9))
    assert find_agent({"left": masked, "right": words("hello")}).agent is None


def test_a_third_voice_does_not_take_the_agents_place() -> None:
    roles = find_agent(said(a=CUSTOMER, b=AGENT, c="All our lines are busy, please hold"))
    assert roles.agent == "b"


talk = st.lists(st.sampled_from(f"{AGENT} {CUSTOMER} blah 42 [card] yes please".split()), max_size=40).map(" ".join)


@given(left=talk, right=talk)
def test_exchanging_the_labels_exchanges_the_answer(left: str, right: str) -> None:
    one = find_agent(said(left=left, right=right))
    other = find_agent(said(left=right, right=left))
    swapped = {"left": "right", "right": "left", None: None}
    assert other.agent == swapped[one.agent]
    assert (other.confidence, other.evidence) == (one.confidence, one.evidence)


@given(texts=st.lists(talk, min_size=2, max_size=4))
def test_the_order_of_the_speakers_does_not_matter(texts: list[str]) -> None:
    call = {f"S{index}": words(text) for index, text in enumerate(texts)}
    one, other = find_agent(call), find_agent(dict(reversed(call.items())))
    assert one.agent == other.agent
    assert one.confidence == pytest.approx(other.confidence)


def test_every_group_of_cues_leans_its_own_way() -> None:
    assert len({cues.name for cues in CUES}) == len(CUES)
    assert {cues.name for cues in CUES if cues.weight < 0} == {
        "says why they call",
        "speaks of what is their own",
        "tells the story",
        "asks what the company does",
        "accepts",
    }


OPTION = Claim("left", "the option --agent-channel says so")
METADATA = Claim("right", "the sidecar call.json says so")
TRANSCRIPT = Claim("right", "the transcript names its speakers")
NEUTRAL: Mapping[str, tuple[Word, ...]] = said(left="yes", right="yes")


def test_an_option_goes_before_metadata_and_metadata_before_the_transcript() -> None:
    lanes = ("left", "right")
    first = assign(lanes, option=OPTION, metadata=METADATA, transcript=TRANSCRIPT, words=NEUTRAL).roles
    second = assign(lanes, metadata=METADATA, transcript=Claim("left", "it says so"), words=NEUTRAL).roles
    third = assign(lanes, transcript=TRANSCRIPT, words=said(left=AGENT, right="yes")).roles
    assert [(r.agent, r.source) for r in (first, second, third)] == [
        ("left", "option"),
        ("right", "metadata"),
        ("right", "transcript"),
    ]
    assert second.why == "the right channel was taken as the agent because the sidecar call.json says so"
    assert second.confidence == 1.0


def test_without_anything_else_the_words_tell() -> None:
    assigned = assign(("left", "right"), words=said(left=AGENT, right=CUSTOMER))
    assert assigned.roles == find_agent(said(left=AGENT, right=CUSTOMER))
    assert assigned.warnings == ()


def test_words_that_contradict_an_option_warn_and_change_nothing() -> None:
    assigned = assign(("left", "right"), option=OPTION, words=said(left=CUSTOMER, right=AGENT))
    assert (assigned.roles.agent, assigned.roles.confidence) == ("left", 1.0)
    assert assigned.warnings[0].startswith("The left channel was taken as the agent because the option")
    assert "the right channel" in assigned.warnings[0]
    assert "--swap" in assigned.warnings[0]


def test_words_that_contradict_metadata_take_its_confidence() -> None:
    assigned = assign(("left", "right"), metadata=METADATA, words=said(left=AGENT, right=CUSTOMER))
    assert assigned.roles.agent == "right"
    assert assigned.roles.confidence < 0.7
    assert len(assigned.warnings) == 1


def test_words_that_agree_are_the_evidence() -> None:
    assigned = assign(("left", "right"), metadata=METADATA, words=said(left=CUSTOMER, right=AGENT))
    assert assigned.roles.evidence
    assert assigned.warnings == ()


def test_an_option_for_nobody_is_refused_and_metadata_for_nobody_passed_over() -> None:
    with pytest.raises(UsageError, match="Here: left and right"):
        assign(("left", "right"), option=Claim("spk_9", "the option --agent-speaker says so"), words=NEUTRAL)
    assigned = assign(("a", "b"), metadata=METADATA, words=said(a=AGENT, b=CUSTOMER))
    assert (assigned.roles.agent, assigned.roles.source) == ("a", "words")
    assert "no speaker right" in assigned.warnings[0]


def test_the_customer_is_whoever_says_most_beside_the_agent() -> None:
    call = said(ivr="please hold", agent=AGENT, caller=CUSTOMER)
    expected: dict[str, Role] = {"ivr": "unknown", "agent": "agent", "caller": "customer"}
    assert cast(find_agent(call), call) == expected
    unknown = Roles(None, "none", 0.0, "nobody can tell")
    assert set(cast(unknown, call).values()) == {"unknown"}
    assert cast(Roles("left", "option", 1.0, "so"), {"left": ()}) == {"left": "agent"}


SECOND = "Hi, this is the billing team, how can I help you? I can see your account here. Let me check that for you."
MACHINE = "Thank you for calling. This call may be recorded. Press one for billing. Your call is important to us."


def one_after_another(*texts: tuple[str, str]) -> dict[str, tuple[Word, ...]]:
    """Return each speaker's words of a call in which one speaks after the other."""
    call: dict[str, tuple[Word, ...]] = {}
    at = 0.0
    for speaker, text in texts:
        for word in text.split():
            call[speaker] = (*call.get(speaker, ()), Word(word, at, at + 0.25))
            at += 0.25
    return call


def test_after_a_transfer_both_agents_are_the_agents_side() -> None:
    call = one_after_another(
        ("1", AGENT), ("2", CUSTOMER), ("1", "Let me transfer you."), ("3", SECOND), ("2", CUSTOMER)
    )

    roles = find_agent(call)

    assert roles.agent in {"1", "3"}
    assert roles.confidence > 0.9  # two agents are no rivals
    assert cast(roles, call) == {"1": "agent", "2": "customer", "3": "agent"}


def test_a_machine_that_announces_is_neither_however_much_it_says() -> None:
    call = one_after_another(("1", 4 * f"{MACHINE} "), ("2", AGENT), ("3", CUSTOMER))

    roles = find_agent(call)

    assert roles.agent == "2"
    assert cast(roles, call) == {"1": "unknown", "2": "agent", "3": "customer"}


def test_an_agent_who_says_that_the_call_is_recorded_is_no_machine() -> None:
    call = one_after_another(
        ("1", f"{AGENT} This call may be recorded. I am with you."), ("2", CUSTOMER), ("3", MACHINE)
    )
    assert cast(find_agent(call), call) == {"1": "agent", "2": "customer", "3": "unknown"}


def test_a_crumb_of_a_third_voice_is_nobodys() -> None:
    call = one_after_another(("1", AGENT), ("2", CUSTOMER), ("3", "my bill"))
    assert cast(find_agent(call), call) == {"1": "agent", "2": "customer", "3": "unknown"}


def test_two_customers_are_never_two_agents() -> None:
    call = one_after_another(("1", AGENT), ("2", CUSTOMER), ("3", "I paid my bill last week and my wife was told so."))
    assert list(cast(find_agent(call), call).values()).count("agent") == 1


def test_whoever_tells_the_story_is_rather_the_one_who_called() -> None:
    story = "so there was this thing with the heating and then it got cold and nothing happened"
    told = one_after_another(("1", "hello"), ("2", f"{story} oh right thanks"), ("1", "does that work"))
    brief = one_after_another(("1", "hello"), ("2", "oh right thanks"), ("1", "does that work"))
    asked = one_after_another(("1", f"{story} does that work"), ("2", "oh right thanks"))

    sure = [
        roles.confidence if roles.agent == "1" else 1 - roles.confidence
        for roles in map(find_agent, (told, brief, asked))
    ]

    assert sure == sorted(sure, reverse=True)
    assert sure[0] > sure[1] + 0.05 > sure[2] + 0.1


def test_a_story_without_any_cue_names_nobody() -> None:
    call = one_after_another(("1", "yes"), ("2", "and then the thing came down again by the wall over there"))
    assert find_agent(call).agent is None
