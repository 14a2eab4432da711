"""The sandbox's cryptography against two published sets of vectors, and against the library that the assistant uses."""

import base64
import os
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.enterprise.crypto import PrpCrypto

from bot.sandbox import seal

# The vector published with WeCom's official helper (reference §1.10).
TOKEN, KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
ENCRYPT = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt6"
    "6wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqC"
    "KIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVK"
    "n28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)

# Made-up vectors of our own reference (wecom-examples/01_callback_vectors.json).
OUR_TOKEN, OUR_KEY, OUR_CORP = "CarDealerDemoToken2026", "vuPX8aVOijaQlmX7LgZG1LWHwlRwzwVcAyYM0d7KeIQ", "ww1a2b3c4d5e6f7a8b"
ECHO = "Jbk7s0jP0kThCGofqYzvgIf/Vmxs4jJcGCVF90GRqtGQgjdnBSRmOCoepIW2CcwxHyLBVMtoIPaW8c7X36DcdQ=="
INCOMING = (
    "ZPIPA2u5XUIwlymc9b5kjWxWrHcpwJr+DqH1ge6tRZT+ORHW26F29ni/OzhGwfomdoQ3ABA1zrJG58ByIJrNpDKMi8vfPsAwucokAqzeTc9RLpiGSpmEVOU7BNjcLnXF+H/E1Asp"
    "VbnsPJnSHVF5bQOv35wLUguYVl+QT8fGNxGCo1yiJH6IsHBZPgOPpiGdzkqeNSLnlKPEbx+WCgyj5oQSJ4WtX9hWx2JJVXk4DWO+3P7e3O0AU9irm7+zEmiIzGOUc7++T/bmjbaD"
    "GJHYkmqpMHWYSoS9s8vSoNM+P1zBffNRtvGgf1Gv/QEaLLJXGU45jC9UEBOFP8IETUPN6Po2HYiJjWTk2Gk9S3/n3jcyOItIs/AuxQkfiQ7t6pQXnK8SpnBONEp2heP163HgRFo8"
    "Q53PnLgzyc7Kiwx3AHrhOpZ1a+W1pKv3n+ONqY+BwRJZhzyABYMOQ8CaC3zwdQ=="
)
REPLY_PLAIN = (
    "<xml><ToUserName><![CDATA[zhangsan]]></ToUserName><FromUserName><![CDATA[ww1a2b3c4d5e6f7a8b]]></FromUserName><CreateTime>1795140001"
    "</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[今天共有 3 个试驾预约。]]></Content></xml>"
)
REPLY = (
    "nBte/6tWBCnqE+LLUJDW0ZI3TGJ8x0MvgJh+HxxiERTlcSRPQglGBZggSFeMlDM9d4gMpZXszL5LKIS9PDB3N+Xb/VSz6vd7Bd+7dLU4q/ZbTd3AQVQqYuXGGw0jq3oWAYI7OHjk"
    "sYoUC/0b9MHJmeKKSCx5+Fyhx7RV0S+Af9Y+ucMK0/fFcebSh3a8siuz8f1dd/66IB8rxgHozhlXmkUxsgU+c4YBKofGkbQAA1TGE8PgWF9aJg/j17bd4Sjj66zPidO6vpZRDteO"
    "rCAyKFyKBBaIYk+RqrA6BeSkqtZ7YmaQbEso29JgMpmCvIdfb0Jc/eqKOXniiNy5gbvsSXifdsOGPJCoXM2Bh3hdJql15oyPWtpRWfv4RaKOt//n"
)


def test_the_official_vector_is_signed_as_published() -> None:
    assert seal.signature(TOKEN, "1409659813", "1372623149", ENCRYPT) == "477715d11cdb4164915debcba66cb864d751f3e6"


def test_the_official_vector_opens() -> None:
    message = ElementTree.fromstring(seal.decrypt(ENCRYPT, receive_id=CORP, aes_key=KEY))
    assert message.findtext("Content") == "hello"
    assert message.findtext("FromUserName") == "mycreate"
    assert message.findtext("MsgId") == "4561255354251345929"


def test_our_reference_vectors_open_and_are_signed_so() -> None:
    assert seal.decrypt(ECHO, receive_id=OUR_CORP, aes_key=OUR_KEY) == "6170000000000000001"
    assert seal.signature(OUR_TOKEN, "1795140000", "1372000001", ECHO) == "2b6d9d5ac180043778299b9ac66f1ca9309c7ff7"
    assert "<Content><![CDATA[今天有几个试驾预约？]]></Content>" in seal.decrypt(INCOMING, receive_id=OUR_CORP, aes_key=OUR_KEY)
    assert seal.signature(OUR_TOKEN, "1795140000", "1372000001", INCOMING) == "a2a22a702367fa2954a22ea70569d28bfe23b5e9"


def test_encrypting_gives_the_reference_bytes() -> None:
    sealed = seal.encrypt(REPLY_PLAIN, receive_id=OUR_CORP, aes_key=OUR_KEY, random16=b"fedcba9876543210")
    assert sealed == REPLY
    assert seal.signature(OUR_TOKEN, "1795140001", "1372000001", sealed) == "345b2e2ad0328f617b33da53bb3bacc0a1d430bd"


@given(st.text(max_size=400), st.binary(min_size=16, max_size=16))
def test_whatever_is_sealed_opens_again_here_and_in_the_library(message: str, random16: bytes) -> None:
    sealed = seal.encrypt(message, receive_id=OUR_CORP, aes_key=OUR_KEY, random16=random16)
    assert seal.decrypt(sealed, receive_id=OUR_CORP, aes_key=OUR_KEY) == message
    library = PrpCrypto(base64.b64decode(OUR_KEY + "="))
    assert library.decrypt(sealed, OUR_CORP) == message


def test_another_company_cannot_be_taken_for_ours() -> None:
    sealed = seal.encrypt("hello", receive_id="ww-other", aes_key=OUR_KEY, random16=os.urandom(16))
    with pytest.raises(ValueError, match="receive_id"):
        seal.decrypt(sealed, receive_id=OUR_CORP, aes_key=OUR_KEY)


@pytest.mark.parametrize("junk", ["", base64.b64encode(b"short").decode(), base64.b64encode(bytes(32)).decode()])
def test_junk_does_not_open(junk: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        seal.decrypt(junk, receive_id=OUR_CORP, aes_key=OUR_KEY)
