"""What is odd about a secret is found by its kind, and told without a character of it."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.credentials.oddities import describe_oddities, find_oddities

ODD: list[tuple[str, str]] = [
    ("\ufeffhunter2", "begins with a byte order mark"),
    ("\u00ef\u00bb\u00bfhunter2", "begins with a byte order mark"),
    (" hunter2", "begins with a blank"),
    ("\u3000hunter2", "begins with a blank"),
    ("\ufeff hunter2", "begins with a blank"),
    ("hunter2 ", "ends with a blank"),
    ("hunter2\u00a0", "ends with a blank"),
    ("\thunter2", "begins with a tab"),
    ("hunter2\t", "ends with a tab"),
    ("\nhunter2", "begins with a line break"),
    ("hunter2\r", "ends with a line break"),
    ("hunter2\u2028", "ends with a line break"),
    ("hun\u200bter2", "has invisible characters"),
    ("hun\u00adter2", "has invisible characters"),
    ("hun\ufeffter2", "has invisible characters"),
    ("\u202ehunter2", "has invisible characters"),
    ("hunter2\u3164", "has invisible characters"),
    ("abcd\u00a0efgh", "has a no-break space or another special blank"),
    ("abcd\u2009efgh", "has a no-break space or another special blank"),
    ("gr\ufffdn", "has a replacement character in place of lost text"),
    ("gr\u00c3\u00bcn", "looks like UTF-8 that was read in another encoding"),
    ("5\u00e2\u201a\u00ac", "looks like UTF-8 that was read in another encoding"),
    ("'hunter2'", "is in quotes, which are sent as part of it"),
    ('"hunter2"', "is in quotes, which are sent as part of it"),
    ("\u201chunter2\u201d", "is in quotes, which are sent as part of it"),
    ("p%40ss", "looks as if it still has URL or HTML escapes, such as %40 or &amp;"),
    ("gr%C3%BCn", "looks as if it still has URL or HTML escapes, such as %40 or &amp;"),
    ("a&lt;b", "looks as if it still has URL or HTML escapes, such as %40 or &amp;"),
    ("a&#39;b", "looks as if it still has URL or HTML escapes, such as %40 or &amp;"),
    ("gr\u00fcn", "has characters beyond ASCII, which are sent as UTF-8"),
    ("\U0001f511", "has characters beyond ASCII, which are sent as UTF-8"),
]
NORMAL = [
    *("", "x", "hunter2", "correct horse battery staple", "100%", "50%off", "a&b;c", "%41bc"),
    *("it's", "'", "''", '"', "it's mine's", '5" disk', "AT&T", "\\x41", "=41", "p@ss:w/rd"),
]


@pytest.mark.parametrize(("secret", "words"), ODD)
def test_an_oddity_is_found(secret: str, words: str) -> None:
    assert words in {each.words for each in find_oddities(secret)}
    assert f"It {words}." in describe_oddities(secret, "It", with_usual=True)


@pytest.mark.parametrize("secret", NORMAL)
def test_nothing_is_said_about_a_normal_password(secret: str) -> None:
    assert find_oddities(secret) == ()


def test_letters_beyond_ascii_are_only_said_where_even_the_usual_may_matter() -> None:
    assert describe_oddities("gr\u00fcn") == ""
    assert describe_oddities("gr\u00fcn", with_usual=True).startswith("The password has ")


def test_what_does_not_show_is_not_called_a_letter_beyond_ascii_too() -> None:
    for secret in ("\ufeffa", "a\u00a0b", "a\u200bb", "a\ufffd"):
        assert "not-ascii" not in {each.code for each in find_oddities(secret)}


@given(st.text(string.ascii_letters + string.digits + "!#$()*+,-./:;<=>?@[]^_{|}~", max_size=60))
def test_no_random_password_is_odd(secret: str) -> None:
    assert find_oddities(secret) == ()


@given(st.text(max_size=60))
def test_any_secret_is_told_by_fixed_sentences_alone(secret: str) -> None:
    fixed = {words for _, words in ODD}
    found = find_oddities(secret)
    assert {each.words for each in found} <= fixed
    assert len(set(found)) == len(found)
