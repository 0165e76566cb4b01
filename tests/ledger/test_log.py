"""The log: takes a hash in once, proves it, never forgets, and is found out when touched."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from pengcheng.domains.ledger import api
from pengcheng.domains.ledger.models import LogEntry, SignedHead, Tile, WaitingEntry
from pengcheng.domains.ledger.ops import log
from pengcheng.domains.ledger.rules import merkle, notes, tiles
from pengcheng.kernel import audit
from pengcheng.kernel.context import Actor, Context
from pengcheng.kernel.models import OutboxEvent
from pengcheng.kernel.problems import Denied, Invalid, NotFound
from tests.ledger.scenes import ANYBODY, WRITER, digest, grown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


def holds(proof):
    return merkle.includes(
        merkle.leaf_hash(proof.entry.leaf.encode()),
        proof.entry.index,
        proof.checkpoint.size,
        [bytes.fromhex(step) for step in proof.path],
        bytes.fromhex(proof.checkpoint.root),
    )


def test_what_is_handed_in_waits_and_then_is_proved():
    api.append(context=WRITER, kind="tests.thing", digest=digest(1))
    waiting = api.standing(context=ANYBODY, digest=digest(1))
    assert (waiting.waiting, waiting.proof) == (True, None)
    assert api.integrate(context=WRITER) == 1
    found = api.standing(context=ANYBODY, digest=digest(1).upper())
    assert (found.waiting, found.proof.entry.index) == (False, 0)
    assert holds(found.proof)
    assert api.integrate(context=WRITER) == 0


def test_it_goes_with_the_callers_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        api.append(context=WRITER, kind="tests.thing", digest=digest(1))
        raise RuntimeError("the act failed after all")
    assert WaitingEntry.objects.count() == 0


def test_the_same_hash_stands_once():
    for expected in (True, False):
        assert api.append(context=WRITER, kind="k.a", digest=digest(1)) is expected
    api.integrate(context=WRITER)
    assert not api.append(context=WRITER, kind="k.a", digest=digest(1))
    assert api.append(context=WRITER, kind="k.b", digest=digest(1))
    assert grown(0) == 2


def test_every_entry_is_proved_over_the_edge_of_a_tile():
    """300 entries: one full tile, one begun, one hash on the level above."""
    assert [grown(120), grown(140, 120), grown(40, 260)] == [120, 260, 300]
    for index in (0, 1, 119, 255, 256, 299):
        for size in (None, 260):
            if size is None or index < size:
                assert holds(api.prove(context=ANYBODY, index=index, size=size)), index
    assert {(row.level, row.number) for row in Tile.objects.all()} == {(0, 0), (0, 1), (1, 0)}
    report = api.verify_log(context=ANYBODY)
    assert (report.size, report.faults) == (300, ())
    assert report.root == api.checkpoint(context=ANYBODY).root


def test_each_head_extends_those_before_it():
    sizes = [grown(n, start) for n, start in ((3, 0), (5, 3), (1, 8), (270, 9))]
    heads = [api.checkpoint(context=ANYBODY, size=size) for size in sizes]
    for place, before in enumerate(heads):
        for after in heads[place:]:
            told = api.consistency(context=ANYBODY, old=before.size, new=after.size)
            path = [bytes.fromhex(step) for step in told.path]
            roots = (bytes.fromhex(before.root), bytes.fromhex(after.root))
            assert merkle.extends(told.old, told.new, path, *roots)


def test_the_tiles_alone_give_the_root():
    """As a monitor elsewhere does it: fetch bundle and tile, hash, compare with the head."""
    size = grown(260)
    full = tiles.unbundle(api.bundle(context=ANYBODY, number=0))
    rest = tiles.unbundle(api.bundle(context=ANYBODY, number=1, width=4))
    hashes = [merkle.leaf_hash(leaf) for leaf in full + rest]
    assert api.tile(context=ANYBODY, level=0, number=0) == b"".join(hashes[:256])
    assert api.tile(context=ANYBODY, level=0, number=1, width=4) == b"".join(hashes[256:])

    def read(height, number):
        if height == 0:
            return hashes[number]
        return merkle.node_hash(read(height - 1, 2 * number), read(height - 1, 2 * number + 1))

    head = api.checkpoint(context=ANYBODY)
    assert merkle.root(read, size).hex() == head.root


def test_the_head_is_signed_by_the_key_that_is_published():
    grown(2)
    told = api.overview(context=ANYBODY)
    verifier = notes.read_verifier(told.verifiers[0])
    key = log.keys().signer().key
    text = notes.open_note(told.checkpoint.note, verifier, key.verifies)
    assert notes.read_head(text) == (told.origin, 2, bytes.fromhex(told.checkpoint.root))


def test_after_a_rotation_old_heads_still_verify():
    grown(2)
    log.keys().rotate()
    grown(2, 2)
    assert api.verify_log(context=ANYBODY).whole
    assert len(api.overview(context=ANYBODY).verifiers) == 2
    log.keys().rotate(distrust=True)
    assert not api.verify_log(context=ANYBODY).whole


@pytest.mark.parametrize(
    ("index", "size"), [(0, 99), (5, None), (-1, None), (2, 1), (10**18, None)]
)
def test_what_is_not_there_is_not_found(index, size):
    grown(3)
    with pytest.raises(NotFound):
        api.prove(context=ANYBODY, index=index, size=size)


def test_an_empty_log_says_so():
    assert api.overview(context=ANYBODY).checkpoint is None
    assert api.verify_log(context=ANYBODY).whole
    for ask in (
        lambda: api.checkpoint(context=ANYBODY),
        lambda: api.consistency(context=ANYBODY, old=1, new=1),
        lambda: api.tile(context=ANYBODY, level=0, number=0, width=1),
        lambda: api.bundle(context=ANYBODY, number=0, width=1),
    ):
        with pytest.raises(NotFound):
            ask()


@pytest.mark.parametrize(
    ("kind", "told"),
    [("tests.thing", "x"), ("tests.thing", "AB" * 32), ("Kind", digest(1)), ("", digest(1))],
)
def test_only_hashes_go_in(kind, told):
    with pytest.raises(Invalid):
        api.append(context=WRITER, kind=kind, digest=told)


def test_people_do_not_write_into_the_log():
    person = Context(actor=Actor(id="p", kind="person", roles=frozenset({"admin"})))
    for act in (
        lambda: api.append(context=person, kind="a.b", digest=digest(1)),
        lambda: api.integrate(context=person),
    ):
        with pytest.raises(Denied):
            act()


def test_the_audit_chains_end_is_put_on_record_once():
    audit.record(WRITER, action="tests.act")
    head = audit.head()
    assert api.anchor_audit(context=WRITER)
    assert not api.anchor_audit(context=WRITER)
    api.integrate(context=WRITER)
    assert api.standing(context=ANYBODY, digest=head.digest).proof.entry.kind == "audit.head"
    assert audit.head().count == head.count + 1  # taking in is an act too


def test_a_new_head_is_told():
    grown(2)
    told = OutboxEvent.objects.get(type="ledger.checkpoint.signed")
    assert told.data["size"] == 2


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_head"])
def test_the_database_refuses_to_change_what_stands(table):
    grown(1)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET at = at")  # noqa: S608


def disarmed(table):
    """As somebody with the whole database in hand would go about it."""
    suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for verb in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{suffix}")


def test_an_altered_entry_is_found_out():
    grown(5)
    disarmed("ledger_entry")
    LogEntry.objects.filter(index=2).update(digest=digest("forged"))
    assert "entry 2 was altered" in api.verify_log(context=ANYBODY).faults


def test_an_entry_rewritten_whole_no_longer_fits_the_signed_head():
    grown(5)
    disarmed("ledger_entry")
    row = LogEntry.objects.get(index=2)
    leaf = log.leaf(row.kind, digest("forged"), row.at)
    LogEntry.objects.filter(index=2).update(digest=digest("forged"), leaf=leaf)
    faults = api.verify_log(context=ANYBODY).faults
    assert any(fault.startswith("head 5") for fault in faults)
    assert not holds(api.prove(context=ANYBODY, index=2))


def test_a_missing_entry_and_an_altered_tile_are_found_out():
    grown(5)
    tile = Tile.objects.get(level=0, number=0)
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes(32) + bytes(tile.hashes)[32:])
    assert "the tiles do not fit the entries" in api.verify_log(context=ANYBODY).faults
    disarmed("ledger_entry")
    LogEntry.objects.filter(index=1).delete()
    assert "entry 1 is missing" in api.verify_log(context=ANYBODY).faults


def test_a_head_signed_by_nobody_here_is_found_out():
    grown(2)
    disarmed("ledger_head")
    note = SignedHead.objects.get().note
    middle = len(note) - 20  # of the signature, not of its last bits, which may mean nothing
    other = "B" if note[middle] == "A" else "A"
    SignedHead.objects.update(note=note[:middle] + other + note[middle + 1 :])
    assert not api.verify_log(context=ANYBODY).whole


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_sequencers_at_once_give_each_entry_one_place():
    for n in range(40):
        api.append(context=WRITER, kind="tests.thing", digest=digest(n))
    found, start = [], threading.Barrier(3)

    def body():
        try:
            start.wait(60)
            found.append(api.integrate(context=WRITER))
        finally:
            connection.close()

    threads = [threading.Thread(target=body) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(found) == 40
    assert api.verify_log(context=ANYBODY).size == 40
    assert api.verify_log(context=ANYBODY).whole
