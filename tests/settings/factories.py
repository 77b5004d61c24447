"""Targets, situations, values and texts for the tests of the settings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from tui.credentials.secret import Secret
from tui.settings.catalog import Kind, catalog
from tui.settings.delivery.account import Account, AccountChoice, NamedAccount
from tui.settings.delivery.status import DeliveryStatus, Model, Queue
from tui.settings.draft import Draft
from tui.settings.findings import Finding, ParseError, Severity
from tui.settings.parse.value import parse_value
from tui.settings.review import Review, review
from tui.settings.snapshot import PropertyRow, Snapshot, Stamp
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, SecretState, Security, Value

deterministic = settings(deadline=None, derandomize=True, max_examples=50)
"""Settings of property tests: the same examples on every run."""

UNNAMED = TargetFacts()
"""A local file of a profile without an environment."""
PRODUCTION = TargetFacts(environment=Environment.PRODUCTION)
TEST = TargetFacts(environment=Environment.NON_PRODUCTION)
ACCOUNT = TargetFacts(model=Model.ACCOUNT, environment=Environment.PRODUCTION)
TEST_ACCOUNT = TargetFacts(model=Model.ACCOUNT, environment=Environment.NON_PRODUCTION)
LEGACY = TargetFacts(model=Model.NO_ACTIVE_ACCOUNT, environment=Environment.PRODUCTION)

STAMP = Stamp("3", "2026-01-02 03:04:05", "admin")
OTHER_STAMP = Stamp("7", "2026-01-03 04:05:06", "someone")
PROVIDERS_OWN = "ServiceNow SMTP"
MANAGED = Account(
    name=PROVIDERS_OWN,
    active=True,
    managed=True,
    server="relay.service-now.com",
    port="465",
    user="corp@service-now.com",
    stamp=STAMP,
)
RESTING = replace(MANAGED, active=False)
OWN = Account(
    name="Own SMTP",
    active=True,
    server="mail.corp.example",
    port="587",
    user="helpdesk@corp.example",
    stamp=STAMP,
)
READER = Account(
    name="POP3", type="pop3", active=True, server="pop.corp.example", user="helpdesk", stamp=STAMP
)
LEFT = replace(OWN, name="glidemail mail.corp.example", active=False, stamp=OTHER_STAMP)
BY_HAND = replace(OWN, name="Corp Relay", active=False, stamp=OTHER_STAMP)
QUEUE = Queue(5, "2026-01-02 03:04:05", 4)


def make_status(sender: Account = OWN, **more: Any) -> DeliveryStatus:
    """Return the status of an instance that sends through an account, with nothing in its queue."""
    known: dict[str, Any] = {
        "name": "corp",
        "release": "",
        "model": Model.ACCOUNT,
        "why": f"{sender.name} is active.",
        "sender": sender,
        "sending": True,
        "recipients": (),
        "queue": Queue(0, "", 0),
        "sent_from": "",
        "receiving": True,
        "readers": (),
        "changed": STAMP,
        "unread": (),
    }
    return DeliveryStatus(**{**known, **more})


def instance(*accounts: Account, test: bool = False, **more: Any) -> TargetFacts:
    """Return an instance where email accounts decide; production unless `test`."""
    environment = Environment.NON_PRODUCTION if test else Environment.PRODUCTION
    facts = TargetFacts(
        model=Model.ACCOUNT,
        environment=environment,
        managed=any(each.active and each.managed and each.type == "smtp" for each in accounts),
        accounts=accounts,
        queue=QUEUE,
    )
    return replace(facts, **more)


ON_OWN = instance(OWN, RESTING, READER)
ON_TEST_OWN = instance(OWN, RESTING, READER, test=True)
ON_MANAGED = instance(MANAGED, READER)
FOR_OWN = instance(MANAGED, READER, choice=AccountChoice.OWN)
FOR_TEST_OWN = instance(MANAGED, READER, test=True, choice=AccountChoice.OWN)
FOR_LEFT = instance(RESTING, LEFT, test=True, choice=AccountChoice.OWN)
FOR_PROVIDERS = instance(OWN, RESTING, choice=AccountChoice.PROVIDERS)
FOR_TEST_PROVIDERS = instance(OWN, RESTING, test=True, choice=AccountChoice.PROVIDERS)
FOR_NAMED = instance(OWN, RESTING, BY_HAND, READER, choice=NamedAccount(BY_HAND.name))
GRAPH = TargetFacts(model=Model.OTHER_SENDER, environment=Environment.PRODUCTION)
UNKNOWN = TargetFacts(model=Model.UNDETERMINED, environment=Environment.NON_PRODUCTION)
TEST_LEGACY = TargetFacts(
    model=Model.NO_ACTIVE_ACCOUNT, environment=Environment.NON_PRODUCTION, receiving=True
)
INSTANCES = (
    *(ACCOUNT, TEST_ACCOUNT, LEGACY, TEST_LEGACY, ON_OWN, ON_TEST_OWN, ON_MANAGED),
    *(FOR_OWN, FOR_TEST_OWN, FOR_LEFT, FOR_PROVIDERS, FOR_TEST_PROVIDERS, FOR_NAMED),
    *(GRAPH, UNKNOWN),
)
PLACES = (UNNAMED, PRODUCTION, TEST, *INSTANCES)

MAIL = "mail.corp.example"
USER = "helpdesk@corp.example"
SIGNING_IN: Mapping[str, Value] = {
    "authenticate": True,
    "user": USER,
    "password": SecretState.KEPT,
    "security": Security.STARTTLS,
}
SENDS: Mapping[str, Value] = {
    "server": MAIL,
    "authenticate": True,
    "user": USER,
    "password": SecretState.UNKNOWN,
    "security": Security.STARTTLS,
    "sending_enabled": True,
}
"""One's own account as an instance returns it."""
COMPLETE: Mapping[str, Value] = {
    "server": MAIL,
    "user": USER,
    "password": SecretState.KEPT,
    "security": Security.SSL_TLS,
    "pop3_security": Security.STARTTLS,
    "sending_enabled": True,
    "test_recipients": (USER,),
}
"""Settings that have side effects when they change."""

SECRETS = frozenset(name for name, entry in catalog().items() if entry.is_secret)
ACCOUNT_NAMES = tuple(name for name, entry in catalog().items() if entry.declared.account)
OPEN_NAMES = tuple(name for name in catalog() if name not in SECRETS)


@dataclass(frozen=True)
class Situation:
    """What was loaded, from where, and what was typed over it."""

    facts: TargetFacts = TEST
    base: Mapping[str, Value] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, tuple[PropertyRow, ...]] = field(default_factory=dict)
    switches: Mapping[str, bool] = field(default_factory=dict)

    @property
    def draft(self) -> Draft:
        """The draft of this situation."""
        draft = Draft(Snapshot(self.base, locked=self.locked, rows=self.rows))
        for name, text in self.texts.items():
            draft = draft.edit(name, text)
        for name, secret in self.typed.items():
            draft = draft.type_secret(name, Secret(secret))
        return replace(draft, switches=self.switches)

    @property
    def review(self) -> Review:
        """The review of this situation."""
        return review(self.draft, self.facts, "corp")


def edit(
    facts: TargetFacts = TEST, base: Mapping[str, Value] | None = None, **texts: str
) -> Situation:
    """Return a situation with texts, or secrets by their names, typed over a base."""
    return Situation(
        facts,
        base or {},
        {name: text for name, text in texts.items() if name not in SECRETS or not text},
        {name: text for name, text in texts.items() if name in SECRETS and text},
    )


def with_rows(
    situation: Situation,
    *rows: PropertyRow,
    locked: Mapping[str, str] | None = None,
    at: str = "server",
) -> Situation:
    """Return a situation with records for a property, and with locks."""
    return replace(situation, rows={at: rows} if rows else {}, locked=locked or {})


def load(facts: TargetFacts = TEST, /, **values: Value) -> Situation:
    """Return a situation where nothing was typed."""
    return Situation(facts, values)


def find_all(situation: Situation, code: str) -> list[Finding]:
    """Return the findings of a code."""
    return [each for each in situation.review.findings if each.code == code]


def find_one(situation: Situation, code: str) -> Finding:
    """Return the only finding of a code."""
    (finding,) = find_all(situation, code)
    return finding


def codes(situation: Situation) -> set[str]:
    """Return the codes of all findings."""
    return {each.code for each in situation.review.findings}


def with_grid(values: Iterable[object], *landing: object) -> list[Any]:
    """Return values to parametrize a test with, all but those of the landing run marked `grid`."""
    return [
        each if each in landing else pytest.param(each, marks=pytest.mark.grid) for each in values
    ]


def find_blocking(situation: Situation) -> set[str]:
    """Return the codes of the findings that block a save."""
    return {each.code for each in situation.review.blocking}


def try_parse(kind: Kind, text: str) -> Value | ParseError:
    """Return the value of a text of a kind, or the error."""
    entry = next(entry for entry in catalog().values() if entry.declared.kind is kind)
    try:
        return parse_value(entry, text)
    except ParseError as malformed:
        return malformed


def broken_finding(name: str, code: str = "file.type") -> Finding:
    """Return the finding of a value with the wrong type."""
    return Finding(name, Severity.ERROR, code, "No.", None, frozenset({name}))


HOSTS = (
    "mail.corp.example",
    "MAIL.corp.example",
    "mail",
    "mail.corp.example.",
    "bücher.example",
    "smtp.service-now.com",
    "smtp.gmail.com",
    "mail.aikis.or.jp",
    "localhost",
    "127.0.0.1",
    "10.1.2.3",
    "169.254.1.1",
    "192.0.2.25",
    "::1",
    "2001:db8::25",
    "fe80::1",
)
"""Valid hosts of every sort."""

NATIVE: Mapping[Kind, tuple[Value, ...]] = {
    Kind.HOST: HOSTS,
    Kind.PORT: (1, 25, 110, 143, 465, 587, 995, 2525, 65535),
    Kind.SECURITY: tuple(Security),
    Kind.SWITCH: (True, False),
    Kind.TEXT: ("helpdesk", "Help Desk", " Häuser ", "Help x@corp.example"),
    Kind.USER: ("helpdesk@corp.example", "help@corp", "apikey", "a@b@c"),
    Kind.ADDRESSES: (("qa@corp.example",), ("qa@corp.example", "qb@corp.example")),
    Kind.SECRET: (SecretState.KEPT, SecretState.NOT_KEPT, SecretState.UNKNOWN),
}
"""Values as a target returns them, by kind."""

TEXTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.HOST: (*HOSTS, "smtp://mail.corp.example:465/x", "mail.corp.example:587", "a b", "-"),
    Kind.PORT: ("1", "25", "110", "143", "465", "587", "995", "0", "x", " 25 "),
    Kind.SECURITY: ("none", "starttls", "ssl_tls", "TLS"),
    Kind.SWITCH: ("true", "false", "yes", "off", "maybe"),
    Kind.TEXT: ("helpdesk", " Help Desk ", "Häuser", "Help x@corp.example", "a\nb"),
    Kind.USER: ("helpdesk@corp.example", "Help <a@corp.example>", " a@corp.example", "apikey"),
    Kind.ADDRESSES: ("qa@corp.example", "a@corp.example;b@corp.example", "a@corp.example,", "x"),
}
"""Texts as people type them, by kind, valid or not."""


def bases() -> st.SearchStrategy[Snapshot]:
    """Generate snapshots with any properties specified, some of them blank."""
    options = {
        name: st.sampled_from((*NATIVE[entry.declared.kind], ""))
        for name, entry in catalog().items()
    }
    return st.fixed_dictionaries({}, optional=options).map(Snapshot)


def edits() -> st.SearchStrategy[dict[str, str]]:
    """Generate texts for any properties that aren't secrets."""
    entries = catalog()
    options = {
        name: st.sampled_from((*TEXTS[entries[name].declared.kind], "")) for name in OPEN_NAMES
    }
    return st.fixed_dictionaries({}, optional=options)


def make_rows(facts: TargetFacts) -> Mapping[str, tuple[PropertyRow, ...]]:
    """Return the records of such an instance."""
    if facts.model is Model.NO_ACTIVE_ACCOUNT:
        return {
            name: tuple(
                PropertyRow(name=each, stamp=STAMP if number % 3 else None, flushes=number % 2 == 0)
                for number, each in enumerate(entry.declared.instance, start=len(name))
            )
            for name, entry in catalog().items()
        }
    left = next((each for each in facts.accounts if each == LEFT), None)
    if facts.choice is AccountChoice.OWN:
        shown = left
    elif facts.chosen:
        shown = facts.chosen
    else:
        shown = next((each for each in facts.accounts if each.name == facts.sender), None)
    if facts.model is not Model.ACCOUNT or shown is None:
        return {}
    return {name: (PropertyRow(name=shown.name, stamp=shown.stamp),) for name in ACCOUNT_NAMES}


def situations() -> st.SearchStrategy[Situation]:
    """Generate any edits and secrets over any base, with any locks, for any target."""
    typed = st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(("hunter2", " x ")) for name in SECRETS}
    )
    locks = st.sets(st.sampled_from(tuple(catalog())), max_size=3)
    return st.builds(
        lambda facts, base, texts, secrets, locked, switches: Situation(
            facts,
            base.values,
            texts,
            secrets,
            dict.fromkeys(locked, "No."),
            make_rows(facts),
            switches,
        ),
        st.sampled_from(PLACES),
        bases(),
        edits(),
        typed,
        st.one_of(st.just(set[str]()), locks),
        st.one_of(st.just(dict[str, bool]()), st.dictionaries(st.just(READER.name), st.booleans())),
    )
