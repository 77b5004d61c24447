"""Edits are understood by every name of a property."""

from typing import Any

import pytest

from tests.cli.factories import PROPERTIES
from tests.cli.house import House


def show(house: House, *argv: str) -> Any:
    return house.call("show", "--json", *argv).answer()


def test_set_takes_every_property_by_each_of_its_names(house: House) -> None:
    names = house.call("explain", "--json").answer()["properties"]
    assert list(names) == PROPERTIES
    for name, about in names.items():
        for each in (name, *about["instance"]):
            assert house.call("show", "--set", f"{each}=").code == 0
            assert about["label"] in house.call("explain", each).words


def test_the_instances_own_words_for_security_are_understood(house: House) -> None:
    for given, meant in (
        ("glide.smtp.encryption=TLS", "starttls"),
        ("glide.smtp.encryption=SSL", "ssl_tls"),
        ("glide.smtp.tls=true", "starttls"),
        ("glide.smtp.ssl=true", "ssl_tls"),
    ):
        assert show(house, "--set", given)["properties"]["security"]["value"] == meant


@pytest.mark.parametrize(
    "name", ["glide.smtp.tls", "glide.smtp.ssl", "glide.pop3.secure", "glide.pop3.tls"]
)
def test_the_instances_no_to_security_is_none(house: House, name: str) -> None:
    ours = "security" if "smtp" in name else "pop3_security"
    assert show(house, "--set", f"{name}=FALSE")["properties"][ours]["value"] == "none"


@pytest.mark.parametrize("name", ["security", "glide.smtp.encryption", "glide.smtp.tls"])
def test_security_is_cleared_by_each_of_its_names(house: House, name: str) -> None:
    house.write('security = "starttls"\n')
    planned = house.call("plan", "--json", "--set", f"{name}=").answer()
    assert planned["changes"] == [{"property": "security", "before": "starttls", "after": None}]


@pytest.mark.parametrize("again", ["server=b.example", "glide.email.server=b.example", "server="])
def test_a_property_is_set_once(house: House, again: str) -> None:
    assert house.call("plan", "--set", "server=a.example", "--set", again).code == 64
