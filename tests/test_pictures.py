"""Pictures in written answers: found, made small in a process of their own, and harmless."""

import base64
import io
import struct
import zlib

import pytest
from PIL import Image

from course.grading.notebook import NotebookCell
from course.grading.pictures import MOST, SIDES, SMALL, shown
from course.grading.written import Written, written_in


def picture(width: int, height: int, kind: str = "PNG", mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 90).convert(mode).save(out, kind)
    return out.getvalue()


def opened(address: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGB"), ("PNG", "LA"), ("PNG", "P"), ("JPEG", "L"), ("GIF", "P"), ("PNG", "1")]
)
def test_a_large_picture_becomes_a_small_one(kind: str, mode: str) -> None:
    raw = picture(1600, 1200, kind, mode)
    address = shown(raw)
    small = opened(address)
    assert small.width <= SIDES[0]
    assert small.height <= SIDES[1]
    assert abs(small.width / small.height - 4 / 3) < 0.01
    assert len(address) < 4 * SMALL
    assert address.startswith(f"data:image/{(small.format or '').lower()};base64,")


def test_a_small_drawing_stays_as_it_is() -> None:
    drawing = Image.new("RGB", (40, 20), "white")
    drawing.putpixel((3, 4), (255, 0, 0))
    out = io.BytesIO()
    drawing.save(out, "PNG")
    again = opened(shown(out.getvalue()))
    assert (again.size, again.getpixel((3, 4)), again.getpixel((5, 5))) == ((40, 20), (255, 0, 0), (255, 255, 255))


def test_what_is_clear_is_shown_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(shown(out.getvalue())).getpixel((1, 1)) == (255, 255, 255)


def test_a_photo_on_its_side_is_put_upright_and_says_no_longer_where_it_was_taken() -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera"
    Image.new("RGB", (60, 20), "red").save(out, "JPEG", exif=exif)
    upright = opened(shown(out.getvalue()))
    assert upright.size == (20, 60)
    assert not upright.getexif()


def bomb() -> bytes:
    """Announce a picture of 50,000 × 50,000 in a hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "raw",
    [b"", b"<svg><script>alert(1)</script></svg>", b"GIF89a<script>", picture(50, 50)[:200], bomb(), bytes(9_000_000)],
    ids=["nothing", "svg", "a page that says it is a GIF", "cut off", "bomb", "large"],
)
def test_what_is_no_picture_shows_nothing(raw: bytes) -> None:
    assert shown(raw) == ""


PNG = base64.b64encode(picture(8, 8)).decode()


def written(source: str, **attachments: object) -> Written:
    cell = NotebookCell("markdown", source, "lab02-q", {"course": {"written": "q"}}, attachments=dict(attachments))
    return written_in([cell], {"q": "stub"}, {}, frozenset())


@pytest.mark.parametrize(
    "source",
    [
        "Look: ![a plot](attachment:p.png) there",
        f"Look: ![](data:image/png;base64,{PNG}) there",
        f'Look: <img alt="x" src="data:image/png;base64,{PNG}" width=3> there',
        "Look: <img src='attachment:p.png'/> there",
        "Look: <img alt='1 < 2' src='attachment:p.png'> there",
        "Look: ![a [b!(c)](attachment:p.png) there",
    ],
)
def test_pictures_are_found_and_numbered(source: str) -> None:
    found = written(source, **{"p.png": {"image/png": PNG}})
    assert found.pictures == {"q": [base64.b64decode(PNG)]}
    assert found.texts["q"].startswith("Look: [picture 1: ")
    assert found.texts["q"].endswith("] there")
    assert PNG not in found.texts["q"]


def test_another_picture_is_another_answer() -> None:
    texts = {
        written("![](attachment:p)", p={"image/png": base64.b64encode(b"%d" % n).decode()}).texts["q"] for n in (1, 2)
    }
    assert len(texts) == 2


@pytest.mark.parametrize("attachment", [{}, {"p.png": 7}, {"p.png": {"image/png": [1]}}, {"p.png": {"image/png": "*"}}])
def test_a_picture_that_is_not_there_is_said(attachment: dict[str, object]) -> None:
    found = written("![](attachment:p.png)", **attachment)
    assert found.texts["q"] == "[a missing picture]"
    assert found.pictures == {}


def test_no_more_than_some_are_taken_of_an_answer() -> None:
    found = written("![](attachment:p)" * 9, p={"image/png": PNG})
    assert len(found.pictures["q"]) == MOST
    assert found.texts["q"].count(f"at most {MOST} are shown") == 9 - MOST


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "![",
            "<img ",
            "<img/src=attachment:x",
            "![a](attachment:",
            "![](data:image/png;base64,A",
            "![](data:image/a",
        ),
        *("<img src=attachment:a src=data:image/png;base64,", "<img ![](attachment:", "![](attachment:a b", "![x]("),
    ],
)
def test_pictures_that_never_end_cost_no_more_than_their_length(piece: str) -> None:
    """A search that begins anew at each of them would take hours."""
    text = piece * (900_000 // len(piece))
    assert written(text).texts["q"] == text.strip()


def test_a_picture_that_is_named_thousands_of_times_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    monkeypatch.setattr(base64, "b64decode", lambda text, **_: read.append(len(text)) or b"")
    written("![](attachment:p)" * 50_000 + "![](attachment:q)", p={"image/png": PNG}, q={"image/png": "*"})
    assert read == [len(PNG), 1]


def test_a_text_without_pictures_is_what_it_was() -> None:
    text = "f(x) ![not](http://example.org/x.png) and [a link](attachment:x) <img src=x>"
    assert written(text).texts["q"] == text
