"""The structure tree of a tagged PDF (PDF/UA-1): what each stretch of a page is, in reading order, for who listens.

While a page is drawn, `Tags` brackets its content with marks and remembers to which element each mark belongs;
`finished` then writes the tree, the language, the title and the claim of conformance into the file.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String


@dataclass(eq=False)
class Element:
    """A node of the tree. `children`: elements, marks (page, number) and annotations (page, place, "annotation")."""

    kind: str
    language: str = ""
    alt: str = ""
    owner: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    children: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Description:
    """What the file says of itself."""

    title: str
    author: str
    subject: str
    language: str
    made_on: date
    identifier: str = ""


class Tags:
    """Brackets content as it is drawn on `canvas` and grows the tree."""

    def __init__(self, canvas: Any) -> None:
        self._canvas = canvas
        self.root = Element("Document")
        self._open = [self.root]
        self._owners: list[list[Element]] = [[]]

    def new_page(self) -> None:
        """What is drawn from here on stands on the next page."""
        self._owners.append([])

    @contextmanager
    def element(
        self, kind: str, *, language: str = "", alt: str = "", owner: str = "", **attributes: Any
    ) -> Iterator[Element]:
        """Put what is drawn inside the block into a new element. `attributes` belong to `owner` (Table, Layout…)."""
        made = Element(kind, language, alt, owner, attributes)
        self._open[-1].children.append(made)
        with self.inside(made):
            yield made

    @contextmanager
    def inside(self, element: Element) -> Iterator[Element]:
        """Put what is drawn inside the block into an element made before."""
        self._open.append(element)
        try:
            yield element
        finally:
            self._open.pop()

    @contextmanager
    def mark(self) -> Iterator[None]:
        """Content of the open element."""
        owner, page = self._open[-1], self._owners[-1]
        if owner is self.root:
            raise ValueError("Content outside of every element would be read to nobody: open one, or an artifact.")
        owner.children.append((len(self._owners) - 1, len(page)))
        self._canvas._code.append(f"/{owner.kind} <</MCID {len(page)}>> BDC")
        page.append(owner)
        yield
        self._canvas._code.append("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """Content that means nothing: lines, grounds, ornaments, what repeats on every page."""
        self._canvas._code.append("/Artifact BMC")
        yield
        self._canvas._code.append("EMC")

    def link(self, address: str, box: tuple[float, float, float, float]) -> None:
        """Make `box` lead to `address`, as part of the open element."""
        self._canvas.linkURL(address, box, relative=0)
        place = len(self._canvas._annotationrefs) - 1
        self._open[-1].children.append((len(self._owners) - 1, place, "annotation"))

    @property
    def owners(self) -> list[list[Element]]:
        """For each page the element of each mark."""
        return self._owners


def finished(content: bytes, tags: Tags, about: Description) -> bytes:
    """Return the drawn file as tagged PDF. The same input gives the same bytes."""
    with pikepdf.open(BytesIO(content)) as pdf:
        _write_tree(pdf, tags)
        _describe(pdf, about)
        output = BytesIO()
        pdf.save(
            output,
            deterministic_id=True,
            force_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )
    return output.getvalue()


def _write_tree(pdf: pikepdf.Pdf, tags: Tags) -> None:
    pages = [page.obj for page in pdf.pages]
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    made: dict[int, Any] = {}
    annotations: list[tuple[Any, Any]] = []

    def write(element: Element, parent: Any) -> Any:
        node = pdf.make_indirect(Dictionary(S=Name("/" + element.kind), P=parent))
        made[id(element)] = node
        if element.language:
            node.Lang = String(element.language)
        if element.alt:
            node.Alt = String(element.alt)
        if element.attributes:
            node.A = Dictionary(O=Name("/" + element.owner), **element.attributes)
        kids: list[Any] = []
        for child in element.children:
            if isinstance(child, Element):
                kids.append(write(child, node))
            elif len(child) == 2:
                page, number = child
                if "/Pg" not in node:
                    node.Pg = pages[page]
                here = node.Pg.objgen == pages[page].objgen
                kids.append(number if here else Dictionary(Type=Name.MCR, Pg=pages[page], MCID=number))
            else:
                page, place, _kind = child
                annotation = pages[page].Annots[place]
                annotations.append((annotation, node))
                kids.append(Dictionary(Type=Name.OBJR, Obj=annotation, Pg=pages[page]))
        if kids:
            node.K = kids[0] if len(kids) == 1 else Array(kids)
        return node

    tree.K = write(tags.root, tree)
    numbers: list[Any] = []
    for page, owners in enumerate(tags.owners):
        pages[page].StructParents = page
        pages[page].Tabs = Name.S
        numbers += [page, pdf.make_indirect(Array([made[id(owner)] for owner in owners]))]
    for key, (annotation, node) in enumerate(annotations, len(pages)):
        annotation.StructParent = key
        annotation.F = 4  # printed with the page
        annotation.Contents = node.get("/Alt", String(str(annotation.A.URI)))
        numbers += [key, node]
    tree.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
    tree.ParentTreeNextKey = len(pages) + len(annotations)
    pdf.Root.StructTreeRoot = tree
    pdf.Root.MarkInfo = Dictionary(Marked=True)


def _describe(pdf: pikepdf.Pdf, about: Description) -> None:
    day = about.made_on.isoformat()
    pdf.Root.Lang = String(about.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.docinfo["/CreationDate"] = pdf.docinfo["/ModDate"] = String(f"D:{day.replace('-', '')}000000Z")
    identifier = f"<dc:identifier>{escape(about.identifier)}</dc:identifier>" if about.identifier else ""
    subject = escape(about.subject)
    # Written by hand: pikepdf's editor of metadata takes longer than drawing the page. It stays uncompressed in the
    # file, so that the identifier can be found in a copy that was changed.
    packet = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(about.title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{escape(about.author)}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{escape(about.language)}</rdf:li></rdf:Bag></dc:language>{identifier}
<xmp:CreatorTool>Puente</xmp:CreatorTool><xmp:CreateDate>{day}</xmp:CreateDate><xmp:ModifyDate>{day}</xmp:ModifyDate>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
    metadata = pdf.make_stream(packet.encode())
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = metadata
