"""A slip in a manifest is a clear error, not a surprise at midnight."""

from __future__ import annotations

import pytest

from pengcheng.kernel.registry import ManifestError, manifests, permissions, read_manifests

GOOD = 'id = "lamps"\nzh = "灯"\nen = "Lamps"\ntier = 1\n'


def write(folder, text, name="lamps"):
    (folder / name).mkdir()
    (folder / name / "manifest.toml").write_text(text, "utf-8")


def test_this_installation_reads():
    tiers = [manifest.tier for manifest in manifests()]
    assert tiers == sorted(tiers)
    assert all(key == permission.id for key, permission in permissions().items())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GOOD.replace("tier = 1", 'tier = "one"'), "Expected `int`"),
        (GOOD + 'emitts = ["a"]\n', "emitts"),
        (GOOD.replace('"lamps"', '"lamp"'), "not the folder's name"),
        (GOOD + "[[permission]\n", "manifest.toml"),
        (
            GOOD + '[[system]]\nid="x"\nstate="perfect"\nentry="/"\naudience=[]\ntests=[]\n',
            "perfect",
        ),
    ],
)
def test_a_wrong_manifest_says_what_is_wrong(tmp_path, text, complaint):
    write(tmp_path, text)
    with pytest.raises(ManifestError, match=complaint):
        read_manifests(tmp_path)


def test_lower_tiers_come_first(tmp_path):
    write(tmp_path, GOOD.replace("tier = 1", "tier = 3"))
    write(tmp_path, GOOD.replace('"lamps"', '"posts"'), "posts")
    assert [manifest.id for manifest in read_manifests(tmp_path)] == ["posts", "lamps"]
