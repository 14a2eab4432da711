"""Settings: typed, frozen, and one clear sentence when one is wrong."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from core.errors import Misconfigured
from core.settings import PREFIX, Settings, load_settings


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """None of ours set, whatever this machine has."""
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    return monkeypatch


def test_without_any_setting_the_defaults_hold() -> None:
    settings = load_settings(None)
    assert (settings.encoder, settings.pack, settings.host) == ("e5", "ev_dealer", "127.0.0.1")
    assert settings.database() == "sqlite:///data/zhanting.db"
    assert settings.pack_folder().name == "ev_dealer"
    assert settings.missing_for_wecom() == [f"ZHANTING_WECOM_{name}" for name in ("CORP_ID", "SECRET", "AGENT_ID", "TOKEN", "AES_KEY")]


def test_the_environment_comes_before_the_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("ZHANTING_PORT=9001\nZHANTING_HOST=0.0.0.0\n", "utf-8")
    environment.setenv("ZHANTING_PORT", "9002")
    settings = load_settings(file)
    assert (settings.port, settings.host) == (9002, "0.0.0.0")


def test_settings_do_not_change_once_read() -> None:
    settings = load_settings(None)
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZHANTING_PORT", "eighty"),
        ("ZHANTING_PORT", "65536"),
        ("ZHANTING_WECOM_AES_KEY", "too-short"),
        ("ZHANTING_ANSWER_AT", "1.5"),
        ("ZHANTING_LOG_FORMAT", "xml"),
        ("ZHANTING_HANDLERS", "0"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(Misconfigured) as wrong:
        load_settings(None)
    assert str(wrong.value).startswith(f"{name} 不对：")
    assert "\n" not in str(wrong.value)


def test_a_secret_that_is_wrong_is_not_printed(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ZHANTING_WECOM_AES_KEY", "my-own-secret-key")
    with pytest.raises(Misconfigured) as wrong:
        load_settings(None)
    assert "my-own-secret-key" not in str(wrong.value)


def test_secrets_are_not_shown_where_settings_are() -> None:
    assert "my-own-secret" not in repr(Settings(wecom_secret="my-own-secret", wecom_token="my-own-secret"))


def test_an_unknown_setting_in_the_environment_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ZHANTING_PROT", "9000")
    with pytest.raises(Misconfigured, match=r"^没有 ZHANTING_PROT 这个设置，见 docs/settings\.md$"):
        load_settings(None)


def test_an_unknown_setting_in_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("ZHANTING_PROT=9000\n", "utf-8")
    with pytest.raises(Misconfigured, match=r"^没有 ZHANTING_PROT 这个设置"):
        load_settings(file)


def test_other_people_s_lines_in_the_file_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("PATH_OF_SOMETHING=1\n", "utf-8")
    assert load_settings(file).port == 8000


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_a_postgresql_url_means_our_driver(environment: pytest.MonkeyPatch, scheme: str) -> None:
    environment.setenv("ZHANTING_DATABASE_URL", f"{scheme}://someone@db/zhanting")
    assert load_settings(None).database() == "postgresql+psycopg://someone@db/zhanting"


def test_a_menu_cannot_ask_more_sureness_than_an_answer(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ZHANTING_ANSWER_AT", "0.1")
    environment.setenv("ZHANTING_CLARIFY_AT", "0.9")
    with pytest.raises(Misconfigured, match=r"^ZHANTING_CLARIFY_AT 不对：不能大于 ZHANTING_ANSWER_AT（0.1）$"):
        load_settings(None)


def test_a_pack_may_be_a_folder_of_one_s_own(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("ZHANTING_PACK", str(tmp_path))
    assert load_settings(None).pack_folder() == tmp_path


def test_duty_advisors_are_userids_in_lower_case(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ZHANTING_DUTY_ADVISORS", " LiMing, zhangwei ,,")
    assert load_settings(None).duty() == ["liming", "zhangwei"]


def test_with_everything_set_nothing_is_missing_for_wecom() -> None:
    complete = Settings(wecom_corp_id="ww1", wecom_secret="s", wecom_agent_id=1, wecom_token="t", wecom_aes_key="a" * 43)
    assert complete.missing_for_wecom() == []


def test_robots_of_internal_groups_are_given_by_key_or_whole_address(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ZHANTING_WEBHOOKS", "浦东店=KEY-1，闵行店 = https://example.com/send?key=KEY-2,")
    assert load_settings(None).webhook_keys() == {"浦东店": "KEY-1", "闵行店": "KEY-2"}


def test_without_robots_there_are_no_internal_groups() -> None:
    assert load_settings(None).webhook_keys() == {}


@pytest.mark.parametrize("value", ["浦东店", "浦东店=", "=my-own-key", "浦东店=my-own-key,浦东店=KEY-2"])
def test_a_wrong_robot_is_named_without_its_key(environment: pytest.MonkeyPatch, value: str) -> None:
    environment.setenv("ZHANTING_WEBHOOKS", value)
    with pytest.raises(Misconfigured, match=r"^ZHANTING_WEBHOOKS 不对：") as wrong:
        load_settings(None)
    assert "my-own-key" not in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("ZHANTING_PORT", "eighty", "要填整数"),
        ("ZHANTING_PORT", "65536", "不能大于 65535"),
        ("ZHANTING_HANDLERS", "0", "不能小于 1"),
        ("ZHANTING_ANSWER_AT", "高", "要填数字"),
        ("ZHANTING_FOUR_EYES", "也许", "要填 true 或 false"),
        ("ZHANTING_PUBLIC_URL", "crm.example.com", "要写成 https://域名 这样的完整地址"),
        ("ZHANTING_WECOM_API_BASE", "https://", "要写成 https://域名 这样的完整地址"),
        ("ZHANTING_LOG_FORMAT", "xml", "只能是 'console' or 'json' 之一"),
    ],
)
def test_why_a_setting_is_wrong_is_said_in_the_reader_s_language(environment: pytest.MonkeyPatch, name: str, value: str, why: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(Misconfigured, match=f"^{name} 不对：{why}$"):
        load_settings(None)


@pytest.mark.parametrize(
    "url", ["notaurl", "foo://x", "mysql://a:hidden@db/z", "postgresql://a:hidden@db:port/z", "postgresql://a:b@hidden@db/z"]
)
def test_a_database_that_is_none_of_ours_is_told_without_what_was_given(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("ZHANTING_DATABASE_URL", url)
    with pytest.raises(Misconfigured, match=r"^ZHANTING_DATABASE_URL 不对：") as wrong:
        load_settings(None)
    assert "hidden" not in str(wrong.value)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_file_in_another_encoding_is_named(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "env"
    file.write_text("# 端口\nZHANTING_PORT=9000\n", encoding)
    with pytest.raises(Misconfigured, match="不是 UTF-8 编码，请另存为 UTF-8") as wrong:
        load_settings(file)
    assert str(file) in str(wrong.value)


def test_a_file_that_windows_has_marked_is_read_from_its_first_line_on(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("ZHANTING_PORT=9000\n", "utf-8-sig")
    assert load_settings(file).port == 9000
    file.write_text("ZHANTING_PROT=9000\n", "utf-8-sig")
    with pytest.raises(Misconfigured, match=r"^没有 ZHANTING_PROT 这个设置"):
        load_settings(file)
