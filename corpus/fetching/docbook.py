"""DocBook XML to plain HTML. Its entities are never expanded: the document type is cut off first."""

import re
from html import escape
from html.entities import html5

from lxml import etree, html

from corpus.documents import Extract
from corpus.fetching.errors import UnsupportedFormatError

_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(\[.*?\]\s*)?>", re.DOTALL)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)([A-Za-z][\w.]*;)?")
_ROOTS = {"article", "book", "chapter", "appendix", "preface", "section", "sect1", "refentry", "part"}
_HIDDEN = {"info", "articleinfo", "bookinfo", "chapterinfo", "indexterm", "remark", "toc", "index"}
_SECTIONS = {"section", "sect1", "sect2", "sect3", "sect4", "sect5", "simplesect", "chapter", "part", "appendix"}
_TAGS = {
    "para": "p", "simpara": "p", "formalpara": "div", "listitem": "li", "itemizedlist": "ul", "orderedlist": "ol",
    "variablelist": "ul", "step": "li", "procedure": "ol", "programlisting": "pre", "screen": "pre",
    "literallayout": "pre", "synopsis": "pre", "blockquote": "blockquote", "note": "blockquote", "tip": "blockquote",
    "important": "blockquote", "warning": "blockquote", "caution": "blockquote", "row": "tr", "entry": "td",
    "table": "table", "informaltable": "table", "tgroup": "tbody", "term": "p", "emphasis": "em",
    **dict.fromkeys(["literal", "command", "filename", "option", "varname", "userinput", "function"], "code"),
}  # fmt: skip
_XLINK = "{http://www.w3.org/1999/xlink}href"


def is_docbook(text: str) -> bool:
    """Whether a text looks like DocBook, in XML or SGML."""
    start = re.search(r"<([A-Za-z][\w.]*)", _DOCTYPE.sub("", text[:20_000]))
    named = "docbook" in text[:2_000].lower()
    return start is not None and (named or start[1].lower() in _ROOTS - {"article", "section"})


def extract_docbook(text: str) -> Extract:
    """The text of a DocBook document; an entity that it defines elsewhere is shown by its name.

    Raises:
        UnsupportedFormatError: it is not well-formed XML, as DocBook SGML is not.
    """
    plain = _ENTITY.sub(_character, _DOCTYPE.sub("", re.sub(r"<\?xml[^>]*\?>", "", text, count=1), count=1))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(plain.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise UnsupportedFormatError(
            f"This DocBook is not well-formed XML ({error}); DocBook SGML is not supported. Convert it to HTML."
        ) from error
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname.lower()
    title = next((" ".join(" ".join(map(str, found.itertext())).split()) for found in root.iter("title")), "")
    etree.strip_elements(root, *_HIDDEN, with_tail=False)
    _rename(root)
    return Extract("html", html.tostring(root, encoding="unicode"), title)


def _character(entity: re.Match[str]) -> str:
    """A named character; any other entity as it is written, since its definition lies in another file."""
    name = entity[1] or ""
    return escape(html5[name]) if name in html5 else f"&amp;{name}"


def _rename(root: etree._Element) -> None:
    depth = {root: 0}
    for element in root.iter(etree.Element):
        parent = element.getparent()
        old, target = str(element.tag), element.get("url") or element.get(_XLINK) or ""
        if parent is not None:
            depth[element] = depth[parent] + (parent.get("class") == "section")
        element.attrib.clear()
        if old == "title":
            element.tag = f"h{min(depth[element] or 1, 6)}"
        elif target.startswith(("http://", "https://")):
            element.tag = "a"
            element.set("href", target)
        elif old in _SECTIONS or element is root:
            element.tag = "div"
            element.set("class", "section")
        else:
            element.tag = _TAGS.get(old, "span")
