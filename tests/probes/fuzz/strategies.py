"""Random bytes, mutated bytes, and how they are split."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.probes.fuzz.seeds import FRAGMENTS

_MOST = 2**16


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of some bytes.

    Attributes:
        kind: `flip`, `cut`, `insert`, `repeat`, `end` or `number`.
        place: where, in parts of 65536 of the whole.
        size: how much, or which bit, or how often.
        new: what is put in.
    """

    kind: str
    place: int
    size: int
    new: bytes

    def apply(self, data: bytes) -> bytes:
        """Return the bytes with this change."""
        at = self.place * len(data) // _MOST
        before, after = data[:at], data[at:]
        match self.kind:
            case "flip" if after:
                return before + bytes([after[0] ^ (1 << self.size % 8)]) + after[1:]
            case "number" if after:
                return before + bytes([self.size]) + after[1:]
            case "cut":
                return before + after[self.size :]
            case "repeat":
                return before + after[:20] * self.size + after
            case "end":
                return before
        return before + self.new + after


EDITS = st.builds(
    Edit,
    st.sampled_from(("flip", "number", "cut", "insert", "repeat", "end")),
    st.integers(0, _MOST - 1),
    st.integers(0, 255),
    st.sampled_from(FRAGMENTS) | st.binary(max_size=6),
)


def _apply(data: bytes, edits: list[Edit]) -> bytes:
    for edit in edits:
        data = edit.apply(data)
    return data[:_MOST]


def mutated(seeds: Sequence[bytes], most: int = 4) -> st.SearchStrategy[bytes]:
    """Return a strategy of the seeds with some changes, at times with none."""
    return st.builds(_apply, st.sampled_from(seeds), st.lists(EDITS, max_size=most))


def strange(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Return a strategy of mutated seeds, of fragments put together, and of random bytes."""
    together = st.lists(st.sampled_from(FRAGMENTS), max_size=8).map(b"".join)
    return mutated(seeds) | together | st.binary(max_size=80)


SIZES = st.lists(st.integers(1, 90), max_size=6).map(tuple)


def split(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    """Return the data in pieces of these sizes, the rest as one."""
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [piece for piece in (*pieces, data) if piece]
