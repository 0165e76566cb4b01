"""Built-in functions on lists, contexts and numbers of lists."""

from __future__ import annotations

from tests.kit.feel.expressions import table, text_of


@table(
    """
list contains([1, 2, null], null) ==> true
list contains([[1]], [1]) ==> true
list contains(null, 1) ==> null
count([1, 2, 3]) ==> 3
count(1, 2) ==> 2
count([]) ==> 0
count(null) ==> null
min(1, 2, 3) ==> 1
min("a", "b") ==> "a"
max([@"2020-01-01", @"2021-01-01"]) ==> 2021-01-01
max([]) ==> null
max(1, "a") ==> null
min([1, null]) ==> null
sum(1, 2, 3) ==> 6
sum([]) ==> null
sum(["a"]) ==> null
sum(5) ==> 5
mean([1, 2, 4, 5]) ==> 3
mean([]) ==> null
product(2, 3, 4) ==> 24
product([]) ==> null
median(8, 2, 5, 3, 4) ==> 4
median([6, 1, 2, 3]) ==> 2.5
median([]) ==> null
mode(6, 3, 9, 6, 6) ==> [6]
mode([6, 1, 9, 6, 1]) ==> [1, 6]
mode([]) ==> []
stddev(2, 4, 7, 5) ==> 2.081665999466132735282297706979931
stddev([47]) ==> null
all([true, null]) ==> null
all([false, null]) ==> false
all([]) ==> true
all(null) ==> null
all(true, true) ==> true
any([]) ==> false
any([false, null]) ==> null
any(list: [true, null]) ==> true
"""
)
def test_folding_lists(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    """
append([1], 2, 3) ==> [1, 2, 3]
append(1, 2) ==> [1, 2]
append([1], null) ==> [1, null]
append(null, 1) ==> null
concatenate([1], [2], [3]) ==> [1, 2, 3]
concatenate([1], null) ==> null
insert before([1, 3], 1, 2) ==> [2, 1, 3]
insert before([1, 3], -1, 2) ==> [1, 2, 3]
insert before([1, 3], 3, 2) ==> null
insert before([1, 3], 0, 2) ==> null
remove([1, 2, 3], 2) ==> [1, 3]
remove([1, 2, 3], -1) ==> [1, 2]
remove([1, 2, 3], 4) ==> null
reverse([1, 2, 3]) ==> [3, 2, 1]
index of([1, 2, 3, 2], 2) ==> [2, 4]
index of([1, null], null) ==> [2]
union([1, 2], [2, 3]) ==> [1, 2, 3]
distinct values([1, 2, 3, 2, 1, "1", null, null]) ==> [1, 2, 3, "1", null]
distinct values([{a: 1}, {a: 1}, [1], [1]]) ==> [{a: 1}, [1]]
flatten([[1, 2], [[3]], 4]) ==> [1, 2, 3, 4]
sublist([4, 5, 6], 1, 2) ==> [4, 5]
sublist([4, 5, 6], 2) ==> [5, 6]
sublist([4, 5, 6], -2) ==> [5, 6]
sublist([4, 5, 6], -2, 1) ==> [5]
sublist([4, 5, 6], 1, 9) ==> null
sublist([4, 5, 6], 0) ==> null
list replace([2, 4, 7, 8], 3, 6) ==> [2, 4, 6, 8]
list replace([2, 4, 7, 8], -1, 6) ==> [2, 4, 7, 6]
list replace([2, 4, 7, 8], 0, 6) ==> null
list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5) ==> [5, 5, 7, 8]
list replace(list: [1], match: function(i, n) true, newItem: 2) ==> [2]
list replace([1], function(i, n) "x", 5) ==> null
list replace([1], function(i) true, 5) ==> null
sort([3, 1, 2], function(x, y) x < y) ==> [1, 2, 3]
sort(["b", "a"], function(x, y) x < y) ==> ["a", "b"]
sort(list: [1, 3], precedes: function(x, y) x > y) ==> [3, 1]
sort([{a: 2}, {a: 1}], function(x, y) x.a < y.a)[1].a ==> 1
sort([2, "a"], function(x, y) x < y) ==> null
sort([2, 3, 1]) ==> [1, 2, 3]
sort([2, "a"]) ==> null
"""
)
def test_building_lists(expression: str, value: str) -> None:
    assert text_of(expression) == value


@table(
    """
get value({a: 1}, "a") ==> 1
get value({a: 1}, "b") ==> null
get value(null, "a") ==> null
get value({a: {b: 1}}, ["a", "b"]) ==> 1
get value({a: {b: 1}}, ["a", "c"]) ==> null
get entries({a: 1}) ==> [{key: "a", value: 1}]
get entries({a: 1, b: 2})[key = "b"].value ==> [2]
context([{key: "a", value: 1}, {key: "b", value: 2}]) ==> {a: 1, b: 2}
context([{key: "a", value: null}]) ==> {a: null}
context([{key: "a", value: 1}, {key: "a", value: 2}]) ==> null
context([{key: "a"}]) ==> null
context([{key: 1, value: 1}]) ==> null
context([]) ==> {}
context put({x: 1}, "y", 2) ==> {x: 1, y: 2}
context put({x: 1, y: {a: 0}}, ["y", "a"], 2) ==> {x: 1, y: {a: 2}}
context put({x: 1}, ["y", "a"], 2) ==> null
context put({x: 1}, [], 2) ==> null
context put({x: 1}, [1], 2) ==> null
context put(context: {x: 1}, key: "x", value: 3) ==> {x: 3}
context merge([{x: 1, y: 0}, {y: 2}]) ==> {x: 1, y: 2}
context merge([{x: 1}, null]) ==> null
context merge({x: 1}) ==> {x: 1}
"""
)
def test_contexts(expression: str, value: str) -> None:
    assert text_of(expression) == value
