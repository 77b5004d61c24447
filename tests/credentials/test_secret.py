"""The tests that try to get a secret out without `reveal()`."""

import copy
import dataclasses
import inspect
import io
import json
import logging
import operator
import pickle
import pprint
import traceback
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as pydantic_dataclass
from pydantic_core import PydanticSerializationError, to_json, to_jsonable_python
from rich.console import Console
from rich.pretty import pretty_repr
from rich.traceback import Traceback

from tui.credentials.secret import Secret

CANARY = "c4nary-Päss\u200bword"


@dataclasses.dataclass
class Holder:
    secret: Secret


def secret() -> Secret:
    return Secret(CANARY)


def test_only_reveal_gives_it_away() -> None:
    assert secret().reveal() == CANARY


@pytest.mark.parametrize(
    "write",
    [
        repr,
        str,
        ascii,
        pprint.pformat,
        pretty_repr,
        lambda s: "%s %r" % (s, s),  # noqa: UP031
        lambda s: f"{s!s} {s!r}",
        lambda s: repr([s, {"password": s}, Holder(s)]),
        lambda s: repr(inspect.getmembers(s)),
        lambda s: repr([getattr(s, slot) for slot in Secret.__slots__]),
        lambda s: json.dumps(s, default=str),
        lambda s: str(to_jsonable_python(s, serialize_unknown=True)),
        lambda s: str(ValueError("refused", s)),
    ],
)
def test_writing_it_shows_a_fixed_text(write: Callable[[Secret], str]) -> None:
    written = write(secret())
    assert CANARY not in written
    assert ascii(CANARY)[1:-1] not in written
    assert write(Secret("")) == written or "0x" in written


@pytest.mark.parametrize(
    "take",
    [
        lambda s: f"{s}",
        lambda s: f"{s:>20}",
        lambda s: str.format("{}", s),
        lambda s: str.format("{:s}", s),
        lambda s: str.format_map("{s}", {"s": s}),
        format,
        copy.copy,
        copy.deepcopy,
        lambda s: copy.deepcopy([s]),
        *(lambda s, n=n: pickle.dumps(s, n) for n in range(pickle.HIGHEST_PROTOCOL + 1)),
        *(lambda s, n=n: s.__reduce_ex__(n) for n in range(pickle.HIGHEST_PROTOCOL + 1)),
        lambda s: s.__reduce__(),
        lambda s: s.__getstate__(),
        lambda s: object.__reduce_ex__(s, 2),
        lambda s: dataclasses.asdict(Holder(s)),
        lambda s: dataclasses.astuple(Holder(s)),
        vars,
        json.dumps,
        lambda s: json.dumps({"password": s}),
        lambda s: json.dumps(s, default=vars),
        len,
        list,
        bytes,
        sorted,
        lambda s: sorted([s, Secret("")]),
        lambda s: CANARY in s,
        lambda s: s + "",
        lambda s: "".join([s]),
        operator.index,
        operator.itemgetter(0),
    ],
)
def test_taking_it_raises_and_tells_nothing(take: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError) as caught:
        take(secret())
    assert CANARY not in full_traceback(caught.value)


@pytest.mark.parametrize("kind", [Secret, list[Secret], Secret | None, dict[str, Secret], Holder])
@pytest.mark.parametrize("arbitrary", [False, True])
def test_no_schema_can_be_built_over_it(kind: Any, arbitrary: bool) -> None:
    config = ConfigDict(arbitrary_types_allowed=arbitrary) if kind is not Holder else None
    with pytest.raises(TypeError, match="no schema"):
        TypeAdapter(kind, config=config)


def test_no_pydantic_class_can_hold_one() -> None:
    arbitrary = ConfigDict(arbitrary_types_allowed=True)
    with pytest.raises(TypeError, match="no schema"):

        class Model(BaseModel):
            model_config = arbitrary
            secret: Secret

    with pytest.raises(TypeError, match="no schema"):

        @pydantic_dataclass(config=arbitrary)
        class Record:
            secret: Secret


def test_pydantic_does_not_write_one_it_finds_by_chance() -> None:
    anything = TypeAdapter[object](Any)
    for write in (anything.dump_json, to_json, to_jsonable_python):
        with pytest.raises(PydanticSerializationError) as caught:
            write({"password": secret()})
        assert CANARY not in full_traceback(caught.value)


def test_pydantic_does_not_take_one_for_text() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(str).validate_python(secret())
    assert CANARY not in full_traceback(caught.value)


def test_a_crash_with_local_variables_shows_none() -> None:
    def crash(password: Secret) -> None:
        held = Holder(password)
        raise RuntimeError(held, [password])

    with pytest.raises(RuntimeError) as caught:
        crash(secret())
    screen = io.StringIO()
    drawn = Traceback.from_exception(
        RuntimeError, caught.value, caught.value.__traceback__, show_locals=True
    )
    Console(file=screen, width=200).print(drawn)
    for text in (screen.getvalue(), full_traceback(caught.value)):
        assert "Secret(...)" in text
        assert CANARY not in text


def test_a_log_shows_none(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("test")
    log.error("%s %r", secret(), [secret()])
    log.error("held: %(password)s", {"password": secret()})
    assert caplog.text.count("Secret(...)") == 3
    assert CANARY not in caplog.text


def test_two_of_the_same_value_are_not_equal_and_hash_apart() -> None:
    one, other = secret(), secret()
    assert one != other
    assert one == one
    assert len({one, other, one}) == 2
    assert one.__eq__(CANARY) is NotImplemented


def test_it_takes_no_attribute_and_has_no_dictionary() -> None:
    with pytest.raises(AttributeError):
        secret().note = "x"  # type: ignore[attr-defined]
    assert not hasattr(secret(), "__dict__")


@pytest.mark.parametrize(
    ("value", "controls", "codes"),
    [
        ("", False, []),
        ("a b", False, []),
        (" ab", False, ["blanks"]),
        ("ab\n", True, ["line-end"]),
        ("a\x00b", True, []),
        ("a\x7fb", True, []),
        ("a\x9bb", True, ["not-ascii"]),
        ("a\u2028b", True, ["not-ascii"]),
        ("a\u2029b", True, ["not-ascii"]),
        ("a\u202eb", False, ["invisible"]),
        ("\ufeffab", False, ["byte-order-mark"]),
        ("pä\U0001f511", False, ["not-ascii"]),
    ],
)
def test_its_shape_tells_what_rules_may_know(value: str, controls: bool, codes: list[str]) -> None:
    shape = Secret(value).shape
    assert (shape.length, shape.controls) == (len(value), controls)
    assert [each.code for each in shape.oddities] == codes


@given(st.text())
def test_no_text_is_changed_or_shown(value: str) -> None:
    hidden = Secret(value)
    assert hidden.reveal() == value
    assert repr(hidden) == "Secret(...)"
    assert hidden.shape.length == len(value)
    assert hidden.shape.controls == any(
        unicodedata.category(c) == "Cc" or c in "\u2028\u2029" for c in value
    )


def full_traceback(error: BaseException) -> str:
    """Return a traceback with local variables, including suppressed contexts."""
    lines = [*traceback.TracebackException.from_exception(error, capture_locals=True).format()]
    return "".join(lines) + (full_traceback(error.__context__) if error.__context__ else "")
