"""What a statement is made of, as it is spelled: functions and how many arguments, types of casts, signs.

These are read from the tokens: a parser that knows many dialects takes `double` for what the engine calls
float64.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot.tokens import Token, TokenType

# What stands before a bracket and is no function.
_NOT_FUNCTIONS = """
all and any as between by case distinct else except exists from having in intersect interval is join like
not on or over partition select then union using values when where with within
"""
NOT_FUNCTIONS = frozenset(_NOT_FUNCTIONS.split())
CASTS = frozenset({"cast", "safe_cast", "try_cast"})
TAKES_ANY_NUMBER = frozenset({"hash", "row", "tuple", "xxhash64"})
PLAIN_SIGNS = frozenset("+-*/=<>(),.;") | {"<>", "<=", ">="}
TYPES_OF_LITERALS = frozenset({"date", "datetime", "time", "timestamp", "timestamptz", "x", "b", "r", "e"})
WITHOUT_BRACKETS = ("CURRENT_", "LOCALTIME", "SESSION_USER", "UTC_")
SET_OPERATIONS = (TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT)


def spelled(tokens: Sequence[Token], sql: str) -> Iterator[str]:
    """Give what the tokens of a statement show."""
    if tokens and tokens[0].token_type is TokenType.FROM:
        yield "from before select"
    for at, token in enumerate(tokens):
        before, after = _text(tokens, at - 1), _text(tokens, at + 1)
        if token.token_type in (TokenType.STRING, TokenType.NUMBER, TokenType.NULL):
            yield _literal(token, sql)
            if token.token_type is TokenType.STRING and before in TYPES_OF_LITERALS:
                yield f"{before} literal"
        elif token.token_type is not TokenType.IDENTIFIER:
            yield from _word_or_sign(token, before, after)
            if after == "(" and token.text[:1].isalpha():
                yield from _bracket(token.text.lower(), list(_arguments(tokens, at + 2)), before)


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text.lower() if 0 <= at < len(tokens) else ""


def _literal(token: Token, sql: str) -> str:
    text = sql[token.start : token.end + 1]
    match token.token_type:
        case TokenType.STRING:
            return _text_literal(text)
        case TokenType.NUMBER if "e" in text.lower():
            return "number with an exponent"
        case TokenType.NUMBER:
            return "number with decimals" if "." in text else "number"
    return "null"


def _text_literal(text: str) -> str:
    if "\\" in text.replace("\\\\", "").replace("\\'", ""):
        return "text with a backslash"
    return "text with an escape" if "\\" in text else "text"


def _word_or_sign(token: Token, before: str, after: str) -> Iterator[str]:
    word = token.text.lower()
    if token.token_type in SET_OPERATIONS:
        if before != "*":  # `* except (...)` names columns
            yield f"{word} {after}" if after in ("all", "distinct") else word
    elif token.token_type.name.startswith(WITHOUT_BRACKETS) and after != "(":
        yield f"function {word} without brackets"
    elif word == "nulls" and after in ("first", "last"):
        yield f"nulls {after}"
    elif not (word[:1].isalnum() or word.startswith("_") or word in PLAIN_SIGNS):
        yield f"sign {word}"


def _bracket(word: str, arguments: list[list[Token]], before: str) -> Iterator[str]:
    """`word (...)`: a cast, an extract or a function, if it is one of them."""
    if word in CASTS:
        words = [token.text.lower() for argument in arguments for token in (*argument, _COMMA)][:-1]
        if "as" in words:
            kind = words[len(words) - words[::-1].index("as") :]
            yield f"{word} as " + "".join(", " if each == "," else each for each in kind)
    elif word == "extract" and any(map(_says_from, arguments)):
        yield f"extract({arguments[0][0].text.lower()})"
    elif word not in NOT_FUNCTIONS and before not in ("as", "join"):
        with_from = any(map(_says_from, arguments))
        count = "several" if word in TAKES_ANY_NUMBER and len(arguments) > 1 else len(arguments)
        yield f"function {word} with from" if with_from else f"function {word}/{count}"


_COMMA = Token(TokenType.COMMA, ",")


def _arguments(tokens: Sequence[Token], start: int) -> Iterator[list[Token]]:
    """Give the tokens of each argument of the bracket that has just been opened."""
    depth, argument = 0, list[Token]()
    for token in tokens[start:]:
        if token.token_type is TokenType.R_PAREN and depth == 0:
            break
        if token.token_type is TokenType.COMMA and depth == 0:
            yield argument
            argument = []
            continue
        depth += _deeper(token)
        argument.append(token)
    if argument:
        yield argument


def _says_from(argument: list[Token]) -> bool:
    """`trim(both ' ' from x)`: words inside the bracket itself, not in a bracket within."""
    depth = 0
    for token in argument:
        depth += _deeper(token)
        if token.token_type is TokenType.FROM and depth == 0:
            return True
    return False


def _deeper(token: Token) -> int:
    return (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)
