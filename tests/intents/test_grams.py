"""Texts as weighted n-grams."""

import numpy as np
import pytest

from intents.grams import Grams, grams_of


def test_grams_are_runs_of_one_to_three_characters() -> None:
    assert grams_of("落地价") == ["落", "地", "价", "落地", "地价", "落地价"]


def test_which_number_it_is_does_not_matter() -> None:
    assert grams_of("贷15.8万") == grams_of("贷3万") == grams_of("贷0万")


def test_a_row_has_length_one() -> None:
    _, values = Grams.of(["价格多少", "续航多少"]).row("价格多少价格")

    assert np.linalg.norm(values) == pytest.approx(1)


def test_rare_grams_weigh_more_than_common_ones() -> None:
    grams = Grams.of(["价格多少", "续航多少", "充电多少"])
    weight = dict(zip((grams.names[column] for column in grams.row("价多")[0]), grams.row("价多")[1], strict=True))

    assert weight["价"] > weight["多"]


def test_a_text_of_unknown_grams_has_an_empty_row() -> None:
    columns, values = Grams.of(["价格"]).row("abc")

    assert columns.size == values.size == 0
