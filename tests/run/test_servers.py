"""Ports are bound first, and a busy one is told in one sentence."""

import httpx
import pytest
from fastapi import FastAPI

from core.errors import Misconfigured
from run.servers import Servers, address_of, bind


def test_a_busy_port_is_one_sentence_that_names_the_setting() -> None:
    taken = bind("127.0.0.1", 0, "ZHANTING_PORT")
    port = taken.getsockname()[1]
    with pytest.raises(Misconfigured, match=f"127.0.0.1 的端口 {port} 被别的程序占用，请把 ZHANTING_PORT 换成别的"):
        bind("127.0.0.1", port, "ZHANTING_PORT")
    taken.close()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_an_address_that_is_not_this_machine_s_names_its_own_setting(host: str) -> None:
    with pytest.raises(Misconfigured, match=f"ZHANTING_HOST 不对：{host} 不是本机的地址"):
        bind(host, 0, "ZHANTING_PORT")


def test_a_server_answers_until_it_is_stopped() -> None:
    app = FastAPI()
    app.add_api_route("/", lambda: "here")
    listening = bind("127.0.0.1", 0, "ZHANTING_PORT")
    address = address_of(listening)
    servers = Servers()
    servers.start(app, listening)
    assert httpx.get(address).json() == "here"
    servers.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)
