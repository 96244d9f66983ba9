"""The data shapes that pages hand to the component tags."""

from xirang.ui.components.cards import (
    Fact,
    KnownField,
    KnownGroup,
    Link,
    Receipt,
    Stat,
    TimelineItem,
    Why,
    WhyInput,
)
from xirang.ui.components.days import RulerDay, Step
from xirang.ui.components.due import DueText, describe_due
from xirang.ui.components.lists import (
    BulkAction,
    Column,
    DueBucket,
    DueCell,
    LinkCell,
    NumberCell,
    Pager,
    Row,
    StatusCell,
    StepCell,
    TabItem,
    Table,
    ViewChip,
)

__all__ = [
    "BulkAction",
    "Column",
    "DueBucket",
    "DueCell",
    "DueText",
    "Fact",
    "KnownField",
    "KnownGroup",
    "Link",
    "LinkCell",
    "NumberCell",
    "Pager",
    "Receipt",
    "Row",
    "RulerDay",
    "Stat",
    "StatusCell",
    "Step",
    "StepCell",
    "TabItem",
    "Table",
    "TimelineItem",
    "ViewChip",
    "Why",
    "WhyInput",
    "describe_due",
]
