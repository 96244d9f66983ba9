"""Proofs about questions: well formed, asked only when the ground does not know, and careful with personal data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xirang.engines.cases.logic.fields import FieldSpec
from xirang.engines.cases.logic.names import PERSONAL_FACTS, REGISTERED, RESERVED, about_names
from xirang.engines.cases.logic.process import ProcessType
from xirang.engines.cases.logic.proofs.report import Report
from xirang.engines.cases.logic.words import ABOUT, HELD_CODES, HELD_KINDS, HELD_WORDS, KINDS, SOURCES

_CLASSES = dict(zip(PERSONAL_FACTS, ("name", "contact", "place"), strict=True))
_SIZED = frozenset({"text", "choices", "int", "fen", "files"})


def _all_specs(process: ProcessType) -> Iterator[tuple[FieldSpec, bool]]:
    for spec in process.fields.values():
        yield spec, False
    for action in process.actions.values():
        for spec in action.asks.values():
            yield spec, True


def check_subject(process: ProcessType, report: Report) -> None:
    """A case may only be about what a register knows: rules and forms would wait for facts that never come."""
    if process.about == "none" or process.about in REGISTERED:
        return
    title = ABOUT[process.about]
    known = [kind for kind in ABOUT if kind in REGISTERED]
    report.error(
        "/about",
        "no_register",
        f"还没有{title[0]}登记，about: {process.about} 暂不能用。现在可以写 {'、'.join(known)} 或 none；"
        "要问地点，请在表单里用 kind: place 的字段。",
        f"There is no register of {title[1]} yet, so about: {process.about} cannot be used. "
        f"Write {', '.join(known)} or none; to ask for a place, use a field of kind place.",
    )


def check_asking(process: ProcessType, report: Report) -> None:
    """Every field of the form and every question of an action."""
    for spec, asked in _all_specs(process):
        _check_name(process, spec, asked, report)
        _check_choices(spec, report)
        _check_size(spec, report)
        _check_held(process, spec, asked, report)
        _check_personal(process, spec, asked, report)
    for action in process.actions.values():
        for spec in action.asks.values():
            _check_question(spec, report)
    for specs in (process.fields, *(action.asks for action in process.actions.values())):
        _check_drawers(specs, report)


def _check_question(spec: FieldSpec, report: Report) -> None:
    """A place belongs to the case as a whole; an action has nowhere to keep another one."""
    if spec.kind == "place":
        report.error(
            f"{spec.path}/kind",
            "place_asked",
            "办理动作里不能再问地点。请把地点写在表单（fields）里，动作里用文字说明。",
            "An action cannot ask for a place. Put the place among the fields; let the action ask for text.",
        )


def _check_drawers(specs: Mapping[str, FieldSpec], report: Report) -> None:
    """The vault keeps one value of each class beside another: two fields of one class would overwrite each other."""
    seen: dict[str, str] = {}
    for spec in specs.values():
        first = seen.setdefault(spec.personal, spec.title.zh) if spec.personal else spec.title.zh
        if first != spec.title.zh:
            report.error(
                f"{spec.path}/personal",
                "one_drawer",
                f"“{first}”和“{spec.title.zh}”是同一类个人信息，一张表里只能有一项。请去掉一项，或换一个类别。",
                f'"{first}" and "{spec.title.text("en")}" are personal data of one class; a form takes one of each.',
            )


def _check_name(process: ProcessType, spec: FieldSpec, asked: bool, report: Report) -> None:
    taken = spec.code in RESERVED and not (asked and spec.code == "outcome")
    if taken or (spec.code in process.all_clocks and not asked):
        report.error(
            spec.path,
            "reserved",
            f"“{spec.code}”另有含义，不能用作字段的代码。请换一个代码。",
            f'"{spec.code}" has a meaning of its own and cannot name a field. Choose another code.',
            key=True,
        )
    field = process.fields.get(spec.code)
    if asked and field is not None and field.kind != spec.kind:
        report.error(
            f"{spec.path}/kind",
            "two_kinds",
            f"表单里的“{spec.code}”是{KINDS[field.kind][0]}，这里却是{KINDS[spec.kind][0]}。请统一，或换一个代码。",
            f'"{spec.code}" is {KINDS[field.kind][1]} in the form but {KINDS[spec.kind][1]} here. '
            "Use one kind, or another code.",
        )


def _check_choices(spec: FieldSpec, report: Report) -> None:
    if spec.is_choice and spec.choices is None:
        report.error(
            spec.path,
            "no_choices",
            f"“{spec.title.zh}”是选择题，却没有选项。请写上 choices。",
            f'"{spec.code}" is a choice without choices. Write choices.',
            key=True,
        )
    if not spec.is_choice and spec.choices is not None:
        report.error(
            f"{spec.path}/choices",
            "choices",
            f"只有 choice 和 choices 可以写选项，这里的种类是 {spec.kind}。",
            f"Only choice and choices take choices; the kind here is {spec.kind}.",
        )
    for item in spec.choices.items if spec.choices else ():
        if not item.title.zh:
            report.error(
                f"{spec.path}/choices",
                "choice_title",
                f"选项 {item.code} 没有中文名称。请写成“{item.code}: 名称”。",
                f'Choice "{item.code}" has no Chinese title. Write "{item.code}: title".',
            )


def _check_size(spec: FieldSpec, report: Report) -> None:
    if (spec.max is not None or spec.min is not None) and spec.kind not in _SIZED:
        report.error(
            spec.path,
            "size",
            f"种类 {spec.kind} 不能写 max 或 min。",
            f"Kind {spec.kind} takes no max and no min.",
            key=True,
        )
    elif spec.max is not None and spec.min is not None and spec.min > spec.max:
        report.error(f"{spec.path}/min", "size", "下限大于上限。", "The lower limit exceeds the upper one.")
    if spec.accept and spec.kind != "files":
        report.error(f"{spec.path}/accept", "accept", "只有附件（files）可以写 accept。", "Only files take accept.")


def _check_held(process: ProcessType, spec: FieldSpec, asked: bool, report: Report) -> None:
    """Nobody is asked twice: what the ground holds is filled from it, or the question says why it is asked."""
    if spec.source:
        if spec.kind not in SOURCES[spec.source]:
            report.error(
                f"{spec.path}/from",
                "source",
                f"{spec.source} 不能带入种类为 {spec.kind} 的字段，只能是 {'、'.join(SOURCES[spec.source])}。",
                f"{spec.source} cannot fill a field of kind {spec.kind}; it must be {', '.join(SOURCES[spec.source])}.",
            )
        _check_source(process, spec, report)
        return
    if asked and spec.kind in ("person", "unit"):
        # Naming a colleague or a unit is the decision itself, not a datum that the ground could hold.
        return
    held = spec.kind in HELD_KINDS or spec.code in HELD_CODES or any(word in spec.title.zh for word in HELD_WORDS)
    if held and spec.because is None:
        report.error(
            spec.path,
            "asked_twice",
            f"“{spec.title.zh}”系统里可能已有。请写 from 从系统带出，或写 because 说明为什么必须填。",
            f'The ground may already know "{spec.title.text("en")}". '
            "Fill it with from, or say with because why it is asked.",
            key=True,
        )


def _check_source(process: ProcessType, spec: FieldSpec, report: Report) -> None:
    """What a field is filled from is something that the register of the subject knows, and a person's data stay so."""
    thing, _, name = spec.source.partition(".")
    if thing == "about" and process.about == "none":
        report.error(
            f"{spec.path}/from",
            "source",
            "这个流程没有写 about，没有可以带出的对象。",
            "This process is about nothing, so nothing can be filled from it.",
        )
    elif thing == "about" and name not in about_names(process.about):
        report.error(
            f"{spec.path}/from",
            "source",
            f"{ABOUT[process.about][0]}登记里没有 {name}，不能写 from: {spec.source}。",
            f"The register of {ABOUT[process.about][1]} holds no {name}; {spec.source} cannot fill a field.",
        )
    elif _of_person(process, spec) and (spec.kind == "place" or spec.personal not in _allowed_classes(spec, name)):
        report.error(
            f"{spec.path}/from",
            "personal_source",
            f"{spec.source} 是个人信息，只能带入写了 personal: {_CLASSES[name]} 和 keep 的文字或电话字段。",
            f"{spec.source} is personal data; it fills a text or phone field with "
            f"personal: {_CLASSES[name]} and keep only.",
        )


def _allowed_classes(spec: FieldSpec, name: str) -> tuple[str, ...]:
    """The class under which the vault keeps it; a telephone without any is complained about anyhow."""
    return (_CLASSES[name], "") if spec.kind in ("phone", "person") else (_CLASSES[name],)


def _of_person(process: ProcessType, spec: FieldSpec) -> bool:
    """Whether a field is filled from the vault."""
    thing, _, name = spec.source.partition(".")
    return name in PERSONAL_FACTS and (thing == "requester" or (thing == "about" and process.about == "person"))


def _check_personal(process: ProcessType, spec: FieldSpec, asked: bool, report: Report) -> None:
    if spec.personal and not spec.keep:
        report.error(
            spec.path,
            "keep",
            f"“{spec.title.zh}”是个人信息，必须写明保存多久，例如 keep: 2y。",
            f'"{spec.title.text("en")}" is personal data; say how long it is kept, such as keep: 2y.',
            key=True,
        )
    if spec.personal and spec.public:
        report.error(
            f"{spec.path}/public",
            "public",
            "个人信息不能公开。请删去 public。",
            "Personal data cannot be public. Remove it.",
        )
    of_firm = spec.source.startswith("about.") and process.about != "person"
    colleague = asked and spec.kind == "person"
    if spec.kind in ("phone", "person") and not spec.personal and not of_firm and not colleague:
        report.error(
            spec.path,
            "personal",
            f"“{spec.title.zh}”是个人信息。请写上 personal 和 keep，例如 personal: contact, keep: 2y。",
            f'"{spec.title.text("en")}" is personal data. '
            "Write personal and keep, such as personal: contact, keep: 2y.",
            key=True,
        )
