"""Names nobody gives an expression are found before it runs."""

import pytest

from pengcheng.kit.feel import FeelSyntaxError, unknown_names


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("a > nope", {"nope"}),
        ("count(a) + sum(a)", set()),
        ("for x in a return x + partial[1] + y", {"y"}),
        ("some i in a satisfies i > limit", {"limit"}),
        ("function(p: number) p + q", {"q"}),
        ("{z: 1, k: z + q}.k", {"q"}),
        ("a[b > 3]", set()),
        ("a.b = 1 and c.d = 2", {"c"}),
        ("a in [1..top]", {"top"}),
        ('if a then "yes" else other', {"other"}),
        ("floor area > 3", set()),
    ],
)
def test_only_names_that_nothing_gives_are_unknown(text, strange):
    assert unknown_names(text, ["a", "floor area"]) == strange


def test_what_is_not_feel_is_said_to_be():
    with pytest.raises(FeelSyntaxError):
        unknown_names("1 +")
