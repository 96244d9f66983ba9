"""Invented data for the gallery: one specimen of every component in every state."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from xirang.ui.components import (
    BulkAction,
    Column,
    DueBucket,
    DueCell,
    Fact,
    KnownField,
    KnownGroup,
    Link,
    NumberCell,
    Pager,
    Receipt,
    Row,
    RulerDay,
    Stat,
    StatusCell,
    Step,
    StepCell,
    TabItem,
    Table,
    TimelineItem,
    ViewChip,
    Why,
    WhyInput,
)
from xirang.ui.gallery_form import GalleryForm
from xirang.ui.shell import Account, NavItem, Role, Shell

NOW = datetime(2026, 9, 23, 2, 20, tzinfo=UTC)
QR = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 11 11" width="80" height="80"><path stroke="#1a2233" '
    'd="M0 .5h3m2 0h1m2 0h3M0 1.5h1m1 0h1m1 0h2m2 0h1m1 0h1M0 2.5h3m3 0h1m1 0h3M1 4.5h2m1 0h3m2 0h1M0 5.5h1m2 0h1m2 '
    '0h2m1 0h2M2 6.5h3m2 0h1m2 0h1M0 8.5h3m1 0h2m2 0h1m1 0h1M0 9.5h1m1 0h1m2 0h1m1 0h3M0 10.5h3m1 0h1m2 0h1m1 0h2"/>'
    "</svg>"
)
STATUSES = (
    ("wait", "等签收"),
    ("doing", "办理中"),
    ("done", "已解决"),
    ("said", "已解释"),
    ("hang", "挂账"),
    ("again", "已重开"),
    ("late", "已超期"),
    ("plain", "已撤回"),
    ("red", "红灯"),
    ("yellow", "黄灯"),
    ("green", "绿灯"),
    ("warn", "督办中"),
)


def shell(*, demo: bool = True, large: bool = False, signed_in: bool = True) -> Shell:
    """The shell around the gallery."""
    return Shell(
        district="禾澜区产业社区公共服务平台",
        active="todo",
        demo=demo,
        large=large,
        nav=(
            NavItem("work", "工作台", "#", "inbox"),
            NavItem(
                "cases",
                "办件",
                "#",
                "folder2-open",
                486,
                children=(
                    NavItem("todo", "待我办", "#", count=21),
                    NavItem("mine", "我经手的", "#"),
                    NavItem("all", "全部办件", "#", count=486),
                ),
            ),
            NavItem("slips", "督办三单", "#", "clipboard-check", 4, hot=True),
            NavItem("visits", "走访", "#", "person-walking", 6),
            NavItem("overview", "运行总览", "#", "bar-chart", line=True),
        ),
        foot=(
            NavItem("relief", "减负自查", "#", "shield-check"),
            NavItem("complain", "意见与投诉", "#", "chat-left-text"),
        ),
        tabs=(
            NavItem("todo", "待办", "#", "inbox", 21),
            NavItem("cases", "办件", "#", "folder2-open"),
            NavItem("overview", "总览", "#", "bar-chart"),
            NavItem("me", "我的", "#", "person"),
        ),
        todo=NavItem("todo", "待办", "#", count=21),
        messages=NavItem("news", "消息", "#", count=3, hot=True),
        account=Account(
            "周雨桐",
            "供电所",
            "经办",
            profile_url="#",
            sign_out_url="#",
            switch_url="#",
            roles=(Role("a", "供电所 · 经办", active=True), Role("b", "供电所 · 所长", stand_in=True)),
        )
        if signed_in
        else None,
        search_url="#",
        help_url="#",
        sign_in_url="#",
        footer=(Link("意见与投诉", "#"), Link("个人信息处理规则", "#"), Link("无障碍说明", "#")),
    )


def rows() -> tuple[Row, ...]:
    """Rows of the specimen list."""
    listed = (
        ("0911-0288", -2, "潮悦中心 B1 配电房夜间异响", "doing", "办理中", "听潮-03", 1),
        ("0916-0391", 2, "松屿家电二期临时接电验收", "wait", "等签收", "松塘-04", 12),
        ("0917-0402", 5, "路灯杆 T-0731 倾斜，影响货车转弯", "wait", "等签收", "听潮-05", 7),
        (
            "0918-0417",
            31,
            "新产线 9 月底投产，申请用电增容到 630 千伏安，想知道最快几天能接上电",
            "doing",
            "办理中",
            "听潮-07",
            1240,
        ),
        ("0918-0423", 127, "佳禾食品冷库专线报价偏高，请求复核", "again", "已重开", "南埠-02", 3),
        ("0812-0101", None, "老旧厂房无独立配电间，暂不具备增容条件", "hang", "挂账", "听潮-07", None),
    )
    return tuple(
        Row(
            f"HL-{number}",
            {
                "due": DueCell(NOW + timedelta(hours=hours) if hours is not None else None),
                "title": title,
                "status": StatusCell(kind, word),
                "grid": grid,
                "count": NumberCell(count),
                "number": f"HL-{number}",
            },
            url=f"#HL-{number}",
            drawer_url=f"drawer/HL-{number}/",
            bulk="sign" if kind == "wait" else "",
        )
        for number, hours, title, kind, word, grid, count in listed
    )


def find_row(number: str) -> Row | None:
    """The row of a number."""
    return next((row for row in rows() if row.id == number), None)


COLUMNS = (
    Column("due", "截止", "due", sort_url="?sort=due", sorted="up"),
    Column("title", "事项", "title"),
    Column("status", "状态", "status"),
    Column("grid", "网格"),
    Column("number", "编号", secondary=True),
    Column("count", "件数", "number", secondary=True, phone=False),
)


def tables() -> dict[str, Table]:
    """The list table ready, waiting, empty and failed, and one of steps with their particulars."""
    return {
        "ready": Table(
            COLUMNS,
            rows(),
            caption="待我办的件",
            selectable=True,
            bulk=(
                BulkAction("签收", "#", "check-lg", needs="sign"),
                BulkAction("转办", "#", "arrow-left-right"),
                BulkAction("导出", "#", "download"),
            ),
            pager=Pager(1240, next_url="?after=HL-0812-0101"),
        ),
        "loading": Table(COLUMNS, state="loading", selectable=True, skeleton_rows=3),
        "empty": Table(
            COLUMNS,
            empty_title="没有今天到期的件",
            empty_text="最近一件是明天 17:00 截止。",
            empty_url="#",
            empty_action="看明天的 5 件",
        ),
        "failed": Table(COLUMNS, state="failed", retry_url="#", reference="E-1024"),
        "records": Table(
            (Column("at", "时间"), Column("step", "办了什么", "title"), Column("by", "经办")),
            (
                Row(
                    "r1",
                    {
                        "at": "2026-09-18 16:28",
                        "by": "何静（指挥中心）",
                        "step": StepCell("交办", (("阶段", "收集 → 交办"), ("承办单位", "禾澜供电公司"))),
                    },
                ),
                Row("r2", {"at": "2026-09-18 16:20", "by": "公众", "step": StepCell("提交")}),
            ),
        ),
    }


def days() -> tuple[RulerDay, ...]:
    """The ruler of the design sheet."""
    return (
        RulerDay(date(2026, 9, 18), "workday", is_start=True),
        RulerDay(date(2026, 9, 19), "rest"),
        RulerDay(date(2026, 9, 20), "makeup", counted_index=1),
        RulerDay(date(2026, 9, 21), "workday", counted_index=2),
        RulerDay(date(2026, 9, 22), "workday", counted_index=3),
        RulerDay(date(2026, 9, 23), "workday", counted_index=4, is_today=True),
        RulerDay(date(2026, 9, 24), "workday", counted_index=5, is_due=True),
        RulerDay(date(2026, 9, 25), "holiday", name="中秋"),
    )


SENTENCE = "5 个工作日，自受理次日起算，含 9 月 20 日调休上班，9 月 25 日中秋放假；截止 9 月 24 日 17:00。"


def reason() -> Why:
    """A reason with everything a reason can have."""
    return Why(
        "为什么派给我",
        "“用电用能类办件，派给设施所在供电营业区；区内多人可办的，派给在办件数最少的人。”",
        document="办件分派规则",
        clause="第四条",
        version="第 12 版",
        effective="2026 年 7 月 1 日起施行",
        document_url="#",
        decided_by="自动分派，何静（指挥中心）已确认",
        inputs=(
            WhyInput("类别", "用电用能 · 增容", "依据原文“变压器”“增容”"),
            WhyInput("地址", "潮兴路 128 号 3 幢 → 听潮供电营业区"),
            WhyInput("可办人", "周雨桐 在办 7 件，方启明 11 件，郑可 休假"),
        ),
        links=(Link("逐步计算过程", "#"), Link("这条规则派错过几次", "#")),
        objection=Link("不该我办，退回", "#"),
    )


def drawer_parts() -> dict[str, Any]:
    """What a drawer shows beside its row."""
    return {
        "days": days(),
        "now": NOW,
        "why": reason(),
        "timeline": timeline_items()[:2],
        "facts": (
            Fact("求助人", "恒拓精工（禾澜）有限公司"),
            Fact("地址", "潮兴路 128 号 3 幢", note="听潮-07"),
            Fact("截止", DueCell(NOW + timedelta(hours=31))),
        ),
    }


def timeline_items() -> tuple[TimelineItem, ...]:
    """What happened, one of each kind."""
    return (
        TimelineItem("求助人补充", NOW - timedelta(minutes=38), "临时用电约需 120 千伏安，用到 10 月中。", "now"),
        TimelineItem("转为黄色督办", NOW - timedelta(hours=25), "同类 7 件临近节前，按第九条。", "slip", url="#"),
        TimelineItem("超期一次", "9-21 17:00", kind="bad"),
        TimelineItem("协办办结", "9-20 16:10", kind="good", who="听潮街道 陈立"),
        TimelineItem("周雨桐签收", "9-18 10:15"),
    )


def everything(query: Mapping[str, str], *, large: bool) -> dict[str, Any]:
    """The whole context of the gallery page; ``?demo=0`` takes the watermark away."""
    wrong = GalleryForm(
        {
            "wrong-number": "HL-0918-041",
            "wrong-kind": "power",
            "wrong-open_result": "1",
            "wrong-agree": "on",
            "wrong-day": "2026-09-30",
            "wrong-how": "call",
        },
        prefix="wrong",
    )
    wrong.is_valid()
    wrong.add_error("number", "少 1 位。编号在短信和回执右上角。")
    return {
        "shell": shell(demo=query.get("demo") != "0", large=large or query.get("large") == "1"),
        "now": NOW,
        "statuses": STATUSES,
        "tables": tables(),
        "days": days(),
        "sentence": SENTENCE,
        "why": reason(),
        "form": GalleryForm(initial={"open_result": "1", "rating": "4"}),
        "wrong": wrong,
        "dues": [NOW + timedelta(hours=hours) for hours in (-30, -2, -0.2, 3, 31, 127, 4000)],
        "buckets": (
            DueBucket("已超期", 1, "#", late=True),
            DueBucket("今天到期", 3, "#", active=True),
            DueBucket("明天（节前）", 5, "#"),
            DueBucket("9 月 28—30 日", 6, "#"),
            DueBucket("国庆后", 4, "#"),
            DueBucket("挂账回看", 2, "#"),
        ),
        "views": (
            ViewChip("全部", "#", 21, active=True),
            ViewChip("等我签收", "#", 4),
            ViewChip("对方已反馈", "#", 3),
            ViewChip("我是协办", "#", 6),
            ViewChip("潮兴路增容", "#", 7, own=True),
        ),
        "tabs": (
            TabItem("规则与试算", "#", active=True),
            TabItem("名单", "#", "96,204"),
            TabItem("发放", "#", "2 批"),
            TabItem("公示", "#"),
        ),
        "segments": (TabItem("本月", "#", active=True), TabItem("本季", "#"), TabItem("今年", "#")),
        "steps": (
            Step("收集", ("9-18 9:06", "企业自报，带入 10 项"), "ok"),
            Step("交办", ("9-18 9:41", "指挥中心 何静"), "ok"),
            Step("办理", ("9-18 10:15 签收", "供电所 周雨桐"), "now"),
            Step("反馈", ("求助人确认",)),
            Step("销号", ("逐件销号",)),
        ),
        "bad_steps": (
            Step("收集", state="ok"),
            Step("交办", state="ok"),
            Step("退回", ("应由南埠办理",), "bad"),
            Step("反馈"),
            Step("销号"),
        ),
        "plain_steps": (
            Step("收集", ("当场出回执",), "plain"),
            Step("交办", ("1 个工作日内派到人",), "plain"),
            Step("办理", ("期限按工作日计",), "plain"),
        ),
        "timeline": timeline_items(),
        "stats": (
            Stat("在办", "486", "件", "今天到期 63 件", "#", trend=(61, 58, 63, 70, 66, 52, 49)),
            Stat("超期未办结", "7", "件", "最久超 3 个工作日", "#", tone="red"),
            Stat("已解决率", "81.2", "%", "664 / 818 件，求助人确认", "#", "看其余 154 件"),
            Stat("已解决率", "", loading=True),
            Stat("重开", "0", "件", "本月没有重开"),
            Stat("水库水位", "3.42", "米", "9:37 的数，仅供参考", stale="停更 47 分钟"),
        ),
        "groups": (
            KnownGroup(
                "企业登记",
                (
                    KnownField("企业名称", "恒拓精工（禾澜）有限公司"),
                    KnownField("统一社会信用代码", "91339900MA9DEM079M"),
                    KnownField("法定代表人", "何**"),
                    KnownField("行业", "C3484 机械零部件加工"),
                    KnownField("规模", "规模以上，从业 236 人"),
                    KnownField("登记住所", ""),
                ),
                saved=6,
                updated=date(2026, 9, 22),
                correct_url="#",
            ),
            KnownGroup(
                "标准地址",
                (KnownField("经营地址", "听潮街道潮兴路 128 号 3 幢"), KnownField("所在网格", "听潮-07，网格员 陈立")),
                "geo-alt",
                2,
            ),
            KnownGroup("本账号", (KnownField("联系人", "沈明哲　138****2076"),), own=True),
        ),
        "receipt": Receipt(
            "受理回执",
            "HL-0918-0417",
            QR,
            "4821",
            "104,882",
            3,
            5,
            "3 家见证方已签名，可对外出示；扫码离线核验。",
            "#",
            "#",
            ("用手机扫二维码，得到一份文本。", "在“核验凭证”页粘贴这份文本。", "页面显示受理时间和期限，即为真。"),
        ),
        "facts": (
            Fact("包案领导", "许望舒（副区长）"),
            Fact("倒排时间", "9-22 勘查，9-23 方案，9-24 答复"),
            Fact("地址", "潮兴路 128 号", note="听潮-07"),
            Fact("全文", "办件分派规则", "#"),
        ),
        "colours": ("ink", "text", "text-2", "text-3", "blue", "blue-7", "green", "amber", "red"),
        "crumbs": (("待我办", "#"), ("HL-0918-0417", "")),
        "button_kinds": (
            ("primary", "提交求助"),
            ("", "请协办"),
            ("quiet", "看依据"),
            ("danger", "退回"),
            ("solid-danger", "确认退回"),
        ),
    }


def public_shell(query: Mapping[str, str]) -> Shell:
    """The shell of the public site as somebody sees it who has not signed in."""
    return Shell(
        district="禾澜区产业社区公共服务平台",
        active="home",
        sign_in_url="#",
        organiser="禾澜区社会治理中心主办",
        demo=query.get("demo") != "0",
        large=query.get("large") == "1",
        language="en" if query.get("lang") == "en" else "zh-hans",
        nav=(
            NavItem("home", "首页", "#"),
            NavItem("ask", "我要求助", "#"),
            NavItem("track", "查进度", "#"),
            NavItem("open", "公开数据", "#"),
            NavItem("verify", "核验凭证", "#"),
        ),
        footer=(Link("意见与投诉", "#"), Link("个人信息处理规则", "#"), Link("无障碍说明", "#")),
    )
