"""Callbacks are opened only when WeCom signed and sealed them for us; everything else is Rejected, whatever it is."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha1
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto.cryptography import WeChatCipher

from bot.wecom.cipher import CallbackCipher
from bot.wecom.rejected import BadSignature, Rejected, Unreadable, WrongReceiver
from bot.wecom.xml_tree import legal_xml
from core.errors import CallbackRejected, Misconfigured

TOKEN = "CarDealerDemoToken2026"
KEY = "vuPX8aVOijaQlmX7LgZG1LWHwlRwzwVcAyYM0d7KeIQ"
CORP = "ww1a2b3c4d5e6f7a8b"
CIPHER = CallbackCipher(TOKEN, KEY, CORP)

# The vector published with WeCom's own helper (reference §1.10).
OFFICIAL = CallbackCipher("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
OFFICIAL_SIGNATURE = "477715d11cdb4164915debcba66cb864d751f3e6"
OFFICIAL_ENCRYPT = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchr"
    "RYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMn"
    "vw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCm"
    "JU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)


def envelope(encrypt: str) -> bytes:
    return f"<xml><ToUserName>{CORP}</ToUserName><Encrypt>{escape(encrypt)}</Encrypt></xml>".encode()


def encrypt_raw(blocks: bytes) -> str:
    """AES alone, with whatever inside; blocks of 16 bytes."""
    return b64encode(WeChatCipher(b64decode(KEY + "=")).encrypt(blocks)).decode()


def sign(*values: str) -> str:
    """The rule of reference §1.2, written a second time so that a mistake in the cipher cannot hide."""
    return sha1("".join(sorted([TOKEN, *values])).encode()).hexdigest()


def test_the_official_vector_opens() -> None:
    xml = OFFICIAL.open(OFFICIAL_SIGNATURE, "1409659813", "1372623149", envelope(OFFICIAL_ENCRYPT))

    assert "<![CDATA[hello]]>" in xml
    assert "<MsgId>4561255354251345929</MsgId>" in xml


def test_url_verification_gives_back_the_bare_plaintext(example: Callable[[str], str]) -> None:
    vector = json.loads(example("01_callback_vectors.json"))["url_verification"]

    plain = CIPHER.open_echo(vector["msg_signature"], vector["timestamp"], vector["nonce"], vector["echostr"])

    assert plain == vector["expected_plain"]


def test_a_callback_opens_to_its_xml(example: Callable[[str], str]) -> None:
    vector = json.loads(example("01_callback_vectors.json"))["incoming"]
    body = example("01_callback_envelope_encrypted.xml").encode()

    assert CIPHER.open(vector["msg_signature"], vector["timestamp"], vector["nonce"], body) == vector["expected_plain"]


def test_a_reply_sealed_by_other_software_opens_too(example: Callable[[str], str]) -> None:
    vector = json.loads(example("01_callback_vectors.json"))["passive_reply"]
    body = envelope(vector["expected_encrypt"])

    assert CIPHER.open(vector["expected_signature"], vector["timestamp"], vector["nonce"], body) == vector["plain"]


@given(st.text(max_size=300), st.text("0123456789", min_size=1), st.text("0123456789", min_size=1))
def test_what_is_sealed_opens_again(plain: str, timestamp: str, nonce: str) -> None:
    sealed = CIPHER.seal(plain, timestamp, nonce)

    assert sealed.signature == sign(timestamp, nonce, sealed.encrypt)
    assert CIPHER.open_echo(sealed.signature, timestamp, nonce, sealed.encrypt) == plain
    assert CIPHER.open(sealed.signature, timestamp, nonce, envelope(sealed.encrypt)) == legal_xml(plain)


@given(st.text("云驰😀a\n𠮷", min_size=1, max_size=8), st.integers(0, 20_000))
def test_long_bodies_of_every_length_open_again(pattern: str, length: int) -> None:
    plain = (pattern * length)[:length]
    sealed = CIPHER.seal(plain, "1795140000", "1372000001")

    assert CIPHER.open(sealed.signature, "1795140000", "1372000001", envelope(sealed.encrypt)) == plain


def test_a_character_that_no_database_keeps_is_gone_when_a_callback_is_opened() -> None:
    sealed = CIPHER.seal("<xml><Content>看\0看</Content></xml>", "1", "2")

    assert CIPHER.open(sealed.signature, "1", "2", envelope(sealed.encrypt)) == "<xml><Content>看看</Content></xml>"


def test_a_wrong_signature_is_answered_with_403() -> None:
    sealed = CIPHER.seal("<xml/>", "1", "2")
    for signature in ("", "0" * 40, sealed.signature.upper(), sealed.signature[:-1], sealed.signature + "0", "签名", "\ud800"):
        with pytest.raises(BadSignature) as rejected:
            CIPHER.open(signature, "1", "2", envelope(sealed.encrypt))
        assert rejected.value.status == 403


def test_a_signature_covers_time_nonce_and_ciphertext() -> None:
    sealed, other = CIPHER.seal("<xml/>", "1", "2"), CIPHER.seal("<xml/>", "1", "2")
    for timestamp, nonce, encrypt in (("3", "2", sealed.encrypt), ("1", "3", sealed.encrypt), ("1", "2", other.encrypt)):
        with pytest.raises(BadSignature):
            CIPHER.open_echo(sealed.signature, timestamp, nonce, encrypt)


def test_a_callback_for_another_company_is_answered_with_403() -> None:
    for corp in ("ww0000000000000000", CORP[:-1], CORP + "0"):
        sealed = CallbackCipher(TOKEN, KEY, corp).seal("<xml/>", "1", "2")
        with pytest.raises(WrongReceiver) as rejected:
            CIPHER.open(sealed.signature, "1", "2", envelope(sealed.encrypt))
        assert rejected.value.status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<xml>",
        b"\xff\xfe\x00",
        b"<?xml version='1.0' encoding='nope'?><xml/>",
        b"<?xml version='1.0' encoding='utf-7'?><xml/>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><xml><Encrypt>&a;</Encrypt></xml>",
        b"<!DOCTYPE x SYSTEM 'file:///etc/hostname'><xml/>",
    ],
)
def test_a_body_that_is_not_plain_xml_is_answered_with_400(body: bytes) -> None:
    with pytest.raises(Unreadable) as rejected:
        CIPHER.open("0" * 40, "1", "2", body)
    assert rejected.value.status == 400


def test_an_envelope_without_ciphertext_is_rejected_even_when_nothing_is_signed() -> None:
    with pytest.raises(Unreadable):
        CIPHER.open(sign("1", "2", ""), "1", "2", b"<xml><Encrypt/></xml>")
    with pytest.raises(BadSignature):
        CIPHER.open("0" * 40, "1", "2", b"<xml/>")


@given(st.text(max_size=200))
def test_junk_that_is_signed_correctly_is_still_only_rejected(junk: str) -> None:
    # Worse than any stranger can do: he has no Token.
    with pytest.raises(Rejected):
        CIPHER.open_echo(sign("1", "2", junk), "1", "2", junk)


@given(st.binary(max_size=160))
def test_any_plaintext_under_our_own_key_is_opened_or_rejected(plain: bytes) -> None:
    padded = plain + bytes(-len(plain) % 16)
    encrypt = encrypt_raw(padded)
    try:
        opened = CIPHER.open_echo(sign("1", "2", encrypt), "1", "2", encrypt)
    except CallbackRejected:
        return
    assert CORP.encode() in plain
    assert opened.encode() in plain


@pytest.mark.parametrize(
    ("length", "message", "padding"),
    [
        (6, b"<xml/>", b"\0" * 20),
        (6, b"<xml/>", b"\xff" * 20),
        (60_000, b"<xml/>", b"\x14" * 20),
        (6, b"<xml\xff>", b"\x14" * 20),
        (2**32 - 1, b"<xml/>", b"\x14" * 20),
    ],
)
def test_a_faulty_layout_under_our_own_key_is_rejected(length: int, message: bytes, padding: bytes) -> None:
    encrypt = encrypt_raw(b"r" * 16 + length.to_bytes(4, "big") + message + CORP.encode() + padding)
    with pytest.raises(Rejected):
        CIPHER.open_echo(sign("1", "2", encrypt), "1", "2", encrypt)


@given(st.binary(max_size=300), st.text(max_size=40), st.text(max_size=12))
def test_whatever_a_stranger_posts_is_rejected(body: bytes, signature: str, nonce: str) -> None:
    with pytest.raises(CallbackRejected):
        CIPHER.open(signature, "1", nonce, body)


@pytest.mark.parametrize(
    ("token", "key", "corp"),
    [("", KEY, CORP), (TOKEN, KEY[:-1], CORP), (TOKEN, KEY + "=", CORP), (TOKEN, "键" * 43, CORP), (TOKEN, KEY, "")],
)
def test_wrong_settings_are_named_before_the_first_callback(token: str, key: str, corp: str) -> None:
    with pytest.raises(Misconfigured):
        CallbackCipher(token, key, corp)
