"""The tree itself: proofs of every leaf and every older size, and none for anything else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.ledger.rules import merkle, tiles

FEW = settings(max_examples=25, deadline=None)


def reader(leaves):
    """Subtrees straight from the definition: slow, and nothing to be wrong in."""

    def read(height, number):
        if height == 0:
            return leaves[number]
        return merkle.node_hash(read(height - 1, number * 2), read(height - 1, number * 2 + 1))

    return read


def tree(size):
    leaves = [merkle.leaf_hash(str(n).encode()) for n in range(size)]
    return leaves, reader(leaves)


def test_every_leaf_of_every_small_tree_is_proved_and_no_other():
    for size in range(1, 18):
        leaves, read = tree(size)
        head = merkle.root(read, size)
        for at in range(size):
            path = merkle.inclusion(read, at, size)
            assert merkle.includes(leaves[at], at, size, path, head)
            assert not merkle.includes(merkle.leaf_hash(b"x"), at, size, path, head)
            assert not any(
                merkle.includes(leaves[at], other, size, path, head)
                for other in range(-1, size + 2)
                if other != at
            )


def test_every_older_size_is_proved_and_no_other_root():
    for new in range(1, 18):
        _, read = tree(new)
        after = merkle.root(read, new)
        for old in range(1, new + 1):
            before, path = merkle.root(read, old), merkle.consistency(read, old, new)
            assert merkle.extends(old, new, path, before, after)
            assert not merkle.extends(old, new, path, merkle.leaf_hash(b"x"), after)
            assert not merkle.extends(old, new, path, before, merkle.leaf_hash(b"x"))
            assert not merkle.extends(old, new, [*path, after], before, after)


@FEW
@given(st.integers(1, 400), st.data())
def test_a_changed_step_proves_nothing(size, data):
    leaves, read = tree(size)
    at = data.draw(st.integers(0, size - 1))
    path, head = merkle.inclusion(read, at, size), merkle.root(read, size)
    assert merkle.includes(leaves[at], at, size, path, head)
    if path:
        step = data.draw(st.integers(0, len(path) - 1))
        broken = [*path[:step], bytes(32), *path[step + 1 :]]
        assert not merkle.includes(leaves[at], at, size, broken, head)
        assert not merkle.includes(leaves[at], at, size, path[:-1], head)
    assert not merkle.includes(leaves[at], at, size, [*path, head], head)


@FEW
@given(st.integers(-5, 9), st.integers(-5, 9), st.lists(st.binary(max_size=40), max_size=6))
def test_hostile_proofs_are_answered(old, new, path):
    zero = bytes(32)
    assert not merkle.includes(zero, old, new, path, zero)
    assert not merkle.extends(old, new, path, zero, b"other")


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 4)])
def test_what_is_not_in_the_tree_has_no_proof(index, size):
    with pytest.raises(ValueError, match="no such leaf"):
        merkle.inclusion(reader([]), index, size)
    with pytest.raises(ValueError, match="older tree"):
        merkle.consistency(reader([]), 0, size)


@FEW
@given(st.integers(0, 10**12))
def test_tile_paths_read_back(number):
    assert tiles.read_path(tiles.path_of(number)) == (number, 256)
    assert tiles.read_path(f"{tiles.path_of(number)}.p/255") == (number, 255)


def test_tile_paths_are_those_of_the_specification():
    assert tiles.path_of(1234067) == "x001/x234/067"
    assert tiles.path_of(5) == "005"


@pytest.mark.parametrize(
    "path",
    ["", "5", "0005", "x000/005", "001/002", "005.p/0", "005.p/256", "005.p/007", "../5", "x" * 99],
)
def test_other_paths_are_none(path):
    assert tiles.read_path(path) is None


@FEW
@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_read_back(leaves):
    assert tiles.unbundle(tiles.bundle(leaves)) == leaves


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", b"\x00\x01ab"])
def test_a_bundle_cut_short_is_refused(data):
    with pytest.raises(ValueError, match="ends within"):
        tiles.unbundle(data)
