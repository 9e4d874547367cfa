"""The `markdown` block to HTML: headings, emphasis, lists, quotes, code, tables and links of standard Markdown.

A small reading of Markdown, enough for what an app writes in one block. Raw HTML in it is shown as text.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from .mrkdwn import is_safe_address, link, plain

_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|!?\[(?P<label>[^\]\n]*)\]\((?P<address>[^()\s]+)\)"
    r"|\*\*(?P<bold>[^*\n]+)\*\*"
    r"|~~(?P<strike>[^~\n]+)~~"
    r"|(?<![\w*])\*(?P<italic>[^\s*][^*\n]*)\*(?!\w)"
    r"|(?<!\w)_(?P<under>[^\s_][^_\n]*)_(?!\w)"
    r"|(?P<bare>https?://[^\s<>)]+)"
)
_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_BULLET = re.compile(r"^\s*[-*+]\s+(?:\[(?P<tick>[ xX])\]\s+)?(?P<words>.*)$")
_NUMBER = re.compile(r"^\s*\d+[.)]\s+(?P<words>.*)$")
_RULE = re.compile(r"^\s*([-*_])(\s*\1){2,}\s*$")
_TAGS = {"bold": "strong", "strike": "s", "italic": "em", "under": "em"}


def markdown(text: str) -> Markup:
    out: list[Markup] = []
    lines = text.split("\n")
    while lines:
        out.append(_next_part(lines))
    return Markup("").join(out)


def _next_part(lines: list[str]) -> Markup:
    """Takes the lines of one part off the front and returns its HTML."""
    line = lines[0]
    if line.startswith("```"):
        return _fenced(lines)
    heading = _HEADING.match(line)
    if heading:
        lines.pop(0)
        level = min(len(heading[1]) + 2, 6)
        return Markup("<h{0}>{1}</h{0}>").format(level, _inline(heading[2]))
    if _RULE.match(line):
        lines.pop(0)
        return Markup("<hr>")
    if line.startswith(">"):
        quoted = _take(lines, lambda each: each.startswith(">"))
        return Markup("<blockquote>{}</blockquote>").format(
            markdown("\n".join(q[1:].lstrip() for q in quoted))
        )
    for pattern, tag in ((_BULLET, "ul"), (_NUMBER, "ol")):
        if pattern.match(line):
            return _list(_take(lines, pattern.match), pattern, tag)
    if line.lstrip().startswith("|"):
        return _table(_take(lines, lambda each: each.lstrip().startswith("|")))
    if not line.strip():
        lines.pop(0)
        return Markup("")
    words = _take(lines, _is_paragraph)
    return Markup("<p>{}</p>").format(Markup("<br>").join(_inline(each) for each in words))


def _is_paragraph(line: str) -> bool:
    starts = (_HEADING, _BULLET, _NUMBER, _RULE)
    return bool(
        line.strip()
        and not line.startswith((">", "```"))
        and not line.lstrip().startswith("|")
        and not any(s.match(line) for s in starts)
    )


def _take(lines: list[str], belongs: object) -> list[str]:
    assert callable(belongs)
    taken = [lines.pop(0)]
    while lines and belongs(lines[0]):
        taken.append(lines.pop(0))
    return taken


def _fenced(lines: list[str]) -> Markup:
    lines.pop(0)
    code = []
    while lines and not lines[0].startswith("```"):
        code.append(lines.pop(0))
    if lines:
        lines.pop(0)
    return Markup('<pre class="code-block">{}</pre>').format("\n".join(code))


def _list(rows: list[str], pattern: re.Pattern[str], tag: str) -> Markup:
    items = []
    for row in rows:
        match = pattern.match(row)
        assert match is not None
        tick = match.groupdict().get("tick")
        mark = "" if tick is None else "☑ " if tick in "xX" else "☐ "
        items.append(Markup("<li>{}{}</li>").format(mark, _inline(match["words"])))
    return Markup("<{0}>{1}</{0}>").format(Markup(tag), Markup("").join(items))  # noqa: S704 - ul or ol


def _table(rows: list[str]) -> Markup:
    cells = [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]
    body = [row for row in cells if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    head, *rest = body or [[]]
    top = Markup("").join(Markup("<th scope=col>{}</th>").format(_inline(cell)) for cell in head)
    below = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td>{}</td>").format(_inline(cell)) for cell in row)
        )
        for row in rest
    )
    return Markup(
        '<div class="table-frame"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(top, below)


def _inline(text: str) -> Markup:
    pieces, position = [], 0
    for match in _INLINE.finditer(text):
        pieces += [plain(text[position : match.start()]), _token(match)]
        position = match.end()
    return Markup("").join([*pieces, plain(text[position:])])


def _token(match: re.Match[str]) -> Markup:
    if match["code"]:
        return Markup("<code>{}</code>").format(match["code"])
    if match["bare"]:
        return link(match["bare"])
    if match["address"]:
        return (
            link(match["address"], match["label"]) if is_safe_address(match["address"]) else escape(match[0])
        )
    kind = next(name for name in _TAGS if match[name])
    return Markup("<{0}>{1}</{0}>").format(Markup(_TAGS[kind]), _inline(match[kind]))  # noqa: S704 - a tag of ours
