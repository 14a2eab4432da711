"""The command line of 展厅 Zhanting. Each command is one function of run/; errors end in one sentence and exit code 1."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from admin.office import Check
from core.clock import utc_now
from core.db import Database
from core.migrate import migrate, write_migration
from core.settings import Settings
from core.zone import SHANGHAI
from run import bench as benches
from run import chat as chats
from run import doctor as doctors
from run import files, people, retrain, start
from run.backup import back_up
from run.compose import seed as seed_pack
from run.evaluate.command import evaluate_app
from run.pack import load_pack, read_pack
from run.rehearse import rehearse_plan
from run.terminal import say, with_settings

app = typer.Typer(
    help="展厅 Zhanting：汽车经销商的企业微信助手", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
pack_app = typer.Typer(help="资料包")
app.add_typer(pack_app, name="pack")
sop_app = typer.Typer(help="主动触达的计划（SOP）")
app.add_typer(sop_app, name="sop")
app.add_typer(evaluate_app, name="evaluate")
customer_app = typer.Typer(help="客户的个人信息")
app.add_typer(customer_app, name="customer")

# One broken file may be named by a hundred others.
FAULTS_AT_ONCE = 20

Input = Annotated[Path, typer.Option("--input", help="JSON lines {id, text}", exists=True, dir_okay=False)]
Output = Annotated[Path, typer.Option("--output", help="JSON lines, one for each line of the input")]


@app.command("run")
def run_all() -> None:
    """助手与后台任务在一个进程；没有配置企业微信时，同时启动沙盒。"""
    with_settings(lambda settings: start.run(settings, say=say))


@app.command()
def serve() -> None:
    """只接收回调（多进程部署，配合 work）。"""
    with_settings(lambda settings: start.serve(settings, say=say))


@app.command()
def work() -> None:
    """只处理和发送消息（多进程部署，配合 serve）。"""
    with_settings(lambda settings: start.work(settings, say=say))


@app.command()
def console() -> None:
    """只启动运营后台（多进程部署，配合 serve 和 work）。"""
    with_settings(lambda settings: start.console(settings, say=say))


@app.command()
def sandbox() -> None:
    """只启动沙盒，打印另一个进程要用的设置。"""
    with_settings(lambda settings: start.serve_sandbox(settings, say=say))


@app.command()
def seed() -> None:
    """把资料包的话术和素材装入数据库；运营改过的保留。"""

    def do(settings: Settings) -> None:
        with start.opened(settings) as database:
            seeded = seed_pack(database, load_pack(settings.pack_folder()), utc_now)
        kept = f"，保留运营改过的 {len(seeded.kept_because_edited)} 条" if seeded.kept_because_edited else ""
        say(f"新增 {len(seeded.new)} 条，更新 {len(seeded.changed)} 条，未变 {len(seeded.unchanged)} 条{kept}")

    with_settings(do)


@pack_app.command("check")
def check(folder: Annotated[Path | None, typer.Argument(help="资料包的文件夹；默认是 ZHANTING_PACK")] = None) -> None:
    """检查资料包：每个问题都指出文件、行号和原因，先列前 20 个。"""

    def do(settings: Settings) -> None:
        pack, faults = read_pack(folder or settings.pack_folder())
        for fault in faults[:FAULTS_AT_ONCE]:
            typer.echo(str(fault))
        if faults or pack is None:
            more = f"，后面还有 {len(faults) - FAULTS_AT_ONCE} 个没有列出，先改这些再检查" if len(faults) > FAULTS_AT_ONCE else ""
            say(f"{len(faults)} 个问题{more}")
            raise typer.Exit(1)
        say(f"没有问题：{len(pack.scripts.contents)} 条话术，{len(pack.scripts.materials)} 个素材，{len(pack.sop.plans)} 个计划")

    with_settings(do)


@app.command("retrain")
def retrain_head(force: Annotated[bool, typer.Option("--force", help="变差也换上")] = False) -> None:
    """用资料包现在的例句重新训练意图模型：先和现用的比，变差就不换；服务不用停。"""

    def do(settings: Settings) -> None:
        if not retrain.retrain_pack(settings, force=force, say=say):
            raise typer.Exit(1)

    with_settings(do)


@app.command()
def heads() -> None:
    """列出留着的意图模型，* 是现用的。"""
    with_settings(lambda settings: retrain.list_heads(settings, say=typer.echo))


@app.command()
def rollback(version: Annotated[str, typer.Argument(help="heads 列出的版本号；不填就是上一个")] = "") -> None:
    """换回以前的意图模型；服务不用停。"""
    with_settings(lambda settings: retrain.roll_back(settings, version, say=say))


@app.command()
def chat() -> None:
    """在终端里当一回客户：同样走加密回调。"""
    with_settings(lambda settings: chats.chat(settings, sys.stdin, say=typer.echo, tell=say))


@app.command()
def doctor() -> None:
    """体检：设置、磁盘、数据库、备份、编码器、话术库、回调、队列；配置了企业微信时再试接口、可信 IP、时钟。"""

    def do(settings: Settings) -> None:
        checks: list[Check] = []
        for check in doctors.examine(settings):
            checks.append(check)
            mark = "–" if check.skipped else "✓" if check.ok else "✗"
            typer.echo(f"{mark} {check.name}：{check.result}" + (f"\n    → {check.remedy}" if check.remedy else ""))
        if not all(check.ok for check in checks):
            raise typer.Exit(1)

    with_settings(do)


@app.command()
def backup(
    folder: Annotated[Path | None, typer.Argument(help="备份到哪个目录；默认是 ZHANTING_BACKUP_DIR", file_okay=False)] = None,
) -> None:
    """运行中备份 SQLite 数据库；PostgreSQL 则说出要用的命令。"""

    def do(settings: Settings) -> None:
        path = back_up(settings, folder, now=utc_now())
        say(f"已备份到 {path}，{path.stat().st_size / 1e6:.1f} MB，检查通过。里面有客户的消息，请妥善保管")

    with_settings(do)


@sop_app.command("rehearse")
def rehearse(
    plan: Annotated[str, typer.Argument(help="计划的编号，如 community")],
    start_on: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="从哪天开始；默认今天")] = None,
    weeks: Annotated[int, typer.Option(min=1, max=52, help="排练几周")] = 8,
) -> None:
    """排练一个计划：在临时数据库里快进，打印会发的每一条、谁要确认、什么被拦下；不会真的发送。"""

    def do(settings: Settings) -> None:
        first = start_on.date() if start_on else utc_now().astimezone(SHANGHAI).date()
        rehearse_plan(settings, plan, start=first, weeks=weeks, say=typer.echo, tell=say)

    with_settings(do)


@app.command()
def understand(input: Input, output: Output) -> None:
    """理解一批消息：{id, text} → 意图、关注点、线索信号、级别、要素。"""
    with_settings(lambda settings: files.understand(settings, input, output, say=say))


@app.command()
def search(input: Input, output: Output, top: Annotated[int, typer.Option("--top", min=1, max=50)] = 5) -> None:
    """检索一批问题：{id, text} → 决定、把握、前 N 条话术。"""
    with_settings(lambda settings: files.search(settings, input, output, top=top, say=say))


@app.command()
def bench(
    seconds: Annotated[int, typer.Option(min=5, max=600, help="端到端压测时长")] = 60,
    json_to: Annotated[Path | None, typer.Option("--json", help="结果写入文件")] = None,
    scripts: Annotated[int, typer.Option(min=0, max=20_000, help="大话术库的条数；0 不测")] = 10_000,
    questions: Annotated[int, typer.Option(min=1000, max=200_000, help="大话术库里一共多少个问法")] = 100_000,
    rates: Annotated[str, typer.Option(help="端到端每秒几条消息，逗号分隔")] = "20,5",
) -> None:
    """测量 README 引用的数字，打印 JSON 和表格。只压本机地址，到时自停。"""
    with_settings(
        lambda settings: benches.bench(
            settings,
            seconds=seconds,
            rates=[int(rate) for rate in rates.split(",")],
            json_to=json_to,
            scripts=scripts,
            questions=questions,
            say=say,
        )
    )


@customer_app.command("export")
def export_customer(
    external_id: Annotated[str, typer.Argument(help="外部联系人 ID，见客户页的地址")],
    file: Annotated[Path, typer.Argument(help="写到哪个文件（JSON）", dir_okay=False)],
) -> None:
    """导出一位客户的全部信息。"""
    with_settings(lambda settings: people.export_customer(settings, external_id, file, say=say))


@customer_app.command("delete")
def delete_customer(
    external_id: Annotated[str, typer.Argument(help="外部联系人 ID，见客户页的地址")],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
) -> None:
    """删除一位客户的全部信息，不能恢复。"""
    if not yes:
        typer.confirm("删除后不能恢复，确定吗？", abort=True)
    with_settings(lambda settings: people.delete_customer(settings, external_id, say=say))


@app.command(hidden=True)
def migration(message: str) -> None:
    """开发者：由模型生成一份迁移。"""

    def do(settings: Settings) -> None:
        database = Database("sqlite://" if not settings.database_url else settings.database())
        migrate(database)
        write_migration(database, message)

    with_settings(do)


if __name__ == "__main__":
    app()
