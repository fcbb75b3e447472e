"""Dependency graph: what the things of the sentence need, and where their threads meet."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from pipelines.engines.embedded.wortwerkstatt.lens import filled
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText
from pipelines.engines.embedded.wortwerkstatt.phrases import Thing
from pipelines.engines.embedded.wortwerkstatt.words import capital, closed

_MOST_CHAINS = 4
_LONGEST_CHAIN = 4


def first_need(parsed: ParsedText, thing: Thing, needs: dict[str, list[str]]) -> list[str]:
    """What `thing` needs: by its own name, by the end of its name, else by its kind."""
    name = thing.noun.lemma.lower()
    for known, direct in needs.items():
        if name == known.lower() or (parsed.language == "de" and name.endswith(known.lower())):
            return direct
    return needs[f"*{thing.noun.kind}"]


def chain(parsed: ParsedText, thing: Thing, graph: dict[str, Any]) -> list[str]:
    """A walk down the graph from `thing`, never through the same node twice."""
    walk = [parsed.pick(first_need(parsed, thing, graph["things"]))]
    while len(walk) < _LONGEST_CHAIN:
        ahead = [node for node in graph["nodes"].get(walk[-1], []) if node not in walk]
        if not ahead:
            break
        walk.append(parsed.pick(ahead))
    return walk


def sentence_of(walk: list[str], thing: Thing, words: dict[str, Any]) -> str:
    """One sentence: the bicycle needs rubber, rubber needs rain."""
    links = [f"{capital(thing.the())} {words['need_many' if thing.plural else 'need']} {walk[0]}"]
    for one, next_ in pairwise(walk):
        verb = words["need_many" if one in words["plurals"] else "need"]
        links.append(f"{one} {verb} {next_}")
    return ", ".join(links) + "."


def planetarized(parsed: ParsedText) -> str:
    graph = load("graph", parsed.language)
    lines = [closed(parsed.text), parsed.pick(graph["turn"])]
    walks = [(thing, chain(parsed, thing, graph)) for thing in parsed.things[:_MOST_CHAINS]]
    lines += [sentence_of(walk, thing, graph) for thing, walk in walks]
    for (one, first), (other, second) in pairwise(walks):
        if shared := [node for node in first if node in second]:
            meeting = graph["meeting"].format(one=one.name, other=other.name, node=shared[0])
            lines.append(meeting)
            break
    lines.append(filled(parsed, parsed.pick(graph["last"])))
    return " ".join(lines)
