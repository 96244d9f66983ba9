"""A process type as declared in `cases.yaml`: stages, actions, clocks, dispatch rules and views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, get_args

from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.words import ABOUT, ANYONE, OPEN, SLIPS
from xirang.foundation.declarations import Document, Title, part
from xirang.foundation.declarations.shapes import CODE

TERM = r"^[1-9][0-9]{0,4} (workday|workhour|day|hour)s?$"
_TERM_ZH, _TERM_EN = (
    "例如 5 workdays、4 workhours、10 days、12 hours",
    "such as 5 workdays, 4 workhours, 10 days, 12 hours",
)
_EXPRESSION = {"minLength": 1, "maxLength": 2000}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """One stage: `open` is being worked on, `waiting` waits for somebody else, `done` is an end."""

    code: str = part("代码", "Code", given=True)
    title: Title = part("名称", "Title")
    kind: Literal["open", "waiting", "done"] = part(
        "open 办理中、waiting 等待、done 结束", "open (worked on), waiting (for somebody), done (an end)"
    )
    review: str = part(
        f"多久复核一次，{_TERM_ZH}",
        f"How often it is looked at again, {_TERM_EN}",
        schema={"pattern": TERM},
        default="",
    )
    path: str = part("位置", "Position", given=True, default="", compare=False, repr=False)


ConsequenceVerb = Literal["hold", "co_hold", "take", "release", "lead", "set"]
MarkVerb = Literal["remind", "slip", "escalate"]
_CONSEQUENCES: dict[str, ConsequenceVerb] = {verb: verb for verb in get_args(ConsequenceVerb)}
_MARKS: dict[str, MarkVerb] = {verb: verb for verb in get_args(MarkVerb)}


@dataclass(frozen=True, slots=True)
class Consequence:
    """One consequence of an action: the verb and the name of the question (or word) it takes."""

    verb: ConsequenceVerb
    argument: str

    SCHEMA: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "hold": {
                "type": "string",
                "x-zh": "交给哪个单位承办：一个 unit 问题的代码",
                "x-en": "the question that names the unit",
            },
            "co_hold": {"type": "string", "x-zh": "请哪个单位协办", "x-en": "the question that names the helping unit"},
            "take": {"enum": ["me"], "x-zh": "办理人成为经办人", "x-en": "whoever acts becomes the handler"},
            "release": {"enum": ["holder"], "x-zh": "不再由原单位承办", "x-en": "the unit no longer holds it"},
            "lead": {
                "type": "string",
                "x-zh": "由谁包案：一个 person 问题的代码",
                "x-en": "the question that names the leader",
            },
            "set": {"type": "string", "x-zh": "改写同名字段", "x-en": "overwrites the field of the same name"},
        },
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "x-zh": "办理后的结果，例如 hold: unit",
        "x-en": "A consequence, such as hold: unit",
    }

    @classmethod
    def from_data(cls, data: Mapping[str, str]) -> Consequence:
        """Read `{hold: unit}`."""
        verb, argument = next(iter(data.items()))
        return cls(_CONSEQUENCES[verb], argument)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec:
    """Something that somebody may do with a case: from which stages, to which, by whom, asking what."""

    code: str = part("代码", "Code", given=True)
    title: Title = part("名称，用动词", "Title, a verb")
    from_: tuple[str, ...] = part(
        "从哪个环节", "From which stage(s)", name="from", one_or_many=True, schema={"minItems": 1}
    )
    by: tuple[str, ...] = part(
        "由谁办：角色、关系，或 clock 时钟名",
        "By whom: roles, relations, or clock NAME",
        one_or_many=True,
        schema={
            "minItems": 1,
            "items": {"type": "string", "pattern": r"^([a-z][a-z0-9_]*(\.leader)?|clock [a-z][a-z0-9_]*)$"},
        },
    )
    to: str = part("到哪个环节；不写表示环节不变", "To which stage; absent: it stays", default="")
    asks: Mapping[str, FieldSpec] = part("办理时要填什么", "What must be answered", default_factory=dict)
    guard: str = part(
        "在什么条件下才能办（表达式）", "Under which condition (an expression)", schema=_EXPRESSION, default=""
    )
    because: Title | None = part("条件不满足时怎么说", "What to say when the condition does not hold", default=None)
    consequences: tuple[Consequence, ...] = part("办理后的结果", "Consequences", name="effects", default=())
    limit: int | None = part("最多办几次", "How many times at most", schema={"minimum": 1, "maximum": 99}, default=None)
    then: str = part("次数用完后改办什么", "Which action is offered once the limit is used up", default="")
    within: str = part(
        f"进入本环节后多久内可以办，{_TERM_ZH}",
        f"How long after entering the stage, {_TERM_EN}",
        schema={"pattern": TERM},
        default="",
    )
    note: Literal["internal", "reply"] = part(
        "所填内容给谁看：internal 内部，reply 求助人也看得到",
        "Who reads the answers: internal staff only, or reply: the requester too",
        default="internal",
    )
    outcome: Literal["", "solved", "explained", "on_account", "reopened", "not_accepted", "withdrawn"] = part(
        "办理后算作什么",
        "What the case counts as afterwards",
        schema={"enum": ["solved", "explained", "on_account", "reopened", "not_accepted", "withdrawn"]},
        default="",
    )
    switch: str = part(
        "由哪个开关控制；开关关着就没有这个动作",
        "The switch that governs it: off, and nobody is offered it",
        schema={"pattern": CODE},
        default="",
    )
    path: str = part("位置", "Position", given=True, default="", compare=False, repr=False)

    @property
    def clock(self) -> str:
        """The clock that drives this action, or empty when people do."""
        return next((who.removeprefix("clock ") for who in self.by if who.startswith("clock ")), "")

    def holds(self, verb: str) -> str:
        """The argument of the first consequence with this verb, or empty."""
        return next((one.argument for one in self.consequences if one.verb == verb), "")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """What happens when a share of a clock's term has passed."""

    percent: int
    verb: MarkVerb
    argument: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.argument}".strip()


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks of a clock, in the order in which they fall."""

    items: tuple[Mark, ...] = ()

    _ONE: ClassVar[str] = rf"^(remind [a-z][a-z0-9_]*(\.leader)?|slip ({'|'.join(SLIPS)})|escalate)$"
    SCHEMA: ClassVar[dict[str, Any]] = {
        "type": "object",
        "propertyNames": {"pattern": r"^[1-9][0-9]{0,2}%$"},
        "additionalProperties": {
            "type": ["string", "array"],
            "pattern": _ONE,
            "items": {"type": "string", "pattern": _ONE},
            "x-zh": "写 remind 谁、slip 哪种单（early_warning、supervision、progress），或 escalate",
            "x-en": "Write remind WHOM, slip WHICH (early_warning, supervision, progress), or escalate",
        },
        "x-zh": "到了时限的几成做什么，例如 50%: remind holder",
        "x-en": "What happens at which share, such as 50%: remind holder",
    }

    @classmethod
    def from_data(cls, data: Mapping[str, str | list[str]]) -> Marks:
        """Read `{50%: remind holder, 100%: [slip supervision, remind holder.leader]}`."""
        marks = []
        for share, what in data.items():
            for one in [what] if isinstance(what, str) else what:
                verb, _, argument = one.partition(" ")
                marks.append(Mark(int(share.removesuffix("%")), _MARKS[verb], argument))
        return cls(tuple(sorted(marks, key=lambda mark: mark.percent)))

    def __iter__(self) -> Iterator[Mark]:
        return iter(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSpec:
    """A term that runs from one act to another and stands still in some stages."""

    code: str = part("代码", "Code", given=True)
    title: Title = part("名称", "Title")
    term: str = part(f"时限，{_TERM_ZH}", f"The term, {_TERM_EN}", schema={"pattern": TERM})
    starts: tuple[str, ...] = part(
        "哪些动作起算（open 表示提交）",
        "Acts that start it (open: the submission)",
        one_or_many=True,
        schema={"minItems": 1},
    )
    stops: tuple[str, ...] = part("哪些动作停止", "Acts that stop it", one_or_many=True, schema={"minItems": 1})
    pauses: tuple[str, ...] = part("在哪些环节不计时", "Stages in which it stands still", one_or_many=True, default=())
    marks: Marks = part("到了几成做什么", "What happens at which share", default=Marks())
    path: str = part("位置", "Position", given=True, default="", compare=False, repr=False)
    review_of: str = part("复核哪个环节", "The stage it reviews", given=True, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchRule:
    """The unit that is responsible when an expression holds."""

    when: str = part("在什么条件下（表达式）", "Under which condition (an expression)", schema=_EXPRESSION)
    to: str = part(
        "交给哪个单位，例如 unit/power_supply", "To which unit", schema={"pattern": r"^unit/[a-z][a-z0-9_]*$"}
    )
    because: Title | None = part("依据", "The reason", default=None)
    path: str = part("位置", "Position", given=True, default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSpec:
    """A saved list: which cases, in which order, with which columns."""

    code: str = part("代码", "Code", given=True)
    title: Title = part("名称", "Title")
    where: str = part(
        "哪些事项（表达式）；可用环节、结果、期限、承办等列，和表单里单选、是否、单位三种栏目",
        "Which cases (an expression): columns such as stage, outcome, due, holder; fields of kind choice, bool, unit",
        schema=_EXPRESSION,
    )
    sort: str = part(
        "按什么排序：due、某个时限.due、opened_at；前面加 - 表示倒序",
        "Sorted by due, CLOCK.due or opened_at; a leading - reverses",
        default="opened_at",
    )
    show: tuple[str, ...] = part(
        "显示哪些列：number、title、about、area、stage、holder、requester、outcome、reopened、due、某个时限.due、"
        "opened_at、closed_at，和表单的任何栏目；个人信息只显示遮掩后的",
        "Which columns: number, title, about, area, stage, holder, requester, outcome, reopened, due, CLOCK.due, "
        "opened_at, closed_at, and any field of the form; personal ones show masked",
        schema={"minItems": 1},
    )
    path: str = part("位置", "Position", given=True, default="", compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class ProcessType:
    """Everything that `cases.yaml` says about one kind of matter."""

    code: str = part("流程代码", "The code of the process", name="process", schema={"pattern": CODE})
    title: Title = part("名称", "Title")
    open_to: tuple[str, ...] = part(
        "谁可以提交；anyone 表示不用登录",
        "Who may open one; anyone: no account needed",
        one_or_many=True,
        schema={"minItems": 1},
    )
    stages: Mapping[str, StageSpec] = part(
        "环节；第一个是起点", "The stages; the first is the start", schema={"minProperties": 2}
    )
    actions: Mapping[str, ActionSpec] = part("动作", "The actions", schema={"minProperties": 1})
    about: Literal["organisation", "person", "place", "device", "none"] = part(
        "事项关于什么", "What a case is about", schema={"enum": list(ABOUT)}, default="none"
    )
    help: Title | None = part("一句话说明，显示在办事入口", "One sentence for the portal", default=None)
    service_code: str = part(
        "服务代码；写了就通过 Open311 开放",
        "The service code; present: published through Open311",
        schema={"pattern": "^[A-Z]{2}[0-9]{2,4}$"},
        default="",
    )
    serves: Literal["", "complaints"] = part(
        "由它承接平台的哪个入口：complaints 意见与投诉",
        "Which door of the platform it answers: complaints",
        schema={"enum": ["complaints"]},
        default="",
    )
    seen_by: tuple[str, ...] = part(
        "哪些角色可以查看本辖区的全部事项", "Roles that see every case of their area", one_or_many=True, default=()
    )
    fields: Mapping[str, FieldSpec] = part("表单", "The form", default_factory=dict)
    clocks: Mapping[str, ClockSpec] = part("时限", "The clocks", default_factory=dict)
    dispatch: tuple[DispatchRule, ...] = part(
        "分派规则，从上到下取第一条成立的", "Dispatch rules; the first that holds", default=()
    )
    views: Mapping[str, ViewSpec] = part("列表", "Lists", default_factory=dict)
    document: Document | None = part("来源", "Source", given=True, default=None, compare=False, repr=False)

    @cached_property
    def first_stage(self) -> StageSpec:
        """The stage in which every case begins: the first one written."""
        return next(iter(self.stages.values()))

    @property
    def anonymous(self) -> bool:
        """Whether somebody without an account may open a case."""
        return ANYONE in self.open_to

    @property
    def accounts_may_open(self) -> tuple[str, ...]:
        """The roles that may open a case with an account."""
        return tuple(role for role in self.open_to if role != ANYONE)

    @cached_property
    def all_clocks(self) -> Mapping[str, ClockSpec]:
        """The declared clocks and one `review_STAGE` for every stage that is looked at again."""
        reviews = {
            f"review_{stage.code}": ClockSpec(
                code=f"review_{stage.code}",
                title=Title(f"{stage.title.zh}复核期限", f"Review of {stage.title.en or stage.code}"),
                term=stage.review,
                starts=(),
                stops=(),
                marks=Marks((Mark(100, "remind", "holder"),)),
                path=stage.path + "/review",
                review_of=stage.code,
            )
            for stage in self.stages.values()
            if stage.review
        }
        return {**self.clocks, **reviews}

    @cached_property
    def switches(self) -> frozenset[str]:
        """The switches that a field, a question or an action of this process names."""
        return frozenset(spec.switch for spec in self.governed())

    def governed(self) -> Iterator[FieldSpec | ActionSpec]:
        """Everything that exists only while its switch is on."""
        yield from (spec for spec in self.fields.values() if spec.switch)
        for action in self.actions.values():
            if action.switch:
                yield action
            yield from (question for question in action.asks.values() if question.switch)

    def actions_from(self, stage: str) -> tuple[ActionSpec, ...]:
        """The actions that begin in a stage, in the order in which they are written."""
        return tuple(action for action in self.actions.values() if stage in action.from_)

    def leads_to(self, action: ActionSpec, stage: str) -> str:
        """The stage in which an action taken in `stage` ends."""
        return action.to or stage

    @cached_property
    def assignment(self) -> ActionSpec | None:
        """The action of the first stage that hands the case to a unit, or None."""
        found = (action for action in self.actions_from(self.first_stage.code) if action.holds("hold"))
        return next(found, None)

    @cached_property
    def clock_actions(self) -> Mapping[str, ActionSpec]:
        """The action that each clock drives when it runs out."""
        return {action.clock: action for action in self.actions.values() if action.clock}

    def starters(self, clock: ClockSpec) -> Iterator[tuple[str, str]]:
        """Where a clock begins to run: the stage after each act that starts it, with the act."""
        for act in clock.starts:
            if act == OPEN:
                yield self.first_stage.code, act
            elif act in self.actions:
                action = self.actions[act]
                for stage in action.from_:
                    yield self.leads_to(action, stage), act
