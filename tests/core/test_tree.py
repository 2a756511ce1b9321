from __future__ import annotations

from collections import OrderedDict, namedtuple

from hypothesis import given
from hypothesis import strategies as st

from denpa.core.tree import leaves, mapped

nests = st.recursive(
    st.integers(),
    lambda inner: (
        st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(max_size=2), inner)
    ),
)


@given(nests)
def test_a_nest_is_built_again_from_its_leaves(nest):
    found = iter(list(leaves(nest)))
    assert mapped(nest, lambda _: next(found)) == nest
    assert next(found, None) is None


@given(nests)
def test_the_leaves_stand_in_the_order_in_which_they_are_written(nest):
    written = "".join(c if c in "-0123456789" else " " for c in repr(mapped_keys(nest)))
    assert [int(x) for x in written.split()] == list(leaves(nest))


def mapped_keys(nest):
    """The nest with lists for dicts, so that no key stands in what is written."""
    if isinstance(nest, dict):
        return [mapped_keys(x) for x in nest.values()]
    return type(nest)(map(mapped_keys, nest)) if isinstance(nest, (list, tuple)) else nest


def test_classes_of_tuples_and_lists_are_kept_and_dicts_become_plain():
    pair = namedtuple("pair", "x y")

    class Rows(list):
        pass

    found = mapped([pair(1, (2,)), Rows([3]), OrderedDict(b=4, a=5), "67"], lambda x: [x])
    assert found == [pair([1], ([2],)), Rows([[3]]), {"b": [4], "a": [5]}, ["67"]]
    assert [type(x) for x in found] == [pair, Rows, dict, list]
    assert list(found[2]) == ["b", "a"]
