"""Names for values: equal for equal values, different for different ones, the same on every machine."""

from core.fingerprint import fingerprint


def test_the_order_of_keys_does_not_matter() -> None:
    assert fingerprint({"a": 1, "b": [2, "价"]}) == fingerprint({"b": [2, "价"], "a": 1})


def test_different_values_have_different_names() -> None:
    values = [("ab",), ("a", "b"), (["a", "b"],), ({"a": "b"},), (1,), ("1",), ()]
    assert len({fingerprint(*value) for value in values}) == len(values)


def test_the_name_is_the_same_on_every_machine() -> None:
    assert fingerprint("价格", 1) == "402c508e50ef712d68eff57460863ec5"
