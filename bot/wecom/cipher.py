"""Opens and seals callbacks: wechatpy does the cryptography, this file distrusts it."""

import hmac
import re
import struct
from base64 import b64decode
from dataclasses import dataclass

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

from bot.wecom.rejected import BadSignature, Unreadable, WrongReceiver
from bot.wecom.xml_tree import leaf, legal_xml, xml_tree
from core.errors import Misconfigured


@dataclass(frozen=True)
class Sealed:
    """A ciphertext in base64 and the signature over it."""

    signature: str
    encrypt: str


class CallbackCipher:
    """The Token and EncodingAESKey of one app; `corp_id` is the receiver that every callback must name. Safe to share among threads."""

    def __init__(self, token: str, aes_key: str, corp_id: str) -> None:
        if not re.fullmatch("[A-Za-z0-9]{43}", aes_key):
            raise Misconfigured("EncodingAESKey must be 43 letters and digits")
        # wechatpy would take an empty receiver for ours, and would sign with an empty token.
        if not token or not corp_id:
            raise Misconfigured("the callback needs Token and corp id")
        self._token = token
        self._corp_id = corp_id
        self._crypto = PrpCrypto(b64decode(aes_key + "="))

    def open_echo(self, signature: str, timestamp: str, nonce: str, echostr: str) -> str:
        """What URL verification must answer, to the letter. Raises Rejected."""
        self._verify(signature, timestamp, nonce, echostr)
        return self._decrypt(echostr)

    def open(self, signature: str, timestamp: str, nonce: str, body: bytes) -> str:
        """The XML inside a callback. Raises Rejected: BadSignature, WrongReceiver or Unreadable."""
        encrypt = leaf(xml_tree(body), "Encrypt")
        self._verify(signature, timestamp, nonce, encrypt)
        return legal_xml(self._decrypt(encrypt))

    def seal(self, plain: str, timestamp: str, nonce: str) -> Sealed:
        """What WeCom would send us; the doctor opens it again to test the settings."""
        encrypt = self._crypto.encrypt(plain, self._corp_id).decode("ascii")
        return Sealed(self._sign(timestamp, nonce, encrypt), encrypt)

    def _verify(self, signature: str, timestamp: str, nonce: str, encrypt: str) -> None:
        try:
            expected = self._sign(timestamp, nonce, encrypt)
        except UnicodeEncodeError:
            raise BadSignature("the signed values are not text") from None
        # wechatpy compares with «!=», whose time tells how much of a guess was right.
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
            raise BadSignature("the signature does not fit")

    def _sign(self, timestamp: str, nonce: str, encrypt: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self._token, timestamp, nonce, encrypt)
        return str(signer.signature)

    def _decrypt(self, encrypt: str) -> str:
        try:
            return str(self._crypto.decrypt(encrypt, self._corp_id))
        except WeChatException:
            raise WrongReceiver("sealed for another receiver") from None
        # wechatpy validates neither base64 nor length nor padding: junk ends in whichever step trips over it first.
        except (ValueError, IndexError, struct.error) as error:
            raise Unreadable(f"cannot be decrypted: {type(error).__name__}") from None
