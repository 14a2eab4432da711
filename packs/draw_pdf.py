"""Write palette pictures as pages of a PDF without loss.

Pillow would store them as JPEG (blurred text) or as raw hexadecimal (large); the compressed data of a PNG is valid in a PDF as it is.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

from PIL import Image

A4 = (595, 842)


def png_parts(image: Image.Image) -> tuple[int, bytes, bytes]:
    """Bit depth, palette and compressed data of the image as a PNG."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    raw = buffer.getvalue()
    depth, palette, data, at = 8, b"", b"", 8
    while at < len(raw):
        length, kind = struct.unpack(">I4s", raw[at : at + 8])
        body = raw[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            depth = body[8]
        elif kind == b"PLTE":
            palette = body
        elif kind == b"IDAT":
            data += body
        at += 12 + length
    return depth, palette, data


def page_objects(image: Image.Image, first: int) -> list[bytes]:
    """Page, content and picture objects; `first` is the number of the page object."""
    depth, palette, data = png_parts(image)
    width, height = image.size
    colours = len(palette) // 3 - 1
    content = b"q %d 0 0 %d 0 0 cm /I Do Q" % A4
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R/Resources<</XObject<</I %d 0 R>>>>>>"
    picture = (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent %d/ColorSpace[/Indexed/DeviceRGB %d<%s>]/Filter/FlateDecode"
        b"/DecodeParms<</Predictor 15/Colors 1/BitsPerComponent %d/Columns %d>>/Length %d>>stream\n"
    ) % (width, height, depth, colours, palette.hex().encode(), depth, width, len(data))
    return [
        page % (*A4, first + 1, first + 2),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        picture + data + b"\nendstream",
    ]


def write_pdf(images: Sequence[Image.Image], title: str) -> bytes:
    """Write pages (palette pictures) as one PDF."""
    kids = b" ".join(b"%d 0 R" % (4 + 3 * i) for i in range(len(images)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(images)),
        b"<</Title<feff%s>>>" % title.encode("utf-16-be").hex().encode(),
    ]
    for i, image in enumerate(images):
        objects += page_objects(image, 4 + 3 * i)
    out = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R/Info 3 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer
