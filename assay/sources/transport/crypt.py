"""The raw cache at rest, encrypted where a key is given."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from assay.errors import DataError, ParamsError
from assay.sources.transport.secrets import Secrets

NAME = "ASSAY_CACHE_KEY"
MAGIC = b"\x00assay-fernet-1\n"
"""First bytes of an encrypted file: plain and encrypted files can lie side by side."""


class Cipher:
    """Seals and opens the files of the raw cache with the keys of ``$ASSAY_CACHE_KEY``.

    Parameters
    ----------
    secrets
        Where the key comes from: one of Fernet, or several with commas between them. The first one seals, all of them
        open, so a new key is put in front of the old one.

    Raises
    ------
    ParamsError
        If a key is not one of Fernet.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._fernet = _fernet(secrets.value(NAME)) if secrets.has(NAME) else None

    @property
    def seals(self) -> bool:
        """Whether new files are encrypted."""
        return self._fernet is not None

    def seal(self, plain: bytes) -> bytes:
        """Return the bytes as they are stored."""
        return plain if self._fernet is None else MAGIC + self._fernet.encrypt(plain)

    def open(self, stored: bytes, where: object) -> bytes:
        """Return the plain bytes of a stored file.

        Raises
        ------
        ParamsError
            If they are encrypted and there is no key.
        DataError
            If the key does not open them.
        """
        if not stored.startswith(MAGIC):
            return stored
        if self._fernet is None:
            remedy = f"set ${NAME} to the key that it was written with"
            raise ParamsError(
                f"${NAME}", "must hold the key of the raw cache", f"nothing, and {where} is encrypted", remedy
            )
        try:
            return self._fernet.decrypt(stored[len(MAGIC) :])
        except InvalidToken:
            remedy = f"put the key that it was written with into ${NAME}, or remove the file"
            raise DataError(where, f"must open with ${NAME}", "another key, or damaged bytes", remedy) from None


def _fernet(keys: str) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys.split(",")])
    except ValueError:
        remedy = 'make one: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
        rule = "must be a key of Fernet: 32 bytes in URL-safe base64"
        raise ParamsError(f"${NAME}", rule, f"{len(keys)} characters, not shown", remedy) from None
