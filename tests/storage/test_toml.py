"""TOML: read with the line of what is wrong, edited so that all else stays."""

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given

from tests.settings.factories import deterministic
from tests.storage.factories import File, assert_rest_stays, files, values
from tui.errors import Problem
from tui.settings.values import Value
from tui.storage.settings_file import to_native
from tui.storage.toml import edit_toml, line_numbers, nearest, parse_toml

PATH = Path("/somewhere/settings.toml")
COMMENTED = """\
# Asked for by the mail team.
server = "old.corp.example"  # until May

unknown = [1, 2]  # ours

[other]
server = "not ours"  # theirs
"""


def test_tables_and_native_values_are_read() -> None:
    assert parse_toml('a = 1\nb = [true, "x"]\n[c]\nd = "ü"\n', PATH) == {
        "a": 1,
        "b": [True, "x"],
        "c": {"d": "ü"},
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# fine\nserver = mail.corp.example\n", "line 2"),
        ("a = 1\n\na = 2\n", "line 3"),
        ('server = "half', "end of document"),
        ("a = " + "[" * 50_000, "nested too deeply"),
        ("port = " + "9" * 5000, "4300 digits"),
        ("port = 0x" + "f" * 5000, "4300 digits"),
        ("server = [1, 0x" + "f" * 5000 + "]", "4300 digits"),
        ("unknown = { a = 0b" + "1" * 20_000 + " }", "4300 digits"),
        ("a." * 40_000 + "a = 1", "nested too deeply"),
        ("['a' . \"b\"" + ".a" * 40_000 + "]", "nested too deeply"),
        ("a = { " + "a . " * 40_000 + "a = 1 }", "nested too deeply"),
    ],
)
def test_what_is_no_toml_is_told_with_its_file_and_place_and_the_way_back(
    text: str, words: str
) -> None:
    with pytest.raises(Problem) as raised:
        parse_toml(text, PATH)
    problem = raised.value
    assert (problem.code, problem.exit_code) == ("toml.syntax", 1)
    assert problem.message.startswith(f"{PATH} isn't valid TOML")
    assert words in problem.message
    assert "settings.toml.old" in problem.hint


def test_another_value_leaves_all_else_byte_for_byte() -> None:
    assert edit_toml(COMMENTED, {"server": "new.corp.example"}, PATH) == COMMENTED.replace(
        '"old.corp.example"', '"new.corp.example"'
    )


def test_a_new_key_stands_before_the_tables_and_after_all_other_keys() -> None:
    text = edit_toml(COMMENTED, {"port": 587}, PATH)
    assert text.index("unknown") < text.index("port = 587\n") < text.index("[other]")
    assert text.replace("port = 587\n", "").split() == COMMENTED.split()


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("authenticate = true # yes\n", False, "authenticate = false # yes\n"),
        ("  authenticate=true#yes\n", False, "  authenticate=false#yes\n"),
        ('"authenticate" = true\n', False, '"authenticate" = false\n'),
        ("authenticate = true\r\n# end\r\n", False, "authenticate = false\r\n# end\r\n"),
        ("authenticate = true", False, "authenticate = false"),
        ("authenticate = true  # no end", "", 'authenticate = ""  # no end'),
        ('authenticate = """a\nb"""  # two\n', 1, "authenticate = 1  # two\n"),
        ("authenticate = [1,\n 2]  # two\n", ["a"], 'authenticate = ["a"]  # two\n'),
        ("", False, "authenticate = false\n"),
        ("# only this", False, "# only this\nauthenticate = false\n"),
        ('server = "a"', False, 'server = "a"\nauthenticate = false\n'),
    ],
)
def test_what_stands_around_a_value_stays(before: str, value: object, after: str) -> None:
    assert edit_toml(before, {"authenticate": value}, PATH) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("# c\n\n# about t\n[t]\na=1\n", "# c\nport = 5\n\n# about t\n[t]\na=1\n"),
        ("# about t\n# more\n[[t]]\n", "port = 5\n# about t\n# more\n[[t]]\n"),
        ("a = 1\n# about t\n  [t]", "a = 1\nport = 5\n# about t\n  [t]"),
        ("a = 1\n\n# c\n\n[t]\n", "a = 1\n\n# c\nport = 5\n\n[t]\n"),
        ('a = """\n# c"""\n[t]\n', 'a = """\n# c"""\nport = 5\n[t]\n'),
        ("a = [\n[1],\n# c\n[2]]\n[t]\n", "a = [\n[1],\n# c\n[2]]\nport = 5\n[t]\n"),
        ("# about a\na.b = 1\n", "# about a\na.b = 1\nport = 5\n"),
    ],
)
def test_a_new_key_parts_no_comment_from_what_it_is_about(text: str, after: str) -> None:
    assert edit_toml(text, {"port": 5}, PATH) == after


LISTED = """\
to = [  # all of them
  "a@x",  # Anna, until May
  # Bob knows of it
  "b@x",
  "c@x"  # Carol
]  # end
"""


@pytest.mark.parametrize(
    ("values", "after"),
    [
        (
            ["a@x", "b@x", "c@x", "d@x"],
            LISTED.replace('"c@x"', '"c@x",').replace("]", '  "d@x"\n]'),
        ),
        (["a@x", "d@x", "c@x"], LISTED.replace("b@x", "d@x")),
        (["b@x", "c@x"], LISTED.replace('  "a@x",  # Anna, until May\n', "")),
        (["a@x", "b@x"], LISTED.replace('  "c@x"  # Carol\n', "")),
        (["c@x", "a@x"], 'to = ["c@x", "a@x"]  # end\n'),
        (["d@x"], 'to = ["d@x"]  # end\n'),
        ("", 'to = ""  # end\n'),
    ],
)
def test_what_stays_in_a_list_keeps_its_comment(values: object, after: str) -> None:
    assert edit_toml(LISTED, {"to": values}, PATH) == after


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('to = [\n  "a@x"# Anna\n\n  # end\n]\n', ["a@x", "b@x"]),
        ('to = ["a@x", "a@x"]\n', ["a@x"]),
        ('to = ["a@x", 1, [2]]\n', ["a@x"]),
        ("to = [{ a = 1 }]\n", ["a@x"]),
        ("to = { a = 1 }\n", ["a@x"]),
    ],
)
def test_a_list_that_is_written_oddly_takes_other_values(text: str, values: list[str]) -> None:
    assert tomllib.loads(edit_toml(text, {"to": values}, PATH)) == {"to": values}


@pytest.mark.parametrize(
    "text",
    [
        "[to]\na=1\n# c\n",
        "[to.a]\nb=1\n",
        "to.a = 1\n",
        "to.a = 1\nb = 1\nto.c = 1\n",
        "[[to]]\na = 1\n",
    ],
)
def test_a_table_in_the_place_of_a_value_is_not_lost(text: str) -> None:
    with pytest.raises(Problem) as raised:
        edit_toml(text, {"to": "x", "port": 25}, PATH)
    assert raised.value.code == "toml.not-editable"
    assert "to is a table in the file" in raised.value.message
    assert raised.value.hint.startswith("Give that table another name")


@given(files())
@deterministic
def test_no_change_is_the_same_text(file: File) -> None:
    assert edit_toml(file.text, {}, PATH) == file.text


@given(files())
@deterministic
def test_the_same_values_again_are_the_same_file(file: File) -> None:
    again = {name: to_native(value) for name, value in file.values.items()}
    assert tomllib.loads(edit_toml(file.text, again, PATH)).keys() == (
        tomllib.loads(file.text).keys()
    )


@given(files(), values())
@deterministic
def test_changed_values_are_read_back_and_every_other_line_stays(
    file: File, changes: dict[str, Value]
) -> None:
    text = edit_toml(file.text, {name: to_native(each) for name, each in changes.items()}, PATH)
    read, was = tomllib.loads(text), tomllib.loads(file.text)
    for key in read.keys() | was.keys():
        wanted = to_native(changes[key]) if key in changes else was[key]
        assert repr(read[key]) == repr(wanted)
    assert_rest_stays(file, text, changes)


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (f"a = {'[' * 150}{']' * 150}\n", {"server": "x"}),
        ("", {"server": object()}),
        ("", {"server": None}),
    ],
)
def test_what_cannot_be_edited_safely_is_not_edited(text: str, changes: dict[str, object]) -> None:
    with pytest.raises(Problem) as raised:
        edit_toml(text, changes, PATH)
    assert (raised.value.code, raised.value.exit_code) == ("toml.not-editable", 1)
    assert str(PATH) in raised.value.message


def test_what_is_no_toml_is_not_edited() -> None:
    with pytest.raises(Problem, match=r"toml\.syntax"):
        edit_toml("server = \n", {"server": "x"}, PATH)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("port = 1\n", 1),
        ("# port = 0\n\n  port=1", 3),
        ('"port" = 1\n', 1),
        ("server = 'port = 2'\r\n\t'port'\t= 1\r\n", 2),
        ("pop3_port = 1\nport_x = 1\nport = 1\n", 3),
        ("pop3_port = 1\n", None),
        ("port.x = 1\n", 1),
        ("a = 1\n[port]\nx = 1\n", 2),
        ("[a]\nport = 1\n", None),
        ('a = """\nport = 0\n"""\nport = 1\n', 4),
        ("a = '''\nport = 0'''\nport = 1\n", 3),
        ("a = '\"\"\"' # '''\nport = 1\n", 2),
        ('a = [\n  {port = 0},\n  ["]"],\n]\nport = 1\n', 5),
        ("", None),
    ],
)
def test_the_line_of_a_key_is_found_where_it_is_written_the_usual_way(
    text: str, line: int | None
) -> None:
    assert line_numbers(text).get("port") == line


def test_a_key_is_no_pattern() -> None:
    assert line_numbers('axb = 1\n"a.b" = 1\n').get("a.b") == 2
    assert line_numbers("x = 1\n").get("(") is None


@given(files())
@deterministic
def test_every_property_in_a_file_is_found_in_its_line(file: File) -> None:
    for name in file.values:
        line = line_numbers(file.text).get(name)
        assert line is not None
        assert name in file.text.split("\n")[line - 1].partition("=")[0]


def test_the_nearest_word_is_guessed_only_where_it_is_near() -> None:
    known = ("server", "port", "security")
    assert nearest("sever", known) == "server"
    assert nearest("ports", known) == "port"
    assert nearest("colour", known) == ""
    assert nearest("", known) == ""


def test_a_text_with_many_dots_is_no_deep_key() -> None:
    dots = "a." * 40_000
    text = f'a = "{dots}"\nb = "\\"{dots}"\nc = \'{dots}\'\nd = """\n{dots}"""\n# {dots}\n'
    assert parse_toml(text, PATH).keys() == {"a", "b", "c", "d"}


@pytest.mark.parametrize("text", ["a" * 200_000, "a.a " * 50_000, '"' * 99_999, "'" * 99_999])
def test_what_is_no_toml_is_known_at_once(text: str) -> None:
    before = time.process_time()
    with pytest.raises(Problem, match=r"toml\.syntax"):
        parse_toml(text, PATH)
    assert time.process_time() - before < 2


def test_a_whole_name_is_found_in_its_line() -> None:
    text = '[a]\nb.c = 1\n\n[[d]]\n"e f" = 1\n'
    assert line_numbers(text) == {"a": 1, "a.b.c": 2, "d": 4, "d.e f": 5}


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a = 1\r\n", "a = 1\r\nport = 25\r\n"),
        ("a = 1\r\n\r\n[b]\r\nc = 1\r\n", "a = 1\r\nport = 25\r\n\r\n[b]\r\nc = 1\r\n"),
        ("a = 1\nb = 1\r\n", "a = 1\nb = 1\r\nport = 25\n"),
    ],
)
def test_a_new_line_ends_as_the_others_do(text: str, after: str) -> None:
    assert edit_toml(text, {"port": 25}, PATH) == after
