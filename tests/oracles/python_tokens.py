#!/usr/bin/python3
"""Writes python_tokens.json: Python sources, and the tokens that Python's own tokenize module finds in them.

Usage: python_tokens.py > python_tokens.json      needs Python 3.11 or older, whose f-strings are single tokens

Without comments, empty lines and indents; of each token its kind, text and line.
"""

import io
import json
import tokenize

SOURCES = [
    "import os\nfrom a.b import (c as d,\n  e)\n",
    "x = 'a' \"b\" r'\\d' Rb\"\\x\" f'{x}' u'' '''t\n'1'\n''' \"\"\"q\\\"\"\"\"\n",
    "def f(a: int, *b, c=1, **d) -> str:\n    '''doc'''\n    return a ** 2 // 3 @ c if (b := a) else ...\n",
    "if x != 1 and y <= 2 or z >= 3:\n\ty <<= 1; z >>= 2; w **= 3; v //= 4\n\nelse :\n\tpass\n",
    "n = [0x1F, 0b1, 0o7, 1_000, 1., .5, 1e3, 1.5E-3, 2j, 1e+5j]  # numbers\n",
    "s = 'a\\\nb' + \\\n  'c'\n",
    "# only a comment\n\n   # another\n",
    "@decorator(x)\nclass C(B, metaclass=M):\n    async def g(self):\n        await h[1:2, ::3]\n        lambda x, y=1: x\n",
    "gr\u00f6\u00dfe = '\u00fc' ; x.y[z] = {1: 2, **d}\n",
    "a = f'{b!r:>{width}}' rb'' b'\\'' '\\\\'\n",
    "x = 1",
    "with open('f') as g, h() as (i, j): k = g\n",
    "match x:\n  case [1, *_] | {'a': b}: pass\n",
    "x = not(a)in(b)\nfor i in range(3):pass\nr = r\nb = f (x)\n",
    "a\r\nb = (1,\r\n2)\r\n",
]

KINDS = {tokenize.NAME: "name", tokenize.NUMBER: "number", tokenize.STRING: "string", tokenize.OP: "op",
         tokenize.NEWLINE: "newline"}


def main():
    cases = []
    for source in SOURCES:
        tokens = [[KINDS[token.type], token.string if token.type != tokenize.NEWLINE else "", token.start[0]]
                  for token in tokenize.generate_tokens(io.StringIO(source, newline="").readline) if token.type in KINDS]
        cases.append({"source": source, "tokens": tokens})
    print("[")
    print(",\n".join(json.dumps(case) for case in cases))
    print("]")


if __name__ == "__main__":
    main()
