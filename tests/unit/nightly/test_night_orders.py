"""What a night's recipe may say: each line, in each wrong way, is told with its recipe, its name, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.app.nightly import orders
from coach.app.nightly.orders import Mail, Night, load_night
from coach.app.recipe import Recipe
from coach.conversation import ConfigurationError
from coach.reporting.text import clean

HEAD = 'name = "n"\nstages = ["decode"]\n'
MAIL = {"to": '["ann@example.org"]', "from": '"coach@example.org"', "host": '"mail.example.org"'}


def written(folder: Path, night: Mapping[str, str] | None = None, mail: Mapping[str, str] | None = None) -> Path:
    """Write a recipe, each value as it stands in TOML."""
    lines = [HEAD, "[night]\n", *(f"{key} = {value}\n" for key, value in ({"inbox": '["in"]'} | (night or {})).items())]
    if mail is not None:
        lines += ["[night.mail]\n", *(f"{key} = {value}\n" for key, value in mail.items())]
    path = folder / "mine.toml"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def refused(path: Path | str) -> str:
    with pytest.raises(ConfigurationError) as raised:
        load_night(str(path))
    assert raised.value.exit_code == 5
    return str(raised.value)


def test_what_is_not_said_is_as_documented(tmp_path: Path) -> None:
    path = written(tmp_path)

    assert load_night(str(path)) == Night(
        recipe=str(path), inbox=(str(tmp_path / "in"),), out=tmp_path / "coaching", settle=30.0, engine="local"
    )


def test_paths_are_those_beside_the_recipe_wherever_it_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "recipes"
    folder.mkdir()
    night = {
        "inbox": '["in", "/srv/in", "../in", "~/in", "s3://bucket/day/"]',
        "out": '"out"',
        "manifest": '"calls.csv"',
        "store": '"team.sqlite"',
        "policy": '"../policy.toml"',
    }
    written(folder, night, {**MAIL, "user": '"u"', "password_file": '"secret"'})

    found = load_night("recipes/mine.toml")

    assert found.inbox == (
        str(folder / "in"),
        "/srv/in",
        str(folder / "../in"),
        str(tmp_path / "home" / "in"),
        "s3://bucket/day/",
    )
    assert (found.out, found.manifest) == (folder / "out", folder / "calls.csv")
    assert (found.store, found.policy) == (str(folder / "team.sqlite"), folder / "../policy.toml")
    assert found.mail is not None
    assert found.mail.password_file == folder / "secret"
    assert found.recipe == str(folder / "mine.toml")  # for workers, which are elsewhere
    assert "secret" not in repr(found)


def test_a_store_at_a_server_is_no_path(tmp_path: Path) -> None:
    path = written(tmp_path, {"store": '"postgresql+psycopg://coach@db/coach"'})

    assert load_night(str(path)).store == "postgresql+psycopg://coach@db/coach"


WRONG = [
    ("inbox", "[]", 'inbox names no folder. Write it as inbox = ["/srv/recordings"].'),
    ("inbox", '[""]', 'inbox names no folder. Write it as inbox = ["/srv/recordings"].'),
    ("inbox", '["in", " "]', "inbox names no folder. Write it as inbox"),
    ("inbox", '["in\\nout"]', "inbox names no folder. Write it as inbox"),
    ("inbox", '"in"', 'inbox should be a list of texts, as in ["one", "two"].'),
    ("inbox", "[1]", "inbox should be a list of texts"),
    ("inbox", "7", "inbox should be a list of texts"),
    ("out", "7", "out should be some text on one line."),
    ("out", '""', "out should be some text on one line."),
    ("out", '["a"]', "out should be some text on one line."),
    ("out", '"a\\nb"', "out should be some text on one line."),
    ("out", '"s3://bucket/out?token=1"', "s3://bucket/out is no address of a folder for reports"),
    ("out", '"s3://"', "s3:// names no folder for reports. Write it as s3://bucket/reports."),
    ("manifest", "true", "manifest should be some text on one line."),
    ("store", "1.5", "store should be some text on one line."),
    ("store", '"  "', "store should be some text on one line."),
    ("policy", "[]", "policy should be some text on one line."),
    ("settle", '"30"', "settle should be a number from 0 to 3600."),
    ("settle", "-1", "settle should be a number from 0 to 3600."),
    ("settle", "3601", "settle should be a number from 0 to 3600."),
    ("settle", "nan", "settle should be a number from 0 to 3600."),
    ("settle", "inf", "settle should be a number from 0 to 3600."),
    ("settle", "true", "settle should be a number from 0 to 3600."),
    ("jobs", "0", "jobs should be a whole number from 1 to 256."),
    ("jobs", "257", "jobs should be a whole number from 1 to 256."),
    ("jobs", "2.0", "jobs should be a whole number from 1 to 256."),
    ("jobs", "true", "jobs should be a whole number from 1 to 256."),
    ("jobs", '"2"', "jobs should be a whole number from 1 to 256."),
    ("engine", "1", "engine should be some text on one line."),
    ("engine", '"rai"', 'there is no engine "rai"; did you mean "ray"?'),
    ("engine", '"spark"', 'there is no engine "spark"; known are: local, ray'),
    ("address", '"ray://head:10001"', 'address is that of a Ray cluster. Set engine = "ray", or take it out.'),
    ("address", "10001", "address should be some text on one line."),
    ("keep_days", "0", "keep_days should be a whole number from 1 to 366."),
    ("keep_days", "367", "keep_days should be a whole number from 1 to 366."),
    ("keep_days", '"60"', "keep_days should be a whole number from 1 to 366."),
    ("mail", "3", "mail should be a table of its own. Begin it with [night.mail]."),
    ("mail", '"ann@example.org"', "mail should be a table of its own. Begin it with [night.mail]."),
]


@pytest.mark.parametrize(("key", "value", "told"), WRONG)
def test_a_line_that_cannot_be_is_told_with_its_recipe_and_what_to_do(
    key: str, value: str, told: str, tmp_path: Path
) -> None:
    said = refused(written(tmp_path, {key: value}))

    assert said.startswith("[night] of the recipe mine.toml: ")
    assert told in said
    assert key in said


def test_every_line_is_tried_in_a_wrong_way() -> None:
    assert {key for key, _, _ in WRONG} == set(orders._KEYS)
    assert {key for key, _, _ in WRONG_MAIL} == set(orders._MAIL)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("inboxes", "inbox"),
        ("Inbox", "inbox"),
        ("output", "out"),
        ("keepdays", "keep_days"),
        ("setle", "settle"),
        ("job", "jobs"),
        ("adress", "address"),
    ],
)
def test_a_line_that_nothing_reads_is_told_with_the_nearest_that_is(typed: str, meant: str, tmp_path: Path) -> None:
    said = refused(written(tmp_path, {typed: '"x"'}))

    assert said == f'[night] of the recipe mine.toml has "{typed}", which nothing reads; did you mean "{meant}"?'


def test_a_line_like_no_other_is_told_with_all_of_them(tmp_path: Path) -> None:
    said = refused(written(tmp_path, {"zzz": "1"}))

    assert "known are: address, engine, inbox, jobs, keep_days, mail, manifest, out, policy, settle, store" in said


WRONG_MAIL = [
    ("to", '"ann@example.org"', "to should be a list of texts"),
    ("to", "[]", "a mail needs to, from and host. Fill them in, or take the table out."),
    ("to", '["ann"]', '"ann" is no address. Write it as ann@example.org.'),
    ("to", '[""]', '"" is no address.'),
    ("to", '["ann@example.org, eve@example.org"]', "is no address"),
    ("to", '["Ann <ann@example.org>"]', "is no address"),
    ("to", '["ann@example.org\\r\\nBcc: eve@example.org"]', "is no address"),
    ("to", '["ann@example.org\\u0085"]', "is no address"),
    ("to", '["ann\\u007f@example.org"]', "is no address"),
    ("to", '["änn@example.org"]', "is no address"),
    ("from", '"coach"', "is no address"),
    ("from", '"coach@example.org\\nBcc: eve@example.org"', "from should be some text on one line."),
    ("host", "25", "host should be some text on one line."),
    ("host", '""', "host should be some text on one line."),
    ("host", '"mail.example.org\\r\\nQUIT"', "host should be some text on one line."),
    ("port", '"25"', "port should be a whole number from 1 to 65535."),
    ("port", "0", "port should be a whole number from 1 to 65535."),
    ("port", "65536", "port should be a whole number from 1 to 65535."),
    ("security", '"ssl"', 'security is "starttls", "tls" or "none", not "ssl".'),
    ("security", '"TLS"', 'security is "starttls", "tls" or "none", not "TLS".'),
    ("security", "false", "security should be some text on one line."),
    ("user", '"night"', "user and password_file go together. Name the file that holds the password"),
    ("password_file", '"secret"', "user and password_file go together."),
    ("link", '"https://x\\r\\nBcc: eve@example.org"', "link should be some text on one line."),
    ("link", "[]", "link should be some text on one line."),
]


@pytest.mark.parametrize(("key", "value", "told"), WRONG_MAIL)
def test_a_line_of_the_mail_that_cannot_be_is_told_likewise(key: str, value: str, told: str, tmp_path: Path) -> None:
    said = refused(written(tmp_path, mail={**MAIL, key: value}))

    assert said.startswith("[night.mail] of the recipe mine.toml: ")
    assert told in said


@pytest.mark.parametrize("key", ["to", "from", "host"])
def test_a_mail_needs_to_know_whence_and_where(key: str, tmp_path: Path) -> None:
    said = refused(written(tmp_path, mail={name: value for name, value in MAIL.items() if name != key}))

    assert "a mail needs to, from and host" in said


@pytest.mark.parametrize(("typed", "meant"), [("hosts", "host"), ("passwordfile", "password_file"), ("sender", "user")])
def test_a_line_of_the_mail_that_nothing_reads(typed: str, meant: str, tmp_path: Path) -> None:
    said = refused(written(tmp_path, mail={**MAIL, typed: '"x"'}))

    assert said.startswith(f'[night.mail] of the recipe mine.toml has "{typed}", which nothing reads; ')
    assert meant in said


@pytest.mark.parametrize(
    ("host", "security", "port", "becomes"),
    [
        ("mail.example.org", None, None, ("starttls", 587)),
        ("mail.example.org", "tls", None, ("tls", 465)),
        ("mail.example.org", "none", None, ("none", 25)),
        ("mail.example.org", None, "2525", ("starttls", 2525)),
        ("localhost", None, None, ("none", 25)),
        ("127.0.0.1", None, None, ("none", 25)),
        ("::1", None, None, ("none", 25)),
        ("localhost", "starttls", None, ("starttls", 587)),
        ("localhost.example.org", None, None, ("starttls", 587)),
    ],
)
def test_mail_is_encrypted_unless_it_stays_on_this_computer(
    host: str, security: str | None, port: str | None, becomes: tuple[str, int], tmp_path: Path
) -> None:
    mail = {**MAIL, "host": f'"{host}"'}
    mail |= {} if security is None else {"security": f'"{security}"'}
    mail |= {} if port is None else {"port": port}

    found = load_night(str(written(tmp_path, mail=mail))).mail

    assert isinstance(found, Mail)
    assert (found.security, found.port) == becomes


def test_no_password_goes_to_another_computer_for_anybody_to_read(tmp_path: Path) -> None:
    secret = {"user": '"u"', "password_file": '"secret"', "security": '"none"'}

    said = refused(written(tmp_path, mail={**MAIL, **secret}))
    assert 'would go to mail.example.org for anybody to read. Set security = "starttls" or "tls".' in said
    assert load_night(str(written(tmp_path, mail={**MAIL, **secret, "host": '"localhost"'}))).mail is not None


def test_a_recipe_without_a_night_says_how_one_begins(tmp_path: Path) -> None:
    path = tmp_path / "day.toml"
    path.write_text(HEAD, encoding="utf-8")

    assert refused(path) == (
        "the recipe day.toml has no [night], so there is nothing to do at night. docs/nights.md shows how one begins."
    )
    assert refused("solo").startswith("the recipe solo.toml has no [night]")


def test_a_recipe_that_is_not_there_or_is_no_recipe(tmp_path: Path) -> None:
    assert f'There is no recipe "{tmp_path / "none.toml"}"; ' in refused(tmp_path / "none.toml")
    assert 'did you mean "nightly"?' in refused("nightli")
    (tmp_path / "broken.toml").write_text(f"{HEAD}[night]\ninbox = [", encoding="utf-8")
    assert refused(tmp_path / "broken.toml").startswith("The recipe broken.toml cannot be read: ")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    assert refused(tmp_path / "bytes.toml").startswith("The recipe bytes.toml cannot be read: ")
    (tmp_path / "folder.toml").mkdir()
    assert "The recipe folder.toml cannot be read: Is a directory." in refused(tmp_path / "folder.toml")
    (tmp_path / "list.toml").write_text(f"night = 3\n{HEAD}", encoding="utf-8")
    assert "[night] must be" in refused(tmp_path / "list.toml").replace("and [night] must", "[night] must")


scalars = st.one_of(
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["in", "ray", "local", "none", "tls", "ann@example.org", "s3://x/", "~/a", "a\r\nb"]),
)
values = st.one_of(scalars, st.lists(scalars, max_size=3), st.dictionaries(st.text(max_size=4), scalars, max_size=2))
mails = st.dictionaries(st.one_of(st.sampled_from(orders._MAIL), st.text(max_size=6)), values, max_size=6)
nights = st.dictionaries(st.one_of(st.sampled_from(orders._KEYS), st.text(max_size=6)), values, max_size=6)


@given(nights, st.one_of(st.none(), mails))
def test_whatever_a_recipe_says_is_taken_or_told_in_one_sentence_with_its_name(
    night: dict[str, object], mail: dict[str, object] | None
) -> None:
    table = {"inbox": ["in"], **night} | ({} if mail is None else {"mail": mail})
    recipe = Recipe("n", ("decode",), {}, night=table, origin="the recipe n.toml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orders, "load_recipe", lambda _name: recipe)
        try:
            found = load_night("n")
        except ConfigurationError as error:
            said: str | None = str(error)
        else:
            said = None
    if said is not None:
        assert said.startswith(("[night] of the recipe n.toml", "[night.mail] of the recipe n.toml"))
        return
    assert found.inbox
    assert 0 <= found.settle <= 3600
    assert found.engine in ("local", "ray")
    if found.mail is not None:
        assert all(clean(text) == text for text in (*found.mail.to, found.mail.sender, found.mail.host))
        assert (found.mail.user is None) == (found.mail.password_file is None)
