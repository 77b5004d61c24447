"""The article "Configuring the Outbound SMTP Mail Server Settings", sentence by sentence.

Each test quotes the sentence that it shows to be honoured (KB0521756, word for word).
"""

import inspect
import sys

import pytest

from tests.settings.factories import (
    ACCOUNT,
    LEGACY,
    PRODUCTION,
    TEST,
    TEST_LEGACY,
    UNNAMED,
    codes,
    edit,
    find_all,
    find_one,
    load,
)
from tui.settings.catalog import Group, Kind, catalog, find_entry
from tui.settings.findings import Severity
from tui.settings.incoming import DerivedValue
from tui.settings.plan import Plan
from tui.settings.preconditions import WARNING, Condition, PreconditionState
from tui.settings.target_facts import TargetFacts
from tui.settings.values import SecretState, Value

MAIL, POP, USER = "mail.corp.example", "pop.corp.example", "helpdesk@company.com"
KEPT = SecretState.KEPT

SENTENCES = (
    "Use the Simple Mail Transfer Protocol (SMTP) mail server settings to configure the user name "
    "and password you use to send email from your instance.",
    "Most commonly, these properties are automatically set when the instance is provisioned.",
    "It is highly recommended that you avoid modifying these settings.",
    "These settings should only be modified if you want to use your own SMTP server, the password "
    "is known, and you are able to confirm that the instance can communicate via Transmission "
    "Control Protocol (TCP)/Internet Protocol (IP) with your mail server.",
    "It is also important to verify that the mail server administrators are expecting to receive "
    "communications from the instance, so they can white list the IP addresses.",
    "Before modifying the SMTP Server settings, verify that the Enable email sending (SMTP) "
    "property is enabled.",
    "For information on how to enable the outgoing mail server, refer to Enable Email Sending",
    "Important: The following information applies only to users with a private or custom SMTP "
    "email server.",
    "When selecting the standard configuration using ServiceNow SMTP and POP3, ServiceNow manages "
    "and maintains the email settings that rely on its own servers and infrastructure.",
    "To set up the email user name and password:",
    "Navigate to System Properties > Email",
    "Verify that the following properties are correctly defined:",
    "Outgoing (SMTP) mail server",
    "Specify the address of the outgoing SMTP mail server.",
    "This sever is also used as the incoming mail server if one is not specified.",
    "This server must be accessible from the ServiceNow domain.",
    "SMTP requires port 25 unless you specify another port with glide.smtp.port.",
    "Leave this value blank to disable outgoing email.",
    "User email (for example, helpdesk@company.com) that is used to log in to the SMTP server",
    "Enter the email address you want to use for SMTP authentication.",
    "The string before the @ (such as helpdesk) is used as the incoming POP account name if one is "
    "not specified.",
    "Outgoing email display name",
    "Specify the display name for the SMTP email address.",
    "Authenticate with the SMTP server using the user name and password properties",
    "Use this check box to specify whether to authenticate the outgoing SMTP mail server with the "
    "credentials provided in the user name (glide.email.user) and password "
    "(glide.email.user_password) properties.",
    "Outgoing (SMTP) mail server password",
    "Specify the password for the outgoing SMTP mail server.",
    "This is used as the incoming (POP) mail server password if one is not specified.",
    "Click Save",
    "Note: These settings are also used for the POP Server if one is not specified in the POP "
    "Server Settings.",
    "For details on other properties that are used to configure email processing in ServiceNow, "
    "see Email Properties",
)


def quotes() -> str:
    """What the tests of this module quote, in one line."""
    tests = inspect.getmembers(sys.modules[__name__], inspect.isfunction)
    quoted = [inspect.getdoc(test) or "" for name, test in tests if name.startswith("test_")]
    return "\n".join(" ".join(text.split()) for text in quoted)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_is_quoted_by_a_test(sentence: str) -> None:
    assert f'"{sentence}"' in quotes()


# the introduction


def test_user_name_and_password_can_be_set() -> None:
    """The article: "Use the Simple Mail Transfer Protocol (SMTP) mail server settings to
    configure the user name and password you use to send email from your instance."
    """
    looked = edit(TEST, user=USER, password="hunter2").review
    assert [(each.property, each.after) for each in looked.plan.changes] == [
        ("user", USER),
        ("password", SecretState.NEW),
    ]
    assert not looked.blocking


def test_a_provisioned_server_is_recognised() -> None:
    """The article: "Most commonly, these properties are automatically set when the instance is
    provisioned."
    """
    provisioned = find_one(load(TEST, server="relay.service-now.com"), "host.provider")
    assert provisioned.severity is Severity.WARNING
    assert "leave them as they are" in provisioned.message


def test_the_warning_against_modifying_is_said() -> None:
    """The article: "It is highly recommended that you avoid modifying these settings." """
    assert WARNING.startswith("Avoid modifying provisioned settings.")


def test_replacing_a_provisioned_server_is_confirmed_by_typing() -> None:
    """The article: "It is highly recommended that you avoid modifying these settings." """
    base: dict[str, Value] = {"server": "relay.service-now.com"}
    for facts in (TEST_LEGACY, LEGACY):
        assert edit(facts, base, server=MAIL).review.plan.confirmations
    for facts in (TEST, PRODUCTION, UNNAMED):
        found = edit(facts, base, server=MAIL).review.plan.side_effects
        assert "server.provisioned" in {each.code for each in found}


def test_the_three_conditions_are_asked_for() -> None:
    """The article: "These settings should only be modified if you want to use your own SMTP
    server, the password is known, and you are able to confirm that the instance can communicate
    via Transmission Control Protocol (TCP)/Internet Protocol (IP) with your mail server."
    """
    base: dict[str, Value] = {"server": MAIL, "password": SecretState.UNKNOWN}
    looked = edit(LEGACY, base, port="587").review
    opened = {each.condition: each.condition.statement for each in looked.open_preconditions}
    assert "our own" in opened[Condition.OWN_SERVER]
    assert "password is known" in opened[Condition.PASSWORD_KNOWN]
    assert "TCP/IP" in opened[Condition.REACHABLE]
    for words in ("your own mail server", "know its password", "the instance can reach it"):
        assert words in WARNING


def test_that_the_administrators_expect_the_instance_is_asked_for() -> None:
    """The article: "It is also important to verify that the mail server administrators are
    expecting to receive communications from the instance, so they can white list the IP
    addresses."
    """
    looked = edit(LEGACY, server=MAIL).review
    assert Condition.EXPECTED in {each.condition for each in looked.open_preconditions}
    assert "administrators expect" in Condition.EXPECTED.statement
    assert "its administrators expect mail from the instance" in WARNING


@pytest.mark.parametrize("text", [None, False])
def test_that_sending_is_enabled_is_to_be_verified_first(text: Value | None) -> None:
    """The article: "Before modifying the SMTP Server settings, verify that the Enable email
    sending (SMTP) property is enabled."
    """
    base: dict[str, Value] = {} if text is None else {"sending_enabled": text}
    situation = edit(LEGACY, base, server=MAIL)
    opened = {each.condition for each in situation.review.open_preconditions}
    assert Condition.SENDING_CHECKED in opened
    assert "Enable email sending (SMTP)" in Condition.SENDING_CHECKED.statement
    assert codes(situation) & {"sending.verify", "sending.off"}


def test_sending_that_is_enabled_counts_as_verified() -> None:
    """The article: "Before modifying the SMTP Server settings, verify that the Enable email
    sending (SMTP) property is enabled."
    """
    looked = edit(ACCOUNT, {"sending_enabled": True}, server=MAIL).review
    (checked,) = (
        each for each in looked.preconditions if each.condition is Condition.SENDING_CHECKED
    )
    assert (checked.state, checked.evidence) == (PreconditionState.VERIFIED, "it is on")


def test_sending_can_be_enabled_here_after_everything_else() -> None:
    """The article: "For information on how to enable the outgoing mail server, refer to Enable
    Email Sending"
    """
    assert catalog()["sending_enabled"].instance_name == "glide.email.smtp.active"
    changes = edit(PRODUCTION, sending_enabled="yes", server=MAIL).review.plan.changes
    assert [each.property for each in changes] == ["server", "sending_enabled"]


# the important note


def test_all_this_is_for_a_mail_server_of_ones_own() -> None:
    """The article: "Important: The following information applies only to users with a private or
    custom SMTP email server."
    """
    for facts, state in ((LEGACY, PreconditionState.OPEN), (TEST, PreconditionState.REMINDER)):
        looked = edit(facts, {"server": MAIL}, port="587").review
        assert looked.preconditions[0].condition is Condition.OWN_SERVER
        assert looked.preconditions[0].state is state


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        *(("server", facts) for facts in (TEST, PRODUCTION, ACCOUNT, LEGACY)),
        # Where an email account sends, a POP3 property has no effect.
        *(("pop3_server", facts) for facts in (TEST, PRODUCTION, LEGACY)),
    ],
)
def test_servers_that_the_provider_manages_are_left_to_it(name: str, facts: TargetFacts) -> None:
    """The article: "When selecting the standard configuration using ServiceNow SMTP and POP3,
    ServiceNow manages and maintains the email settings that rely on its own servers and
    infrastructure."
    """
    situation = edit(facts, {name: "mail.service-now.com"}, display_name="x")
    assert "manages its settings" in find_one(situation, "host.provider").message


# the five properties

LABELS = {
    "server": "Outgoing (SMTP) mail server",
    "user": "User email (for example, helpdesk@company.com) that is used to log in to the SMTP "
    "server",
    "display_name": "Outgoing email display name",
    "authenticate": "Authenticate with the SMTP server using the user name and password properties",
    "password": "Outgoing (SMTP) mail server password",
}


def test_the_articles_properties_stand_together_under_their_labels() -> None:
    """The article: "To set up the email user name and password:"

    "Verify that the following properties are correctly defined:"

    "Outgoing (SMTP) mail server"

    "User email (for example, helpdesk@company.com) that is used to log in to the SMTP server"

    "Outgoing email display name"

    "Authenticate with the SMTP server using the user name and password properties"

    "Outgoing (SMTP) mail server password"
    """
    article = {
        name: entry.declared.label
        for name, entry in catalog().items()
        if entry.declared.group is Group.OUTGOING
    }
    assert list(article.items()) == list(LABELS.items())


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("server", "glide.email.server"),
        ("user", "glide.email.user"),
        ("display_name", "glide.email.username"),
        ("authenticate", "glide.smtp.auth"),
        ("password", "glide.email.user_password"),
    ],
)
def test_a_property_is_found_by_its_name_under_system_properties(name: str, own: str) -> None:
    """The article: "Navigate to System Properties > Email" """
    assert find_entry(catalog(), own) is catalog()[name]


def test_what_is_not_correctly_defined_refuses_the_save() -> None:
    """The article: "Verify that the following properties are correctly defined:" """
    looked = edit(TEST, server="a b", user="<a@b> ", authenticate="maybe").review
    assert [each.property for each in looked.blocking] == ["server", "user", "authenticate"]


@pytest.mark.parametrize("address", [MAIL, "192.0.2.25", "2001:db8::25"])
def test_the_address_of_the_server_is_a_name_or_a_number(address: str) -> None:
    """The article: "Specify the address of the outgoing SMTP mail server." """
    looked = edit(TEST, server=address).review
    assert looked.parsed.settings.server == address
    assert not looked.blocking


@pytest.mark.parametrize("text", ["smtp://mail.corp.example", USER, "a.example, b.example"])
def test_what_is_no_address_of_a_server_is_refused(text: str) -> None:
    """The article: "Specify the address of the outgoing SMTP mail server." """
    assert [each.property for each in edit(TEST, server=text).review.blocking] == ["server"]


def test_the_server_is_the_incoming_one_too() -> None:
    """The article: "This sever is also used as the incoming mail server if one is not
    specified."
    """
    incoming = edit(TEST, server=MAIL).review.incoming
    assert incoming.server == DerivedValue(MAIL, "same as outgoing", "server")
    assert edit(TEST, server=MAIL, pop3_server=POP).review.incoming.server.value == POP


def test_moving_the_server_says_that_the_incoming_one_moves() -> None:
    """The article: "This sever is also used as the incoming mail server if one is not
    specified."
    """
    looked = edit(TEST, {"server": "old.example"}, server=MAIL).review
    assert "pop3.server" in {each.code for each in looked.plan.side_effects}


@pytest.mark.parametrize(
    ("server", "code"),
    [
        ("localhost", "host.loopback"),
        ("127.0.0.1", "host.loopback"),
        ("10.0.0.25", "host.private"),
        ("169.254.0.25", "host.link-local"),
        ("mail", "host.no-dot"),
    ],
)
def test_a_server_that_the_instance_cannot_reach_is_found(server: str, code: str) -> None:
    """The article: "This server must be accessible from the ServiceNow domain." """
    for facts in (TEST, ACCOUNT):
        assert find_all(edit(facts, server=server), code)


def test_that_the_instance_reaches_the_server_is_attested() -> None:
    """The article: "This server must be accessible from the ServiceNow domain." """
    looked = edit(LEGACY, server=MAIL).review
    assert Condition.REACHABLE in {each.condition for each in looked.open_preconditions}


def test_the_port_is_25_unless_another_is_given() -> None:
    """The article: "SMTP requires port 25 unless you specify another port with
    glide.smtp.port."
    """
    assert load(server=MAIL).review.parsed.settings.port == 25
    assert edit(server=MAIL, port="2525").review.parsed.settings.port == 2525
    port = find_entry(catalog(), "glide.smtp.port")
    assert port is catalog()["port"]
    assert "25 unless set" in port.declared.help


@pytest.mark.parametrize("facts", [UNNAMED, TEST, LEGACY])
def test_a_blank_server_turns_outgoing_mail_off(facts: TargetFacts) -> None:
    """The article: "Leave this value blank to disable outgoing email." """
    situation = edit(facts, {"server": MAIL}, server="")
    assert find_one(situation, "server.blank").severity is Severity.WARNING
    assert not situation.review.blocking
    assert "outbound.off" in {each.code for each in situation.review.plan.side_effects}
    assert "Blank turns outgoing mail off" in catalog()["server"].declared.help


def test_the_user_is_an_email_address() -> None:
    """The article: "Enter the email address you want to use for SMTP authentication." """
    assert not edit(TEST, user=USER).review.blocking
    assert find_one(edit(TEST, user="helpdesk"), "user.not-address").severity is Severity.ERROR


def test_signing_in_needs_the_user() -> None:
    """The article: "Enter the email address you want to use for SMTP authentication." """
    situation = edit(TEST, {"password": KEPT}, authenticate="yes")
    assert find_one(situation, "authenticate.user") in situation.review.blocking


def test_the_pop_account_name_is_what_stands_before_the_at_sign() -> None:
    """The article: "The string before the @ (such as helpdesk) is used as the incoming POP
    account name if one is not specified."
    """
    derived = edit(TEST, user=USER).review.incoming.user
    assert derived == DerivedValue("helpdesk", "from user email", "user")
    given = edit(TEST, user=USER, pop3_user="reader").review.incoming.user
    assert given == DerivedValue("reader", "set here", "pop3_user")


def test_the_display_name_is_free_text_for_the_address() -> None:
    """The article: "Specify the display name for the SMTP email address." """
    looked = edit(TEST, user=USER, display_name="Help Desk (Corp)").review
    assert looked.parsed.settings.display_name == "Help Desk (Corp)"
    assert not [each for each in looked.findings if each.property == "display_name"]


def test_a_display_name_that_shows_another_address_is_found() -> None:
    """The article: "Specify the display name for the SMTP email address." """
    situation = edit(TEST, user=USER, display_name="boss@company.com")
    assert find_one(situation, "display_name.address").severity is Severity.WARNING


def test_the_check_box_says_whether_to_authenticate_with_user_and_password() -> None:
    """The article: "Use this check box to specify whether to authenticate the outgoing SMTP mail
    server with the credentials provided in the user name (glide.email.user) and password
    (glide.email.user_password) properties."
    """
    assert catalog()["authenticate"].declared.kind is Kind.SWITCH
    checked = edit(TEST, {"user": USER, "password": KEPT}, authenticate="yes").review
    assert checked.parsed.settings.authenticate
    assert not checked.blocking
    without = edit(TEST, authenticate="yes").review
    assert {each.property for each in without.blocking} == {"user", "password"}
    unchecked = edit(TEST, {"user": USER, "password": KEPT}, authenticate="no")
    assert find_one(unchecked, "authenticate.off").severity is Severity.NOTE


def test_the_password_is_set_and_never_shown() -> None:
    """The article: "Specify the password for the outgoing SMTP mail server." """
    looked = edit(TEST, password="hunter2").review
    assert looked.parsed.settings.password is SecretState.NEW
    assert looked.draft.secrets["password"].reveal() == "hunter2"
    assert "hunter2" not in repr(looked)


def test_the_password_is_the_incoming_one_too() -> None:
    """The article: "This is used as the incoming (POP) mail server password if one is not
    specified."
    """
    situation = edit(TEST, password="hunter2")
    derived = situation.review.incoming.password
    assert (derived.value, derived.follows) == (SecretState.NEW, "password")
    assert [each.code for each in situation.review.plan.side_effects] == ["pop3.password"]
    given = edit(TEST, {"password": KEPT, "pop3_password": KEPT}).review.incoming.password
    assert given.follows == "pop3_password"


def test_nothing_changes_before_it_is_saved_and_only_what_was_edited() -> None:
    """The article: "Click Save" """
    base: dict[str, Value] = {"server": MAIL, "user": USER, "password": KEPT}
    assert load(TEST, **base).review.plan == Plan(())
    (change,) = edit(TEST, base, port="587").review.plan.changes
    assert (change.property, change.before, change.after) == ("port", "", 587)


def test_the_pop_settings_follow_only_where_they_are_not_specified() -> None:
    """The article: "Note: These settings are also used for the POP Server if one is not specified
    in the POP Server Settings."
    """
    outgoing = {"server": MAIL, "user": USER, "password": "hunter2"}
    followed = edit(TEST, None, **outgoing).review.incoming
    assert [each.follows for each in (followed.server, followed.user, followed.password)] == [
        *outgoing
    ]
    overrides = {"pop3_server": POP, "pop3_user": "reader", "pop3_password": "hunter3"}
    own = edit(TEST, None, **outgoing, **overrides).review.incoming
    assert [each.follows for each in (own.server, own.user, own.password)] == [*overrides]


def test_the_other_properties_carry_the_instances_own_names() -> None:
    """The article: "For details on other properties that are used to configure email processing
    in ServiceNow, see Email Properties"
    """
    others = [each for each in catalog().values() if each.declared.group is not Group.OUTGOING]
    assert others
    assert all(each.platform_name.startswith(("glide.", "sys_email_account.")) for each in others)
    assert [each.name for each in others if not each.instance_name] == ["from"]
