"""First look at a rule's text: limits, characters and neighbours; only harmless text reaches Python's parser."""

from __future__ import annotations

import keyword
import unicodedata
from dataclasses import dataclass

from xirang.foundation.expressions.errors import error

MAX_LENGTH = 2000
MAX_TOKENS = 500
MAX_BRACKETS = 30
MAX_DIGITS = 18
MAX_TEXT = 200

_OPERATORS = ("==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",", ".", "=")
_CLOSING = {"(": ")", "[": "]"}
_FULLWIDTH = dict(
    zip(
        "（）［］，．＝＜＞＋－＊／！“”‘’　×÷≤≥≠−。、【】",
        [
            "(",
            ")",
            "[",
            "]",
            ",",
            ".",
            "==",
            "<",
            ">",
            "+",
            "-",
            "*",
            "/",
            "!=",
            "'",
            "'",
            "'",
            "'",
            " ",
            "*",
            "ratio()",
            "<=",
            ">=",
            "!=",
            "-",
            ".",
            ",",
            "[",
            "]",
        ],
        strict=True,
    )
)
_WRONG_OPERATORS = {
    "**": ("请用乘法“*”。", "Multiply with “*”."),
    "//": ("除法请用 ratio()。", "Divide with ratio()."),
    "<>": ("不等于请写“!=”。", "Write “!=” for not equal."),
    "=>": ("大于等于请写“>=”。", "Write “>=” for at least."),
    "=<": ("小于等于请写“<=”。", "Write “<=” for at most."),
    "===": ("相等请写“==”。", "Write “==” for equal."),
    ":=": ("规则不能给名称赋值。", "A rule cannot assign a name."),
    "&&": ("“并且”请写 and。", "Write and."),
    "||": ("“或者”请写 or。", "Write or."),
    "&": ("“并且”请写 and。", "Write and."),
    "|": ("“或者”请写 or。", "Write or."),
    "!": ("“不是”请写 not。", "Write not."),
    "%": ("百分比请写 (5/100) 或 percent(5)。", "Write a percentage as (5/100) or percent(5)."),
    "#": ("规则中不能写注释。", "A rule holds no comment."),
    "{": ("列表请用方括号。", "Write a list in square brackets."),
    "}": ("列表请用方括号。", "Write a list in square brackets."),
    ";": ("一条规则只能是一个式子。", "A rule is one single expression."),
    "?": ("二选一请写“甲 if 条件 else 乙”。", "Choose with “a if condition else b”."),
}
_INFIX_WORDS = ("and", "or", "in", "if", "else")
_CONSTANTS = ("True", "False")
_FORBIDDEN_WORDS = {
    "is": ("比较请写 ==；是否有数据请写 has(x)。", "Compare with ==; ask for presence with has(x)."),
    "None": ("是否有数据请写 has(x)。", "Ask whether a value is present with has(x)."),
} | dict.fromkeys(
    set(keyword.kwlist) - {*_INFIX_WORDS, *_CONSTANTS, "not", "is", "None"},
    (
        "规则只能由名称、数字、引号文字、符号和列出的函数组成。",
        "A rule consists of names, numbers, quoted texts, operators and the listed functions only.",
    ),
)


@dataclass(frozen=True)
class Token:
    """One word of the rule: kind is name, number, text or sign."""

    kind: str
    word: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.word)


def scan(source: object) -> str:
    """The same text, safe for the parser: one line, known characters, balanced brackets, no two values side by side.

    Every character keeps its place. Raises ExpressionError.
    """
    if not isinstance(source, str):
        raise error("not_text", 0, expected="text", found=type(source).__name__)
    if len(source) > MAX_LENGTH:
        raise error("too_long", MAX_LENGTH, len(source), length=len(source), limit=MAX_LENGTH)
    line = source.replace("\n", " ").replace("\r", " ").replace("\t", " ")
    tokens = _tokens(line)
    if not tokens:
        raise error("empty", 0)
    _check_brackets(tokens)
    _check_neighbours(tokens, line)
    _check_choices(tokens)
    return line


def _tokens(line: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(line):
        if line[at] == " ":
            at += 1
            continue
        token = _token(line, at)
        tokens.append(token)
        if len(tokens) > MAX_TOKENS:
            raise error("too_many_parts", token.start, token.end, limit=MAX_TOKENS)
        at = token.end
    return tokens


def _token(line: str, at: int) -> Token:
    character = line[at]
    if character in "'\"":
        return _text(line, at)
    if character in "0123456789":
        return _number(line, at)
    if character in _FULLWIDTH:
        raise error("fullwidth", at, expected=_FULLWIDTH[character], found=character)
    if character.isidentifier():
        return _word(line, at)
    return _sign(line, at)


def _text(line: str, at: int) -> Token:
    quote = line[at]
    if line.startswith(quote * 3, at):
        raise error("bad_text", at, at + 3, found=quote * 3)
    end = line.find(quote, at + 1)
    if end < 0:
        raise error("unclosed_text", at, len(line), expected=quote)
    for place in range(at + 1, end):
        # Control, format and surrogate characters hide what a rule says from the person who reads it.
        if line[place] == "\\" or unicodedata.category(line[place]) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            raise error("bad_text", place, found=_visible(line[place]))
    if end - at - 1 > MAX_TEXT:
        raise error("text_too_long", at, end + 1, length=end - at - 1, limit=MAX_TEXT)
    return Token("text", line[at : end + 1], at)


def _number(line: str, at: int) -> Token:
    end = at
    while end < len(line) and (line[end] in "0123456789._" or line[end].isidentifier() or line[end].isdigit()):
        end += 1
    word = line[at:end]
    if not (word.isascii() and word.isdigit()) or (len(word) > 1 and word[0] == "0"):
        raise error("bad_number", at, end, expected="int", found=word[:40])
    if len(word) > MAX_DIGITS:
        raise error("number_too_big", at, end, limit=MAX_DIGITS)
    return Token("number", word, at)


def _word(line: str, at: int) -> Token:
    end = at
    while end < len(line) and line[at : end + 1].isidentifier():
        end += 1
    word = line[at:end]
    if unicodedata.normalize("NFKC", word) != word:
        # Python's parser would silently read another name than the one that is written here.
        raise error("fullwidth", at, end, expected=unicodedata.normalize("NFKC", word), found=word)
    if word in _FORBIDDEN_WORDS:
        raise error("forbidden_word", at, end, found=word, hint=_FORBIDDEN_WORDS[word])
    if end < len(line) and line[end] in "'\"" and word not in (*_INFIX_WORDS, "not"):
        raise error("missing_operator", end, found=line[end])
    return Token("name", word, at)


def _sign(line: str, at: int) -> Token:
    for sign, hint in _WRONG_OPERATORS.items():
        if len(sign) > 1 and line.startswith(sign, at):
            raise error("unknown_operator", at, at + len(sign), found=sign, hint=hint)
    for sign in _OPERATORS:
        if line.startswith(sign, at):
            return Token("sign", sign, at)
    if line[at] in _WRONG_OPERATORS:
        raise error("unknown_operator", at, found=line[at], hint=_WRONG_OPERATORS[line[at]])
    raise error("bad_character", at, found=_visible(line[at]))


def _visible(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"


def _check_brackets(tokens: list[Token]) -> None:
    """Brackets match, are not too deep, and `=` stands only behind the name of an argument."""
    opened: list[tuple[Token, bool]] = []
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else None
        if token.kind == "sign" and token.word in _CLOSING:
            opened.append((token, before is not None and _is_name(before)))
            if len(opened) > MAX_BRACKETS:
                raise error("too_deep", token.start, limit=MAX_BRACKETS)
        elif token.word in (")", "]"):
            if not opened or _CLOSING[opened[-1][0].word] != token.word:
                raise error("unmatched_bracket", token.start, found=token.word)
            opened.pop()
        elif token.word == "=":
            in_call = bool(opened) and opened[-1][1] and place >= 2 and _is_name(tokens[place - 1])
            if not (in_call and tokens[place - 2].word in ("(", ",")):
                raise error("single_equals", token.start, expected="==", found="=")
    if opened:
        word = opened[-1][0].word
        raise error("unclosed_bracket", opened[-1][0].start, expected=_CLOSING[word], found=word)


def _is_name(token: Token) -> bool:
    return token.kind == "name" and token.word not in (*_INFIX_WORDS, *_CONSTANTS, "not")


def _check_neighbours(tokens: list[Token], line: str) -> None:
    """Values and operators alternate; otherwise the parser would only say that it did not understand."""
    value_next, before = True, None
    for token in tokens:
        value_next = _step(token, before, value_next)
        before = token
    if value_next:
        raise error("missing_value_at_end", len(line.rstrip()))


def _step(token: Token, before: Token | None, value_next: bool) -> bool:
    """Whether a value must follow this token; raises where the token cannot stand."""
    word = token.word
    if token.kind in ("number", "text") or (token.kind == "name" and word not in (*_INFIX_WORDS, "not")):
        if not value_next:
            joined = token.kind == "text" and before is not None and before.kind == "text"
            raise error("joined_text" if joined else "missing_operator", token.start, token.end, found=word)
        return False
    if value_next:
        closes_empty = word in (")", "]") and before is not None and before.word in ("(", "[", ",")
        if closes_empty:
            return False
        if word == "+":
            raise error("unary_plus", token.start, found="+")
        if word in ("-", "(", "[", "not") or (word == "in" and before is not None and before.word == "not"):
            return True
        raise error("missing_value", token.start, token.end, found=word)
    if word in (")", "]"):
        return False
    if word == "not":
        return True
    if word == "(" and before is not None and not (_is_name(before) or before.word in (")", "]")):
        raise error("missing_operator", token.start, found="(")
    return True


def _check_choices(tokens: list[Token]) -> None:
    """Every `if` has its `else` within the same brackets."""
    waiting: list[list[Token]] = [[]]
    for token in tokens:
        if token.word in ("(", "["):
            waiting.append([])
        elif token.word == "if":
            waiting[-1].append(token)
        elif token.word == "else":
            if not waiting[-1]:
                raise error("else_without_if", token.start, token.end, expected="if", found="else")
            waiting[-1].pop()
        elif token.word in (")", "]", ","):
            _refuse_open_choice(waiting[-1])
            if token.word != ",":
                waiting.pop()
    _refuse_open_choice(waiting[-1])


def _refuse_open_choice(waiting: list[Token]) -> None:
    if waiting:
        raise error("if_without_else", waiting[-1].start, waiting[-1].end, expected="else", found="if")
