"""Block tags with slots: a component whose content, head and foot are written by the page that uses it."""

from collections.abc import Callable
from typing import Any

from django.template import Context, Library, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.safestring import SafeString, mark_safe

SLOTS = "xirang_ui_slots"


class BlockComponent(Node):
    """Renders its content, collects the slots filled inside, then renders the component's own template."""

    def __init__(
        self,
        template: str,
        prepare: Callable[..., dict[str, Any]],
        nodelist: NodeList,
        args: list[FilterExpression],
        kwargs: dict[str, FilterExpression],
    ) -> None:
        self.template, self.prepare, self.nodelist, self.args, self.kwargs = template, prepare, nodelist, args, kwargs

    def render(self, context: Context) -> SafeString:
        """Slots are stacked per component, so a card inside a card keeps its slots to itself."""
        if SLOTS not in context.render_context:
            context.render_context[SLOTS] = []
        stack: list[dict[str, SafeString]] = context.render_context[SLOTS]
        stack.append({})
        try:
            content = self.nodelist.render(context)
        finally:
            slots = stack.pop()
        data = self.prepare(
            *(arg.resolve(context) for arg in self.args),
            **{name: value.resolve(context) for name, value in self.kwargs.items()},
        )
        return render_inside(context, self.template, data | {"content": mark_safe(content.strip()), "slots": slots})


class Slot(Node):
    """Hands its content to the enclosing component under a name."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> str:
        """Prints nothing here: the component decides where a slot stands."""
        stack = context.render_context.get(SLOTS)
        content = self.nodelist.render(context)
        if stack:
            stack[-1][self.name] = mark_safe(content.strip())
        return ""


def render_inside(context: Context, template: str, data: dict[str, Any]) -> SafeString:
    """Render a component's template with ``data``, the request, its CSRF token and the shell, and nothing else."""
    inner = context.new(data)
    for name in ("csrf_token", "request", "shell", "now"):
        if name in context and name not in data:
            inner[name] = context[name]
    page = context.template or context.render_context.template
    if page is None:
        raise TemplateSyntaxError(f"{template} can only be drawn inside a page")
    # The slots of the page must not be reachable from inside a component, hence a state of its own.
    with inner.render_context.push_state(page, isolated_context=True):
        return page.engine.get_template(template).render(inner)


def register_block(library: Library, name: str, template: str) -> Callable[..., Callable[..., dict[str, Any]]]:
    """Register ``{% name … %}content{% endname %}``; the decorated function turns the arguments into data."""

    def decorate(prepare: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def compile_tag(parser: Parser, token: Token) -> BlockComponent:
            args, kwargs = parse_arguments(parser, token)
            nodelist = parser.parse((f"end{name}",))
            parser.delete_first_token()
            return BlockComponent(template, prepare, nodelist, args, kwargs)

        library.tag(name, compile_tag)
        return prepare

    return decorate


def parse_arguments(parser: Parser, token: Token) -> tuple[list[FilterExpression], dict[str, FilterExpression]]:
    """Split a tag into positional and named arguments, named ones last."""
    name, *bits = token.split_contents()
    args: list[FilterExpression] = []
    kwargs: dict[str, FilterExpression] = {}
    for bit in bits:
        named = token_kwargs([bit], parser)
        if named:
            kwargs |= named
        elif kwargs:
            raise TemplateSyntaxError(f"{name}: positional arguments come before named ones, found {bit}")
        else:
            args.append(parser.compile_filter(bit))
    return args, kwargs


def compile_slot(parser: Parser, token: Token) -> Slot:
    """``{% slot actions %}…{% endslot %}`` fills the slot of the component it stands in."""
    try:
        _tag, name = token.split_contents()
    except ValueError as error:
        raise TemplateSyntaxError("slot takes exactly one name") from error
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return Slot(name.strip("\"'"), nodelist)
