"""The sentence for each form of Python that a rule does not know."""

from __future__ import annotations

import ast

from xirang.foundation.expressions.errors import ExpressionError, error

_NO_LOOPS = ("逐项判断请用 count、any 或 all。", "Use count, any or all to look at several entries.")
_PLAIN = ("请直接写出名称、数字或引号文字。", "Write a name, a number or a quoted text.")

_FORMS: dict[type[ast.AST], tuple[tuple[str, str], tuple[str, str]]] = {
    ast.Lambda: (("匿名函数", "An anonymous function"), _PLAIN),
    ast.ListComp: (("循环", "A loop"), _NO_LOOPS),
    ast.SetComp: (("循环", "A loop"), _NO_LOOPS),
    ast.DictComp: (("循环", "A loop"), _NO_LOOPS),
    ast.GeneratorExp: (("循环", "A loop"), _NO_LOOPS),
    ast.Subscript: (
        ("方括号取值", "Taking a part with square brackets"),
        ("取一项数据请写“甲.乙”。", "Write “a.b” for a part."),
    ),
    ast.JoinedStr: (("带花括号的文字", "A formatted text"), _PLAIN),
    ast.NamedExpr: (("赋值", "An assignment"), _PLAIN),
    ast.Starred: (("星号展开", "A starred argument"), ("请逐个写出参数。", "Write the arguments one by one.")),
    ast.Attribute: (
        ("对算式取下一项", "Taking a part of a result"),
        ("“.”前面只能是数据的名称。", "Only the name of data may stand before “.”."),
    ),
    ast.Call: (
        ("以“甲.乙()”形式调用", "A call in the form “a.b()”"),
        ("请用列出的函数，例如 min(a, b)。", "Use the listed functions, such as min(a, b)."),
    ),
    ast.Constant: (("这种值", "This kind of value"), _PLAIN),
}
_OTHER = (("这种写法", "This form"), _PLAIN)


def refusal(part: ast.expr, start: int, end: int, *, starred: bool = False) -> ExpressionError:
    """The error for a form of Python outside the language."""
    what, hint = _FORMS.get(ast.Starred if starred else type(part), _OTHER)
    return error("forbidden", start, end, found="**" if starred else type(part).__name__, what=what, hint=hint)
