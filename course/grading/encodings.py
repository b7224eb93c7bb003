"""Decode file names that are not marked as UTF-8: the encoding is guessed if the bytes allow it."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

#: the encodings of western and Cyrillic Windows and DOS; cp437 is an old zip's default
GUESSES = ("utf-8", "cp1252", "cp850", "cp437", "cp1251", "cp866")
ZIPS = "cp437"


def decode(names: Sequence[bytes], encoding: str = "") -> tuple[list[str], str]:
    """Decode the names of one archive or folder, all with the same encoding.

    Parameters
    ----------
    names : sequence of bytes
    encoding : str
        Python's name of the encoding; guessed if empty.

    Returns
    -------
    list of str, str
        The names, and what is doubtful about them, or "".

    Raises
    ------
    ValueError
        If there is no such encoding, or it does not fit a name.
    """
    if encoding:
        try:
            return [name.decode(encoding) for name in names], ""
        except LookupError:
            raise ValueError(f"expected an encoding such as cp1252, cp850 or gb18030, got {encoding!r}") from None
        except UnicodeDecodeError as error:
            raise ValueError(f"not every file name is in {encoding}: {error.reason} in {error.object!r}") from None
    for guess in GUESSES:
        try:
            decoded = [name.decode(guess) for name in names]
        except UnicodeDecodeError:
            continue
        if guess == "utf-8" or all(_is_a_name(name, guess) for name in decoded):
            return decoded, ""
    doubt = "the encoding of the file names is unclear: add --encoding, such as --encoding gb18030"
    return [name.decode(ZIPS) for name in names], doubt


def _is_a_name(name: str, encoding: str) -> bool:
    """Tell whether a decoded name looks plausible: letters of one script, capitals only at the beginning of words."""
    strange = [c for c in name if not c.isascii()]
    if any(not c.isalpha() for c in strange):
        return False
    words = [word for word in re.findall(r"[^\W\d_]+", name) if not word.isascii()]
    if encoding in ("cp1251", "cp866"):
        return _calm(words) and all(unicodedata.name(c, "").startswith("CYRILLIC") for c in strange)
    latin = all(unicodedata.name(c, "").startswith("LATIN") for c in strange)
    return latin and _calm(words) and all(2 * sum(not c.isascii() for c in word) <= len(word) for word in words)


def _calm(words: Iterable[str]) -> bool:
    return all(
        word.isupper() or not re.search(r"[^\W\d_]", "".join(c for c in word[1:] if c.isupper())) for word in words
    )
