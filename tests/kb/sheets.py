"""Names and workbooks for the tests of the spreadsheet."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook, load_workbook

from kb.sheet_rows import SheetNames

NAMES = SheetNames(
    intents={"ask_range": "续航能耗", "ask_price": "询价", "ask_store": "ask_store"},
    models={"e5": "云驰 E5", "e7": "云驰 E7"},
    trims={"e5-430": "标准版", "e7-520": "标准版", "e7-660": "660 长续航版"},
    cities={"shanghai": "上海"},
    stores={"sh-pudong": "上海浦东体验中心", "shanghai": "sh-pudong"},
    materials={"poster": "海报", "price-list": "价目表"},
)
_COLUMNS = "编号 意图 标题 标准问 相似问 反例 必中问 答案1 附件1 答案2 附件2 适用车型 适用版本 适用城市 适用门店 生效日 失效日 状态 版本"
HEADER = _COLUMNS.split()
ROW = {"编号": "range", "意图": "续航能耗", "标题": "续航", "标准问": "续航多少", "相似问": "能跑多远\n跑多少公里", "答案1": "看版本。"}


def book(*rows: Mapping[str, object], header: Sequence[str] = HEADER) -> bytes:
    """A workbook as an operator would make one."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(list(header))
    for row in rows:
        sheet.append([row.get(name) for name in header])
    return saved(workbook)


def edited(data: bytes, cell: str, value: str) -> bytes:
    """The workbook with another value in one cell of its first sheet."""
    workbook = load_workbook(BytesIO(data))
    workbook.worksheets[0][cell] = value
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    """The file."""
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
