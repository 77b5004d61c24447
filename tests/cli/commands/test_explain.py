"""A property is explained for its profile."""

from tests.cli.house import House


def test_explain_names_the_profile_in_what_to_do(house: House) -> None:
    house.call("profiles", "add", "test")
    told = house.call("explain", "-p", "test", "server").words
    assert "glidemail -p test plan --set server=VALUE" in told
    assert "glidemail plan --set server=VALUE" in house.call("explain", "server").words


def test_explain_says_what_stands_for_an_override(house: House) -> None:
    house.write('server = "mail.corp.example"\n')
    told = house.call("explain", "pop3_server")
    assert "in effect mail.corp.example, same as outgoing" in told.words
    answered = house.call("explain", "--json", "pop3_server").answer()
    assert answered["in_effect"] == {
        "value": "mail.corp.example",
        "from": "same as outgoing",
    }
    assert "in_effect" not in house.call("explain", "--json", "server").answer()
