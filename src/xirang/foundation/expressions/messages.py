"""Every sentence the expression language can answer with, by code, in Chinese and English."""

from __future__ import annotations

READING = {
    "not_text": (
        "规则应当是一段文字，这里是{found}。请给它加上引号。",
        "A rule must be text, but this is {found}. Put it in quotes.",
    ),
    "empty": ("规则是空的，请写出条件或算式。", "The rule is empty. Write a condition or a formula."),
    "too_long": (
        "规则有 {length} 个字符，最多 {limit} 个。请拆成几条有名字的条件。",
        "The rule has {length} characters, at most {limit} are allowed. Split it into several named conditions.",
    ),
    "too_many_parts": (
        "规则的组成部分超过 {limit} 个。请拆成几条有名字的条件。",
        "The rule has more than {limit} parts. Split it into several named conditions.",
    ),
    "too_deep": (
        "规则嵌套超过 {limit} 层。请拆成几条有名字的条件。",
        "The rule is nested deeper than {limit} levels. Split it into several named conditions.",
    ),
    "bad_character": (
        "规则中不能使用字符“{found}”，请删去。",
        "The character “{found}” cannot be used in a rule. Remove it.",
    ),
    "fullwidth": (
        "“{found}”是全角字符，请改用半角的“{expected}”。",
        "“{found}” is a full-width character. Write “{expected}” instead.",
    ),
    "unknown_operator": ("规则中没有符号“{found}”。{hint}", "There is no sign “{found}” in a rule. {hint}"),
    "single_equals": (
        "一个等号不能用来比较，请写两个等号“==”。",
        "A single equals sign does not compare. Write “==”.",
    ),
    "bad_number": (
        "数字“{found}”的写法不对。只能写整数；比率写成 5/100 这样的两个整数相除。",
        "The number “{found}” is not written properly. Only whole numbers are allowed; write a rate as 5/100.",
    ),
    "number_too_big": (
        "数字太大，最多 {limit} 位。",
        "The number is too big: at most {limit} digits are allowed.",
    ),
    "unclosed_text": ("引号没有配对，请在文字末尾补上引号。", "The quote is not closed. Add the closing quote."),
    "text_too_long": (
        "引号中的文字有 {length} 个字符，最多 {limit} 个。",
        "The quoted text has {length} characters, at most {limit} are allowed.",
    ),
    "bad_text": (
        "引号中不能使用“{found}”。请直接写出文字，并只用一对引号。",
        "“{found}” cannot be used in quoted text. Write the text plainly between one pair of quotes.",
    ),
    "joined_text": (
        "两段引号文字之间缺少逗号或符号。",
        "A comma or an operator is missing between two quoted texts.",
    ),
    "unclosed_bracket": (
        "括号“{found}”没有配对，请补上“{expected}”。",
        "The bracket “{found}” is not closed. Add “{expected}”.",
    ),
    "unmatched_bracket": (
        "这里多了一个“{found}”，请删去或补上前面的括号。",
        "There is a “{found}” too many here. Remove it or open a bracket before it.",
    ),
    "forbidden_word": ("规则中不能使用“{found}”。{hint}", "“{found}” cannot be used in a rule. {hint}"),
    "missing_operator": (
        "“{found}”前面缺少符号，例如 and、or、==、+ 或逗号。",
        "An operator such as and, or, ==, + or a comma is missing before “{found}”.",
    ),
    "missing_value": ("“{found}”前面缺少一个值。", "A value is missing before “{found}”."),
    "missing_value_at_end": ("规则在这里中断了，后面还缺一个值。", "The rule breaks off here: a value is missing."),
    "syntax": (
        "从“{found}”起读不懂，请检查写法。",
        "The rule cannot be understood from “{found}” on. Check how it is written.",
    ),
    "forbidden": ("规则中不能使用{what}。{hint}", "{what} cannot be used in a rule. {hint}"),
    "division": (
        "“/”只能写成两个整数相除的比率，例如 (5/100)。"
        "其他除法请用 ratio(a, b, scale=4, rounding='half_up', when_zero=0)。",
        "“/” only writes a rate of two whole numbers, as in (5/100). "
        "For any other division use ratio(a, b, scale=4, rounding='half_up', when_zero=0).",
    ),
    "rate_in_product": (
        "“{found}”会先乘后除。请给比率加上括号：{expected}。",
        "“{found}” multiplies first and divides afterwards. Put the rate in parentheses: {expected}.",
    ),
    "zero_denominator": ("比率的分母不能是 0。", "The denominator of a rate cannot be 0."),
    "unary_plus": ("数字前面不用写“+”，请删去。", "A number needs no “+” before it. Remove it."),
    "comparison_in_list": (
        "“in”不能和其他比较连写，请用 and 分开。",
        "“in” cannot be chained with other comparisons. Separate them with and.",
    ),
    "if_without_else": (
        "有 if 却没有 else，请写完整：甲 if 条件 else 乙。",
        "This if has no else. Write it in full: a if condition else b.",
    ),
    "else_without_if": (
        "有 else 却没有 if，请写完整：甲 if 条件 else 乙。",
        "This else has no if. Write it in full: a if condition else b.",
    ),
    "literals_only": (
        "in 后面的列表里只能写数字、比率和引号文字。",
        "A list behind “in” may hold only numbers, rates and quoted texts.",
    ),
    "empty_list": ("in 后面的列表是空的，请写出至少一项。", "The list behind “in” is empty. Write at least one entry."),
    "list_needed": (
        "in 后面应当是列表，例如 ['a', 'b']，这里是{found}。{hint}",
        "“in” must be followed by a list such as ['a', 'b'], but this is {found}. {hint}",
    ),
    "list_alone": ("列表只能写在 in 后面。", "A list may stand only behind “in”."),
}

CHECKING = {
    "unknown_name": ("没有名为“{found}”的数据。", "There is nothing named “{found}”."),
    "unknown_field": ("“{owner}”里没有“{found}”。", "“{owner}” has no “{found}”."),
    "not_a_record": (
        "“{owner}”是{kind}，下面没有可以取的“{found}”。",
        "“{owner}” is {kind}; it has no part “{found}”.",
    ),
    "record_alone": (
        "“{found}”是一组数据，请写明其中一项，例如 {expected}。",
        "“{found}” is a group of data. Name one of its parts, such as {expected}.",
    ),
    "unknown_function": ("没有名为“{found}”的函数。", "There is no function named “{found}”."),
    "function_alone": (
        "“{found}”是函数，请在后面写括号：{expected}。",
        "“{found}” is a function. Write it with parentheses: {expected}.",
    ),
    "wrong_type": ("这里应当是{expected}，却是{found}。", "This should be {expected}, but it is {found}."),
    "cannot_combine": (
        "{left}和{right}不能用“{operator}”运算。",
        "{left} and {right} cannot be combined with “{operator}”.",
    ),
    "cannot_compare": (
        "{left}和{right}不能比较。",
        "{left} and {right} cannot be compared.",
    ),
    "cannot_mix": (
        "{left}和{right}不能放在一起，这里各项的种类必须相同。",
        "{left} and {right} cannot stand together: all entries here must be of one kind.",
    ),
    "units_differ": (
        "单位不一致：一边是“{expected}”，另一边是“{found}”。请先换算成同一单位的数据。",
        "The units differ: “{expected}” on one side, “{found}” on the other. Provide both in one unit.",
    ),
    "date_arithmetic": (
        "日期不能直接加减。相差天数请用 days_between(a, b)，工作日请用 workdays_between(a, b)。",
        "Dates cannot be added or subtracted. Use days_between(a, b), or workdays_between(a, b) for working days.",
    ),
    "no_order": (
        "{kind}没有大小先后，只能用 ==、!= 或 in 比较。",
        "{kind} has no order. Compare it only with ==, != or in.",
    ),
    "missing_not_met": (
        "“{name}”可能没有数据。请先写 has({name}) and …，或用 coalesce({name}, 替代值)。",
        "“{name}” may be missing. Write has({name}) and … first, or use coalesce({name}, a substitute).",
    ),
    "result_may_be_missing": (
        "“{name}”的结果可能没有数据。请用 coalesce({name}, 替代值) 给出替代值。",
        "The result of “{name}” may be missing. Give a substitute with coalesce({name}, a substitute).",
    ),
    "needs_rounding": (
        "这个金额可能不是整分，须写明如何取整：round_fen({name}, 'half_up')。",
        "This amount may not be a whole number of fen. Say how it is rounded: round_fen({name}, 'half_up').",
    ),
    "unknown_code": ("“{found}”不是可选的值，可选：{expected}。", "“{found}” is not one of the choices: {expected}."),
    "codes_differ": (
        "两边没有共同的可选值，永远不会相等。",
        "The two sides share no choice and can never be equal.",
    ),
    "bad_moment": (
        "“{found}”不是有效的{kind}，请照 {expected} 的样子写。",
        "“{found}” cannot be read as {kind}. Write it as {expected}.",
    ),
    "too_few_arguments": (
        "函数 {name} 缺少参数“{found}”，写法：{expected}。",
        "The function {name} lacks “{found}”. Write: {expected}.",
    ),
    "too_many_arguments": (
        "函数 {name} 的参数太多，写法：{expected}。",
        "The function {name} has too many arguments. Write: {expected}.",
    ),
    "unknown_argument": (
        "函数 {name} 没有参数“{found}”，写法：{expected}。",
        "The function {name} has no argument “{found}”. Write: {expected}.",
    ),
    "repeated_argument": (
        "函数 {name} 的参数“{found}”写了两次。",
        "The argument “{found}” of {name} is given twice.",
    ),
    "bad_option": (
        "参数“{name}”须直接写成下列之一：{expected}。",
        "The argument “{name}” must be written as one of: {expected}.",
    ),
    "has_needs_name": (
        "has() 里只能写一项数据的名称，例如 has(bill)。",
        "has() takes the name of one piece of data, as in has(bill).",
    ),
    "cannot_divide": (
        "{left}不能除以{right}。",
        "{left} cannot be divided by {right}.",
    ),
    "unknown_type": ("没有名为“{found}”的数据种类。", "There is no type named “{found}”."),
}

EVALUATING = {
    "value_absent": ("没有提供“{name}”的值。", "No value was given for “{name}”."),
    "value_missing": (
        "“{name}”不能为空，应当是{expected}。",
        "“{name}” cannot be empty: it should be {expected}.",
    ),
    "value_float": (
        "“{name}”的值是小数近似值（浮点数），不准确。请提供整数或精确的比率。",
        "The value of “{name}” is a floating-point number, which is not exact. Give an integer or an exact ratio.",
    ),
    "value_wrong": (
        "“{name}”的值应当是{expected}，却是“{found}”。",
        "The value of “{name}” should be {expected}, but it is “{found}”.",
    ),
    "value_too_big": ("“{name}”的值太大，无法计算。", "The value of “{name}” is too big to be used."),
    "value_naive": (
        "“{name}”的时间没有写明时区。",
        "The time of “{name}” does not say its time zone.",
    ),
    "calendar_absent": (
        "计算工作日需要工作日历，但没有提供。",
        "Counting working days needs the working calendar, which was not given.",
    ),
    "out_of_range": ("“{name}”的结果超出了日历范围。", "The result of “{name}” lies outside the calendar."),
}

MESSAGES = {**READING, **CHECKING, **EVALUATING}
