"""The demo district's people: a named cast by role, with what each of them is there to try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from xirang.foundation.actor import PlainActor
from xirang.people.logic.masking import mask
from xirang.people.models import Account
from xirang.people.queries import actor_of
from xirang.project.demo.areas import DISTRICT, code_of


@dataclass(frozen=True, slots=True)
class Member:
    """One of the cast. `unit` is a unit's code, `firm` a firm's name; `title` is what colleagues read."""

    username: str
    name: str
    role: str
    phone: str
    unit: str = ""
    firm: str = ""
    area: str = DISTRICT
    title: str = ""
    shown: bool = True

    @property
    def title_name(self) -> str:
        """Officials go by their names; of everybody else only the masked name is shown."""
        name = self.name if self.unit else mask("name", self.name)
        return f"{name}（{self.title}）" if self.title else name


HENGTUO, CHANGDI, COLD = "恒拓精工（禾澜）有限公司", "鹭洲长堤食品有限公司", "禾澜南埠冷链物流有限公司"
CAST = (
    Member("shenmingzhe", "沈明哲", "enterprise", "13800002076", firm=HENGTUO, title="恒拓精工"),
    Member("hejing", "何静", "dispatcher", "13800003011", "district_command_centre", title="指挥中心"),
    Member("zhouyutong", "周雨桐", "handler", "13800003027", "power_supply", title="供电所"),
    Member("luyifan", "陆一帆", "unit_leader", "13800003034", "power_supply", title="供电公司"),
    Member("xuwangshu", "许望舒", "leader", "13800003001", "district_office", title="副区长"),
    Member("chenli", "陈立", "grid_worker", "13800003048", "street_ting_chao", area=code_of("听潮"), title="听潮网格"),
    Member("fangqing", "方晴", "resident", "13800004052"),
    Member("gumo", "顾墨", "auditor", "13800003063", "district_office", title="督查室"),
    Member("xitong", "姚远帆", "system_admin", "13800003071", "district_command_centre", title="系统管理"),
    Member("anquan", "白敏之", "security_admin", "13800003072", "district_command_centre", title="安全管理"),
    Member("shenji", "江以南", "audit_admin", "13800003073", "district_office", title="审计管理"),
    Member("wujianing", "吴嘉宁", "handler", "13800003081", "economy", title="区经信局", shown=False),
    Member("qiyuanshan", "戚远山", "unit_leader", "13800003082", "economy", title="区经信局", shown=False),
    Member("tanghe", "唐禾", "handler", "13800003083", "transport", title="区交通局", shown=False),
    Member("luoyan", "罗砚", "handler", "13800003084", "human_resources", title="区人社局", shown=False),
    Member("songzhi", "宋芷", "handler", "13800003085", "enterprise_service", title="企服中心", shown=False),
    Member("fuyao", "傅遥", "unit_leader", "13800003088", "enterprise_service", title="企服中心", shown=False),
    Member("niuben", "牛犇", "handler", "13800003086", "urban_management", title="执法局", shown=False),
    Member(
        "jimingyue",
        "季明月",
        "handler",
        "13800003087",
        "street_ting_chao",
        area=code_of("听潮"),
        title="听潮街道",
        shown=False,
    ),
    Member("mengshu", "孟舒", "handler", "13800003089", "district_office", title="督查室", shown=False),
    Member("qiaojin", "乔槿", "enterprise", "13800002091", firm=CHANGDI, title="长堤食品", shown=False),
    Member("lianbo", "连波", "enterprise", "13800002105", firm=COLD, title="南埠冷链", shown=False),
)
TRY = {
    "enterprise": "提一件求助，看谁在办、几时办完，收到答复后确认或重开",
    "dispatcher": "把刚收集的求助交办出去；千人以上企业和用电事项已按规则给出建议",
    "handler": "签收、请企业补充、答复；看工作日尺怎样算出到期时间",
    "unit_leader": "看本单位临期和超期的事项，给一件暂时办不了的申请挂账",
    "leader": "从五个数字点进各自的清单；裁定一件承办异议",
    "grid_worker": "在手机上随手报，或当场处置一件",
    "resident": "随手报一处路灯不亮，凭编号和查询码看进度",
    "auditor": "看办件经过和记录，只读",
    "system_admin": "开立账号、安装应用包；不能给任何人授权",
    "security_admin": "授予和收回角色，以他人身份查看；不能开户",
    "audit_admin": "查谁在什么时候看过、改过什么",
}


class Players:
    """The cast as actors; their grants began before the first story, so the moment does not matter."""

    def __init__(self, ids: dict[str, UUID], now: datetime) -> None:
        found = Account.objects.all_unscoped("the demo district's own cast").select_related("organisation")
        self.accounts = {row.username: row for row in found.filter(pk__in=ids.values())}
        self.ids, self.now = ids, now
        self._actors: dict[str, PlainActor] = {}

    def actor(self, username: str) -> PlainActor:
        """The actor that this member of the cast is."""
        if username not in self._actors:
            self._actors[username] = actor_of(self.accounts[username], now=self.now)
        return self._actors[username]

    def at_unit(self, unit_id: UUID, role: str = "handler") -> str:
        """The user name of whoever holds a role at a unit; empty where nobody of the cast does."""
        for member in CAST:
            account = self.accounts.get(member.username)
            if account is not None and member.role == role and account.organisation_id == unit_id:
                return member.username
        return ""
