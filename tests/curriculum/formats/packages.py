"""CASE packages for tests, small and whole; each test breaks the one thing it is about."""

import json
from uuid import NAMESPACE_URL, uuid5

DOCUMENT = "d0000000-0000-4000-8000-000000000000"
CHANGED = "2024-03-01T12:00:00+00:00"


def item_id(code):
    """The identifier that the publisher of these packages gives to a code."""
    return str(uuid5(NAMESPACE_URL, f"https://publisher.example/{code}"))


def item(code, **fields):
    identifier = item_id(code)
    return {
        "identifier": identifier,
        "uri": f"https://publisher.example/ims/case/v1p1/CFItems/{identifier}",
        "fullStatement": f"Statement {code}",
        "humanCodingScheme": code,
        "lastChangeDateTime": CHANGED,
    } | fields


def end(identifier):
    return {"title": "A title", "identifier": identifier, "uri": f"https://publisher.example/{identifier}"}


def association(origin, destination, kind="isChildOf", **fields):
    identifier = str(uuid5(NAMESPACE_URL, f"{origin} {kind} {destination}"))
    return {
        "identifier": identifier,
        "uri": f"https://publisher.example/ims/case/v1p1/CFAssociations/{identifier}",
        "associationType": kind,
        "originNodeURI": end(origin),
        "destinationNodeURI": end(destination),
        "lastChangeDateTime": CHANGED,
    } | fields


def package(tree, **document):
    """A package of `tree`: codes, each with the code of its parent or None at the top."""
    return {
        "CFDocument": {
            "identifier": DOCUMENT,
            "uri": f"https://publisher.example/ims/case/v1p1/CFDocuments/{DOCUMENT}",
            "creator": "A publisher",
            "title": "A framework",
            "lastChangeDateTime": CHANGED,
        }
        | document,
        "CFItems": [item(code) for code in tree],
        "CFAssociations": [
            association(
                item_id(code),
                item_id(parent) if parent else document.get("identifier", DOCUMENT),
                sequenceNumber=number,
            )
            for number, (code, parent) in enumerate(tree.items(), start=1)
        ],
    }


def content(value):
    return json.dumps(value).encode()
