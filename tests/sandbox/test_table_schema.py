"""Columns and choices."""

import httpx2

from tests.sandbox.factories import read_result


def test_choices_are_stored_as_no_client_would_guess(admin: httpx2.Client) -> None:
    answer = admin.get(
        "/api/now/table/sys_choice",
        params={
            "sysparm_query": "name=sys_email_account^ORDERBYelement^ORDERBYsequence",
            "sysparm_fields": "element,value,label",
        },
    )
    found = {(row["element"], row["label"]): row["value"] for row in read_result(answer)}
    assert found == {
        ("authentication", "--None--"): "NULL",
        ("authentication", "Password"): "password",
        ("authentication", "OAUTH"): "oauth",
        ("authentication", "OAUTH 2.0"): "oauth2",
        ("connection_security", "None"): "unencrypted",
        ("connection_security", "STARTTLS"): "explicit_tls",
        ("connection_security", "SSL/TLS"): "implicit_tls",
        ("type", "POP3"): "pop3",
        ("type", "IMAP"): "imap",
        ("type", "SMTP"): "smtp",
        ("type", "Microsoft Graph (Receive)"): "graph_in",
        ("type", "Microsoft Graph (Send)"): "graph_out",
    }
