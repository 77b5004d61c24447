"""What is read out of certificates, and how a rejected one is explained."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.probes.factories import Case, diagnose
from tests.probes.mail_server import HOST, Script
from tests.probes.net.factories import intermediate, make_chain
from tui.probes.net import certificate as certificates


def words(kind: str, verify_code: int) -> str:
    der = tuple(each.der for each in make_chain(kind))
    fault = certificates.explain_rejection(f"{HOST} port 587", HOST, verify_code, "words", der)
    assert fault.hint
    return fault.message


def test_what_is_read() -> None:
    found = certificates.parse_certificate(make_chain("other-name")[0].der)
    assert found is not None
    assert (found.subject, found.issuer) == ("other", "the tests' root")
    assert found.names == ("other.example", "*.more.example")
    assert found.not_before < datetime.now(UTC) < found.not_after
    assert not found.self_signed
    assert not found.links_issuer


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_bytes_are_read_or_not_but_never_raise(data: st.DataObject) -> None:
    der = bytearray(make_chain("no-intermediate")[0].der)
    for _ in range(data.draw(st.integers(0, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    found = certificates.parse_certificate(bytes(der[: data.draw(st.integers(0, len(der)))]))
    assert found is None or found.subject.isprintable()
    fault = certificates.explain_rejection("mail port 25", "mail", 20, "words", (bytes(der),))
    assert fault.kind in ("unknown-issuer", "missing-intermediate")


def test_each_cause_has_its_particulars() -> None:
    ends = make_chain("expired")[0].certificate.not_valid_after_utc
    assert f"has ended on {ends:%Y-%m-%d}" in words("expired", 10)
    begins = make_chain("not-yet-valid")[0].certificate.not_valid_before_utc
    assert f"only from {begins:%Y-%m-%d}" in words("not-yet-valid", 9)
    assert "but for other.example, *.more.example" in words("other-name", 64)
    assert "no names" in words("no-names", 62)
    assert "not trusted here (a stranger)" in words("stranger", 20)
    assert "the tests' intermediate" in words("no-intermediate", 20)
    assert "may not send the certificates between" in words("no-intermediate", 20)
    assert "signed by itself (itself)" in words("self-signed", 18)
    assert "it has ended on" in words("expired", 62)
    assert "(words)" in words("good", 24)


def test_a_chain_of_several_is_not_missing_one() -> None:
    alone = make_chain("no-intermediate")[0].der
    fault = certificates.explain_rejection("p", HOST, 20, "", (alone, intermediate().der))
    assert fault.kind == "unknown-issuer"


def test_without_a_certificate_the_cause_is_named_all_the_same() -> None:
    for code, kind in ((9, "not-yet-valid"), (10, "expired"), (19, "unknown-root"), (62, "name")):
        assert certificates.explain_rejection("p", "s", code, "", ()).kind == kind


def test_names_in_certificates_are_made_visible() -> None:
    found = diagnose(Case(script=Script(certificate="hostile-name")))
    assert "\x1b" not in found.text
    assert "\u202e" not in found.text
    read = certificates.parse_certificate(make_chain("hostile-name")[0].der)
    assert read is not None
    assert read.subject == "x^[[31m\\u{202e}y"
    assert read.names == ("a^[]0;z.example",)
