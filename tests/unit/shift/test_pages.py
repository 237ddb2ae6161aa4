"""The pages and tables of a shift: the agent's first, the same about a person on both, and nothing small anywhere."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from coach.app.shift.assembling import Material, agent_pages, shift_page
from coach.app.shift.links import OWN_PAGES, links_from, no_links, own_page
from coach.app.shift.pages import PAGE, Written, write_pages
from coach.conversation import ConfigurationError, StorageError
from coach.reporting.agent_page import render_agent
from coach.reporting.shift_page import render_shift
from coach.reporting.shift_table import CALLS, FIGURES, calls_csv, figures_csv, figures_parquet, shift_json
from coach.resources import resource
from coach.store.values import StoredCall
from tests.unit.shift.made import a_shift, answer, attempt, call, contest, material, policy, run, week

HOSTILE = "<script>alert(1)</script>\u202e=HYPERLINK(1)"


def page_of(made: Material) -> str:
    return render_shift(shift_page(made, no_links))


def words_of(html: str) -> str:
    """Return what a page says, without its style."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)))


def everything(folder: Path, made: Material) -> dict[str, str]:
    """Return every page and table as text."""
    written = write_pages(folder, made)
    texts = {Path(path).name: Path(path).read_text() for path in (written.page, *written.agents.values())}
    for path in map(Path, written.tables):
        if path.suffix == ".parquet":
            texts[path.name] = "\n".join(str(row) for row in pq.read_table(path).to_pylist())
        else:
            texts[path.name] = path.read_text()
    return texts


def nineteen(met: int) -> list[StoredCall]:
    """Return calls with nineteen opportunities, of which some number that stands nowhere else was met."""
    calls = [call(i, met=int(i < met), of=1) for i in range(17)]
    return [*calls, call("two", met=0, of=2)]


def test_of_nineteen_opportunities_nothing_is_told_anywhere(tmp_path: Path) -> None:
    few = everything(tmp_path / "few", material(nineteen(3)))
    many = everything(tmp_path / "many", material(nineteen(17)))

    # Whether three were met or seventeen cannot be told: but for the moments, every word is the same.
    names = {name for name in few if name != own_page("Ann").rpartition("/")[2]}
    assert names == {"shift.html", "shift.json", "figures.csv", "figures.parquet", "calls.csv", "calls.parquet"}
    assert {name: few[name] for name in names} == {name: many[name] for name in names}
    assert "19 of 20 opportunities so far" in words_of(few["shift.html"])
    assert "19 of 20 opportunities so far" in words_of(
        next(text for name, text in few.items() if name.startswith("ann"))
    )
    row = json.loads(few["shift.json"])["figures"][0]
    assert (row["opportunities"], row["enough"]) == (19, False)
    assert row["met"] is row["share"] is row["low"] is row["high"] is None


def test_of_nineteen_the_own_page_tells_no_count_either(tmp_path: Path) -> None:
    few = everything(tmp_path / "few", material(nineteen(3)))
    many = everything(tmp_path / "many", material(nineteen(17)))
    own = own_page("Ann").rpartition("/")[2]

    assert few[own] == many[own]


def test_twenty_are_told_everywhere(tmp_path: Path) -> None:
    texts = everything(tmp_path, material([*nineteen(7), call("one more", met=0, of=1)]))

    for name, text in texts.items():
        if name.startswith("calls"):
            continue
        assert "7 of 20" in words_of(text) if name.endswith("html") else "7" in text
    row = json.loads(texts["shift.json"])["figures"][0]
    assert (row["met"], row["opportunities"], row["calls"], row["enough"]) == (7, 20, 19, True)


def test_twenty_over_nine_calls_say_which_of_the_two_is_waited_for() -> None:
    assert "27 opportunities so far, from 9 of 10 calls" in words_of(page_of(material(week(0, 9, met=1, of=3))))


def test_the_agents_page_is_there_before_the_supervisors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    import coach.app.report_folder as module  # noqa: PLC0415

    really = module.write_atomically
    monkeypatch.setattr(module, "write_atomically", lambda path, data: (order.append(path.name), really(path, data)))
    written = write_pages(tmp_path, a_shift())

    own = {Path(path).name for path in written.agents.values()}
    assert len(own) == 4
    assert set(order[: len(own)]) == own
    assert order[len(own)] == PAGE


def test_where_an_agents_page_cannot_be_written_there_is_none_for_the_supervisor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import coach.app.report_folder as module  # noqa: PLC0415

    def full(path: Path, _data: object) -> None:
        raise StorageError(f"No space is left to write {path}.")

    monkeypatch.setattr(module, "write_atomically", full)
    with pytest.raises(StorageError):
        write_pages(tmp_path, a_shift())
    assert not (tmp_path / PAGE).exists()

    monkeypatch.setattr(module, "write_atomically", lambda *_: None)
    with pytest.raises(StorageError, match="own pages of 4 agents"):
        write_pages(tmp_path, a_shift())


def test_every_number_about_a_person_stands_on_their_own_page_too(tmp_path: Path) -> None:
    made = a_shift()
    texts = everything(tmp_path, made)
    page = shift_page(made, no_links)

    for agent in page.agents:
        own = words_of(texts[own_page(agent.agent).rpartition("/")[2]])
        for skill in agent.skills:
            for era in skill.eras:
                for period in era.periods:
                    assert f"{period.figure.met} of {period.figure.of}" in own
                for found in era.types if era is skill.eras[-1] else ():
                    assert f"{found.figure.met} of {found.figure.of}" in own
                if era is skill.eras[-1] and era.so_far is not None:
                    assert f"{era.so_far.of} of 20 opportunities so far" in own
    assert [each.figures for each in agent_pages(made, no_links)] == list(page.agents)


def test_nobody_else_stands_on_an_agents_page() -> None:
    pages = agent_pages(a_shift(), no_links)

    for page in pages:
        others = {other.figures.agent for other in pages} - {page.figures.agent}
        own = render_agent(page)
        assert [name for name in others if name in own] == []


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    written = write_pages(tmp_path / "shift", a_shift())

    for path in map(Path, (written.page, *written.agents.values(), *written.tables)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "shift" / OWN_PAGES).stat().st_mode) == 0o700


def test_the_page_of_somebody_who_is_gone_goes_too(tmp_path: Path) -> None:
    write_pages(tmp_path, a_shift())
    own = tmp_path / OWN_PAGES
    theirs = own / "notes-0123abcd.html"
    theirs.write_text("<p>mine</p>")

    written: Written = write_pages(tmp_path, material(week(0, 12, agent="Bo Ng")))
    assert {path.name for path in own.iterdir()} == {own_page("Bo Ng").rpartition("/")[2], theirs.name}
    assert len(written.removed) == 3


@pytest.mark.parametrize("missing", ["workload", "listen_first", "reports", "figures", "calibration"])
def test_supervisors_see_what_was_agreed_and_no_more(missing: str) -> None:
    made = a_shift()
    sees = made.policy.sees - {missing}
    page = shift_page(replace(made, policy=policy(sees=sees)), lambda _call: "./x.html")
    html, document = unescape(render_shift(page)), json.loads(shift_json(page))

    shown = {
        "workload": "The team's work" in html,
        "listen_first": "Listen to these first" in html,
        "reports": 'href="./x.html"' in html or missing == "listen_first",  # of the calls on that list
        "figures": "Earlier weeks" in html,
        "calibration": "Your own judgement" in html,
    }
    assert shown == {what: what != missing for what in shown}
    assert bool(document["figures"]) is (missing != "figures")
    assert (document["workload"] is not None) is (missing != "workload")
    assert bool(document["listen_first"]) is (missing != "listen_first")
    assert any(each["report"] for each in document["calls"]) is (missing not in ("reports", "listen_first"))
    assert any(each["agent"] for each in document["calls"]) is (missing != "listen_first")
    assert any(each["seconds"] or each["started_at"] for each in document["calls"]) is (missing != "workload")


def test_of_a_call_that_is_not_on_the_list_no_table_says_whose_it_was_or_where_its_report_is() -> None:
    # With whose each call was and how long it took, the tables would hold what each person did in a day.
    page = shift_page(a_shift(), lambda call: f"./{call.uri}.html")
    listed = {each.spot.name for each in page.listen}
    rows = list(csv.DictReader(io.StringIO(calls_csv(page))))

    assert 0 < len(listed) < len(rows)
    assert {row["call"] for row in rows if row["agent"] or row["report"]} == listed
    assert {row["call"] for row in rows if row["state"] == "reviewed" and not row["seconds"]} == set()


def test_where_figures_are_not_shown_the_agents_own_page_has_them_and_says_so() -> None:
    made = replace(a_shift(), policy=policy(sees=frozenset({"workload"})))

    own = words_of(render_agent(agent_pages(made, no_links)[0]))
    assert "those on this page are for you" in own
    assert "24 of 36" in own


def test_the_agreement_stands_on_every_page(tmp_path: Path) -> None:
    texts = everything(tmp_path, a_shift())

    for name, text in texts.items():
        if name.endswith(".html"):
            said = words_of(text)
            for agreed in (
                "Coaching, and nothing else",
                "Dana Fox, billing",
                "90 days",
                "20 February 2026",
                "extension 214",
            ):
                assert agreed in said, (name, agreed)
    assert json.loads(texts["shift.json"])["agreement"]["purpose"] == "coaching"


def test_nobody_is_ranked_whatever_they_met() -> None:
    calls = [*week(0, 12, met=0, agent="Ann"), *week(0, 12, met=2, agent="Zoe"), *week(0, 12, met=1, agent="Max")]
    page = shift_page(material(calls), no_links)
    html = render_shift(page)

    assert [agent.agent for agent in page.agents] == ["Ann", "Max", "Zoe"]
    assert html.index(">Ann<") < html.index(">Max<") < html.index(">Zoe<")
    rows = list(csv.DictReader(io.StringIO(figures_csv(page))))
    assert [row["agent"] for row in rows] == ["Ann", "Max", "Zoe"]


def test_no_sum_is_over_two_people() -> None:
    calls = [*week(0, 12, met=1, agent="Ann"), *week(0, 12, met=2, agent="Zoe")]
    said = words_of(page_of(material(calls)))

    assert "36 of 48" not in said
    assert "75%" not in re.sub(r"likely between \d+% and \d+%", "", said)


def test_nothing_about_a_person_has_a_colour_of_its_own() -> None:
    # Over the report's paper, ink and one accent, a shift's style names no colour at all.
    style = resource("reports", "templates", "shift.css").read_text()
    used = set(re.findall(r"var\((--[a-z-]+)\)", style))

    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb|hsl|\b(red|green|crimson|orange|tomato)\b", style)
    assert used <= {"--accent", "--line", "--card", "--soft"}


def test_hard_calls_are_the_teams_and_only_in_company() -> None:
    hard = [call(f"h{i}", "Ann", hard=True) for i in range(7)]
    team = [*hard, *week(0, 3, agent="Bo"), *week(0, 3, agent="Cy")]

    assert "7 of them were hard ones" in words_of(page_of(material(team)))
    assert json.loads(shift_json(shift_page(material(team), no_links)))["workload"]["hard"] == 7
    pair = [*hard, *week(0, 3, agent="Bo")]
    assert "with fewer than 3 people" in words_of(page_of(material(pair)))
    assert json.loads(shift_json(shift_page(material(pair), no_links)))["workload"]["hard"] is None
    assert "hard" not in calls_csv(shift_page(material(team), no_links))
    own = {page.figures.agent: words_of(render_agent(page)) for page in agent_pages(material(team), no_links)}
    assert "7 of your calls were hard ones" in own["Ann"]
    assert "A break after that is well earned" in own["Ann"]
    assert "hard ones" not in own["Bo"].split("Left out of your sums")[1].split("How to read")[0]


def test_what_is_left_out_is_listed_with_what_to_do() -> None:
    calls = [call("nobody", None), call("mono", roles_known=False), call("old", at=datetime(2026, 1, 5, tzinfo=UTC))]
    said = words_of(page_of(material(calls, attempts=[attempt("broken.wav"), attempt("b.flac", "quarantined")])))

    for told in (
        "nobody.wav", "mono.wav", "a manifest", "agent_channel", "broken.wav",
        "The file ends before its sound begins.", "Set aside", "One call is from before the staff were told",
    ):  # fmt: skip
        assert told in said, told


def test_calls_from_before_the_staff_were_told_are_not_listened_to() -> None:
    old = [call(f"old{i}", at=datetime(2026, 1, 5, tzinfo=UTC), keep="So it doubled.") for i in range(12)]
    made = material(old, [answer(each, "picked") for each in old])

    page = shift_page(made, no_links)
    assert page.listen == ()
    assert agent_pages(made, no_links) == ()
    assert {row.agent for row in page.calls} == {None}


def test_calls_from_before_the_staff_were_told_are_not_the_teams_work_either() -> None:
    early = [call(f"old{i}", "Ann", at=datetime(2026, 1, 5, tzinfo=UTC), hard=True) for i in range(4)]
    team = [*week(0, 3, agent="Ann"), *week(0, 3, agent="Bo"), *week(0, 3, agent="Cy")]
    page = shift_page(material([*early, *team]), no_links)

    assert page.workload is not None
    assert (page.workload.calls, page.workload.hard) == (9, 0)
    assert page.workload.seconds == 9 * 180.0
    assert [day.day for day in page.workload.days if day.day and day.day < date(2026, 2, 20)] == []
    assert page.before_told == 4


def test_the_supervisors_page_does_not_lead_to_an_agents_own(tmp_path: Path) -> None:
    # Theirs says how many of their calls were hard ones, which nobody else is to see.
    texts = everything(tmp_path, a_shift())

    assert [name for name, text in texts.items() if OWN_PAGES + "/" in text] == []
    assert "does not lead to this one" in words_of(next(t for n, t in texts.items() if n.startswith("bo-ng")))


def test_only_this_shifts_calls_are_its_work_while_weeks_go_back() -> None:
    before, now = week(0, 12), week(1, 12)
    made = material([*before, *now], shift=frozenset(each.sha256 for each in now))
    page = shift_page(made, no_links)

    assert page.reviewed == 12
    assert page.workload is not None
    assert sum(day.calls for day in page.workload.days) == 12
    assert {each.spot.name for each in page.listen} <= {each.uri for each in now}
    assert len(page.agents[0].skills[0].eras[0].periods) == 2


def test_an_agent_sees_what_they_contested_and_where_it_stands() -> None:
    calls = week(0, 12)
    answers = [contest(calls[0], 1), contest(calls[1], 1, settled="misheard"), contest(calls[2], 1, settled="stands")]
    answers.append(answer(calls[3], "not_me"))
    made = material(calls, answers)

    own = words_of(render_agent(agent_pages(made, no_links)[0]))
    for told in ("waiting to be settled", "it was misheard, and stays out", "counts again", "That's not me"):
        assert told in own
    assert "4 moments were contested. Waiting to be settled: 2. Settled as misheard: 1." in words_of(page_of(made))


def test_what_went_well_stands_first_and_the_latest_of_it() -> None:
    calls = [each for n in range(3) for each in week(n, 6, keep=f"So week {n} it is.")]
    own = words_of(render_agent(agent_pages(material(calls), no_links)[0]))

    assert (
        own.index("What went well")
        < own.index("So week 2 it is.")
        < own.index("So week 1 it is.")
        < own.index("What your supervisor sees")
    )


def test_what_comes_from_a_recording_is_shown_as_text(tmp_path: Path) -> None:
    calls = [replace(each, uri=HOSTILE, call_type=HOSTILE, report="javascript:alert(1)")
             for each in week(0, 12, agent=HOSTILE, keep=HOSTILE, skill=HOSTILE)]  # fmt: skip
    made = material(calls, attempts=[attempt(HOSTILE, message=HOSTILE)])
    texts = everything(tmp_path, made)

    for name, text in texts.items():
        if name.endswith(".html"):
            assert "<script" not in text
            assert 'href="javascript' not in text
            assert "\u202e" not in text
        if name.endswith(".csv"):
            cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_formula_is_made_harmless() -> None:
    calls = week(0, 12, agent="=1+1", skill="@SUM(A1)", call_type="-2")
    page = shift_page(material(calls, attempts=[attempt("=cmd.wav", message="+1")]), no_links)

    rows = list(csv.DictReader(io.StringIO(figures_csv(page))))
    assert {(row["agent"], row["what"]) for row in rows} == {("'=1+1", "'@SUM(A1)")}
    assert list(csv.DictReader(io.StringIO(calls_csv(page))))[-1]["reason"] == "'+1"


@pytest.mark.parametrize(
    ("report", "address"),
    [
        ("/srv/shift/reports/a call #1.html", "./../reports/a%20call%20%231.html"),
        ("https://files.example/a b.html", None),
        ("https://files.example/a.html", "https://files.example/a.html"),
        ("s3://bucket/a.html", None),
        ("data:text/html,x", "./"),
        (None, None),
    ],
)
def test_a_report_is_linked_to_where_it_lies(report: str | None, address: str | None) -> None:
    found = links_from(Path("/srv/shift/pages"))(replace(call("a"), report=report))

    assert found is None if address is None else str(found).startswith(address)


@pytest.mark.parametrize(
    ("report", "page", "address"),
    [
        ("s3://bucket/may/a call #1.html", "s3://bucket/may/", "./a%20call%20%231.html"),
        ("s3://bucket/may/a.html", "s3://bucket/may/agents", "./../a.html"),
        ("s3://bucket/april/a.html", "s3://bucket/may/agents", "./../../april/a.html"),
        ("s3://other/may/a.html", "s3://bucket/may", None),
        ("memory://bucket/may/a.html", "s3://bucket/may", None),
        ("https://files.example/a.html", "s3://bucket/may", "https://files.example/a.html"),
        ("/srv/shift/reports/a.html", "s3://bucket/may", None),
        ("file:///srv/may/javascript:a.html", "file:///srv/may", "./javascript%3Aa.html"),
    ],
)
def test_a_page_at_an_address_links_to_what_lies_with_it(report: str, page: str, address: str | None) -> None:
    assert links_from(page)(replace(call("a"), report=report)) == address


def test_the_page_names_no_host_and_has_no_script() -> None:
    for html in (page_of(a_shift()), render_agent(agent_pages(a_shift(), no_links)[0])):
        assert "<script" not in html
        assert "default-src 'none'" in unescape(html)
        assert not re.search(r'(?:src|href|action)="(?!#|\./|data:,)', html)
        assert " style=" not in html


def test_tables_have_the_columns_that_are_documented(tmp_path: Path) -> None:
    write_pages(tmp_path, a_shift())

    for name, columns in (("figures", FIGURES), ("calls", CALLS)):
        table = pq.read_table(tmp_path / f"{name}.parquet")
        assert tuple(table.column_names) == tuple(columns)
        for column in table.schema:
            assert column.metadata[b"about"].decode() == columns[column.name][1]
        rows = list(csv.DictReader(io.StringIO((tmp_path / f"{name}.csv").read_text())))
        assert len(rows) == table.num_rows > 0
        document = json.loads((tmp_path / "shift.json").read_text())
        assert [tuple(row) for row in document[name]] == [tuple(columns)] * len(rows)


def test_both_documents_name_every_column() -> None:
    text = (Path(__file__).parents[3] / "docs" / "fairness.md").read_text()

    assert [name for name in (*FIGURES, *CALLS) if f"`{name}`" not in text] == []


def test_an_empty_shift_has_its_page_too(tmp_path: Path) -> None:
    written = write_pages(tmp_path, material([]))

    assert written.agents == {}
    said = words_of(Path(written.page).read_text())
    for told in ("No calls were reviewed.", "There is nobody to count for yet.", "Nothing was left out."):
        assert told in said
    assert pq.read_table(tmp_path / "figures.parquet").num_rows == 0


def test_days_are_the_offices_own() -> None:
    from datetime import timedelta, timezone  # noqa: PLC0415

    late = call("late", at=datetime(2026, 3, 3, 3, tzinfo=UTC))
    page = shift_page(material([late], zone=timezone(timedelta(hours=-6))), no_links)

    assert page.workload is not None
    assert page.workload.days[0].day == date(2026, 3, 2)


def test_a_template_that_cannot_be_used_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really = resource("reports", "templates")
    for path in really.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "shift.html.j2").write_text("{{ nothing.here }}")
    monkeypatch.setattr("coach.reporting.templates.resource", lambda *names: tmp_path.joinpath(*names[2:]))

    with pytest.raises(ConfigurationError, match=r"shift\.html\.j2"):
        page_of(material([]))
    (tmp_path / "shift.css").write_text("a </style>")
    with pytest.raises(ConfigurationError, match="would end its own element"):
        page_of(material([]))
    (tmp_path / "shift.css").unlink()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        page_of(material([]))


def test_different_definitions_are_not_compared_without_saying_so() -> None:
    calls = [*week(0, 12), *week(1, 12, fingerprint="e" * 64)]
    made = material(calls, runs=[run(), run("e" * 64, paraphrases=2)])

    said = "counted in another way than those before (Said back in your own words)"
    assert said in words_of(page_of(made))
    assert said in words_of(render_agent(agent_pages(made, no_links)[0]))
    rows = list(csv.DictReader(io.StringIO(figures_csv(shift_page(made, no_links)))))
    assert [row["fingerprint"][0] for row in rows] == ["f", "e"]
    assert [row["compared"] for row in rows] == ["", ""]


def test_of_what_is_over_the_weeks_alone_are_told() -> None:
    old = [*week(0, 12, call_type="bill"), *week(0, 12, call_type="move"), *week(1, 3)]
    page = shift_page(material([*old, *week(2, 12, fingerprint="e" * 64)]), no_links)

    rows = [row for row in csv.DictReader(io.StringIO(figures_csv(page))) if row["fingerprint"][0] == "f"]
    assert [(row["weeks_from"], row["call_type"]) for row in rows] == [("2026-03-02", "")]


def test_parquet_holds_what_the_csv_holds() -> None:
    page = shift_page(a_shift(), no_links)
    rows = pq.read_table(io.BytesIO(figures_parquet(page))).to_pylist()

    assert [row["met"] for row in rows if not row["enough"]] == [None] * sum(not row["enough"] for row in rows)
    assert [row["agent"] for row in rows] == [row["agent"] for row in csv.DictReader(io.StringIO(figures_csv(page)))]
