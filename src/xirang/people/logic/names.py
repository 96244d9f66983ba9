"""Names of natural persons as others may see them; names of organisations are public and stay."""

from __future__ import annotations

import re
import unicodedata

# The compound surnames in use today; without them the mask would leave half a surname.
COMPOUND_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳上官司马诸葛司徒东方独孤南宫万俟闻人夏侯尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙"
        "慕容仲孙钟离长孙宇文鲜于闾丘司空令狐百里呼延东郭南门西门端木轩辕拓跋淳于单于左丘第五纳兰",
    )
)
_HIDDEN = "**"


def clean_name(text: str) -> str:
    """Return a name with inner blanks single, without invisible signs and in composed form."""
    composed = unicodedata.normalize("NFC", text.replace("\u3000", " "))
    visible = "".join(sign for sign in composed if sign.isspace() or unicodedata.category(sign)[0] != "C")
    return " ".join(visible.split())


def mask_name(name: str) -> str:
    """Return the surname and two asterisks (沈**, 欧阳**), whatever the length of the given name."""
    cleaned = clean_name(name)
    if not cleaned:
        return ""
    surname = cleaned[:2] if len(cleaned) > 2 and cleaned[:2] in COMPOUND_SURNAMES else cleaned[0]
    return surname + _HIDDEN


def shown_name(name: str, *, is_person: bool) -> str:
    """Return what the public sees of a party: a person masked, an organisation by its full name."""
    return mask_name(name) if is_person else clean_name(name)
