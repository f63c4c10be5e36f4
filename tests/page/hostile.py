"""Two hundred strings that would like to be markup, a script, a template or an address."""

from __future__ import annotations

from collections.abc import Iterator

from bot.privacy.mask import find_all

_SCRIPTS = (
    "<script>ran()</script>",
    "<img src=x onerror=ran()>",
    "<svg onload=ran()>",
    "<svg><script>ran()</script></svg>",
    "<iframe srcdoc='<script>parent.ran()</script>'>",
    "<a href='javascript:ran()'>press</a>",
    "<form action='javascript:ran()'><button>go</button></form>",
    "<details open ontoggle=ran()>",
    "<input autofocus onfocus=ran()>",
    "<body onload=ran()>",
    "<math><mtext><style><img src=x onerror=ran()></style></mtext></math>",
    "<style>@import 'x';*{display:none}</style>",
    "<base href='/elsewhere/'>",
    "<meta http-equiv=refresh content='0;url=/elsewhere'>",
    "<link rel=stylesheet href=/elsewhere.css>",
    "<object data=/elsewhere></object>",
    "<template><script>ran()</script></template>",
    "<!-- <script>ran()</script> -->",
    "<!--/live:queue--><b>outside</b><!--live:queue-->",
    "<plaintext>",
    "{{ 7 * 7 }}",
    "{% raw %}{{ ran() }}{% endraw %}",
    "${ran()}",
    "#{ran()}",
    "&lt;script&gt;ran()&lt;/script&gt;",
    "&amp;&#60;&#x3c;",
    "[press](javascript:ran())",
    "![x](javascript:ran())",
    "*bold* _thin_ `code` # head",
    "=ran()",
    "%3Cscript%3Eran()%3C/script%3E",
    "javascript:ran()",
    "\u202egnp.ecnedive\u202c",
)
_AROUND = (
    "{}",
    '">{}',
    "'>{}",
    "</p></div>{}",
    "</textarea>{}",
    "</title></style>{}",
    "--> {} <!--",
)


def _all() -> Iterator[str]:
    for around in _AROUND:
        for script in _SCRIPTS:
            yield around.format(script)


# What is masked is not shown as it was typed, and says nothing here.
HOSTILE = [text for text in _all() if not find_all(text)][:200]


def together(most: int) -> list[str]:
    """All of them in as few texts as there can be of `most` characters each.

    A bar between two: closing tags in a row look like names to the masking.
    """
    texts: list[str] = []
    for one in HOSTILE:
        if texts and len(texts[-1]) + len(one) + 3 <= most:
            texts[-1] += f" | {one}"
        else:
            texts.append(one)
    return texts
