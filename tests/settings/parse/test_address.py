"""What an email address is, and which legal ones few platforms take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import Situation, deterministic, edit, find_all, try_parse
from tui.settings.catalog import Kind
from tui.settings.findings import ParseError, Severity
from tui.settings.parse.address import find_address_problem, find_rare_form, is_special_use

USUAL = [
    "helpdesk@corp.example",
    "Help.Desk+snow@mail.corp.example",
    "o'neil_99@corp.example",
    "!#$%&'*/=?^_`{|}~-@corp.example",
    "1@2.example",
    "xn--a@xn--bcher-kva.example",
    "it@a--b.example",
    "it@bücher.example",
    "it@corp",
    "it@corp.local",
    "a" * 64 + "@corp.example",
    "it@" + "a" * 63 + ".example",
]
RARE = [
    ('"help desk"@corp.example', "Quotation marks"),
    ('"it"@corp.example', "Quotation marks"),
    ('"a@b"@corp.example', "Quotation marks"),
    (r'"say \"hi\""@corp.example', "Quotation marks"),
    ("it@[192.0.2.7]", "brackets"),
    ("it@[IPv6:2001:db8::7]", "brackets"),
    ("it@[IPv6:::ffff:192.0.2.7]", "brackets"),
    ("bürger@corp.example", "SMTPUTF8"),
    ("サポート@corp.example", "SMTPUTF8"),
    ("it@192.0.2.7", "ends in a number"),
    ("it@corp.42", "ends in a number"),
]
NO_ADDRESSES = [
    ("helpdesk", "must have an @-sign"),
    ("@corp.example", "something before the @-sign"),
    ("it@", "something after the @-sign"),
    ("it@@corp.example", "invalid characters"),
    ("it@corp@example", "invalid characters"),
    (".it@corp.example", "start with a period"),
    ("it.@corp.example", "period immediately before"),
    ("i..t@corp.example", "two periods in a row"),
    ("it@.corp.example", "period immediately after"),
    ("it@corp..example", "two periods in a row"),
    ("it@corp.example.", "end with a period"),
    ("it@-corp.example", "hyphen immediately after"),
    ("it@corp-.example", "hyphen next to each other"),
    ("it@corp_x.example", "invalid characters"),
    ("it@corp/x.example", "invalid characters"),
    ("it＠corp.example", "full-width"),
    ("it@corp\uff0eexample", "full-width dot"),
    ("it@corp\u3002example", "full-width dot"),
    ("i t@corp.example", "blanks"),
    ("it @corp.example", "blanks"),
    ("it@ corp.example", "blanks"),
    ("it@corp\u00a0.example", "blanks"),
    ("it@corp.example\r\n ", "blanks"),
    ("(desk)it@corp.example", "comment in parentheses"),
    ("it@corp.example(desk)", "comment in parentheses"),
    ("it@(desk)corp.example", "comment in parentheses"),
    ("it(desk@corp.example", "comment in parentheses"),
    ('"it@corp.example', "Put quotation marks around the whole part"),
    ('"it"x@corp.example', "Put quotation marks around the whole part"),
    ('"it"."x"@corp.example', "Put quotation marks around the whole part"),
    ('"it\\"@corp.example', "Put quotation marks around the whole part"),
    ('"it\\é"@corp.example', "Put quotation marks around the whole part"),
    ('""@corp.example', "quotation marks are empty"),
    ('it"x"@corp.example', "invalid characters"),
    ("a" * 65 + "@corp.example", "longer than the 64 bytes"),
    ("ü" * 33 + "@corp.example", "longer than the 64 bytes"),
    ('"' + "a" * 63 + '"@corp.example', "longer than the 64 bytes"),
    ("it@" + "a" * 64 + ".example", "so many characters"),
    ("it@" + ".".join(["a" * 60] * 5) + ".example", "too long"),
    ("it@[192.0.2]", "brackets"),
    ("it@[192.0.2.256]", "brackets"),
    ("it@[2001:db8::7]", "brackets"),
    ("it@[IPv6:2001:db8:::7]", "brackets"),
    ("it@[corp.example]", "brackets"),
    ("it@[192.0.2.7", "invalid characters"),
    ("it@x[192.0.2.7]", "brackets"),
]


@pytest.mark.parametrize("text", USUAL)
def test_a_usual_address_is_taken_without_a_word(text: str) -> None:
    assert find_address_problem(text) == ""
    assert find_rare_form(text) == ""


@pytest.mark.parametrize(("text", "reason"), RARE)
def test_a_rare_address_is_taken_with_a_warning_that_says_why(text: str, reason: str) -> None:
    assert find_address_problem(text) == ""
    assert reason in find_rare_form(text)


@pytest.mark.parametrize(("text", "reason"), NO_ADDRESSES)
def test_what_no_mail_server_takes_is_refused_with_the_reason(text: str, reason: str) -> None:
    problem = find_address_problem(text)
    assert reason in problem
    assert problem.endswith(".")


@pytest.mark.parametrize(("text", "reason"), RARE[:4:3] + NO_ADDRESSES[17:35:6])
def test_user_and_recipients_are_judged_alike(text: str, reason: str) -> None:
    for name in ("user", "test_recipients"):
        situation = Situation(texts={name: text})
        found = [each for each in situation.review.findings if each.property == name]
        assert any(reason in each.message for each in found)
        errors = [each for each in found if each.severity is Severity.ERROR]
        assert bool(errors) is bool(find_address_problem(text))


def test_a_comma_in_quotation_marks_ends_an_address_of_a_list() -> None:
    problem = try_parse(Kind.ADDRESSES, '"a,b"@corp.example')
    assert isinstance(problem, ParseError)
    assert (problem.code, problem.suggestion) == ("addresses.quoted", None)
    assert try_parse(Kind.USER, '"a,b@c"@corp.example') == '"a,b@c"@corp.example'


def test_escaped_quotation_marks_are_no_comma_in_quotation_marks() -> None:
    both = '"say \\"hi"@corp.example, qa@corp.example'
    assert try_parse(Kind.ADDRESSES, both) == tuple(both.split(", "))


def test_a_rare_form_is_said_before_what_its_domain_lacks() -> None:
    situation = edit(user="it@[IPv6:2001:db8::7]")
    assert find_all(situation, "user.rare")
    assert not find_all(situation, "user.no-dot")


def test_a_special_use_domain_is_known_whatever_its_case() -> None:
    assert is_special_use("it@CORP.Local")
    assert not is_special_use("it@corp.locals")


@given(st.text('a@b."\\[]() :;,é１\u3002\x00', max_size=24))
@deterministic
def test_any_text_is_an_address_or_has_a_reason(text: str) -> None:
    problem = find_address_problem(text)
    assert problem == "" or problem.endswith(".")
    assert isinstance(find_rare_form(text), str)


@pytest.mark.parametrize("part", ['"', "\\", '"\\', "a.", "@", "(", '"@', "[", "é"])
def test_a_long_text_is_judged_at_once(part: str) -> None:
    assert find_address_problem(part * 50_000)
