"""One declaration is enough for a property to exist everywhere."""

from dataclasses import dataclass, fields
from typing import Annotated, get_type_hints

import pytest

from tui.settings.catalog import Group, Kind, Property, Settings, catalog, find_entry
from tui.settings.draft import Draft, parse
from tui.settings.parse.value import format_value, parse_value
from tui.settings.review import review
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts

NAMES = [
    *("server", "user", "display_name", "authenticate", "password"),
    *("port", "security", "from", "sending_enabled", "test_recipients"),
    *("receiving", "pop3_server", "pop3_user", "pop3_password", "pop3_port", "pop3_security"),
]


@dataclass(frozen=True, kw_only=True)
class WithSpare(Settings):
    """The settings with one more property, and a field that is none."""

    spare_server: Annotated[
        str,
        Property(
            kind=Kind.HOST,
            label="Spare mail server",
            short="Spare server",
            help="Where mail goes when the other one is down.",
            group=Group.CONNECTION,
            instance={"glide.email.spare": {}},
            port="port",
        ),
    ] = ""
    remark: str = ""


def make_spare_draft() -> Draft:
    return Draft(Snapshot(), settings=WithSpare)


def test_the_catalog_has_the_designs_names() -> None:
    assert sorted(catalog()) == sorted(NAMES)


def test_the_articles_five_come_first_and_in_its_order() -> None:
    assert list(catalog())[:5] == NAMES[:5]


def test_properties_of_a_group_stand_together_and_groups_in_their_order() -> None:
    groups = [entry.declared.group for entry in catalog().values()]
    assert groups == sorted(groups, key=list(Group).index)


def test_every_field_of_the_settings_is_a_property() -> None:
    assert [item.name.removesuffix("_") for item in fields(Settings)] == list(catalog())


def test_a_name_that_is_a_keyword_has_a_field_that_is_none() -> None:
    fields_of = {name: entry.field for name, entry in catalog().items()}
    assert {name for name, field in fields_of.items() if name != field} == {"from"}
    assert fields_of["from"] == "from_"


@pytest.mark.parametrize("name", NAMES)
def test_name_type_and_default_are_those_of_the_field(name: str) -> None:
    entry = catalog()[name]
    assert entry.name == name
    assert entry.default == getattr(Settings(), entry.field)
    assert entry.type == get_type_hints(Settings)[entry.field]


@pytest.mark.parametrize("name", NAMES)
def test_help_is_short_and_ends_as_a_sentence(name: str) -> None:
    text = catalog()[name].declared.help
    assert text == " ".join(text.split())
    assert text.endswith(".")
    assert len(text) <= 90


def test_the_label_on_an_account_is_the_short_one_unless_it_is_declared() -> None:
    labels = {name: entry.label_on_account for name, entry in catalog().items()}
    shorts = {name: entry.declared.short for name, entry in catalog().items()}
    assert {name: label for name, label in labels.items() if label != shorts[name]} == {
        "server": "Server",
        "user": "User name",
        "display_name": "Email user label",
        "authenticate": "Authentication",
    }


def test_labels_and_short_labels_are_unique() -> None:
    declared = [entry.declared for entry in catalog().values()]
    assert len({each.label for each in declared}) == len(NAMES)
    assert len({each.short for each in declared}) == len(NAMES)


def test_no_name_means_two_properties() -> None:
    names = [*catalog(), *(own for entry in catalog().values() for own in entry.declared.instance)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", NAMES)
def test_a_property_is_found_by_every_name_it_has(name: str) -> None:
    entry = catalog()[name]
    assert (entry.instance_name in entry.declared.instance) is bool(entry.declared.instance)
    for each in (name, *entry.declared.instance):
        assert find_entry(catalog(), each) is entry


def test_an_unknown_name_is_no_property() -> None:
    assert find_entry(catalog(), "glide.email.servers") is None


@pytest.mark.parametrize("name", NAMES)
def test_the_port_of_a_host_is_a_port_and_only_hosts_have_one(name: str) -> None:
    declared = catalog()[name].declared
    assert (declared.port is not None) is (declared.kind is Kind.HOST)
    assert declared.port is None or catalog()[declared.port].declared.kind is Kind.PORT


@pytest.mark.parametrize("name", NAMES)
def test_the_words_an_instance_uses_for_a_value_lead_to_values(name: str) -> None:
    entry = catalog()[name]
    for words in entry.declared.instance.values():
        for ours in words.values():
            assert format_value(parse_value(entry, ours)) == ours


def test_legacy_tls_is_starttls_and_legacy_ssl_is_implicit() -> None:
    words = catalog()["security"].declared.instance["glide.smtp.encryption"]
    assert (words["tls"], words["ssl"]) == ("starttls", "ssl_tls")


def test_only_the_two_passwords_are_secret() -> None:
    secret = [name for name, entry in catalog().items() if entry.is_secret]
    assert secret == ["password", "pop3_password"]


def test_one_more_declaration_is_one_more_property_and_a_plain_field_is_none() -> None:
    assert list(catalog(WithSpare)) == [*catalog(), "spare_server"]


def test_one_more_declaration_leaves_the_other_catalog_alone() -> None:
    catalog(WithSpare)
    assert "spare_server" not in catalog()


def test_a_new_property_is_edited_and_parsed() -> None:
    draft = make_spare_draft().edit("spare_server", "mail.corp.example")
    assert draft.text("spare_server") == "mail.corp.example"
    assert draft.changed_properties() == ("spare_server",)
    assert parse(draft).value("spare_server") == "mail.corp.example"


def test_a_new_property_has_the_parser_and_the_rules_of_its_kind() -> None:
    looked = review(make_spare_draft().edit("spare_server", "mail:587"), TargetFacts(), "corp")
    (finding,) = (each for each in looked.findings if each.property == "spare_server")
    assert finding.code == "host.port"
    assert finding.fix is not None
    assert finding.fix.set == {"spare_server": "mail", "port": "587"}
    looked = review(make_spare_draft().edit("spare_server", "mail"), TargetFacts(), "corp")
    assert "host.no-dot" in {f.code for f in looked.findings if f.property == "spare_server"}


def test_a_new_property_is_planned() -> None:
    looked = review(
        make_spare_draft().edit("spare_server", "mail.corp.example"), TargetFacts(), "corp"
    )
    assert [(each.property, each.before, each.after) for each in looked.plan.changes] == [
        ("spare_server", "", "mail.corp.example")
    ]
