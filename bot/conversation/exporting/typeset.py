"""A process of its own that makes a PDF: a paper comes in as JSON, a PDF goes out.

It gets no text as markup, opens no file but the two beside it, and writes none. Run by `pdf.py`
with this file's path, so that nothing else of Ballast is loaded here.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Literal

import typst

_SECONDS = 20
_BYTES = 3 * 1024**3


def main() -> None:
    """Read standard input to its end and write the PDF to standard output."""
    # No core file: what is in memory here are somebody's words.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    paper = sys.stdin.buffer.read().decode()
    try:
        made = _made(paper, "ua-1")
    except typst.TypstError:
        # There is a character that no font here has: a box stands for it, which the standard
        # does not allow. Tagged it is all the same.
        made = _made(paper)
    sys.stdout.buffer.write(made)


def _made(paper: str, *standards: Literal["ua-1"]) -> bytes:
    template = Path(__file__).with_name("paper.typ")
    compiler = typst.Compiler(
        template.read_bytes(),
        root=template.parent,
        ignore_system_fonts=True,
        sys_inputs={"paper": paper},
    )
    made = compiler.compile(format="pdf", pdf_standards=[*standards])
    if not isinstance(made, bytes):
        raise TypeError("one paper is one file")
    return made


if __name__ == "__main__":
    main()
