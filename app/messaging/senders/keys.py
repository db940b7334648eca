"""Key pairs for signing e-mails (DKIM, RFC 6376 §3.3; RSA of 2048 bits, RFC 8301), kept encrypted."""

from base64 import b64encode, urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from flask import current_app

_BITS, _EXPONENT = 2048, 65537


def make_pair() -> tuple[bytes, str]:
    """(private key, encrypted with the app's secret; public key, in base64 as the DNS record has it)."""
    key = generate_private_key(_EXPONENT, _BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return _lock().encrypt(private), b64encode(public).decode()


def unlock(private_key: bytes) -> bytes:
    """The private key in PEM. InvalidToken (of Fernet) when the app's secret is another one by now."""
    return _lock().decrypt(private_key)


def _lock() -> Fernet:
    return _derived(str(current_app.secret_key or ""))


@lru_cache(maxsize=1)
def _derived(secret: str) -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"wedsync.sender-key")
    return Fernet(urlsafe_b64encode(derive.derive(secret.encode())))
