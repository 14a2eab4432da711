"""Pure: what a phone sends when its owner presses «send a picture» and the like without choosing one."""

import json
import struct
import zlib

from bot.sandbox.terms import Json


def png(width: int, height: int, rgb: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""
    rows = (b"\0" + bytes(rgb) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


# kind → (file name, content type, bytes)
FILES: dict[str, tuple[str, str, bytes]] = {
    "image": ("photo.png", "image/png", png(240, 160, (176, 200, 190))),
    "voice": ("voice.amr", "audio/amr", b"#!AMR\n" + b"\x3c" * 320),
    "video": ("clip.mp4", "video/mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 64),
    "file": ("旧车行驶证.txt", "text/plain", "旧车行驶证扫描件".encode()),
}

_QUOTED = {"send_time": 0, "msgtype": "text", "sender_name": "老王", "msg_content": json.dumps({"text": {"content": "这车真不错"}})}

# kind → the body that `sync_msg` shows
CONTENTS: dict[str, Json] = {
    "location": {"latitude": 31.230416, "longitude": 121.473701, "name": "人民广场", "address": "上海市黄浦区人民大道"},
    "link": {"title": "这款车值得买吗？", "desc": "一篇评测文章", "url": "https://www.example.com/review", "pic_url": ""},
    "business_card": {"userid": "lisi"},
    "miniprogram": {"title": "附近的充电站", "appid": "wx0000000000000000", "pagepath": "pages/near.html", "thumb_media_id": ""},
    "channels": {"sub_type": 1, "nickname": "爱车视频", "title": "长途实测"},
    "channels_shop_product": {
        "product_id": "1001",
        "head_image": "",
        "title": "车载冰箱",
        "sales_price": 59900,
        "shop_nickname": "车品小店",
    },
    "channels_shop_order": {"order_id": "2001", "product_titles": "车载冰箱", "price_wording": "¥599.00", "state": "待发货"},
    "merged_msg": {"title": "群聊的聊天记录", "item": [_QUOTED]},
    "meeting": {},
    "calendar": {},
    "note": {},
}
