"""Kinds of instance: each switch, on and off, as a client sees it."""

import time

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.factories import (
    ACCOUNTS,
    PROPERTIES,
    find_account,
    find_property,
    find_row,
    get_property_path,
    make_sandbox,
    read_error,
    read_names,
    read_result,
    sign_in,
)
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import OAUTH_TOKEN, oauth_profile, own_account
from tui.sandbox.platform_switches import PlatformSwitches

CHOICES = "/api/now/table/sys_choice"
DICTIONARY = "/api/now/table/sys_dictionary"
NO_RIGHTS = (
    403,
    "Insufficient rights to query records",
    "Field(s) present in the query do not have permission to be read",
)


@pytest.mark.parametrize(
    ("tables", "count"), [(frozenset(), "2"), (frozenset({"sys_email_account"}), "0")]
)
def test_a_query_rule_keeps_hidden_rows_from_being_counted(
    tables: frozenset[str], count: str
) -> None:
    with (
        make_sandbox(query_rule_tables=tables) as sandbox,
        sign_in(sandbox, "reader") as reader,
    ):
        answer = reader.get(ACCOUNTS)
        assert (read_result(answer), answer.headers["X-Total-Count"]) == ([], count)
        stats = reader.get("/api/now/stats/sys_email_account", params={"sysparm_count": "true"})
        assert read_result(stats)["stats"]["count"] == count


@pytest.mark.parametrize("is_ruled", [True, False])
def test_a_limit_cuts_hidden_rows_only_without_a_query_rule(is_ruled: bool) -> None:
    tables = frozenset({"sys_properties"}) if is_ruled else frozenset[str]()
    with make_sandbox(query_rule_tables=tables) as sandbox:
        first, second = sandbox.rows("sys_properties")[:2]
        sandbox.change("sys_properties", first["sys_id"], read_roles="admin")
        query = {"sysparm_query": f"nameIN{first['name']},{second['name']}", "sysparm_limit": "1"}
        with sign_in(sandbox, "reader") as reader:
            seen = read_names(reader.get(PROPERTIES, params=query))
        assert seen == ([second["name"]] if is_ruled else [])


@pytest.mark.parametrize("name", ["reader", "mail.admin", "admin"])
@pytest.mark.parametrize("is_forbidden", [True, False])
def test_a_list_can_be_forbidden_to_who_has_no_role_for_it(name: str, is_forbidden: bool) -> None:
    tables = frozenset({"sys_email_account"}) if is_forbidden else frozenset[str]()
    with make_sandbox(forbidden_tables=tables) as sandbox, sign_in(sandbox, name) as user:
        answer = user.get(ACCOUNTS)
        stats = user.get("/api/now/stats/sys_email_account", params={"sysparm_count": "true"})
        if is_forbidden and name == "reader":
            assert read_error(answer) == read_error(stats) == NO_RIGHTS
        else:
            assert len(read_result(answer)) == (0 if name == "reader" else 2)


@pytest.mark.parametrize("is_refused", [True, False])
def test_an_unknown_field_in_a_query_is_refused_or_ignored(is_refused: bool) -> None:
    with make_sandbox(invalid_query_refused=is_refused) as sandbox, sign_in(sandbox) as admin:
        answer = admin.get(ACCOUNTS, params={"sysparm_query": "smtp_server=x"})
        if is_refused:
            assert read_error(answer) == NO_RIGHTS
        else:
            assert len(read_result(answer)) == 2
        assert read_result(admin.get(ACCOUNTS, params={"sysparm_query": "type=smtp"}))


@pytest.mark.parametrize("is_there", [True, False])
def test_none_can_be_a_choice_without_a_row(is_there: bool) -> None:
    query = {"sysparm_query": "name=sys_email_account^element=authentication"}
    with make_sandbox(choice_for_none=is_there) as sandbox, sign_in(sandbox) as admin:
        labels = [row["label"] for row in read_result(admin.get(CHOICES, params=query))]
    assert ("--None--" in labels) == is_there
    assert "Password" in labels


@pytest.mark.parametrize("is_narrow", [True, False])
def test_an_account_admin_may_read_little_else(is_narrow: bool) -> None:
    with (
        make_sandbox(narrow_roles=is_narrow) as sandbox,
        sign_in(sandbox, "mail.admin") as user,
        sign_in(sandbox, "reader") as reader,
    ):
        sandbox.change(
            "sys_properties",
            find_property(sandbox, "instance_name")["sys_id"],
            read_roles="email_account_admin",
        )
        assert len(read_result(user.get(ACCOUNTS))) == 2
        for path in (CHOICES, DICTIONARY):
            assert bool(read_result(user.get(path))) != is_narrow
            assert read_result(reader.get(path))
        names = read_names(user.get(PROPERTIES))
        assert (names == ["instance_name"]) == is_narrow
        assert "instance_name" in names


@pytest.mark.parametrize("is_unique", [True, False])
def test_a_second_property_of_a_name_is_refused_or_made(is_unique: bool) -> None:
    fields = {"name": "glide.email.test.user", "value": "x@corp.example"}
    with make_sandbox(unique_property_names=is_unique) as sandbox, sign_in(sandbox) as admin:
        renamed = get_property_path(sandbox, "instance_name")
        answers = [
            admin.post(PROPERTIES, json=fields),
            admin.patch(renamed, json={"name": "glide.war"}),
        ]
        if is_unique:
            assert [read_error(answer)[:2] for answer in answers] == [(403, "Operation Failed")] * 2
        else:
            assert [answer.status_code for answer in answers] == [201, 200]
        rows = [row for row in sandbox.rows("sys_properties") if row["name"] == fields["name"]]
        assert len(rows) == (1 if is_unique else 2)
        path = get_property_path(sandbox, "glide.buildtag")
        read_result(admin.patch(path, json={"name": "glide.buildtag", "value": "newer"}))


MORE = {"system_address_filter", "enable_debug", "u_cost_center"}


@pytest.mark.parametrize("has_more", [True, False])
def test_more_columns_are_there_and_named_or_neither(has_more: bool) -> None:
    with make_sandbox(more_account_columns=has_more) as sandbox, sign_in(sandbox) as admin:
        path = f"{ACCOUNTS}/{own_account(sandbox)}"
        read_result(admin.patch(path, json={"u_cost_center": "4711"}))
        row = read_result(admin.get(path))
        query = {"sysparm_query": "name=sys_email_account"}
        named = {one["element"]: one for one in read_result(admin.get(DICTIONARY, params=query))}
    assert row.keys() == named.keys()
    assert row.keys() >= MORE if has_more else not MORE & row.keys()
    assert row.get("u_cost_center") == ("4711" if has_more else None)
    if has_more:
        assert named["system_address_filter"]["column_label"] == "System Address Filter"
        assert named["system_address_filter"]["reference"] == "sys_email_address_filter"


@pytest.mark.parametrize("is_on", [True, False])
def test_oauth_profiles_and_tokens_have_columns_and_tables_or_neither(is_on: bool) -> None:
    with make_sandbox(oauth_tables=is_on) as sandbox, sign_in(sandbox) as admin:
        path = f"{ACCOUNTS}/{own_account(sandbox)}"
        if is_on:
            oauth_profile(sandbox, path.rpartition("/")[2], access="2026-12-01 00:00:00")
        row = read_result(admin.get(path))
        query = {"sysparm_query": "column_labelSTARTSWITHOAuth"}
        named = {one["element"] for one in read_result(admin.get(DICTIONARY, params=query))}
        tokens = admin.get("/api/now/table/made_up_token")
        assert named == ({"made_up_provider", "made_up_profile"} if is_on else set())
        assert named == {name for name in row if name.startswith("made_up")}
        assert tokens.status_code == (200 if is_on else 400)
        assert not is_on or OAUTH_TOKEN not in tokens.text
        if is_on:
            with sign_in(sandbox, "mail.admin") as mail_admin:
                assert read_result(mail_admin.get("/api/now/table/made_up_token")) == []
                assert read_names(mail_admin.get("/api/now/table/made_up_profile"))


@pytest.mark.parametrize("columns", ["connection_security", "enable", "both"])
def test_the_dictionary_names_the_security_columns_that_are_there(
    sandbox: Sandbox, admin: httpx2.Client, columns: str
) -> None:
    sandbox.switches.change({"security_columns": columns})
    query = {"sysparm_query": "name=sys_email_account"}
    named = {one["element"] for one in read_result(admin.get(DICTIONARY, params=query))}
    assert named == read_result(admin.get(ACCOUNTS))[0].keys()
    assert {"enable_tls", "enable_ssl"} <= named or columns == "connection_security"
    assert "connection_security" in named or columns == "enable"


@pytest.mark.parametrize("value", ["", "true", "false"])
def test_an_instance_says_whether_it_is_production_or_has_no_such_property(value: str) -> None:
    query = {"sysparm_query": "name=glide.installation.production"}
    with make_sandbox(production=value) as sandbox, sign_in(sandbox) as admin:
        found = [row["value"] for row in read_result(admin.get(PROPERTIES, params=query))]
    assert found == ([value] if value else [])


@pytest.mark.parametrize("does", ["blank", "refuse"])
@pytest.mark.parametrize("shown", ["true", "false"])
@pytest.mark.parametrize(
    "text", ["tomorrow", "2026-13-01 00:00:00", "9999-12-31 23:59:59", "0001-01-01 00:00:00", "٣"]
)
def test_what_is_no_time_is_never_stored_as_one(does: str, shown: str, text: str) -> None:
    with make_sandbox(invalid_time=does) as sandbox, sign_in(sandbox) as admin:
        job = find_row(sandbox, "sys_trigger", name="SMTP Sender")
        path = f"/api/now/table/sys_trigger/{job['sys_id']}"
        answer = admin.patch(
            path, json={"next_action": text}, params={"sysparm_input_display_value": shown}
        )
        assert answer.status_code in (200, 403)
        if answer.status_code == 403:
            assert does == "refuse"
            assert find_row(sandbox, "sys_trigger", name="SMTP Sender") == job
        for display in ("all", "true", "false"):
            read_result(admin.get(path, params={"sysparm_display_value": display}))


@pytest.mark.parametrize("seconds", [0.15, 0.0])
def test_a_slow_write_takes_effect_before_its_response(seconds: float) -> None:
    with make_sandbox(slow_write_seconds=seconds) as sandbox, sign_in(sandbox) as admin:
        path = get_property_path(sandbox)
        start = time.monotonic()
        read_result(admin.get(path))
        assert time.monotonic() - start < 0.15
        if seconds:
            with pytest.raises(httpx2.ReadTimeout):
                admin.patch(path, json={"value": "new@corp.example"}, timeout=0.1)
        else:
            read_result(admin.patch(path, json={"value": "new@corp.example"}))
        assert find_property(sandbox, "glide.email.test.user")["value"] == "new@corp.example"
        start = time.monotonic()
        read_result(admin.patch(path, json={"value": "newer@corp.example"}))
        assert time.monotonic() - start >= seconds


OPERATORS = ("=", "STARTSWITH", "LIKE", "ENDSWITH", "CONTAINS", "IN")


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    password=st.text("abcdefXYZ_-0123456789", min_size=4, max_size=40),
    operator=st.sampled_from(OPERATORS),
)
def test_no_query_on_a_password_finds_its_text(
    sandbox: Sandbox, admin: httpx2.Client, password: str, operator: str
) -> None:
    account = find_account(sandbox, "ServiceNow SMTP")["sys_id"]
    sandbox.change("sys_email_account", account, password=password + "!")
    query = {"sysparm_query": f"password{operator}{password}!"}
    assert read_result(admin.get(ACCOUNTS, params=query)) == []
    prop = find_property(sandbox, "glide.email.user_password")["sys_id"]
    sandbox.change("sys_properties", prop, value=password + "!")
    query = {"sysparm_query": f"value{operator}{password}!"}
    assert read_result(admin.get(PROPERTIES, params=query)) == []


@pytest.mark.parametrize("kind", ["password2", "password"])
def test_changing_the_type_of_a_secret_does_not_show_it(
    sandbox: Sandbox, admin: httpx2.Client, kind: str
) -> None:
    name = "glide.email.user_password"
    sandbox.change("sys_properties", find_property(sandbox, name)["sys_id"], type=kind)
    secret = find_property(sandbox, name)["value"]
    path = get_property_path(sandbox, name)
    answer = admin.patch(path, json={"type": "string"})
    assert read_result(answer)["type"] == "string"
    assert secret not in answer.text
    assert read_result(admin.get(path))["value"]


def test_an_instance_that_was_not_described_is_the_likely_one() -> None:
    with Sandbox() as sandbox:
        assert sandbox._platform == PlatformSwitches()
