"""Findings are shown with their lines, and answered with their fixes."""

from tests.cli.house import House


def test_check_finds_nothing_wrong_with_no_settings(house: House) -> None:
    assert house.call("check").code == 0


def test_check_fails_on_an_error_and_names_its_line(house: House) -> None:
    house.write("# ours\nport = 70000\n")
    checked = house.call("check")
    assert checked.code == 1
    assert "x Port: Enter a port from 1 to 65535." in checked.words
    assert "1 error" in checked.out


def test_an_unknown_key_is_a_warning_that_guesses_what_was_meant(house: House) -> None:
    house.write('sever = "mail.corp.example"\n')
    checked = house.call("check")
    assert checked.code == 0
    assert (
        'Line 1: this isn\'t a property: it is kept and has no effect. Did you mean "server"'
        in (checked.words)
    )


def test_findings_are_answered_with_their_fix(house: House) -> None:
    answer = house.call("check", "--json", "--set", "server=smtp://mail.corp.example:587").answer()
    (found,) = (each for each in answer["findings"] if each["severity"] == "error")
    assert found == {
        "property": "server",
        "severity": "error",
        "code": "host.scheme",
        "message": "Enter the host name only, without a scheme or a port.",
        "fix": {
            "label": "Use mail.corp.example, port 587 and STARTTLS",
            "set": {"server": "mail.corp.example", "port": "587", "security": "starttls"},
        },
    }


def test_a_providers_host_is_answered_with_its_ports_and_their_source(house: House) -> None:
    answer = house.call("check", "--json", "--set", "server=email-smtp.eu-west-1.amazonaws.com")
    found = next(each for each in answer.answer()["findings"] if each["code"] == "provider.port")
    assert found["severity"] == "note"
    assert "(AWS's documentation, read in November 2026)" in found["message"]
    assert found["fix"] == {
        "label": "Use port 465 and SSL/TLS",
        "set": {"port": "465", "security": "ssl_tls"},
    }


def test_a_name_of_the_instance_without_quotes_is_explained(house: House) -> None:
    house.write('port = 25\nglide.email.server = "mail.corp.example"\n')
    checked = house.call("check")
    assert checked.code == 0
    assert "glide.email.server: Line 2: this isn't a property" in checked.words
    assert 'Did you mean "server"?' in checked.words
