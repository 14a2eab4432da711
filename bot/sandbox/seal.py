"""Pure: WeCom's callback cryptography, written from the protocol (reference §1.1–1.3) and not from a library that speaks it."""

import base64
import hashlib
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32  # PKCS#7 to a multiple of 32 bytes, not of AES's own 16


def signature(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """msg_signature: SHA-1 over the four strings, sorted as bytes and joined."""
    joined = b"".join(sorted(part.encode() for part in (token, timestamp, nonce, encrypted)))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def encrypt(message: str, *, receive_id: str, aes_key: str, random16: bytes) -> str:
    """random(16) | length(4, big-endian) | message | receive_id, padded, AES-256-CBC, base64."""
    body = message.encode()
    plain = random16 + struct.pack(">I", len(body)) + body + receive_id.encode()
    pad = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(aes_key).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()


def decrypt(encrypted: str, *, receive_id: str, aes_key: str) -> str:
    """The message inside. ValueError when the padding, the length or the receive_id is not right."""
    decryptor = _cipher(aes_key).decryptor()
    padded = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
    pad = padded[-1] if padded else 0
    if not 1 <= pad <= BLOCK or padded[-pad:] != bytes([pad]) * pad:
        raise ValueError("the padding is not PKCS#7 of 32")
    plain = padded[:-pad]
    if len(plain) < 20:
        raise ValueError("the decrypted buffer is too short")
    (length,) = struct.unpack(">I", plain[16:20])
    if plain[20 + length :] != receive_id.encode():
        raise ValueError("the receive_id is another one")
    return plain[20 : 20 + length].decode()


def _cipher(aes_key: str) -> "Cipher[CBC]":
    # The 43rd character may carry surplus bits; b64decode without `validate` does not mind.
    key = base64.b64decode(aes_key + "=")
    return Cipher(AES(key), CBC(key[:16]))
