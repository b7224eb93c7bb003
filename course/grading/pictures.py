"""Pictures that students paste into written answers: they are shrunk and encoded again in a separate, limited process.

As a program, this module reads a picture and writes a small one. No byte of the student's file reaches a page: the
decoded picture is encoded again. A file that breaks the decoder is lost, but nothing else is.
"""

import base64
import io
import resource
import subprocess
import sys

#: limits for one picture: bytes as handed in, pixels, seconds, memory; sides and bytes of the picture that is shown
MAX_BYTES = 8_000_000
MAX_PIXELS = 40_000_000
SECONDS = 10
MEMORY = 1 << 30
SIDES = (1000, 1400)
SMALL = 200_000
#: the most pictures that are shown for one answer
MOST = 5
#: formats that are read; the decoders of other formats are less well maintained
KINDS = ("PNG", "JPEG", "GIF")


def shown(picture: bytes) -> str:
    """Turn a picture into one that a page can hold.

    Parameters
    ----------
    picture : bytes
        A file, which may be anything.

    Returns
    -------
    str
        A ``data:`` address of a PNG or JPEG; "" if the file is not a picture, is too large, or takes too long.
    """
    if len(picture) > MAX_BYTES:
        return ""
    command = [sys.executable, "-I", "-m", "course.grading.pictures"]
    try:
        done = subprocess.run(command, input=picture, capture_output=True, timeout=5 * SECONDS, check=True)
    except (subprocess.SubprocessError, OSError):
        return ""
    kind = "png" if done.stdout.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(done.stdout).decode()}" if done.stdout else ""


def main() -> None:
    """Read a picture from standard input, write a small one to standard output."""
    from PIL import Image, ImageOps

    for kind, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(kind, (limit, limit))
    with Image.open(io.BytesIO(sys.stdin.buffer.read(MAX_BYTES)), formats=KINDS) as image:
        if image.width * image.height > MAX_PIXELS:
            sys.exit(1)
        image.draft("RGB", SIDES)
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail(SIDES)
    paper = Image.new("RGBA", upright.size, "white")
    drawn = Image.alpha_composite(paper, upright).convert("RGB")
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    if out.tell() > SMALL:
        out = io.BytesIO()
        drawn.save(out, "JPEG", quality=75)
    sys.stdout.buffer.write(out.getvalue())


if __name__ == "__main__":
    main()
