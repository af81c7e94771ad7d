"""HTML pages to their readable part, by trafilatura.

trafilatura's own XML is read and not its markdown or HTML: text is not escaped into it, and it tells code
in a line from code in a block.
"""

from lxml import etree, html
from trafilatura import baseline, extract, extract_metadata

from corpus.documents import Extract

_TAGS = {"p": "p", "quote": "blockquote", "item": "li", "row": "tr", "cell": "td", "lb": "br", "table": "table"}
_INLINE = {"#b": "strong", "#i": "em", "#u": "u", "#sub": "sub", "#sup": "sup", "#t": "code"}
_MAX_DEPTH = 200  # elements; deeper ones are taken out, since trafilatura descends by recursion


def extract_html(page: str, address: str = "") -> Extract:
    """The readable part of a page, and title, date, author and licence where it states them.

    Links are made absolute by the page's address.
    """
    # A page may start with a declaration of an encoding, which lxml refuses in characters: give it bytes.
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    tree: html.HtmlElement = html.document_fromstring(
        page.strip().encode("utf-8", errors="replace") or b"<p></p>", parser=parser
    )
    _prune(tree)
    if address:
        tree.make_links_absolute(address, handle_failures="discard")
    for block in tree.iter("pre"):
        if block.find(".//code") is None:  # so that trafilatura takes it for code, not for a quotation
            _wrap_in_code(block)
    meta = extract_metadata(tree, default_url=address or None, extensive=False)
    licence = _licence(tree) or meta.license or ""
    found = extract(
        html.tostring(tree, encoding="unicode"),
        url=address or None,
        output_format="xml",
        include_comments=False,
        include_links=True,
        include_formatting=True,
    )
    main = etree.fromstring(found.encode(), _xml_parser()).find("main") if found else None
    if main is None or not any(str(text).strip() for text in main.itertext()):
        main = baseline(tree)[0]
    return Extract("html", _as_html(main), meta.title or "", meta.date or "", meta.author or "", licence)


def _xml_parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def _prune(tree: html.HtmlElement) -> None:
    """Take out what is nested too deep to be a page that people read."""
    depth = 0
    too_deep = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start" and depth == _MAX_DEPTH:
            too_deep.append(element)
    for element in too_deep:
        element.getparent().remove(element)


def _wrap_in_code(block: html.HtmlElement) -> None:
    code = html.Element("code")
    code.text, block.text = block.text, None
    code.extend(list(block))
    block.append(code)


def _licence(tree: html.HtmlElement) -> str:
    """The target of a rel="license" link, or what a meta element calls the licence or rights."""
    for element in tree.xpath("//*[self::link or self::a][@rel and @href]"):
        if "license" in element.get("rel").lower().split():
            return str(element.get("href"))
    for element in tree.xpath("//meta[@name and @content]"):
        if element.get("name").lower() in {"license", "dcterms.license", "dc.rights", "dcterms.rights"}:
            return str(element.get("content"))
    return ""


def _as_html(main: etree._Element) -> str:
    """trafilatura's tree as a fragment of plain HTML."""
    for element in main.iter(etree.Element):
        rend, target = element.get("rend", ""), element.get("target", "")
        old, line = element.tag, element.text or ""
        element.attrib.clear()
        if old == "head":
            element.tag = rend if rend in {"h1", "h2", "h3", "h4", "h5", "h6"} else "h2"
        elif old == "hi":
            element.tag = _INLINE.get(rend, "span")
        elif old == "list":
            element.tag = "ol" if rend == "ol" else "ul"
        elif old == "code":
            block = "\n" in line or element.getparent() is main or len(element) > 0
            element.tag = "pre" if block else "code"
        elif old == "ref":
            element.tag = "a"
            element.set("href", target)
        else:
            element.tag = _TAGS.get(str(old), "div" if element is main else "span")
    return str(html.tostring(main, encoding="unicode"))
