# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variable expansion: the percent phase (before parsing), and the for-variable and delayed phases (after it)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Lookup = Callable[[str], str | None]
Modify = Callable[[str, str, str | None], str]
"""(modifiers, value, search variable) -> text: `%~dpn1`, `%~$PATH:1`: the interpreter has the file system."""

MODIFIER_LETTERS = frozenset("fdpnxsatz")


def expand_percent(
    text: str, lookup: Lookup, arguments: Sequence[str] | None, modify: Modify, *, tail: str = "", zero: str = ""
) -> str:
    """Expand `%VAR%`, and in a batch file (arguments given) also `%%`, `%0`..`%9`, `%*` and `%~f1`.

    zero is the batch file's path: what `%~f0` speaks of, in a subroutine too. On the command line (arguments
    is None) an undefined variable stays as it is written; in a batch file it vanishes.
    """
    batch = arguments is not None
    out: list[str] = []
    position, size = 0, len(text)
    while position < size:
        percent = text.find("%", position)
        if percent < 0:
            out.append(text[position:])
            break
        out.append(text[position:percent])
        position = percent + 1
        if batch and arguments is not None:
            done = _batch_argument(text, position, arguments, modify, (tail, zero))
            if done is not None:
                out.append(done[0])
                position = done[1]
                continue
        value, position = _variable(text, position, "%", lookup, batch)
        out.append(value)
    return "".join(out)


def _batch_argument(
    text: str, position: int, arguments: Sequence[str], modify: Modify, rest: tuple[str, str]
) -> tuple[str, int] | None:
    following = text[position : position + 1]
    if following == "%":
        return "%", position + 1
    if following == "*":
        return rest[0], position + 1
    if following.isascii() and following.isdigit():
        return _argument(arguments, int(following)), position + 1
    if following == "~":
        found = scan_modifiers(text, position + 1, str.isdigit)
        if found is not None:
            letters, search, name, end = found
            value = rest[1] if letters and name == "0" and rest[1] else _argument(arguments, int(name))
            return modify(letters, value, search), end
    return None


def _argument(arguments: Sequence[str], number: int) -> str:
    return arguments[number] if number < len(arguments) else ""


def scan_modifiers(text: str, position: int, is_name: Callable[[str], bool]) -> tuple[str, str | None, str, int] | None:
    """Read the modifiers after a tilde: (letters, search variable, the name's character, position after it).

    A modifier letter can be the variable's own name (`%~dpnx` when x is the loop's variable): the longest reading wins.
    """
    end = position
    best: tuple[str, str | None, str, int] | None = None
    while end < len(text):
        character = text[end]
        if character.isascii() and is_name(character):
            best = (text[position:end].lower(), None, character, end + 1)
        if character == "$":
            colon = text.find(":", end)
            if colon > 0 and colon + 1 < len(text) and is_name(text[colon + 1]):
                return text[position:end].lower(), text[end + 1 : colon], text[colon + 1], colon + 2
            break
        if character.lower() not in MODIFIER_LETTERS:
            break
        end += 1
    return best


def _variable(text: str, position: int, sign: str, lookup: Lookup, batch: bool) -> tuple[str, int]:
    """Expand one `%NAME...%` whose first sign is just before position."""
    kept = "" if batch else sign
    end = position
    while end < len(text) and text[end] not in (sign, ":", "\n"):
        end += 1
    if text[end : end + 2] == ":" + sign:
        end += 1
    name = text[position:end]
    if end >= len(text) or text[end] == "\n" or not name:
        if not name and end < len(text) and text[end] == sign:
            return ("", end + 1) if batch else (sign, position)
        return kept, position
    value = lookup(name)
    if text[end] == sign:
        if value is not None:
            return value, end + 1
        return ("", end + 1) if batch else (sign, position)
    if value is None:
        return ("", end + 1) if batch else (sign, position)
    closing = text.find(sign, end + 1)
    if closing < 0:
        return ("", end + 1) if batch else (sign, position)
    changed = edit_value(value, text[end + 1 : closing])
    if changed is None:
        return ("", end + 1) if batch else (sign, position)
    return changed, closing + 1


def edit_value(value: str, edit: str) -> str | None:
    """Apply `~start,length` or `search=replacement` (`*search=` takes all before it too); None when it is neither."""
    if edit.startswith("~"):
        return _substring(value, edit[1:])
    if "=" not in edit[1:]:
        return None
    star = edit.startswith("*")
    search, _unused, replacement = edit[1:].partition("=") if star else _split_search(edit)
    if not search:
        return None
    folded, wanted = value.lower(), search.lower()
    if len(folded) != len(value):
        folded, wanted = value, search
    if star:
        where = folded.find(wanted)
        return value if where < 0 else replacement + value[where + len(search) :]
    out: list[str] = []
    position = 0
    while True:
        where = folded.find(wanted, position)
        if where < 0:
            out.append(value[position:])
            return "".join(out)
        out.append(value[position:where])
        out.append(replacement)
        position = where + len(search)


def _split_search(edit: str) -> tuple[str, str, str]:
    where = edit.index("=", 1)
    return edit[:where], "=", edit[where + 1 :]


def _substring(value: str, numbers: str) -> str | None:
    first, comma, second = numbers.partition(",")
    start = _number(first)
    size = len(value)
    start = max(size + start, 0) if start < 0 else min(start, size)
    if not comma:
        return value[start:]
    length = _number(second)
    end = size + length if length < 0 else start + length
    return value[start : max(start, min(end, size))]


def _number(text: str) -> int:
    text = text.strip()
    try:
        octal = text.lstrip("+-").startswith("0") and "x" not in text.lower()
        return max(min(int(text, 8 if octal else 0), 1 << 30), -(1 << 30))
    except ValueError:
        digits = ""
        for character in text:
            if not (character.isdigit() and character.isascii()) and not (character in "+-" and not digits):
                break
            digits += character
        return int(digits) if digits.lstrip("+-") else 0


def expand_for(text: str, variables: dict[str, str], modify: Modify) -> str:
    """Expand `%a` and `%~dpna` of the loops around a command (names are single characters, and case matters)."""
    if not variables or "%" not in text:
        return text
    out: list[str] = []
    position = 0
    while True:
        percent = text.find("%", position)
        if percent < 0 or percent + 1 >= len(text):
            out.append(text[position:])
            return "".join(out)
        out.append(text[position:percent])
        following = text[percent + 1]
        if following == "~":
            found = scan_modifiers(text, percent + 2, variables.__contains__)
            if found is not None:
                letters, search, name, position = found
                out.append(modify(letters, variables[name], search))
                continue
        elif following in variables:
            out.append(variables[following])
            position = percent + 2
            continue
        out.append("%")
        position = percent + 1


def expand_delayed(text: str, lookup: Lookup) -> str:
    """Expand `!VAR!` and take away carets, which cmd.exe does only in a token that holds an exclamation mark."""
    if "!" not in text:
        return text
    out: list[str] = []
    position, size = 0, len(text)
    while position < size:
        character = text[position]
        if character == "^":
            out.append(text[position + 1 : position + 2])
            position += 2
        elif character == "!":
            if text.find("!", position + 1) < 0:
                position += 1
                continue
            value, position = _variable(text, position + 1, "!", lookup, True)
            out.append(value)
        else:
            out.append(character)
            position += 1
    return "".join(out)
