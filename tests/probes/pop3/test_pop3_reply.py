"""Replies of POP3, and what they offer."""

from tui.probes.pop3.pop3_reply import Pop3Parser, Pop3Reply, parse_capabilities


def listing() -> Pop3Parser:
    """Return a parser that expects a list."""
    parser = Pop3Parser()
    parser.expects_list = True
    return parser


DOVECOT = (
    b"+OK Dovecot ready.\r\n",
    b"+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\nSTLS\r\n"
    b"SASL PLAIN LOGIN\r\n.\r\n",
    b"-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.\r\n",
)


def test_a_talk_with_dovecot() -> None:
    parser = Pop3Parser()
    (greeting,) = parser.feed(DOVECOT[0])
    parser.expects_list = True
    (listed,) = parser.feed(DOVECOT[1])
    (refusal,) = parser.feed(DOVECOT[2])
    assert isinstance(greeting, Pop3Reply)
    assert isinstance(listed, Pop3Reply)
    assert isinstance(refusal, Pop3Reply)
    assert greeting.is_ok
    assert parse_capabilities(listed)["SASL"] == "PLAIN LOGIN"
    assert "USER" not in parse_capabilities(listed)
    assert (refusal.is_ok, refusal.code) == (False, "AUTH")


def test_a_refusal_ends_where_a_list_was_wanted() -> None:
    parser = listing()
    (status,) = parser.feed(b"-ERR what\r\n")
    assert isinstance(status, Pop3Reply)
    assert parser.is_idle


def test_stuffed_dots_of_a_list() -> None:
    (status,) = listing().feed(b"+OK\r\n..hidden\r\n.\r\n")
    assert isinstance(status, Pop3Reply)
    assert status.listed == (".hidden",)
