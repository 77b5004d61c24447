"""The words that values are stored as, and what a secret's state says."""

from tui.settings.values import Environment, SecretState, Security


def test_a_secret_that_may_be_missing_does_not_count_as_set() -> None:
    assert {each for each in SecretState if each.is_set} == {
        *(SecretState.KEPT, SecretState.NOT_KEPT, SecretState.NEW)
    }


def test_the_words_in_files_and_arguments_stay_the_same() -> None:
    assert [*Security] == ["none", "starttls", "ssl_tls"]
    assert [*SecretState] == ["unset", "kept", "not kept", "unknown", "new", "cleared"]
    assert [*Environment] == ["production", "non-production"]
