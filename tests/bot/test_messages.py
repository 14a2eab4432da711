"""Identities: what is spelled here keeps a deed from being done twice."""

import pytest

from bot.messages import HUMAN, REPEATABLE_FOR, TO_CUSTOMER, Channel, clicked_script, deed_key, kf_lane, menu_id_of, reply_key


def test_a_tapped_question_leads_back_to_its_script() -> None:
    assert clicked_script(menu_id_of("price-e7")) == "price-e7"


@pytest.mark.parametrize("menu_id", [HUMAN, "", "101", "price-e7"])
def test_an_item_that_is_no_question_of_ours_has_no_script(menu_id: str) -> None:
    assert clicked_script(menu_id) is None


def test_every_piece_of_every_reply_has_its_own_key() -> None:
    keys = {reply_key(message, part) for message in ("1", "11", "111") for part in (0, 1, 11)}
    assert len(keys) == 9


def test_identities_are_spelled_as_they_always_were() -> None:
    assert reply_key("m7", 0) == "reply:m7:0", "another format would answer old messages again"
    assert deed_key("brief", "m7") == "brief:m7"


def test_two_customers_or_two_accounts_are_two_lanes() -> None:
    assert len({kf_lane("wk1", "wm1"), kf_lane("wk1", "wm2"), kf_lane("wk2", "wm1")}) == 3


def test_a_greeting_whose_code_works_once_is_never_repeated_silently() -> None:
    assert set(Channel) - set(REPEATABLE_FOR) == {Channel.CONTACT_WELCOME, Channel.INTERNAL_POST, Channel.MASS_REMIND}


def test_only_answers_in_the_chat_are_words_to_a_customer_that_may_be_silenced() -> None:
    assert {Channel.KF_TEXT, Channel.KF_MENU, Channel.KF_MATERIAL} == TO_CUSTOMER
