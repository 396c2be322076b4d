"""Read what a server presented, and say in one word why it was not trusted."""

from __future__ import annotations

import ssl
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import certifi
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from checks.model import Certificate, Fault
from checks.probes.failure import clip

MOST_NAMES: Final = 20
LONGEST_NAME: Final = 100
UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)

VERDICTS: Final = {
    9: Fault.TLS_NOT_YET_VALID,
    10: Fault.TLS_EXPIRED,
    18: Fault.TLS_SELF_SIGNED,
    2: Fault.TLS_UNKNOWN_ISSUER,
    19: Fault.TLS_UNKNOWN_ISSUER,
    20: Fault.TLS_UNKNOWN_ISSUER,
    21: Fault.TLS_UNKNOWN_ISSUER,
}
"""OpenSSL's X509_V_ERR_* that people are told apart; the chain was fine when it is none of all its codes."""
ACCEPTED: Final = frozenset((0, 1))
"""The chain was accepted (1 = nothing was said): what libcurl then refuses is the name."""


@lru_cache(maxsize=4096)
def read(pem: str) -> Certificate | None:
    """Subject, issuer, term and names of a certificate in PEM; None = nobody can read it."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode("ascii"))
        return Certificate(
            subject=_name(certificate.subject),
            issuer=_name(certificate.issuer),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            names=tuple(clip(name, LONGEST_NAME) for name in _names(certificate)[:MOST_NAMES]),
        )
    except UNREADABLE:
        return None


def _name(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME) or name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return clip(str(common[0].value) if common else name.rfc4514_string())


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]


def verdict(code: int, message: str, leaf: Certificate | None, at: datetime) -> tuple[Fault, str]:
    """Why a chain was refused: its term first, as the plainest reason, then OpenSSL's ``code``, then the name.

    A lone leaf of an unknown issuer and a chain without its intermediate certificate look the same to everybody.
    """
    if leaf is not None and at > leaf.not_after:
        return Fault.TLS_EXPIRED, f"действовал до {leaf.not_after:%d.%m.%Y %H:%M} UTC"
    if leaf is not None and at < leaf.not_before:
        return Fault.TLS_NOT_YET_VALID, f"действует с {leaf.not_before:%d.%m.%Y %H:%M} UTC"
    if code in ACCEPTED:
        return Fault.TLS_WRONG_HOST, f"выдан на {', '.join(leaf.names[:3]) or leaf.subject}" if leaf else message
    fault = VERDICTS.get(code, Fault.TLS_BROKEN)
    if fault in {Fault.TLS_EXPIRED, Fault.TLS_NOT_YET_VALID}:
        return fault, "промежуточный сертификат"
    return fault, f"издатель {leaf.issuer}" if leaf and fault is not Fault.TLS_BROKEN else message


def issuers(extra: str | None) -> bytes:
    """Whom we trust, in PEM: what the machine trusts (or came with our packages), and ``extra`` beside it."""
    trusted = Path(ssl.get_default_verify_paths().cafile or certifi.where()).read_bytes()
    return trusted + b"\n" + Path(extra).read_bytes() if extra else trusted
