"""Replies of mail servers, and the cause that each of them has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.replies.cause import MEANINGS, Cause, Owner
from tui.replies.explain import explain_text
from tui.replies.reply import ReplyStage

REPLIES: dict[Cause, tuple[str, ...]] = {
    Cause.APP_PASSWORD: (
        "534-5.7.9 Application-specific password required. For more information, go to",
        "-ERR [AUTH] Application-specific password required",
    ),
    Cause.CLIENT_BLOCKED: (
        "553 5.0.3 flpd594 DNSBL:RBL 521< 192.0.2.1 >_is_blocked.For assistance forward this",
        (
            "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact "
            "your Internet service provider since part of their network is on our block list."
        ),
        "554-b.c Your access to this mail system has been rejected due to poor reputation of a",
        "550 The sending IP (192.0.2.1) is listed on https://spamrl.com/. Please resolve this",
        "550 Blocked by ivmSIP",
        "550 Email blocked by cbl.abuseat.org",
        "550 JunkMail rejected - host [192.0.2.1] is in an RBL",
        "554 Blocklisting in effect",
        (
            "554 IP=192.0.2.1 - A problem occurred. (Ask your postmaster for help or to contact "
            "tosa@rx.t-online.de to clarify.) (BL)"
        ),
        "550 Listed in zen.spamhaus.org. https://www.spamhaus.org/query/ip/192.0.2.1",
        "550 5.7.1 Mail from 192.0.2.1 rejected using zen.spamhaus.org.",
        "554 mx.example.org ESMTP (RTR:BL)  https://postmaster.aol.com/error-codes#554rtrbl",
        "550 csi.mimecast.org Poor Reputation Sender. -",
        "554 5.7.1 You are not allowed to connect",
        "550 #5.7.1 Your access to submit messages to this e-mail system has been rejected.",
    ),
    Cause.CONNECTION_ENDED: (
        (
            "Connection Failed. Email sender connection invalid.: Cannot connect to SMTP server: "
            "mail.corp.example, message: [EOF]"
        ),
        "javax.mail.MessagingException: Connection reset",
    ),
    Cause.CONTENT: (
        "550 Rejected - Content Policy",
        "550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1",
        "550-5.7.1 Messages missing a valid messageId header are not RFC 5322 compliant",
        "552-5.7.0 This message was blocked because its content presents a potential security",
        "550 Message headers fail syntax check",
        "552-5.7.0 Our system detected an illegal attachment on your message.",
    ),
    Cause.DOMAIN_UNKNOWN: (
        "556 Invalid account. Tenant or Domain not found",
        "556 5.1.10 Recipient address has a null MX",
        "498 No MX for example.com",
        "550 Domain may not exist or DNS check failed",
        "450 4.1.2 <x@nowhere.example>: Recipient address rejected: Domain not found",
    ),
    Cause.GREYLISTED: (
        (
            "421 4.7.1 Service unavailable; Client host [1.2.3.4] blocked using grey.rbl - "
            "Greylisting in action, please try again later"
        ),
        "450 4.2.0 <x@corp.example>: Recipient address rejected: Greylisted, see",
        "451 4.7.1 Greylisting in action, please come back in 00:05:00",
        (
            "451 Internal resources are temporarily unavailable - "
            "https://community.mimecast.com/docs/DOC-1369#451"
        ),
        "450 4.7.1 Try again in 300 seconds",
    ),
    Cause.HELO: (
        "504 5.5.2 <web_1>: Helo command rejected: need fully-qualified hostname",
        "501 Syntactically invalid EHLO argument(s)",
        "450 4.7.1 <app.corp.example>: Helo command rejected: Host not found",
    ),
    Cause.LOCKED: (
        "534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1> Please log",
        "535 5.7.0 (#AUTH005) Too many bad auth attempts.",
        "-ERR [AUTH] Account locked",
    ),
    Cause.LOGIN_DISABLED: (
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the",
        "550 5.7.30 Basic authentication is not supported for Client Submission.",
        "550 User has no permission",
        "-ERR [SYS/PERM] Your account is not enabled for POP access. Please visit your Gmail",
        "-ERR Login disabled for POP",
    ),
    Cause.LOGIN_REQUIRED: (
        "530 Authentication required",
        "550-Please turn on SMTP Authentication in your mail client.",
        "530 5.7.57 Client not authenticated to send mail. [x.prod.outlook.com]",
        "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM",
        "530 Authentication required",
        "550 Unauthenticated senders not allowed",
        "530 SMTP authentication is required.",
        "553 5.7.1 <ann@corp.example>: Sender address rejected: not logged in",
    ),
    Cause.MAILBOX_DISABLED: (
        (
            "554 30 Sorry, your message to a@yahoo.com cannot be delivered. This mailbox is "
            "disabled (554.30)."
        ),
        "550 Account is not active",
        "550 User account not activated",
        "550 Account Closed, Please Remove",
        "505 this account is suspended",
        "550-5.2.1 The email account that you tried to reach is inactive. For more information",
        "550 5.2.1 a@hot.ee is expired account",
        "554 5.2.1 Inactive user",
        "406 You tried to send to a recipient that has been marked as inactive.",
    ),
    Cause.MAILBOX_FULL: (
        "552-5.2.2 The recipient's inbox is out of storage space and inactive",
        "452 4.2.2 The recipient's inbox is out of storage space. Please direct the recipient",
        "552 Mailbox limit exeeded for this email address",
        "552-Requested mail action aborted: exceeded storage allocation Quota exceeded",
        "552 5.2.2 user's mailbox quota exceeded",
        "550 Mailbox is full / Blocks limit exceeded / Inode limit exceeded",
        "554 Quota exceeded (mailbox for user is full)",
        "552 extended quota violation",
        "550 account is overquota",
    ),
    Cause.MECHANISM: (
        "504 5.7.4 Unrecognized authentication type",
        "503 AUTH command used when not advertised",
    ),
    Cause.NO_CONNECTION: (
        (
            "Cannot connect to SMTP server: mail.corp.example, message: Couldn't connect to host, "
            "port: mail.corp.example, 587; timeout 30000"
        ),
        "Could not connect to SMTP host: mail.corp.example, port: 25; Connection refused",
    ),
    Cause.PASSWORD: (
        "535 Incorrect authentication data",
        "535-5.7.8 Username and Password not accepted. For more information, go to",
        "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect",
        "535 Authentication Credentials Invalid",
        "535 Authentication failed: The provided authorization grant is invalid, expired, or",
        "535 Authentication failed: Bad username / password",
        "-ERR [AUTH] Authentication failed.",
        "-ERR Invalid user name or password.",
        "-ERR authorization failed",
        "-ERR [AUTH] Username and password not accepted.",
        "535 Authentication failed. Restarting authentication process.",
        "javax.mail.AuthenticationFailedException: 535 5.7.8 Error: authentication failed",
        "(535, b'5.7.8 Username and Password not accepted')",
    ),
    Cause.POLICY: (
        "554 Email not accepted for policy reasons. Please visit",
        "554-Transaction failed Reject due to policy restrictions.",
        "452 restricted by policy error",
        "550 Message denied",
        "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be",
        "535 5.7.139 Authentication",
        "550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization",
        "554 Access denied: User `arn:aws:iam::1:user/x' is not authorized to perform",
        "421 Domain sandbox1234.mailgun.org is not allowed to send: Free accounts are for test",
        "550 5.0.0 Rejected",
        "550 5.7.1 Command rejected",
    ),
    Cause.RATE_LIMITED: (
        "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents",
        "450-4.2.1 The user you are trying to contact is receiving mail too quickly.",
        "550 Too many invalid recipients",
        "454 Throttling failure: Maximum sending rate exceeded.",
        "454 Throttling failure: Daily message quota exceeded.",
        "451 Authentication failed: Maximum credits exceeded",
        "421 4.7.0 Try again later, exceeded messages per hour",
        "550 5.4.6 Unusual sending activity detected. Please try after sometime (zoho)",
        "452 4.5.3 Error: too many recipients",
        "421 4.7.0 mail.b.c Error: too many connections from 192.0.2.1",
    ),
    Cause.RECIPIENT_MOVED: ("551 5.1.6 User has moved to new@b.c",),
    Cause.RECIPIENT_UNKNOWN: (
        "552 1 Requested mail action aborted, mailbox not found",
        "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).",
        "550 5.1.1 <ann@corp.example>: Recipient address rejected: User unknown in virtual",
        "550 No such recipient here",
        "550 I cannot deliver mail for <ann@corp.example>",
        "550 Mailbox does not exist!",
        "553 5.3.0 <ann@corp.example>... address unknown",
        "550 <ann@corp.example> Address invalid",
        "550 Address rejected",
        "553 sorry, no mail-box here by that name. (#5.7.17)",
        "550 No such ID (ann@corp.example)",
        (
            "550 The mail server could not deliver mail to ann@corp.example. The account or "
            "domain may not exist, they may be blacklisted, or missing the proper dns entries."
        ),
        "550 Message was not accepted -- invalid mailbox. Local mailbox ann@corp.example is",
        "550 5.1.1 Utilisateur inconnu",
        "550 5.1.1 Not our Customer",
        "553 mailbox name not allowed",
        "550 5.1.1 recipient unrecognized",
        "550 permanent failure for one or more recipients (ann@corp.example:550 no such user)",
        "585 <ann@corp.example>: Recipient address rejected: undeliverable address: No such",
        "550 not a valid user",
        "550 Unrouteable address",
        "550 5.4.1 Recipient address rejected: Access denied",
        "550-5.1.1 The email account that you tried to reach does not exist. Please try",
    ),
    Cause.RELAY_DENIED: (
        "503 This mail server requires authentication when attempting to send to a non-local",
        "550 relay not permitted",
        "550 host isn't allowed to relay",
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        "554 Message rejected: Email address is not verified.",
        "550 Delivery is not allowed to this address.",
        "454 4.7.1 <ann@corp.example>: Relay access denied",
        "550 5.7.64 TenantAttribution; Relay Access Denied",
        "host mx.b.c[192.0.2.1] said: 554 5.7.1 <ann@corp.example>: Relay access denied (in",
    ),
    Cause.REVERSE_DNS: (
        "554 (RTR:RD) https://postmaster.aol.com",
        (
            "550-5.7.1 [2001:db8::1] Our system has detected that this message does not meet "
            "IPv6 sending guidelines regarding PTR records and authentication"
        ),
    ),
    Cause.SENDER_AUTHENTICATION: (
        "501 5.0.2 Mail rejected. DMARC check failed.",
        "550-5.7.26 Unauthenticated email from b.c is not accepted due to domain's DMARC policy",
        "550 5.7.515 Access denied, sending domain example.com doesn't meet the required",
    ),
    Cause.SENDER_DOMAIN: (
        "553 5.1.8 Sender Domain Resolve Fail",
        "550 sorry, your envelope sender domain must exist (#5.7.1)",
        "553 5.1.8 <ann@corp.example>... Domain of sender address ann@corp.example does not exist",
        "550 5.1.7 Sender ann@corp.example has no A, AAAA, or MX DNS records.",
        "450 4.1.8 <ann@corp.example>: Sender address rejected: Domain not found",
    ),
    Cause.SENDER_REFUSED: (
        "552 sender rejected AUP#I-1310",
        "550 5.0.1 Invalid Sender. Your domain has been blacklisted",
        "554 5.7.105 email address is on SenderFilterConfig list",
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        "550 The from address does not match a verified Sender Identity. Mail cannot be sent",
        "422 The 'From' address you supplied (ann@corp.example) is not a Sender Signature on",
        "553 Relaying disallowed as ann@corp.example",
        "553 5.7.1 <ann@corp.example>: Sender address rejected: not owned by user x",
        "554 5.2.252 SendAsDenied; c not allowed to send as a",
    ),
    Cause.SERVER_FAULT: (
        "554 5.4.14 MailLoop Hop count exceeded",
        "451 Temporarily unable to process your email. Please try again later",
        "554 Error: transaction failed, blame it on the weather: E2: Cannot accept your message",
        "451 4.7.1 Sorry, the service is currently unavailable. Please come back later.",
        "454 4.7.0 Temporary authentication failure: Connection lost to authentication server",
        "451 4.3.5 <ann@corp.example>: Recipient address rejected: Server configuration problem",
        "451 4.3.0 <x@corp.example>: Temporary lookup failure",
        "452 4.3.1 Insufficient system storage",
        "451 Temporary local problem - please try later",
        "421 4.3.0 Temporary System Problem. Try again later gsmtp",
        "421 Service not available, closing transmission channel",
    ),
    Cause.SPAM: (
        "550 REJECT spam",
        "550 Message rejected as spam",
        "554 We can't accept this message because it is spam",
        "553 Blocked Using Spam Pattern, Your Message May Contain The Spam Contents",
        "550 A URL in this email (b.c) is listed on https://spamrl.com/. Please resolve and retry",
        "550 REJECTED - spamtext",
        "554 Message contains Spam Content",
        (
            "554 5.7.1 Service unavailable; Client host [mail.example.com] blocked using "
            "multi.uribl.com"
        ),
        "550-5.7.1 Our system has detected that this message is likely unsolicited mail. To",
        "550 5.7.1 This message scored 15.2 points and was rejected as spam",
    ),
    Cause.SYNTAX: ("503 Bad sequence of commands",),
    Cause.TEMPORARY: (
        "-ERR [IN-USE] Mailbox is locked by another session",
        "-ERR [SYS/TEMP] Temporary authentication failure. [mail:2026]",
        "421 4.7.0 mail.b.c Error: too many errors",
        "421 4.4.2 mail.b.c Error: timeout exceeded",
        "450 4.2.0 Mailbox busy",
        "450 4.2.1 mailbox temporarily unavailable",
        "421 Closing",
    ),
    Cause.SERVER_UNKNOWN: (
        "Cannot connect to SMTP server: mail.corp.example, message: Unknown SMTP host: mail.corp",
        "java.net.UnknownHostException: mail.corp.example",
    ),
    Cause.TLS_FAILED: (
        "Could not convert socket to TLS; javax.net.ssl.SSLHandshakeException: PKIX path building",
        "javax.net.ssl.SSLException: Unrecognized SSL message, plaintext connection?",
    ),
    Cause.TLS_REQUIRED: (
        "421 4.7.0 TLS required for sender domain",
        "530 5.7.0 Must issue a STARTTLS command first.",
        "-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.",
    ),
    Cause.TOO_BIG: (
        "552 5.3.4 Message size exceeds fixed limit",
        "552 Message size exceeds fixed maximum message size. Size: 30000 KB",
        "552-5.2.3 Your message exceeded Google's message size limits.",
    ),
    Cause.UNKNOWN: (
        "554 5.0.0 Error",
        "-ERR who",
    ),
    Cause.VIRUS: (
        "550-5.7.0 message has been rejected due to spam or virus classification",
        "552 5.7.0 virus infected mail rejected",
    ),
}


@pytest.mark.parametrize(
    ("cause", "reply"), [(cause, reply) for cause, replies in REPLIES.items() for reply in replies]
)
def test_the_cause_of_a_reply_is_found_by_its_words(cause: Cause, reply: str) -> None:
    assert explain_text(reply).cause is cause


@pytest.mark.parametrize(
    ("server", "stage", "reply", "cause"),
    [
        ("smtp.gmail.com", ReplyStage.LOGIN, "534 5.7.9 See the help", Cause.APP_PASSWORD),
        ("mail.example", ReplyStage.LOGIN, "534 5.7.9 See the help", Cause.MECHANISM),
        (
            "mx.mail.yahoo.com",
            ReplyStage.DATA,
            "554 5.7.9 See the help",
            Cause.SENDER_AUTHENTICATION,
        ),
        ("mail.example", ReplyStage.LOGIN, "550 5.7.1 Access denied", Cause.PASSWORD),
        ("mail.example", ReplyStage.RECIPIENT, "550 5.7.1 Access denied", Cause.POLICY),
        ("mail.example", ReplyStage.SENDER, "550 Domain not found", Cause.SENDER_DOMAIN),
        ("mail.example", ReplyStage.RECIPIENT, "550 Domain not found", Cause.DOMAIN_UNKNOWN),
        ("mail.example", ReplyStage.SENDER, "553 no", Cause.SENDER_REFUSED),
        ("mail.example", ReplyStage.DATA, "552 no", Cause.TOO_BIG),
        ("mail.example", ReplyStage.RECIPIENT, "552 no", Cause.MAILBOX_FULL),
        ("mail.example", ReplyStage.LOGIN, "454 no", Cause.TEMPORARY),
        ("mail.example", ReplyStage.LOGIN, "502 no", Cause.MECHANISM),
        ("mail.example", None, "502 no", Cause.SYNTAX),
        ("mx.protection.outlook.com", None, "550 5.4.1 no", Cause.RECIPIENT_UNKNOWN),
        ("mail.example", None, "550 5.7.139 no", Cause.POLICY),
    ],
)
def test_a_code_means_what_the_stage_and_the_provider_make_of_it(
    server: str, stage: ReplyStage | None, reply: str, cause: Cause
) -> None:
    assert explain_text(reply, server=server, stage=stage).cause is cause


@pytest.mark.parametrize("code", ["450", "451", "450 4.2.0", "451 4.7.1", "421 4.3.2", "452 4.3.0"])
def test_a_bare_temporary_code_is_never_taken_for_greylisting(code: str) -> None:
    assert explain_text(f"{code} no", stage=ReplyStage.RECIPIENT).cause is not Cause.GREYLISTED


def test_greylisting_is_the_only_cause_that_asks_for_nothing() -> None:
    idle = [cause for cause, meaning in MEANINGS.items() if "nothing" in meaning.next.lower()]
    assert idle == [Cause.GREYLISTED]
    assert explain_text("550 5.7.1 Greylisted").cause is not Cause.GREYLISTED


def test_every_cause_has_a_meaning() -> None:
    assert list(MEANINGS) == list(Cause)
    for meaning in MEANINGS.values():
        assert meaning.statement.endswith(".")
        assert meaning.next.endswith(".")


def test_exchange_online_tells_its_four_reasons_for_one_code_apart() -> None:
    reply = "535 5.7.139 Authentication unsuccessful, {}. [AM0PR01CA0099.example]"
    found = [
        explain_text(reply.format(words), server="smtp.office365.com")
        for words in (
            "the user credentials were incorrect",
            "SmtpClientAuthentication is disabled for the Mailbox",
            "the request did not meet the criteria to be authenticated successfully",
            "something that no list has",
        )
    ]
    assert [each.cause for each in found] == [
        Cause.PASSWORD,
        Cause.LOGIN_DISABLED,
        Cause.POLICY,
        Cause.PASSWORD,
    ]
    assert "December 2026" in found[1].meaning.next
    assert len({each.meaning.statement for each in found[:3]}) == 3


def test_amazon_says_in_its_own_words_who_has_to_do_what() -> None:
    found = explain_text("554 Message rejected: Email address is not verified.")
    assert "sandbox" in found.meaning.statement
    assert found.meaning.owner is Owner.MAIL_ADMIN


def test_an_accepting_reply_is_no_rejection() -> None:
    found = explain_text("250 2.0.0 Ok: queued as 4F1B2C")
    assert found.cause is Cause.UNKNOWN
    assert "Nothing was rejected" in found.meaning.statement
    assert not found.may_lock


def test_only_a_rejected_login_may_lock_an_account() -> None:
    assert explain_text("535 5.7.8 authentication failed").may_lock
    assert not explain_text("454 4.7.0 Temporary authentication failure").may_lock
    assert not explain_text("550 5.1.1 User unknown", stage=ReplyStage.RECIPIENT).may_lock


@given(st.text(max_size=300), st.sampled_from([None, *ReplyStage]))
def test_any_text_has_a_cause(text: str, stage: ReplyStage | None) -> None:
    assert explain_text(text, stage=stage).cause in Cause


@given(st.sampled_from([reply for replies in REPLIES.values() for reply in replies]), st.data())
def test_a_cause_does_not_depend_on_case_or_blanks(reply: str, data: st.DataObject) -> None:
    blanks = data.draw(st.sampled_from([" ", "  ", "\t", "\r\n "]))
    assert explain_text(reply.replace(" ", blanks)).cause is explain_text(reply).cause
    assert explain_text(reply.swapcase()).cause is explain_text(reply).cause


@pytest.mark.parametrize(
    "part", ["user ", "not ", "a@b ", "rejected ", "5", "-ERR ", "550 ", "your ip "]
)
def test_a_huge_reply_is_explained_by_its_beginning(part: str) -> None:
    assert explain_text("550 5.2.2 Mailbox full. " + part * 100_000).cause is Cause.MAILBOX_FULL
