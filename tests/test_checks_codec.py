"""Data as JSON: what goes in comes out bit for bit, and hostile data is refused before anything is allocated."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course.inside.codec import MAX_ELEMENTS, decode, encode

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)
DTYPES = st.sampled_from([np.dtype(name) for name in ("float64", "float32", "int64", "bool")])


def there_and_back(value: Any) -> Any:
    return decode(json.loads(json.dumps(encode(value), allow_nan=False)))


@given(PLAIN)
def test_plain_data_round_trips(value: Any) -> None:
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


@given(hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)))
def test_arrays_round_trip_bit_for_bit(array: np.ndarray) -> None:
    back = there_and_back(array)
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, np.ascontiguousarray(array).tobytes())


def test_numbers_without_json_form_survive() -> None:
    assert math.isnan(there_and_back(math.nan))
    assert there_and_back([math.inf, -math.inf]) == [math.inf, -math.inf]
    assert there_and_back(...) is ...


@pytest.mark.parametrize(
    ("value", "dtype"),
    [(np.arange(3, dtype=np.uint8), "int64"), (np.ones(2, np.float16), "float64"), (np.float32(2), "float32")],
)
def test_other_numbers_become_one_of_four_dtypes(value: Any, dtype: str) -> None:
    assert there_and_back(value).dtype == dtype


@pytest.mark.parametrize(
    "value", [lambda: 1, object(), np.array(["a"]), np.array([1j]), np.array([object()]), {1, 2}, iter([])]
)
def test_what_is_not_data_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        encode(value)


def test_too_much_is_refused() -> None:
    nested: list[Any] = []
    for _ in range(50):
        nested = [nested]
    with pytest.raises(TypeError, match="levels deep"):
        encode(nested)
    with pytest.raises(TypeError, match="at most"):
        encode(np.zeros(MAX_ELEMENTS + 1, bool))


def array(**changes: Any) -> dict[str, Any]:
    return {**encode(np.ones(2)), **changes}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (array(shape=[10**15]), "shape"),
        (array(shape=[10**6, 10**6]), "at most"),
        (array(shape=[-1]), "shape"),
        (array(shape=[True]), "shape"),
        (array(shape=[3]), "bytes"),
        (array(dtype="object"), "dtype"),
        (array(dtype="float128"), "dtype"),
        (array(base64="!" * 24), "base64"),
        (array(base64="AAAA"), "bytes"),
        ({"pickle": "gASV"}, "encoded data"),
        ([1, 2], "bare list"),
        ({"dict": [["a", 1], ["b"]]}, "pairs"),
        ({"float": "1e999999"}, "encoded data"),
    ],
)
def test_hostile_data_is_refused(data: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        decode(data)


def test_deep_nesting_is_refused() -> None:
    data: Any = 1
    for _ in range(500):
        data = {"list": [data]}
    with pytest.raises(ValueError, match="levels deep"):
        decode(data)


def test_decoded_arrays_are_fresh_and_writable() -> None:
    data = encode(np.zeros(2))
    first, second = decode(data), decode(data)
    first[0] = 1
    assert second[0] == 0
